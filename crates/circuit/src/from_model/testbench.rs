//! A neuron of a file with its stimulus, as the files that a simulator runs.

use super::text::{UNIT_F, number};
use super::{Course, FileNeuron};
use crate::netlist::{RAW_FILE, Stimulus};
use crate::simulator::{Simulator, SimulatorError};
use bruno_device::TICK_S;
use std::path::Path;
use std::time::Duration;

/// Smallest current that a simulator resolves, A: 1e-5 V/s at a terminal. A state at 1 V that rests has a charge whose last bit
/// is 1e-28 C; in steps of 10 ps, as around a spike, that is as much.
const ABSTOL_A: f64 = 1e-17;

/// A neuron of a file under a stimulus, from 0 s.
#[derive(Debug, Clone)]
pub struct FileTestbench {
    /// Title of the netlist.
    pub title: String,
    /// The neuron.
    pub neuron: FileNeuron,
    /// What its input takes: events, whose time constant is not looked at, or a current that it follows.
    pub stimulus: Stimulus,
    /// End, s.
    pub stop_s: f64,
}

impl FileTestbench {
    /// The testbench's files (name, text) for a simulator; the first is the one to run.
    pub fn files(&self, simulator: Simulator) -> Vec<(String, String)> {
        let module = self.neuron.module();
        match simulator {
            Simulator::Ngspice => vec![
                ("testbench.cir".into(), self.testbench_ngspice(&module)),
                (format!("{module}.lib"), self.neuron.ngspice()),
            ],
            Simulator::Vacask => vec![
                ("testbench.sim".into(), self.testbench_vacask(&module)),
                (format!("{module}.va"), self.neuron.verilog_a()),
            ],
        }
    }

    /// Runs a testbench whose files stand in `dir`, each tool within `limit`.
    ///
    /// # Errors
    /// A missing tool, one that fails or takes too long, a result that ends before the testbench does.
    pub fn run(
        &self,
        simulator: Simulator,
        dir: &Path,
        limit: Duration,
    ) -> Result<Course, SimulatorError> {
        simulator.compile(dir, &self.neuron.module(), limit)?;
        let raw = simulator.execute(dir, &self.files(simulator)[0].0, limit)?;
        let course = Course::of_raw(&self.neuron, &raw)?;
        let reached = course.t_s.last().copied().unwrap_or(0.0);
        match reached < self.stop_s * (1.0 - 1e-6) {
            true => Err(raw.incomplete(reached)),
            false => Ok(course),
        }
    }

    /// Points of the source at the input: V that it is held at, or A into it.
    fn source(&self) -> Vec<(f64, f64)> {
        let per_volt = self.neuron.per_volt(self.neuron.model.input);
        let to_source = match &self.stimulus {
            Stimulus::Current(_) => 1.0 / per_volt,
            // A jump in pA over a tick.
            Stimulus::Events { .. } => 1e-12 * UNIT_F / per_volt / TICK_S,
        };
        let points = self.stimulus.source().into_iter();
        points.map(|(t, x)| (t, x * to_source)).collect()
    }

    /// The terminals of the neuron: its states'.
    fn terminals(&self) -> Vec<String> {
        let states = 0..self.neuron.model.states.len();
        states.map(|s| self.neuron.names.terminal(s)).collect()
    }

    fn input(&self) -> String {
        self.neuron.names.terminal(self.neuron.model.input)
    }

    fn testbench_ngspice(&self, module: &str) -> String {
        let terminals = self.terminals();
        let saved: Vec<String> = terminals.iter().map(|t| format!("v({t})")).collect();
        let saved = saved.join(" ") + " v(spk)";
        let source = match self.stimulus {
            Stimulus::Current(_) => format!("Vin {} 0", self.input()),
            Stimulus::Events { .. } => format!("Iin 0 {}", self.input()),
        };
        let points = self.source().into_iter();
        let points: String = points.map(|(t, x)| format!("+ {t:e} {x:e}\n")).collect();
        format!(
            "{}\n.include {module}.lib\n{source} PWL(\n{points}+ )\nX1 {} 0 spk {module}\n\
             .options method=gear reltol=1e-6 abstol={ABSTOL_A:e} vntol=1e-9 chgtol=1e-24 gmin=1e-22 trtol=1\n\
             .control\nset noaskquit\nset filetype=binary\nsave {saved}\n\
             tran 1u {} 0 1u uic\nwrite {RAW_FILE} {saved}\nquit\n.endc\n\
             .meas tran first_spike WHEN v(spk)=0.8 RISE=1\n\
             .meas tran period TRIG v(spk) VAL=0.8 RISE=1 TARG v(spk) VAL=0.8 RISE=2\n\
             .meas tran swing PP v({})\n.end\n",
            self.one_line_title(),
            terminals.join(" "),
            number(self.stop_s),
            terminals[self.neuron.measured()]
        )
    }

    fn testbench_vacask(&self, module: &str) -> String {
        let terminals = self.terminals();
        let saved: Vec<String> = terminals.iter().map(|t| format!("v({t})")).collect();
        // The first step after a corner is by backward Euler without control of its error: this share of the way to the
        // next corner at most (docs/circuit.md).
        let (model, source, fraction) = match self.stimulus {
            Stimulus::Current(_) => ("vsource", format!("vin ({} 0)", self.input()), 0.02),
            Stimulus::Events { .. } => ("isource", format!("iin (0 {})", self.input()), 0.25),
        };
        let points = self.source().into_iter();
        let points: Vec<String> = points.map(|(t, x)| format!("  {t:e}, {x:e}")).collect();
        format!(
            "{}\nground 0\nload \"{module}.osdi\"\nmodel {module} {module}\nmodel {model} {model}\n\
             {source} {model} type=\"pwl\" wave=[\n{}\n]\nn1 ({} 0 spk) {module}\ncontrol\n  \
             options reltol=1e-6 abstol={ABSTOL_A:e} vntol=1e-9 chgtol=1e-24 gmin=1e-22 tran_method=\"gear2\" tran_lteratio=1 tran_fbr={fraction}\n  \
             save {} v(spk)\n  analysis neuron tran stop={} step=1e-6 maxstep=1e-6\nendc\n",
            self.one_line_title(),
            points.join(",\n"),
            terminals.join(" "),
            saved.join(" "),
            number(self.stop_s)
        )
    }

    /// The first line of a netlist is its title, whatever it says.
    fn one_line_title(&self) -> String {
        self.title.replace(['\n', '\r'], " ")
    }
}
