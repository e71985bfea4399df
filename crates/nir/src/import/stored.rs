//! Currents as the levels of a synapse.

use crate::levels::{nearest, table};
use crate::loss::Loss;
use crate::matrix::Matrix;
use bruno_chip::Synapse;
use std::collections::BTreeSet;

/// A projection's synapse and the currents that it is asked for, pA, a row a neuron.
#[derive(Debug)]
pub(super) struct Stored {
    pub synapse: Synapse,
    wanted: Matrix,
}

impl Stored {
    /// With a table for the currents.
    pub fn of(wanted: Matrix, bits: u32) -> Self {
        let levels = table(&wanted.values, bits);
        Self::with_levels(wanted, bits, levels)
    }

    pub fn with_levels(wanted: Matrix, bits: u32, levels_pa: Vec<f64>) -> Self {
        let synapse = Synapse {
            bits,
            range_pa: None,
            levels_pa: Some(levels_pa),
            rram: None,
        };
        Self { synapse, wanted }
    }

    /// Codes `[channel][neuron]` in a table of LSB of the current, and what they lose.
    pub fn codes(
        &self,
        levels: &[i32],
        lsb_pa: f64,
        layer: &str,
        quantity: &str,
    ) -> (Vec<u8>, Loss) {
        let in_force: Vec<f64> = levels.iter().map(|l| f64::from(*l) * lsb_pa).collect();
        let neurons = self.wanted.height();
        let mut codes = vec![0; self.wanted.values.len()];
        let mut pairs = Vec::with_capacity(codes.len());
        for (neuron, row) in self.wanted.rows().enumerate() {
            let own = codes.iter_mut().skip(neuron).step_by(neurons);
            for (code, wanted) in own.zip(row) {
                let level = nearest(&in_force, *wanted);
                *code = level as u8;
                pairs.push((*wanted, in_force.get(level).copied().unwrap_or_default()));
            }
        }
        let used = codes.iter().collect::<BTreeSet<_>>().len();
        let loss = Loss::weights(layer, quantity, &pairs, used, levels.len());
        (codes, loss)
    }
}
