//! Devices as circuit simulators run them: the reduced FeLIF neuron as Verilog-A and as an ngspice subcircuit, each with the
//! values of a card, testbenches that replay a stimulus, and the full model of the capacitor as an ngspice subcircuit.
//!
//! The models stand in `netlist/felif.va` and `felif.lib`, which have the same parameters, and in `fecap.lib`; SI units.

mod stimulus;
mod testbench;

pub use stimulus::{Stimulus, StimulusError};
pub use testbench::{RAW_FILE, Testbench};

use crate::fecap::{Fecap, at_voltage};
use crate::model_card::shortest;
use crate::{CircuitError, FecapCard, Neuron, PARAMETERS};
use std::fmt::Write;

const VERILOG_A: &str = include_str!("netlist/felif.va");
const NGSPICE: &str = include_str!("netlist/felif.lib");
const NGSPICE_FECAP: &str = include_str!("netlist/fecap.lib");

/// File of the Verilog-A model, as the VACASK netlists name it.
pub const VERILOG_A_FILE: &str = "felif.va";
/// Its module; the compiled file is called after it.
pub const VERILOG_A_MODULE: &str = "felif";
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
    with_values(VERILOG_A, &parameters(neuron), head, [' ', ';'])
}

/// The subcircuit `felif m ref occ spk` of ngspice; its parameters' defaults are the neuron's values.
pub fn ngspice(neuron: &Neuron) -> String {
    let head = |name: &str| format!("+ {name}=");
    with_values(NGSPICE, &parameters(neuron), head, ['\n', '\n'])
}

/// The full model of a card at a temperature (K) as a subcircuit `fecap te be occ` of ngspice; it starts from its operating
/// point at 0 V.
///
/// # Errors
/// A card out of its bounds.
pub fn ngspice_fecap(card: &FecapCard, temperature_k: f64) -> Result<String, CircuitError> {
    let fecap = Fecap::new(card, temperature_k)?;
    let state = at_voltage(&fecap, 0.0);
    let voltages = fecap.voltages(&state);
    let of_card = PARAMETERS
        .iter()
        .filter_map(|p| Some((p.name, card.get(p.name)?)));
    let mut values: Vec<(&str, f64)> = of_card.collect();
    values.extend([
        ("temperature", temperature_k),
        ("p_start", state.p),
        ("v_fe_start", voltages.fe),
        ("v_int_start", voltages.interface),
    ]);
    let head = |name: &str| format!("+ {name}=");
    Ok(with_values(NGSPICE_FECAP, &values, head, ['\n', '\n']))
}

/// The statement that gives the neuron's values to the compiled Verilog-A model in VACASK.
pub fn vacask(neuron: &Neuron) -> String {
    let mut text = format!("load \"{0}.osdi\"\nmodel {0} {0} (\n", VERILOG_A_MODULE);
    for (name, value) in parameters(neuron) {
        let _ = writeln!(text, "  {name}={}", shortest(value));
    }
    text + ")\n"
}

/// A model's text with the values in place of those that follow `head(parameter)`, up to one of `ends`.
fn with_values(
    model: &str,
    values: &[(&str, f64)],
    head: impl Fn(&str) -> String,
    ends: [char; 2],
) -> String {
    let mut text = model.to_string();
    for &(name, value) in values {
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
    fn values_of_the_capacitor() {
        let card = FecapCard {
            w_b: 1.0,
            q_fix_depl_u: -0.05,
            ..FecapCard::default()
        };
        let text = ngspice_fecap(&card, 310.0).unwrap();
        for parameter in PARAMETERS {
            let value = shortest(card.get(parameter.name).unwrap());
            let expected = format!("+ {}={value}\n", parameter.name);
            assert!(text.contains(&expected), "`{expected}` is not in\n{text}");
        }
        let head = NGSPICE_FECAP
            .lines()
            .skip_while(|l| !l.starts_with(".subckt"));
        let count = head.skip(1).take_while(|l| l.starts_with("+ ")).count();
        assert_eq!(count, PARAMETERS.len() + 4);
        assert!(
            !text.contains("p_start=0\n") && text.contains("temperature=310\n"),
            "{text}"
        );
    }

    #[test]
    fn the_models_have_no_other_parameters() {
        let count = parameters(&neuron()).len();
        assert_eq!(VERILOG_A.matches("parameter real ").count(), count);
        let head = NGSPICE.lines().filter(|line| line.starts_with("+ "));
        assert_eq!(head.count(), count);
    }
}
