//! A neuron with its stimulus, as the files that a simulator runs.

use super::{NGSPICE_FILE, Stimulus, VACASK_FILE, VERILOG_A_FILE};
use crate::Neuron;
use crate::model_card::shortest;
use std::fmt::Write;

/// The file that both simulators write: time, V, p, latch.
pub const RAW_FILE: &str = "neuron.raw";

/// What is measured of a course in s, V and J; a spike is where the latch passes 0.8 V.
const MEASURES: &str = "\
.meas tran first_spike WHEN v(spk)=0.8 RISE=1
.meas tran period TRIG v(spk) VAL=0.8 RISE=1 TARG v(spk) VAL=0.8 RISE=2
.meas tran swing PP v(m)
.meas tran energy_1 FIND v(energy) WHEN v(spk)=0.8 RISE=1
.meas tran energy_2 FIND v(energy) WHEN v(spk)=0.8 RISE=2
.meas tran energy PARAM='1e-12*(energy_2-energy_1)'
";

/// A neuron under a stimulus, from 0 s.
#[derive(Debug, Clone, PartialEq)]
pub struct Testbench {
    /// Title of the netlist.
    pub title: String,
    /// The neuron.
    pub neuron: Neuron,
    /// What it is driven with.
    pub stimulus: Stimulus,
    /// End, s.
    pub stop_s: f64,
}

impl Testbench {
    /// Files (name, text) for ngspice 39 or later; the first is the one to run.
    ///
    /// Its `.meas` lines give the [`crate::Measures`] of the course, also where ngspice runs the files by hand.
    ///
    /// Currents are of the order of 1 pA: with the usual `gmin` (1 pS), `abstol` (1 pA) and `chgtol` (10 fC) the membrane
    /// would drown.
    pub fn ngspice(&self) -> Vec<(&'static str, String)> {
        let mut text = format!("{}\n.include {NGSPICE_FILE}\n", self.one_line_title());
        match &self.stimulus {
            Stimulus::Current(_) => text += "Iin 0 in PWL(\n",
            Stimulus::Events { tau_s, .. } => {
                let ohm = shortest(tau_s * 1e6);
                text += "* synaptic current: V(syn) in pA, on 1 uF\n";
                let _ = writeln!(
                    text,
                    "Csyn syn 0 1u IC=0\nRsyn syn 0 {ohm}\nBsyn 0 in I = 1e-12*V(syn)"
                );
                text += "Iin 0 syn PWL(\n";
            }
        }
        for (t, value) in self.stimulus.source() {
            let _ = writeln!(text, "+ {t:e} {value:e}");
        }
        let stop = shortest(self.stop_s);
        let _ = write!(
            text,
            "+ )\n\
             * Energy that the stimulus delivers: V(energy) in pJ, on 1 pF\n\
             Vin in m 0\nBenergy 0 energy I = V(m)*I(Vin)\nCenergy energy 0 1p IC=0\n\
             X1 m 0 occ spk felif\n\
             .options method=gear reltol=1e-6 abstol=1e-20 vntol=1e-9 chgtol=1e-24 gmin=1e-22 trtol=1\n\
             .control\nset noaskquit\nset filetype=binary\nsave v(m) v(occ) v(spk) v(energy)\n\
             tran 1u {stop} 0 1u uic\nwrite {RAW_FILE} v(m) v(occ) v(spk)\nquit\n.endc\n{MEASURES}.end\n"
        );
        vec![
            ("testbench.cir", text),
            (NGSPICE_FILE, super::ngspice(&self.neuron)),
        ]
    }

    /// Files (name, text) for VACASK; the first is the one to run, after `openvaf-r` has compiled the Verilog-A.
    pub fn vacask(&self) -> Vec<(&'static str, String)> {
        let mut text = format!(
            "{}\nground 0\ninclude \"{VACASK_FILE}\"\nmodel isource isource\n",
            self.one_line_title()
        );
        let source = match &self.stimulus {
            Stimulus::Current(_) => "iin (0 m)",
            Stimulus::Events { tau_s, .. } => {
                let ohm = shortest(tau_s * 1e6);
                text += "// synaptic current: v(syn) in pA, on 1 uF\n\
                         load \"capacitor.osdi\"\nload \"resistor.osdi\"\n\
                         model capacitor capacitor\nmodel resistor resistor\nmodel vccs vccs\n\
                         csyn (syn 0) capacitor c=1e-6\n";
                let _ = writeln!(
                    text,
                    "rsyn (syn 0) resistor r={ohm}\ngsyn (0 m syn 0) vccs gain=1e-12"
                );
                "iin (0 syn)"
            }
        };
        let _ = writeln!(text, "{source} isource type=\"pwl\" wave=[");
        let points: Vec<String> = self
            .stimulus
            .source()
            .iter()
            .map(|(t, v)| format!("  {t:e}, {v:e}"))
            .collect();
        text += &points.join(",\n");
        let stop = shortest(self.stop_s);
        // VACASK takes the first step after a corner of the source by backward Euler, with no control of its error; its
        // length is at most this share of the way to the next corner. The edges of events are short enough by themselves.
        let fraction = match &self.stimulus {
            Stimulus::Current(_) => 0.02,
            Stimulus::Events { .. } => 0.25,
        };
        let _ = write!(
            text,
            "\n]\nn1 (m 0 occ spk) felif\ncontrol\n  \
             options reltol=1e-6 abstol=1e-20 vntol=1e-9 chgtol=1e-24 gmin=1e-22 tran_method=\"gear2\" tran_lteratio=1 tran_fbr={fraction}\n  \
             save v(m) v(occ) v(spk)\n  \
             analysis neuron tran stop={stop} step=1e-6 maxstep=1e-6\nendc\n"
        );
        vec![
            ("testbench.sim", text),
            (VACASK_FILE, super::vacask(&self.neuron)),
            (VERILOG_A_FILE, super::verilog_a(&self.neuron)),
        ]
    }

    /// The first line of a netlist is its title, whatever it says.
    fn one_line_title(&self) -> String {
        self.title.replace(['\n', '\r'], " ")
    }
}
