//! A neuron as circuit simulators run it: the reduced FeLIF model as Verilog-A and as an ngspice subcircuit, each with the
//! values of a card, and testbenches that replay a stimulus.
//!
//! The models stand in `netlist/felif.va` and `netlist/felif.lib`; both have the same parameters, in SI units.

mod stimulus;
mod testbench;

pub use stimulus::{Stimulus, StimulusError};
pub use testbench::{RAW_FILE, Testbench};

use crate::Neuron;
use crate::model_card::shortest;
use std::fmt::Write;

const VERILOG_A: &str = include_str!("netlist/felif.va");
const NGSPICE: &str = include_str!("netlist/felif.lib");

/// File of the Verilog-A model, as the VACASK netlists name it.
pub const VERILOG_A_FILE: &str = "felif.va";
/// File of the compiled Verilog-A model, likewise.
pub const OSDI_FILE: &str = "felif.osdi";
/// File of the subcircuit, as the ngspice testbench names it.
pub const NGSPICE_FILE: &str = "felif.lib";
/// File of the model's values, as the VACASK testbench names it.
pub const VACASK_FILE: &str = "felif.inc";

/// The values of a neuron by the parameters of the models. Divisions by powers of ten keep 9.8 nm at 9.8e-9 m.
fn parameters(neuron: &Neuron) -> Vec<(&'static str, f64)> {
    let card = &neuron.card;
    vec![
        ("area", card.area_um2 / 1e12),
        ("t_fe", card.t_fe_nm / 1e9),
        ("eps_fe", card.eps_fe),
        ("w_b", card.w_b_ev),
        ("d_e", card.d_e_nm / 1e9),
        ("e_off", card.e_off_mv_m * 1e6),
        ("p_s", card.p_s_c_m2),
        ("c_series", card.c_series_f_m2.unwrap_or(0.0)),
        ("p_ref", card.p_ref),
        ("temperature", card.temperature_k),
        ("g_leak", card.g_leak_ps / 1e12),
        ("fires", f64::from(u8::from(neuron.fires))),
        ("v_th", card.v_th_v),
        ("v_reset", card.v_reset_v),
        ("p_reset", card.p_reset),
        ("keep_p", f64::from(u8::from(card.keep_p))),
        ("t_ref", card.t_ref_ms / 1e3),
        ("v_start", neuron.start_v),
        ("p_start", neuron.start_p),
    ]
}

/// The Verilog-A model; its parameters' defaults are the neuron's values.
pub fn verilog_a(neuron: &Neuron) -> String {
    let head = |name: &str| format!("    parameter real {name} = ");
    with_values(VERILOG_A, neuron, head, [' ', ';'])
}

/// The subcircuit `felif m ref occ spk` of ngspice; its parameters' defaults are the neuron's values.
pub fn ngspice(neuron: &Neuron) -> String {
    with_values(NGSPICE, neuron, |name| format!("+ {name}="), ['\n', '\n'])
}

/// The statement that gives the neuron's values to the compiled Verilog-A model in VACASK.
pub fn vacask(neuron: &Neuron) -> String {
    let mut text = format!("load \"{OSDI_FILE}\"\nmodel felif felif (\n");
    for (name, value) in parameters(neuron) {
        let _ = writeln!(text, "  {name}={}", shortest(value));
    }
    text + ")\n"
}

/// A model's text with the values in place of those that follow `head(parameter)`, up to one of `ends`.
fn with_values(
    model: &str,
    neuron: &Neuron,
    head: impl Fn(&str) -> String,
    ends: [char; 2],
) -> String {
    let mut text = model.to_string();
    for (name, value) in parameters(neuron) {
        let head = head(name);
        let Some(start) = text.find(&head).map(|at| at + head.len()) else {
            continue;
        };
        let end = text[start..].find(ends).map_or(text.len(), |n| start + n);
        text.replace_range(start..end, &shortest(value));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_chip::DeviceCard;

    fn neuron() -> Neuron {
        let card = DeviceCard {
            c_series_f_m2: Some(0.125),
            keep_p: true,
            ..DeviceCard::default()
        };
        let [start_v, start_p] = [0.25, 0.5];
        Neuron {
            card,
            fires: false,
            start_v,
            start_p,
        }
    }

    /// Every parameter has a place in the text, which holds its value.
    fn check(text: &str, written: impl Fn(&str, &str) -> String) {
        for (name, value) in parameters(&neuron()) {
            let expected = written(name, &shortest(value));
            assert!(text.contains(&expected), "`{expected}` is not in\n{text}");
        }
    }

    #[test]
    fn values_in_verilog_a() {
        check(&verilog_a(&neuron()), |name, value| {
            format!("parameter real {name} = {value}")
        });
    }
    #[test]
    fn values_in_ngspice() {
        check(&ngspice(&neuron()), |name, value| {
            format!("+ {name}={value}\n")
        });
    }
    #[test]
    fn values_in_vacask() {
        check(&vacask(&neuron()), |name, value| {
            format!("  {name}={value}\n")
        });
    }

    #[test]
    fn the_models_have_no_other_parameters() {
        let count = parameters(&neuron()).len();
        assert_eq!(VERILOG_A.matches("parameter real ").count(), count);
        let head = NGSPICE.lines().filter(|line| line.starts_with("+ "));
        assert_eq!(head.count(), count);
    }
}
