//! Ridge regression: with features X `[sample][feature]`, standardised on the training set, and the classes' indicators Y less
//! their mean, the weights are
//!
//! ```text
//! W = (X'X + lambda)^-1 X'Y = X' (XX' + lambda)^-1 Y
//! ```
//!
//! and the bias is the mean. The first form solves a system of as many unknowns as features, the second (the dual) one of
//! as many as samples; the smaller is taken. Neither needs the whole of X in memory.

use super::features::{Counts, Standard};
use super::{YardstickCost, cholesky, class, one_hot};
use crate::{Dataset, Sample, first_largest};
use nalgebra::{DMatrix, RowDVector};
use std::ops::Range;

/// Penalties of which validation chooses: wide enough that the best of every set that was looked at lies between two others.
const PENALTIES: [f64; 8] = [0.1, 1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6];
/// Rows or columns of X at a time.
const BLOCK: usize = 512;

/// Which of both forms a regression solves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Unknowns are the features.
    Primal,
    /// Unknowns are the samples.
    Dual,
}

/// What it takes, for all penalties.
pub(super) fn cost(set: &Dataset, bins: usize) -> YardstickCost {
    let (samples, features) = (set.train.len(), set.channels * bins.max(1));
    let unknowns = samples.min(features);
    let [n, d, m, c] = [samples, features, unknowns, set.outputs].map(|x| x as f64);
    let scored = (set.valid.len() + set.test.len()) as f64;
    let solve = m.powi(3) / 3.0 + m * m * c + (n + scored) * d * c;
    YardstickCost {
        unknowns,
        multiplications: n * d * m + PENALTIES.len() as f64 * solve,
        bytes: 8.0 * (2.0 * m * m + 2.0 * BLOCK as f64 * n.max(d) + 2.0 * (d + n) * c),
    }
}

/// Test accuracy (0..1) of a one-hot ridge classifier with a bias on the spike counts of every channel in `bins` equal
/// parts of the sample. Features are standardised on the training set; `lambda`, the penalty on squared weights, refers
/// to these (the bias is free). 0 `bins` count as 1, a negative `lambda` as 0. Of equal scores the first class wins. Returns
/// 0 for a set without classes.
pub fn ridge_accuracy(set: &Dataset, bins: usize, lambda: f64) -> f64 {
    let ridge = Ridge::new(set, bins, smaller(set, bins), &mut |_| {});
    ridge.accuracy(&ridge.weights(lambda), &set.test)
}

/// The same with the penalty that does best on the validation set (on the test set, where there is none), of equals the one
/// whose scores are nearest to the indicators. `done` hears how many multiplications were done.
pub(super) fn tuned_accuracy(set: &Dataset, bins: usize, done: &mut dyn FnMut(f64)) -> f64 {
    let cost = cost(set, bins);
    let ridge = Ridge::new(set, bins, smaller(set, bins), done);
    let chosen_on = if set.valid.is_empty() {
        &set.test
    } else {
        &set.valid
    };
    let prepared = (set.train.len() * set.channels * bins.max(1) * cost.unknowns) as f64;
    let mut best = ((f64::MIN, f64::MIN), DMatrix::zeros(0, 0));
    for lambda in PENALTIES {
        let weights = ridge.weights(lambda);
        let (accuracy, square) = ridge.judged(&weights, chosen_on);
        if (accuracy, -square) > best.0 {
            best = ((accuracy, -square), weights);
        }
        done((cost.multiplications - prepared) / PENALTIES.len() as f64);
    }
    ridge.accuracy(&best.1, &set.test)
}

/// The form with fewer unknowns.
fn smaller(set: &Dataset, bins: usize) -> Form {
    match set.train.len() < set.channels * bins.max(1) {
        true => Form::Dual,
        false => Form::Primal,
    }
}

/// A regression before its penalty is known.
struct Ridge<'a> {
    set: &'a Dataset,
    bins: usize,
    form: Form,
    train: Counts,
    standard: Standard,
    /// Y less its mean, `[sample][class]`.
    targets: DMatrix<f64>,
    /// The mean of Y.
    bias: RowDVector<f64>,
    /// `X'X` or `XX'`.
    gram: DMatrix<f64>,
}

