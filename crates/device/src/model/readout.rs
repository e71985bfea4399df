//! Outputs: leaky integrators of a current, without a membrane.

use super::state::StateId;
use super::{NeuronModel, parts};
use bruno_chip::Formats;

/// Synaptic current.
const I: StateId = StateId::at(0);

pub fn declared(formats: &Formats) -> NeuronModel {
    NeuronModel {
        about: "leaky integrators".into(),
        states: vec![parts::current(formats)],
        current: I,
        fires: None,
        samples: Vec::new(),
        registers: super::of_card(&[&parts::SYNAPSE]),
        rules: Vec::new(),
        words: Vec::new(),
        program: None,
    }
}
