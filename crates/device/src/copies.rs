//! Chips side by side in one chip, so that a simulator runs several samples in one go: a small chip leaves the vectors of a
//! processor half empty, and what a tick costs beside its neurons is paid once for all copies.

use crate::{Chip, Layer};

/// Longest weight codes. One bit more tells apart synapses that are not there; codes of that length have none to spare, and
/// a code that no synapse has does it.
const MOST_BITS: u32 = 8;
/// Lanes of the longest vectors of a processor: neurons that fill none to its end cost as much as one each.
const LANES: usize = 16;

impl Chip {
    /// The chip with `count` times its channels and neurons in every layer, copy behind copy, and weight codes of one bit
    /// more: the upper half of a level table is zero, so that no copy hears another. Codes of 8 bits stay as they are: a
    /// program has to spare one. Registers and levels are shared, and a neuron computes what it does in the chip itself.
    /// Behind the copies stand neurons that hear nothing, up to whole vectors. Banks are as large as their records, a word
    /// a tick, leave in a window; which bank a neuron stands in changes nothing that it does.
    ///
    /// None where copies could differ from the chip (random rounding, noise: what is drawn depends on a neuron's place),
    /// where a tick takes several cycles (folded chips), where levels are constants (frozen chips), and where adders could not hold
    /// the levels of all copies at once.
    pub fn copies(&self, count: usize) -> Option<Self> {
        let alike = |layer: &Layer| !layer.frozen && !layer.options.random();
        if count < 2 || self.fold > 1 || !self.layers.iter().all(alike) {
            return None;
        }
        let mut wide = self.clone();
        wide.inputs *= count;
        let mut channels = wide.inputs;
        // Only the core is run.
        wide.description.interfaces = None;
        for layer in &mut wide.layers {
            layer.inputs = channels;
            layer.neurons = (layer.neurons * count).next_multiple_of(LANES);
            channels = layer.neurons;
            layer.banks = full_banks(layer.neurons, largest_bank(self.window_ticks, layer));
            if layer.bits == MOST_BITS {
                continue;
            }
            layer.bits += 1;
            for table in [&mut layer.levels, &mut layer.recurrent_levels] {
                table.resize(2 * table.len(), 0);
            }
        }
        let held = |layer| wide.beyond_adders(layer, &layer.levels, &layer.recurrent_levels);
        let holds = wide.layers.iter().all(|layer| held(layer).is_none());
        holds.then_some(wide)
    }
}

/// Neurons of the largest bank whose records leave in a window, whole vectors of them where it holds one.
fn largest_bank(window_ticks: u32, layer: &Layer) -> usize {
    let most = window_ticks as usize / layer.model.words.len().max(1);
    match most {
        0..LANES => most.max(1),
        _ => most / LANES * LANES,
    }
}

/// Banks of so many neurons, and one of what is left.
fn full_banks(neurons: usize, largest: usize) -> Vec<usize> {
    let starts = (0..neurons).step_by(largest);
    starts.map(|start| largest.min(neurons - start)).collect()
}
