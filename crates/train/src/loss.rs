//! Losses and scores: cross-entropy on the mean readout (classes), binary cross-entropy at the end of each frame (music),
//! and the penalty on firing rates.

use crate::config::TrainConfig;
use crate::costs::Costs;
use bruno_data::Target;
use serde::{Deserialize, Serialize};

/// Sums over samples from which every reported figure follows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Samples.
    pub samples: u64,
    /// Decisions: samples (classes) or frames (music).
    pub decisions: u64,
    /// Sum of the loss over decisions, nats.
    pub loss: f64,
    /// Right decisions (classes).
    pub right: u64,
    /// True positives, false positives, false negatives (music).
    pub keys: [u64; 3],
    /// Spikes of hidden neurons.
    pub spikes: u64,
    /// Hidden neurons times seconds.
    pub neuron_seconds: f64,
    /// Saturated updates.
    pub saturations: u64,
    /// Energy and latency.
    #[serde(default)]
    pub costs: Costs,
}

impl Score {
    /// Adds another score.
    pub fn add(&mut self, other: &Self) {
        self.samples += other.samples;
        self.decisions += other.decisions;
        self.loss += other.loss;
        self.right += other.right;
        (0..3).for_each(|k| self.keys[k] += other.keys[k]);
        self.spikes += other.spikes;
        self.neuron_seconds += other.neuron_seconds;
        self.saturations += other.saturations;
        self.costs.add(&other.costs);
    }

    /// Mean loss a decision: cross-entropy, or negative log-likelihood a frame summed over the keys (nats).
    pub fn mean_loss(&self) -> f64 {
        self.loss / self.decisions.max(1) as f64
    }

    /// Share of right decisions; for music `TP/(TP+FP+FN)` over all frames.
    pub fn accuracy(&self) -> f64 {
        let keys: u64 = self.keys.iter().sum();
        if keys > 0 {
            self.keys[0] as f64 / keys as f64
        } else {
            self.right as f64 / self.decisions.max(1) as f64
        }
    }

    /// Mean energy of a sample by the proxy of docs/method.md, nJ.
    pub fn energy_nj(&self) -> f64 {
        1e9 * self.costs.energy.total_j() / self.samples.max(1) as f64
    }

    /// Mean firing rate of hidden neurons, Hz.
    pub fn rate_hz(&self) -> f64 {
        self.spikes as f64 / self.neuron_seconds.max(1e-12)
    }
}

/// Loss of one sample with its derivatives.
pub struct Loss {
    /// Sums for reports.
    pub score: Score,
    /// By the readout current (pA) at the end of each window, `[window][output]`.
    pub by_current: Vec<f32>,
    /// By each output's bias.
    pub by_bias: Vec<f32>,
}

/// The task's loss; `currents` are the readout's (pA) at the end of each window, `[window][output]`.
pub fn task(
    target: &Target,
    currents: &[f32],
    bias: &[f32],
    config: &TrainConfig,
    window_us: u32,
) -> Loss {
    match target {
        Target::Class { class, from_us } => {
            let windows = currents.len() / bias.len();
            // At least the last window counts.
            let from = ((from_us / window_us) as usize).min(windows.saturating_sub(1));
            classes(*class, from, currents, bias, config.logit_per_pa as f32)
        }
        Target::Frames { frame_us, next } => frames(
            next,
            (frame_us / window_us) as usize,
            currents,
            bias,
            config.logit_per_pa as f32,
        ),
    }
}

/// Cross-entropy of the mean readout from window `from` on.
fn classes(class: usize, from: usize, currents: &[f32], bias: &[f32], scale: f32) -> Loss {
    let outputs = bias.len();
    let windows = (currents.len() / outputs).saturating_sub(from).max(1) as f32;
    let mut logits = bias.to_vec();
    for row in currents.chunks_exact(outputs).skip(from) {
        logits
            .iter_mut()
            .zip(row)
            .for_each(|(l, y)| *l += scale * y / windows);
    }
    let largest = logits.iter().copied().fold(f32::MIN, f32::max);
    let sum: f32 = logits.iter().map(|l| (l - largest).exp()).sum();
    let mut error: Vec<f32> = logits.iter().map(|l| (l - largest).exp() / sum).collect();
    let loss = f64::from(sum.ln() + largest - logits[class]);
    let best = (0..outputs).max_by(|a, b| logits[*a].total_cmp(&logits[*b]));
    error[class] -= 1.0;
    let row: Vec<f32> = error.iter().map(|e| e * scale / windows).collect();
    Loss {
        score: Score {
            samples: 1,
            decisions: 1,
            loss,
            right: u64::from(best == Some(class)),
            ..Score::default()
        },
        by_current: [
            vec![0.0; from * outputs],
            row.repeat(currents.len() / outputs - from),
        ]
        .concat(),
        by_bias: error,
    }
}

