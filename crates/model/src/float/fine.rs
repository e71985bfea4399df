//! The course of a model between ticks: Runge-Kutta steps, the reference that ticks and circuits are measured against.

use super::{FloatCard, FloatState};
use crate::evaluate::Point;
use crate::model::TICK_S;

/// What comes into the input during a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Drive {
    /// This much a second beside the input's own rate, A/s.
    Adds(f64),
    /// The input follows a straight line of this slope, A/s.
    Follows(f64),
}

impl FloatCard<'_> {
    /// A step of `step_s` seconds by the classical method of Runge and Kutta, in which nothing is rounded to ticks but the
    /// refractory time; clamps that a file declares, threshold and resets act at its end. Returns whether it fired.
    pub fn fine_step(&self, now: &mut FloatState, step_s: f64, drive: Drive) -> bool {
        let waiting = now.refractory > 1e-6;
        let before = now.states.clone();
        let moved = |by: f64, rates: &[f64]| -> Vec<f64> {
            before.iter().zip(rates).map(|(x, k)| x + by * k).collect()
        };
        let first = self.rates(&before, waiting, drive);
        let second = self.rates(&moved(0.5 * step_s, &first), waiting, drive);
        let third = self.rates(&moved(0.5 * step_s, &second), waiting, drive);
        let fourth = self.rates(&moved(step_s, &third), waiting, drive);
        for s in 0..before.len() {
            let mean = (first[s] + 2.0 * second[s] + 2.0 * third[s] + fourth[s]) / 6.0;
            now.states[s] = self.clamped(s, before[s] + step_s * mean);
        }
        now.refractory = (now.refractory - step_s / TICK_S).max(0.0);
        let fired = !waiting && self.fires(&before, &now.states);
        if fired {
            self.reset(now);
        }
        fired
    }

    /// Rates of every state, SI units a second; states that are held stand still.
    fn rates(&self, states: &[f64], waiting: bool, drive: Drive) -> Vec<f64> {
        let model = &self.float.model;
        let mut rates = vec![0.0; states.len()];
        let all = self.float.kernels.states.iter().chain(&self.float.order);
        for &s in all.filter(|s| !(waiting && self.is_held(**s))) {
            let at = Point {
                parameters: self.parameters,
                states,
                changes: &rates,
            };
            rates[s] = model.states[s].rate.value(&at);
        }
        match drive {
            Drive::Adds(rate) => rates[model.input] += rate,
            Drive::Follows(rate) => rates[model.input] = rate,
        }
        rates
    }
}
