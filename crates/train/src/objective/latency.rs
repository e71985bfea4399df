//! The loss that asks for decisions to be right early ([`crate::Latency`] is what they are measured by).
//!
//! The running decision at the end of window w is that of the task's loss over the windows so far: the mean readout from
//! the first window that counts to w. The objective is the mean over the windows from its target on of the cross-entropy
//! of these decisions.

use crate::config::TrainConfig;
use bruno_data::Target;

/// What the objective asks of the backward pass.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Early {
    /// The objective without its weight, nats.
    #[cfg(test)]
    pub objective: f64,
    /// Derivatives of `weight` times the objective by the currents (pA), `[window][output]`.
    pub by_current: Vec<f32>,
    /// And by the biases.
    pub by_bias: Vec<f32>,
}

/// Of a sample with a class whose readout currents are these; none without the objective and for music.
pub(crate) fn early(
    target: &Target,
    currents: &[f32],
    bias: &[f32],
    config: &TrainConfig,
    window_us: u32,
) -> Option<Early> {
    let asked = config.objectives.latency?;
    let Target::Class { class, from_us } = target else {
        return None;
    };
    let windows = currents.len() / bias.len();
    // At least the last window counts, as in the task's loss.
    let from = ((from_us / window_us) as usize).min(windows.saturating_sub(1));
    let running = Running::new(*class, &currents[from * bias.len()..], bias, config);
    // Nor does it matter how late the target is.
    let target = asked
        .target_ms
        .map_or(0.0, |ms| 1e3 * ms / f64::from(window_us));
    let first = (target.ceil() as usize).clamp(1, windows - from) - 1;
    let (by_current, by_bias) = running.slopes(first, asked.weight);
    Some(Early {
        #[cfg(test)]
        objective: running.mean_loss(first),
        by_current: [vec![0.0; from * bias.len()], by_current].concat(),
        by_bias,
    })
}

/// The running decisions of the windows that count.
struct Running {
    outputs: usize,
    scale: f32,
    class: usize,
    /// Probabilities less the class's own 1, `[window][output]`.
    errors: Vec<f32>,
    /// Cross-entropy of each window, nats.
    losses: Vec<f64>,
}

impl Running {
    fn new(class: usize, currents: &[f32], bias: &[f32], config: &TrainConfig) -> Self {
        let mut new = Self {
            outputs: bias.len(),
            scale: config.logit_per_pa as f32,
            class,
            errors: Vec::with_capacity(currents.len()),
            losses: Vec::new(),
        };
        let mut sums = vec![0.0f32; bias.len()];
        for (window, row) in currents.chunks_exact(bias.len()).enumerate() {
            sums.iter_mut().zip(row).for_each(|(s, y)| *s += y);
            let mean = new.scale / (window + 1) as f32;
            let logits: Vec<f32> = sums.iter().zip(bias).map(|(s, b)| mean * s + b).collect();
            new.add(&logits);
        }
        new
    }

    fn add(&mut self, logits: &[f32]) {
        let largest = logits.iter().copied().fold(f32::MIN, f32::max);
        let sum: f32 = logits.iter().map(|l| (l - largest).exp()).sum();
        let own = logits[self.class];
        self.losses.push(f64::from(sum.ln() + largest - own));
        let start = self.errors.len();
        let shares = logits.iter().map(|l| (l - largest).exp() / sum);
        self.errors.extend(shares);
        self.errors[start + self.class] -= 1.0;
    }

    #[cfg(test)]
    fn mean_loss(&self, first: usize) -> f64 {
        self.losses[first..].iter().sum::<f64>() / (self.losses.len() - first) as f64
    }

    /// `weight` times the derivatives of [`Running::mean_loss`] by currents and biases.
    fn slopes(&self, first: usize, weight: f64) -> (Vec<f32>, Vec<f32>) {
        let windows = self.losses.len();
        let share = (weight / (windows - first) as f64) as f32;
        let mut by_current = vec![0.0f32; self.errors.len()];
        let (mut later, mut by_bias) = (vec![0.0f32; self.outputs], vec![0.0f32; self.outputs]);
        // A window's current enters every decision after it.
        for window in (0..windows).rev() {
            let rows = window * self.outputs..(window + 1) * self.outputs;
            if window >= first {
                let mean = self.scale / (window + 1) as f32;
                for (k, error) in self.errors[rows.clone()].iter().enumerate() {
                    later[k] += share * error * mean;
                    by_bias[k] += share * error;
                }
            }
            by_current[rows].copy_from_slice(&later);
        }
        (by_current, by_bias)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LatencyObjective, Objectives};

    fn config(target_ms: Option<f64>) -> TrainConfig {
        let latency = Some(LatencyObjective {
            weight: 0.7,
            target_ms,
        });
        TrainConfig {
            logit_per_pa: 0.3,
            objectives: Objectives {
                latency,
                ..Objectives::default()
            },
            ..TrainConfig::default()
        }
    }

    fn class(class: usize, from_us: u32) -> Target {
        Target::Class { class, from_us }
    }

    /// Derivatives against central differences.
    fn check(from_us: u32, target_ms: Option<f64>) {
        let config = config(target_ms);
        let currents: Vec<f32> = (0..18).map(|k| ((k * 7 % 11) as f32 - 5.0) * 0.4).collect();
        let bias = [0.1f32, -0.3, 0.2];
        let at = |currents: &[f32], bias: &[f32]| {
            early(&class(1, from_us), currents, bias, &config, 1000).unwrap()
        };
        let found = at(&currents, &bias);
        let h = 1e-2f32;
        let close = |found: f32, up: Early, down: Early| {
            let expected = 0.7 * (up.objective - down.objective) / (2.0 * f64::from(h));
            assert!(
                (f64::from(found) - expected).abs() < 1e-4,
                "{found}, {expected}"
            );
        };
        for k in 0..currents.len() {
            let (mut up, mut down) = (currents.clone(), currents.clone());
            (up[k], down[k]) = (up[k] + h, down[k] - h);
            close(found.by_current[k], at(&up, &bias), at(&down, &bias));
        }
        for k in 0..bias.len() {
            let (mut up, mut down) = (bias, bias);
            (up[k], down[k]) = (up[k] + h, down[k] - h);
            close(found.by_bias[k], at(&currents, &up), at(&currents, &down));
        }
    }

    #[test]
    fn every_window_counts() {
        check(0, None);
    }
    #[test]
    fn from_a_target_on() {
        check(0, Some(3.5));
    }
    #[test]
    fn answers_that_count_late() {
        check(2000, Some(2.0));
    }
    #[test]
    fn a_target_after_the_end() {
        check(0, Some(100.0));
    }

    #[test]
    fn music_has_no_decision() {
        let target = Target::Frames {
            frame_us: 1000,
            next: vec![vec![]],
        };
        assert_eq!(early(&target, &[0.0], &[0.0], &config(None), 1000), None);
    }
}
