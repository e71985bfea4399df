//! Adam (Kingma & Ba 2015) on one flat vector, with clipping to a multiple of the running gradient norm.

use serde::{Deserialize, Serialize};

const BETA: (f32, f32) = (0.9, 0.99);
const EPSILON: f32 = 1e-8;
/// Weight of a new norm in the running one.
const NORM_RATE: f32 = 0.1;

/// State of the optimiser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adam {
    pub(crate) first: Vec<f32>,
    pub(crate) second: Vec<f32>,
    pub(crate) step: i32,
    pub(crate) norm: Option<f32>,
}

impl Adam {
    /// An optimiser of `n` parameters.
    pub fn new(n: usize) -> Self {
        Self {
            first: vec![0.0; n],
            second: vec![0.0; n],
            step: 0,
            norm: None,
        }
    }

    /// Scales a gradient to at most `clip` running norms; returns its norm before, and the factor.
    pub fn clip(&mut self, gradient: &mut [f32], clip: f32) -> (f32, f32) {
        // The squares of many small entries would be lost in a sum of f32.
        let squares = gradient.iter().map(|g| f64::from(*g).powi(2));
        let norm = squares.sum::<f64>().sqrt() as f32;
        let running = self.norm.unwrap_or(norm);
        let allowed = clip * running;
        let factor = if norm > allowed { allowed / norm } else { 1.0 };
        if factor < 1.0 {
            gradient.iter_mut().for_each(|g| *g *= factor);
        }
        self.norm = Some(running + NORM_RATE * (norm.min(allowed) - running));
        (norm, factor)
    }

    /// One step down the gradient; `rate` gives the learning rate of each parameter.
    pub fn step(&mut self, parameters: &mut [f32], gradient: &[f32], rate: impl Fn(usize) -> f32) {
        self.step += 1;
        let unbias = (1.0 - BETA.0.powi(self.step), 1.0 - BETA.1.powi(self.step));
        for (k, (x, g)) in parameters.iter_mut().zip(gradient).enumerate() {
            self.first[k] = BETA.0 * self.first[k] + (1.0 - BETA.0) * g;
            self.second[k] = BETA.1 * self.second[k] + (1.0 - BETA.1) * g * g;
            let (m, v) = (self.first[k] / unbias.0, self.second[k] / unbias.1);
            *x -= rate(k) * m / (v.sqrt() + EPSILON);
        }
    }
}
