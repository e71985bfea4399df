//! Cards of a neuron file for trials: anywhere within the bounds of its parameters.

use super::{Holds, NeuronProgram};
use bruno_chip::Rounding;
use bruno_model::Lanes;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Cards that are drawn until one fits the registers.
const TRIALS: usize = 16;
/// Cards of which the liveliest is looked for, and the ticks that each has to fire in.
const CARDS: usize = 48;
const PATIENCE: u32 = 4000;
/// Start of the draws: the same file and card give the same liveliest one.
const SEED: u64 = 22;

/// A card of a neuron file on which everything happens soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lively {
    /// Its registers.
    pub own: Vec<i32>,
    /// Ticks at the largest current from rest until it has fired and every state has moved.
    pub ticks: u32,
}

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

    /// The card on which neurons fire and move all of their states soonest at the largest current, `given` and some drawn ones
    /// compared; none where none does in some thousand ticks.
    pub fn liveliest(&self, given: &[i32], rounding: Rounding) -> Option<Lively> {
        let mut rng = ChaCha8Rng::seed_from_u64(SEED);
        let mut own = given.to_vec();
        self.shorten(&mut own);
        let mut best: Option<Lively> = None;
        for _ in 0..CARDS {
            let patience = best.as_ref().map_or(PATIENCE, |b| b.ticks - 1);
            if let Some(ticks) = self.goes_round(&own, patience) {
                best = Some(Lively { own, ticks });
            }
            own = self.drawn(given, rounding, &mut rng);
        }
        best
    }

    /// Ticks from rest until the neuron has fired and every state has moved by its equations, if they are no more than so
    /// many.
    fn goes_round(&self, own: &[i32], patience: u32) -> Option<u32> {
        let mut neuron = Lanes::with(&*self.derived, &self.registers(own), 1);
        for (state, lane) in neuron.states.iter_mut().enumerate() {
            lane.fill(self.at_rest(state, own));
        }
        let largest = [self.derived.words[self.derived.model.input].high as i32];
        let mut fired = false;
        let mut moved = vec![false; neuron.states.len()];
        (1..=patience).find(|_| {
            let before = neuron.states.clone();
            let spike = neuron.tick(&largest, None).spikes == [1];
            fired |= spike;
            let states = moved.iter_mut().zip(before.iter().zip(&neuron.states));
            // What a spike writes did not move.
            states.for_each(|(moved, (before, now))| *moved |= !spike && before != now);
            fired && moved.iter().all(|m| *m)
        })
    }

    /// A state at rest with these registers.
    fn at_rest(&self, state: usize, own: &[i32]) -> i32 {
        let mut registers = self.own.iter().zip(own);
        let register = registers.find(|(r, _)| r.holds == Holds::Rest(state));
        register.map_or_else(
            || self.rest_code(state, &self.derived.model.defaults()),
            |(_, value)| *value,
        )
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
