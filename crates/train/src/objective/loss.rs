//! Losses: cross-entropy on the mean readout (classes), binary cross-entropy at the end of each frame (music), and the
//! penalty on firing rates.

use crate::config::TrainConfig;
use crate::measure::score::{Decision, Score};
use bruno_data::{Target, first_largest};

/// Loss of one sample with its derivatives.
pub struct Loss {
    /// Sums for reports.
    pub score: Score,
    /// What was decided (classes).
    pub decision: Option<Decision>,
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
    let found = largest(&logits);
    let largest = logits.iter().copied().fold(f32::MIN, f32::max);
    let sum: f32 = logits.iter().map(|l| (l - largest).exp()).sum();
    let mut error: Vec<f32> = logits.iter().map(|l| (l - largest).exp() / sum).collect();
    let loss = f64::from(sum.ln() + largest - logits[class]);
    error[class] -= 1.0;
    let row: Vec<f32> = error.iter().map(|e| e * scale / windows).collect();
    Loss {
        score: Score {
            samples: 1,
            decisions: 1,
            loss,
            right: u64::from(found == class),
            ..Score::default()
        },
        decision: Some(Decision {
            class,
            found,
            settled: (found == class).then(|| settled(class, from, currents, bias, scale)),
        }),
        by_current: [
            vec![0.0; from * outputs],
            row.repeat(currents.len() / outputs - from),
        ]
        .concat(),
        by_bias: error,
    }
}

/// The class with the largest logit, the first of equals.
fn largest(logits: &[f32]) -> usize {
    first_largest(logits.iter().copied()).unwrap_or(0)
}

/// Windows from `from` on until the decision on the mean readout so far is `class` and stays so, as it is at the end.
fn settled(class: usize, from: usize, currents: &[f32], bias: &[f32], scale: f32) -> u32 {
    let mut sum = vec![0.0; bias.len()];
    let (mut windows, mut wrong) = (0, 0);
    for row in currents.chunks_exact(bias.len()).skip(from) {
        windows += 1;
        sum.iter_mut().zip(row).for_each(|(s, y)| *s += y);
        let logit = |(s, b): (&f32, &f32)| b + scale * s / windows as f32;
        let logits: Vec<f32> = sum.iter().zip(bias).map(logit).collect();
        if largest(&logits) != class {
            wrong = windows;
        }
    }
    // The last decision is right; rounding of the running mean may see a tie otherwise.
    (wrong + 1).min(windows)
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
        decision: None,
        by_current,
        by_bias,
    }
}

/// Derivative by each neuron's spike count of the quadratic penalty on rates outside the allowed band,
/// `c * mean over neurons of (distance in Hz)^2`.
pub fn rate_penalty(counts: &[u64], seconds: f64, config: &TrainConfig) -> Vec<f32> {
    let (low, high) = config.rate_hz;
    let slope = |count: &u64| {
        let rate = *count as f64 / seconds;
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

    /// Windows until the decision stays right, of three outputs over six windows from window `from_us` on.
    fn decided(rows: [[f32; 3]; 6], class: usize, from_us: u32, settled: Option<u32>) {
        let target = Target::Class { class, from_us };
        let config = TrainConfig::default();
        let found = task(&target, &rows.concat(), &[0.0; 3], &config, 1000).decision;
        assert_eq!(found.map(|d| d.settled), Some(settled));
    }

    const LOW: [f32; 3] = [0.0, 0.0, 1.0];
    const HIGH: [f32; 3] = [0.0, 3.0, 0.0];

    #[test]
    fn right_at_once() {
        decided([HIGH; 6], 1, 0, Some(1));
    }
    #[test]
    fn right_after_a_while() {
        // Sums 1, 2 and 3 of output 2, then 3 and 6 of output 1: a tie goes to the first.
        decided([LOW, LOW, LOW, HIGH, HIGH, HIGH], 1, 0, Some(4));
    }
    /// The example that docs/program.md works out by hand; the class found.
    fn by_hand(from_us: u32, logits: [f32; 2]) {
        let target = Target::Class { class: 0, from_us };
        let config = TrainConfig {
            logit_per_pa: 0.05,
            ..TrainConfig::default()
        };
        let loss = task(&target, &[2.0, 10.0, 6.0, 4.0], &[0.3, 0.0], &config, 1000);
        assert_eq!(loss.decision.map(|d| d.found), Some(0));
        let expected = f64::from((logits[1] - logits[0]).exp().ln_1p());
        assert!((loss.score.loss - expected).abs() < 1e-6);
    }

    #[test]
    fn both_windows_of_the_example() {
        by_hand(0, [0.5, 0.35]);
    }
    #[test]
    fn the_second_window_of_the_example() {
        by_hand(1000, [0.6, 0.2]);
    }
    #[test]
    fn a_tie_is_the_first_class() {
        decided([[0.0; 3]; 6], 0, 0, Some(1));
        decided([[0.0; 3]; 6], 2, 0, None);
        decided([[0.0, 2.0, 2.0]; 6], 1, 0, Some(1));
    }
    #[test]
    fn right_with_doubt_between() {
        let doubt = [0.0, 0.0, 9.0];
        // Output 2 has a sum of 9 from the second window on, output 1 reaches it in the fourth.
        decided([HIGH, doubt, HIGH, HIGH, HIGH, HIGH], 1, 0, Some(4));
    }
    #[test]
    fn what_came_before_does_not_count() {
        decided([LOW, LOW, LOW, HIGH, HIGH, HIGH], 1, 3000, Some(1));
    }
    #[test]
    fn wrong() {
        decided([LOW; 6], 1, 0, None);
    }
}
