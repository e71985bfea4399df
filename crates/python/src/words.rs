//! The words of a layer's records: names, units, scales.

use bruno_device::{Gathers, NeuronModel, Quantity, Signal, State, StateId};
use pyo3::prelude::*;

/// A word of a record: name, unit, value of one LSB in the unit, whether it has a sign, what it is.
#[derive(IntoPyObject)]
pub struct Word {
    name: String,
    unit: String,
    lsb: f64,
    signed: bool,
    about: String,
}

/// The words of these neurons, in the order of a record.
pub fn of(model: &NeuronModel) -> Vec<Word> {
    let words = model.words.iter().map(|word| {
        let (unit, lsb) = scale(model, word.gathers);
        Word {
            name: word.name.clone(),
            unit,
            lsb,
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
        Gathers::Sum(Signal::State(id)) => (format!("{} us", unit(state(id))), state(id).lsb()),
        Gathers::Sum(Signal::Sample(id)) => {
            let log2 = model.samples[id.place()].log2_lsb;
            let unit = if log2.is_some() { "1" } else { "LSB" };
            (unit.into(), f64::from(log2.unwrap_or(0)).exp2())
        }
    }
}

fn unit(state: &State) -> String {
    match &state.quantity {
        Quantity::Physical { unit, .. } => unit.clone(),
        Quantity::Share => "1".into(),
        Quantity::Ticks => "us".into(),
    }
}
