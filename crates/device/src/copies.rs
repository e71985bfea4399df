//! Chips side by side in one chip, so that a simulator runs several samples in one go: a small chip leaves the vectors of a
//! processor half empty, and what a tick costs beside its neurons is paid once for all copies.

use crate::Chip;
use crate::chip::banks;

/// Longest weight codes: one bit more tells apart synapses that are not there.
const MOST_BITS: u32 = 8;
/// Lanes of the longest vectors of a processor: neurons that fill none to its end cost as much as one each.
const LANES: usize = 16;

impl Chip {
    /// The chip with `count` times its channels and neurons in every layer, copy behind copy, and weight codes of one bit
    /// more: the upper half of a level table is zero, so that no copy hears another. Registers and levels are shared, and a
    /// neuron computes what it does in the chip itself. Behind the copies stand neurons that hear nothing, up to whole
    /// vectors.
    ///
    /// None where copies could differ from the chip (random rounding, noise: what is drawn depends on a neuron's place),
    /// where a tick takes several cycles (folded chips), where levels are constants (frozen chips) or codes have 8 bits, and
    /// where adders could not hold the levels of all copies at once.
    pub fn copies(&self, count: usize) -> Option<Self> {
        let alike = |layer: &crate::Layer| {
            !layer.frozen && !layer.options.random() && layer.bits < MOST_BITS
        };
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
            layer.banks = banks(layer.neurons, self.description.bank_neurons);
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
