//! Cards of a neuron file for trials: anywhere within the bounds of its parameters.

use super::NeuronProgram;
use bruno_chip::Rounding;
use rand::{Rng, RngExt};

/// Cards that are drawn until one fits the registers.
const TRIALS: usize = 16;
/// A refractory time that a trial sees the end of, ticks.
const SHORT: i64 = 3;

impl NeuronProgram {
    /// The registers of a card drawn within the bounds; `given` where none of some draws fits them. Its refractory time is
    /// short.
    pub fn drawn(&self, given: &[i32], rounding: Rounding, rng: &mut impl Rng) -> Vec<i32> {
        let mut own = (0..TRIALS)
            .find_map(|_| self.values(&self.parameters(rng), rounding).ok())
            .unwrap_or_else(|| given.to_vec());
        self.shorten(&mut own);
        own
    }

    /// Makes the refractory time one that a trial sees the end of.
    pub fn shorten(&self, own: &mut [i32]) {
        if let Some((place, (low, high))) = self.refractory_register() {
            own[place] = SHORT.clamp(low, high) as i32;
        }
    }

    /// Parameters within their bounds, SI units: some at an end, positive ones evenly by their logarithm.
    fn parameters(&self, rng: &mut impl Rng) -> Vec<f64> {
        let mut value = |p: &bruno_model::Parameter| {
            let (low, high) = p.bounds;
            let share: f64 = match rng.random_range(0..8) {
                0 => 0.0,
                1 => 1.0,
                _ => rng.random(),
            };
            match (p.switch, low > 0.0) {
                (true, _) => share.round(),
                (false, true) => (low * (high / low).powf(share)).clamp(low, high),
                (false, false) => low + (high - low) * share,
            }
        };
        self.derived
            .model
            .parameters
            .iter()
            .map(&mut value)
            .collect()
    }
}