fn frames(next: &[Vec<u32>], windows: usize, currents: &[f32], bias: &[f32], scale: f32) -> Loss {
    let outputs = bias.len();
    let mut by_current = vec![0.0; currents.len()];
    let mut by_bias = vec![0.0; outputs];
    let mut score = Score {
        samples: 1,
        ..Score::default()
    };
    let share = 1.0 / next.len().max(1) as f32;
    for (frame, keys) in next.iter().enumerate() {
        let start = ((frame + 1) * windows - 1) * outputs;
        for k in 0..outputs {
            let logit = scale * currents[start + k] + bias[k];
            let wanted = keys.binary_search(&(k as u32)).is_ok();
            let sign = if wanted { logit } else { -logit };
            // -ln sigmoid(sign), without overflow.
            score.loss += f64::from((-sign.abs()).exp().ln_1p() + (-sign).max(0.0));
            let error = share * (1.0 / (1.0 + (-logit).exp()) - f32::from(wanted));
            by_current[start + k] = scale * error;
            by_bias[k] += error;
            match (logit > 0.0, wanted) {
                (true, true) => score.keys[0] += 1,
                (true, false) => score.keys[1] += 1,
                (false, true) => score.keys[2] += 1,
                (false, false) => {}
            }
        }
        score.decisions += 1;
    }
    Loss {
        score,
        by_current,
        by_bias,
    }
}

/// Derivative by each neuron's spike count of the quadratic penalty on rates outside the allowed band,
/// `c * mean over neurons of (distance in Hz)^2`.
pub fn rate_penalty(counts: &[u32], seconds: f64, config: &TrainConfig) -> Vec<f32> {
    let (low, high) = config.rate_hz;
    let slope = |count: &u32| {
        let rate = f64::from(*count) / seconds;
        let outside = (rate - high).max(0.0) - (low - rate).max(0.0);
        (2.0 * config.rate_penalty * outside / seconds / counts.len() as f64) as f32
    };
    counts.iter().map(slope).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Derivatives by current and bias against finite differences of the summed (or mean) loss.
    fn check(target: &Target, per_frame: bool) {
        let config = TrainConfig {
            logit_per_pa: 0.3,
            ..TrainConfig::default()
        };
        let currents: Vec<f32> = (0..18).map(|k| ((k * 7 % 11) as f32 - 5.0) * 0.4).collect();
        let bias = [0.1, -0.3, 0.2];
        let value = |currents: &[f32], bias: &[f32]| {
            let score = task(target, currents, bias, &config, 1000).score;
            if per_frame {
                score.mean_loss()
            } else {
                score.loss
            }
        };
        let loss = task(target, &currents, &bias, &config, 1000);
        let h = 1e-2f32;
        for k in 0..currents.len() {
            let (mut up, mut down) = (currents.clone(), currents.clone());
            up[k] += h;
            down[k] -= h;
            let expected = (value(&up, &bias) - value(&down, &bias)) / (2.0 * f64::from(h));
            assert!((f64::from(loss.by_current[k]) - expected).abs() < 1e-4);
        }
        for k in 0..bias.len() {
            let (mut up, mut down) = (bias, bias);
            up[k] += h;
            down[k] -= h;
            let expected = (value(&currents, &up) - value(&currents, &down)) / (2.0 * f64::from(h));
            assert!((f64::from(loss.by_bias[k]) - expected).abs() < 1e-4);
        }
    }

    #[test]
    fn a_class() {
        let target = Target::Class {
            class: 1,
            from_us: 0,
        };
        check(&target, false);
    }
    #[test]
    fn a_class_that_counts_late() {
        let target = Target::Class {
            class: 2,
            from_us: 4000,
        };
        check(&target, false);
    }
    #[test]
    fn frames() {
        let next = vec![vec![0, 2], vec![], vec![1]];
        check(
            &Target::Frames {
                frame_us: 2000,
                next,
            },
            true,
        );
    }
}