impl<'a> Ridge<'a> {
    fn new(set: &'a Dataset, bins: usize, form: Form, done: &mut dyn FnMut(f64)) -> Self {
        let bins = bins.max(1);
        let train = Counts::of(&set.train, set.channels, bins);
        let standard = Standard::of(&train);
        let (samples, features) = (train.len(), train.width);
        let unknowns = match form {
            Form::Primal => features,
            Form::Dual => samples,
        };
        let mut gram = DMatrix::zeros(unknowns, unknowns);
        let mut add = |left: &DMatrix<f64>, right: &DMatrix<f64>| {
            gram.gemm(1.0, left, right, 1.0);
            done((unknowns * left.ncols() * unknowns) as f64);
        };
        match form {
            Form::Primal => blocks(samples).for_each(|rows| {
                let x = standard.block(&train, rows, 0..features);
                add(&x.transpose(), &x);
            }),
            Form::Dual => blocks(features).for_each(|columns| {
                let x = standard.block(&train, 0..samples, columns);
                add(&x, &x.transpose());
            }),
        }
        let mut targets = one_hot(set);
        let bias = match samples {
            0 => RowDVector::zeros(set.outputs),
            _ => targets.row_mean(),
        };
        targets.row_iter_mut().for_each(|mut row| row -= &bias);
        Self {
            set,
            bins,
            form,
            train,
            standard,
            targets,
            bias,
            gram,
        }
    }

    /// The weights W, `[feature][class]`.
    fn weights(&self, lambda: f64) -> DMatrix<f64> {
        match self.form {
            Form::Primal => self.solve(lambda, &self.times_features(&self.targets)),
            Form::Dual => self.times_features(&self.solve(lambda, &self.targets)),
        }
    }

    /// `X' right`.
    fn times_features(&self, right: &DMatrix<f64>) -> DMatrix<f64> {
        let mut product = DMatrix::zeros(self.train.width, right.ncols());
        for columns in blocks(self.train.width) {
            let x = self
                .standard
                .block(&self.train, 0..self.train.len(), columns.clone());
            let mut rows = product.rows_range_mut(columns);
            rows.gemm(1.0, &x.transpose(), right, 0.0);
        }
        product
    }

    /// `(gram + lambda)^-1 right`.
    fn solve(&self, lambda: f64, right: &DMatrix<f64>) -> DMatrix<f64> {
        let mut system = self.gram.clone();
        for k in 0..system.nrows() {
            system[(k, k)] += lambda.max(0.0);
        }
        cholesky::solve(system, right)
    }

    /// Share of the samples whose class has the largest score.
    fn accuracy(&self, weights: &DMatrix<f64>, samples: &[Sample]) -> f64 {
        self.judged(weights, samples).0
    }

    /// The same, and the mean square of what the scores are off the indicators.
    fn judged(&self, weights: &DMatrix<f64>, samples: &[Sample]) -> (f64, f64) {
        let counts = Counts::of(samples, self.set.channels, self.bins);
        let (mut right, mut square) = (0, 0.0);
        for rows in blocks(samples.len()) {
            let x = self.standard.block(&counts, rows.clone(), 0..counts.width);
            let scores = x * weights;
            for (row, sample) in scores.row_iter().zip(&samples[rows]) {
                let scores = row + &self.bias;
                let found = first_largest(scores.iter().copied());
                right += usize::from(class(sample).is_some() && class(sample) == found);
                let indicator = |k| f64::from(u8::from(class(sample) == Some(k)));
                let off = scores
                    .iter()
                    .enumerate()
                    .map(|(k, score)| score - indicator(k));
                square += off.map(|x| x * x).sum::<f64>();
            }
        }
        let share = 1.0 / samples.len().max(1) as f64;
        (right as f64 * share, square * share)
    }
}

fn blocks(length: usize) -> impl Iterator<Item = Range<usize>> {
    (0..length)
        .step_by(BLOCK)
        .map(move |start| start..(start + BLOCK).min(length))
}

