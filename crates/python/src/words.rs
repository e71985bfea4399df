//! The words of a layer's records: names, units, scales.

use bruno_device::{Gathers, NeuronModel, Quantity, Signal, State, StateId};
use pyo3::prelude::*;

/// A word of a record: name, unit, value of one LSB and of zero in the unit, whether it has a sign, what
/// it is.
#[derive(IntoPyObject)]
pub struct Word {
    name: String,
    unit: String,
    lsb: f64,
    offset: f64,
    signed: bool,
    about: String,
}

/// The words of these neurons, in the order of a record.
pub fn of(model: &NeuronModel, window_ticks: u32) -> Vec<Word> {
    let words = model.words.iter().map(|word| {
        let (unit, lsb) = scale(model, word.gathers);
        Word {
            name: word.name.clone(),
            unit,
            lsb,
            offset: offset(model, word.gathers, window_ticks),
            signed: word.signed,
            about: word.about.clone(),
        }
    });
    words.collect()
}

fn scale(model: &NeuronModel, gathers: Gathers) -> (String, f64) {
    let state = |id: StateId| &model.states[id.place()];
    match gathers {
        Gathers::Last(id) | Gathers::Least(id) | Gathers::Most(id) => {
            (unit(state(id)), state(id).lsb())
        }
        Gathers::Count(_) => ("1".into(), 1.0),
        // Ticks are microseconds.
        Gathers::Sum(Signal::State(id)) => {
            let lsb = state(id).lsb() * f64::from(state(id).sum_shift).exp2();
            (format!("{} us", unit(state(id))), lsb)
        }
        Gathers::Sum(Signal::Sample(id)) => {
            let sample = &model.samples[id.place()];
            let unit = if sample.log2_lsb.is_some() {
                "1"
            } else {
                "LSB"
            };
            let log2 = sample.log2_lsb.unwrap_or(0) + sample.sum_shift as i32;
            (unit.into(), f64::from(log2).exp2())
        }
    }
}

/// What a code of zero stands for, in the unit.
fn offset(model: &NeuronModel, gathers: Gathers, window_ticks: u32) -> f64 {
    let zero = |id: StateId| model.states[id.place()].value(0.0);
    match gathers {
        Gathers::Last(id) | Gathers::Least(id) | Gathers::Most(id) => zero(id),
        Gathers::Sum(Signal::State(id)) => f64::from(window_ticks) * zero(id),
        Gathers::Count(_) | Gathers::Sum(Signal::Sample(_)) => 0.0,
    }
}

fn unit(state: &State) -> String {
    match &state.quantity {
        Quantity::Physical { unit, .. } | Quantity::Coded { unit, .. } => unit.clone(),
        Quantity::Share => "1".into(),
        Quantity::Ticks => "us".into(),
    }
}
