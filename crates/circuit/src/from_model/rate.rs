//! Firing of a neuron of a file under a constant input, by the float model in the steps of a chip.

use super::FileNeuron;
use bruno_model::{Float, TICK_S};

/// How long an input is applied, s.
const DURATION_S: f64 = 0.2;
/// Spikes that make a rate.
const SPIKES: usize = 12;
/// Ticks after which is looked whether anything still moves.
const LOOK: usize = 2000;
/// A neuron rests whose states move by less than this share of their ranges in that time.
const REST: f64 = 1e-7;
/// Halvings of the input's range in the search for one that fires.
const HALVINGS: i32 = 24;

impl FileNeuron {
    /// Rate under a constant input, A, Hz: of the last half of at most twelve spikes within 0.2 s; 0 where fewer than three
    /// come.
    pub fn rate_hz(&self, input_a: f64) -> f64 {
        let spikes = self.spikes_s(input_a, SPIKES);
        let settled = &spikes[spikes.len() / 2..];
        match (spikes.len() >= 3, settled) {
            (true, [first, .., last]) => (settled.len() - 1) as f64 / (last - first),
            _ => 0.0,
        }
    }

    /// The smallest of half of the input's largest value, its quarter and so on, A, under which the neuron fires three
    /// times in 0.2 s; `Some(0)` of one that does so by itself, none of one that never does.
    pub fn firing_input_a(&self) -> Option<f64> {
        let fires = |a: &f64| self.spikes_s(*a, 3).len() >= 3;
        if fires(&0.0) {
            return Some(0.0);
        }
        let largest = self.model.states[self.model.input].range.1;
        let inputs = (1..=HALVINGS).map(|k| largest * 0.5f64.powi(k));
        // From the strongest down: under those that do not fire nothing comes to rest before 0.2 s, perhaps.
        inputs.skip_while(|a| !fires(a)).take_while(fires).last()
    }

    /// Times of its first spikes, s, in the steps of a chip.
    fn spikes_s(&self, input_a: f64, most: usize) -> Vec<f64> {
        let float = Float::new(&self.model);
        let card = float.on(&self.parameters);
        let input = self.model.input;
        let decay = &float.propagator(&self.parameters)[input];
        let mut now = card.rest();
        now.states[input] = input_a;
        let mut before = now.states.clone();
        let mut spikes = Vec::new();
        for tick in 1..=(DURATION_S / TICK_S).round() as usize {
            // What the input loses in a tick comes in again.
            let lost: f64 = decay.iter().zip(&now.states).map(|(d, x)| d * x).sum();
            if card.step(&mut now, -lost) {
                spikes.push(tick as f64 * TICK_S);
                if spikes.len() == most {
                    break;
                }
            }
            if tick % LOOK == 0 {
                let moves = before.iter().zip(&now.states).zip(&self.model.states);
                let mut moves = moves.map(|((a, b), s)| (a - b).abs() / (s.range.1 - s.range.0));
                if now.refractory == 0.0 && moves.all(|share| share < REST) {
                    break;
                }
                before.clone_from(&now.states);
            }
        }
        spikes
    }
}