#[cfg(test)]
mod tests {
    use super::super::tests::early_or_late;
    use super::*;
    use crate::{Event, Target};

    fn check(set: &Dataset, bins: usize, lambda: f64, expected: f64) {
        assert_eq!(ridge_accuracy(set, bins, lambda), expected);
    }

    #[test]
    fn counts_cannot_tell() {
        check(&early_or_late(1000), 1, 1.0, 0.5);
    }
    #[test]
    fn time_can() {
        check(&early_or_late(1000), 2, 1.0, 1.0);
    }
    #[test]
    fn no_bins_are_one() {
        check(&early_or_late(1000), 0, 1.0, 0.5);
    }
    #[test]
    fn a_negative_penalty_is_none() {
        check(&early_or_late(1000), 2, -1.0, 1.0);
    }
    #[test]
    fn events_after_the_end_count_in_the_last_bin() {
        check(&early_or_late(500), 2, 1.0, 1.0);
    }
    #[test]
    fn nothing_to_test() {
        let set = Dataset {
            train: Vec::new(),
            test: Vec::new(),
            ..early_or_late(1000)
        };
        check(&set, 8, 1.0, 0.0);
    }
    #[test]
    fn of_equal_scores_the_first_class_wins() {
        let mut set = early_or_late(1000);
        set.test.truncate(2);
        // Both classes have the same counts: bias and weights of both are equal.
        check(&set, 1, 1.0, 0.5);
        set.test.remove(0);
        check(&set, 1, 1.0, 0.0);
    }
    #[test]
    fn penalties_are_chosen_on_the_validation_set() {
        let mut set = early_or_late(1000);
        set.valid = set.test.split_off(10);
        let mut done = 0.0;
        assert_eq!(tuned_accuracy(&set, 2, &mut |n| done += n), 1.0);
        let cost = cost(&set, 2);
        assert_eq!(cost.unknowns, 2);
        assert!((done - cost.multiplications).abs() < 1e-6 * done);
    }

    /// Samples with events at random; those of a class like two channels better.
    fn random(samples: usize, channels: usize) -> Dataset {
        use rand::{RngExt, SeedableRng};
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(3);
        let mut sample = |index: usize| {
            let class = index % 3;
            let event = |_| Event {
                t_us: rng.random_range(0..1000),
                channel: match rng.random_bool(0.2) {
                    true => 2 * class as u32 + rng.random_range(0..2),
                    false => rng.random_range(0..channels as u32),
                },
            };
            Sample {
                events: (0..30).map(event).collect(),
                duration_us: 1000,
                target: Target::Class { class, from_us: 0 },
            }
        };
        Dataset {
            channels,
            outputs: 3,
            train: (0..samples).map(&mut sample).collect(),
            test: (0..samples).map(&mut sample).collect(),
            ..Dataset::default()
        }
    }

    /// Both forms give the same weights.
    fn check_forms(samples: usize, channels: usize, bins: usize, lambda: f64) {
        let set = random(samples, channels);
        let weights = |form| Ridge::new(&set, bins, form, &mut |_| {}).weights(lambda);
        let (primal, dual) = (weights(Form::Primal), weights(Form::Dual));
        let error = (&primal - dual).amax() / primal.amax();
        assert!(error < 1e-9, "{error}");
    }

    #[test]
    fn the_dual_of_few_samples_is_the_primal() {
        check_forms(20, 10, 8, 1.0);
        check_forms(30, 6, 8, 1000.0);
    }
    #[test]
    fn the_dual_of_many_samples_too() {
        check_forms(600, 10, 1, 10.0);
    }
    #[test]
    fn more_features_than_a_block() {
        check_forms(12, 80, 8, 10.0);
    }
    #[test]
    fn few_samples_of_many_channels_are_cheap() {
        let mut set = random(4, 6);
        set.channels = 4096;
        assert_eq!(cost(&set, 8).unknowns, 4);
        assert_eq!(smaller(&set, 8), Form::Dual);
        tuned_accuracy(&set, 8, &mut |_| {});
    }
}
