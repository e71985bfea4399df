//! Softmax regression on the features: the mean of `-ln p(class)` with `p = softmax(x W + b)`, and `lambda/2 |W|^2` on all but
//! the bias, brought to its minimum by Nesterov's accelerated gradient, which starts again where it goes uphill.

use super::features::{Counts, Standard};
use super::{class, one_hot};
use crate::{Dataset, Sample, first_largest};
use nalgebra::{DMatrix, DVector};

/// Penalties of which validation chooses, of the mean loss; each starts from the weights of the one before.
const PENALTIES: [f64; 5] = [1.0, 0.1, 1e-2, 1e-3, 1e-4];
/// Most steps of each.
const STEPS: usize = 200;
/// Multiplications with the features to find the longest step.
const POWERS: usize = 30;
/// Largest entry of a gradient that counts as none.
const FLAT: f64 = 1e-5;

/// Multiplications of all penalties on so many samples, features and classes, and those of scoring.
pub(super) fn multiplications([samples, scored, features, classes]: [f64; 4]) -> f64 {
    let steps = (PENALTIES.len() * STEPS) as f64;
    let scoring = PENALTIES.len() as f64 * scored * features * classes;
    2.0 * steps * samples * features * classes + scoring
}

/// Test accuracy with the penalty that does best on the validation set (on the test set, where there is none), the strongest
/// of equals. `done` hears how many multiplications were done.
pub(super) fn tuned_accuracy(set: &Dataset, bins: usize, done: &mut dyn FnMut(f64)) -> f64 {
    let train = Counts::of(&set.train, set.channels, bins);
    let standard = Standard::of(&train);
    let features =
        |samples: &[Sample]| with_bias(&standard, &Counts::of(samples, set.channels, bins));
    let x = features(&set.train);
    if x.is_empty() {
        return 0.0;
    }
    let chosen_on = if set.valid.is_empty() {
        &set.test
    } else {
        &set.valid
    };
    let (valid, test) = (features(chosen_on), features(&set.test));
    let fit = Fit {
        targets: one_hot(set),
        curvature: largest_square(&x) / x.nrows() as f64,
        x,
    };
    let mut weights = DMatrix::zeros(fit.x.ncols(), set.outputs);
    let mut best = (f64::MIN, 0.0);
    for lambda in PENALTIES {
        weights = fit.minimised(weights, lambda, done);
        let found = accuracy(&(&valid * &weights), chosen_on);
        if found > best.0 {
            best = (found, accuracy(&(&test * &weights), &set.test));
        }
    }
    best.1
}

/// Features, and a column of ones behind them.
fn with_bias(standard: &Standard, counts: &Counts) -> DMatrix<f64> {
    let block = standard.block(counts, 0..counts.len(), 0..counts.width);
    let last = block.ncols();
    block.insert_column(last, 1.0)
}

/// The largest eigenvalue of `X'X`, a little above.
fn largest_square(x: &DMatrix<f64>) -> f64 {
    let mut direction = DVector::from_fn(x.ncols(), |k, _| 1.0 / (k + 1) as f64);
    let mut square = 0.0;
    for _ in 0..POWERS {
        let next = x.tr_mul(&(x * &direction));
        square = next.norm() / direction.norm().max(f64::MIN_POSITIVE);
        direction = next.normalize();
    }
    1.1 * square
}

struct Fit {
    x: DMatrix<f64>,
    targets: DMatrix<f64>,
    /// Largest eigenvalue of `X'X` by samples.
    curvature: f64,
}

impl Fit {
    fn minimised(
        &self,
        start: DMatrix<f64>,
        lambda: f64,
        done: &mut dyn FnMut(f64),
    ) -> DMatrix<f64> {
        // The second derivative of the loss by a score is at most 1/2.
        let step = 1.0 / (0.5 * self.curvature + lambda);
        let (mut now, mut ahead, mut momentum) = (start.clone(), start, 1.0f64);
        for _ in 0..STEPS {
            let slope = self.slope(&ahead, lambda);
            done(2.0 * (self.x.len() * self.targets.ncols()) as f64);
            if slope.amax() < FLAT {
                return ahead;
            }
            let next = &ahead - &slope * step;
            let moved = &next - &now;
            let (share, following) = match slope.dot(&moved) > 0.0 {
                true => (0.0, 1.0),
                false => {
                    let following = 0.5 * (1.0 + (1.0 + 4.0 * momentum * momentum).sqrt());
                    ((momentum - 1.0) / following, following)
                }
            };
            ahead = &next + moved * share;
            (now, momentum) = (next, following);
        }
        now
    }

    /// Gradient of loss and penalty.
    fn slope(&self, weights: &DMatrix<f64>, lambda: f64) -> DMatrix<f64> {
        let mut rest = &self.x * weights;
        for mut row in rest.row_iter_mut() {
            let largest = row.max();
            row.apply(|score| *score = (*score - largest).exp());
            let sum = row.sum();
            row /= sum;
        }
        rest -= &self.targets;
        let mut slope = self.x.tr_mul(&rest) / self.x.nrows() as f64;
        let features = weights.nrows() - 1;
        let penalised = weights.rows_range(..features) * lambda;
        let mut of_weights = slope.rows_range_mut(..features);
        of_weights += penalised;
        slope
    }
}

/// Share of the samples whose class has the largest score.
fn accuracy(scores: &DMatrix<f64>, samples: &[Sample]) -> f64 {
    let rows = scores.row_iter().zip(samples);
    let right = rows.filter(|(row, sample)| {
        let found = first_largest(row.iter().copied());
        class(sample).is_some() && class(sample) == found
    });
    right.count() as f64 / samples.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At the minimum the slope by finite differences is none, and no step lowers the loss.
    #[test]
    fn the_slope_is_that_of_the_loss() {
        let x = DMatrix::from_row_slice(
            4,
            3,
            &[1.0, 0.5, 1.0, -1.0, 2.0, 1.0, 0.3, -1.0, 1.0, 0.0, 0.2, 1.0],
        );
        let targets = DMatrix::from_row_slice(4, 2, &[1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0]);
        let fit = Fit {
            curvature: largest_square(&x) / 4.0,
            x,
            targets,
        };
        let lambda = 0.1;
        let loss = |w: &DMatrix<f64>| {
            let scores = &fit.x * w;
            let nats = scores.row_iter().zip(fit.targets.row_iter()).map(|(s, t)| {
                let sum: f64 = s.iter().map(|x| x.exp()).sum();
                sum.ln() - s.dot(&t)
            });
            nats.sum::<f64>() / 4.0 + 0.5 * lambda * w.rows_range(..2).norm_squared()
        };
        let weights = DMatrix::from_row_slice(3, 2, &[0.3, -0.2, 0.1, 0.7, -0.4, 0.2]);
        let slope = fit.slope(&weights, lambda);
        for k in 0..6 {
            let moved = |by: f64| {
                let mut moved = weights.clone();
                moved[k] += by;
                loss(&moved)
            };
            let difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            assert!(
                (difference - slope[k]).abs() < 1e-8,
                "{k}: {difference}, {}",
                slope[k]
            );
        }
        let least = fit.minimised(weights, lambda, &mut |_| {});
        assert!(fit.slope(&least, lambda).amax() < FLAT);
    }
}
