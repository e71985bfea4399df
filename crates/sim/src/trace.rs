//! What comes out of a simulator.

use bruno_device::Chip;
use serde::{Deserialize, Serialize};

/// One spike of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spike {
    /// Tick (us since the start of the sample) in which the threshold was crossed.
    pub tick: u32,
    /// Neuron of the layer.
    pub neuron: u32,
}

/// What one layer did in a sample.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LayerTrace {
    /// Recorder words `[window][neuron][word]`, words as in `bruno_device::NeuronModel::words`.
    /// Unsigned words (`sum_p`) keep their bits.
    pub records: Vec<i32>,
    /// Spikes in order of tick, then neuron; empty for the readout.
    pub spikes: Vec<Spike>,
}

/// What a chip did in a sample.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trace {
    /// Layers in order, the readout last.
    pub layers: Vec<LayerTrace>,
    /// Saturated updates of the whole chip.
    pub saturations: u32,
    /// A recorder record was dropped.
    pub overrun: bool,
}

/// What a chip counted in a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Saturated updates of the whole chip.
    pub saturations: u32,
    /// A recorder record was dropped.
    pub overrun: bool,
}

/// Adds what came later to what came before.
pub(crate) fn append(layers: &mut Vec<LayerTrace>, part: &[LayerTrace]) {
    layers.resize(part.len(), LayerTrace::default());
    for (layer, part) in layers.iter_mut().zip(part) {
        layer.records.extend_from_slice(&part.records);
        layer.spikes.extend_from_slice(&part.spikes);
    }
}

impl Trace {
    /// What layers did and what the chip counted, together.
    pub fn new(layers: Vec<LayerTrace>, counters: Counters) -> Self {
        Self {
            layers,
            saturations: counters.saturations,
            overrun: counters.overrun,
        }
    }

    /// What a recorder sends whose reader was stopped: the first record of every bank; the others were dropped.
    pub fn keep_first_record(&mut self, chip: &Chip) {
        for (trace, layer) in self.layers.iter_mut().zip(&chip.layers) {
            let words = layer.neurons * layer.model.words.len();
            trace.records.truncate(words);
        }
        self.overrun = true;
    }
}
