//! The yardstick of a classification set: ridge regression on spike counts.

use crate::{Dataset, Sample, Target};
use ndarray::{Array1, Array2, Axis};

/// Test accuracy (0..1) of a one-hot ridge classifier with a bias on the spike counts of every channel in `bins` equal
/// parts of the sample. Features are standardised on the training set; `lambda`, the penalty on squared weights, refers
/// to these (the bias is free). 0 `bins` count as 1, a negative `lambda` as 0. Returns 0 for a set without classes.
pub fn ridge_accuracy(set: &Dataset, bins: usize, lambda: f64) -> f64 {
    let bins = bins.max(1);
    let (train, test) = (
        features(set, &set.train, bins),
        features(set, &set.test, bins),
    );
    let mean = train
        .mean_axis(Axis(0))
        .unwrap_or_else(|| Array1::zeros(train.ncols()));
    let scale = train
        .std_axis(Axis(0), 0.0)
        .mapv(|s| if s > 0.0 { s } else { 1.0 });
    let standard = |x: Array2<f64>| with_bias(&((x - &mean) / &scale));
    let (train, test) = (standard(train), standard(test));
    let mut gram = train.t().dot(&train);
    let bias = gram.nrows() - 1;
    for k in 0..bias {
        gram[[k, k]] += lambda.max(0.0);
    }
    let weights = solve(gram, train.t().dot(&one_hot(set)));
    let scores = test.dot(&weights);
    let right = scores
        .rows()
        .into_iter()
        .zip(&set.test)
        .filter(|(row, sample)| {
            let best = (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b]));
            matches!(sample.target, Target::Class { class, .. } if best == Some(class))
        });
    right.count() as f64 / set.test.len().max(1) as f64
}

fn features(set: &Dataset, samples: &[Sample], bins: usize) -> Array2<f64> {
    let mut counts = Array2::zeros((samples.len(), set.channels * bins));
    for (row, sample) in samples.iter().enumerate() {
        for event in &sample.events {
            let bin = event.t_us as usize * bins / sample.duration_us.max(1) as usize;
            let column = event.channel as usize * bins + bin.min(bins - 1);
            if let Some(count) = counts.get_mut([row, column]) {
                *count += 1.0;
            }
        }
    }
    counts
}

fn with_bias(x: &Array2<f64>) -> Array2<f64> {
    let mut wide = Array2::ones((x.nrows(), x.ncols() + 1));
    wide.slice_mut(ndarray::s![.., ..x.ncols()]).assign(x);
    wide
}

fn one_hot(set: &Dataset) -> Array2<f64> {
    let mut targets = Array2::zeros((set.train.len(), set.outputs));
    for (row, sample) in set.train.iter().enumerate() {
        let Target::Class { class, .. } = sample.target else {
            continue;
        };
        if let Some(target) = targets.get_mut([row, class]) {
            *target = 1.0;
        }
    }
    targets
}

/// Solves `a x = b` for a symmetric positive definite `a` by Cholesky decomposition.
fn solve(mut a: Array2<f64>, mut b: Array2<f64>) -> Array2<f64> {
    let n = a.nrows();
    for j in 0..n {
        for k in 0..j {
            let factor = a[[j, k]];
            for i in j..n {
                a[[i, j]] -= a[[i, k]] * factor;
            }
        }
        let root = a[[j, j]].max(f64::MIN_POSITIVE).sqrt();
        for i in j..n {
            a[[i, j]] /= root;
        }
    }
    for column in 0..b.ncols() {
        for i in 0..n {
            let sum: f64 = (0..i).map(|k| a[[i, k]] * b[[k, column]]).sum();
            b[[i, column]] = (b[[i, column]] - sum) / a[[i, i]];
        }
        for i in (0..n).rev() {
            let sum: f64 = (i + 1..n).map(|k| a[[k, i]] * b[[k, column]]).sum();
            b[[i, column]] = (b[[i, column]] - sum) / a[[i, i]];
        }
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Event;

    /// Class 0 spikes early, class 1 late, both equally often.
    fn early_or_late(duration_us: u32) -> Dataset {
        let sample = |class: usize, k: u32| Sample {
            events: vec![Event {
                t_us: 600 * class as u32 + k,
                channel: 0,
            }],
            duration_us,
            target: Target::Class { class, from_us: 0 },
        };
        let samples = || (0..20).map(|k| sample(k as usize % 2, k)).collect();
        Dataset {
            name: "early or late".into(),
            channels: 1,
            outputs: 2,
            class_names: vec!["early".into(), "late".into()],
            train: samples(),
            valid: Vec::new(),
            test: samples(),
        }
    }

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
    fn cholesky_solves() {
        let a = ndarray::array![[4.0, 2.0, 0.0], [2.0, 5.0, 1.0], [0.0, 1.0, 3.0]];
        let x = ndarray::array![[1.0], [-2.0], [0.5]];
        let error = solve(a.clone(), a.dot(&x)) - x;
        assert!(error.iter().all(|e| e.abs() < 1e-12), "{error}");
    }
}
