//! Means over seeds, and differences of two arms that are paired by seed.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A mean over seeds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Mean {
    pub mean: f64,
    /// Standard deviation over the seeds (n - 1).
    pub deviation: f64,
}

/// The mean of paired differences.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    pub mean: f64,
    /// Of 95 %, by Student's t with n - 1 degrees of freedom; of this pair alone, not corrected for their number.
    pub interval: (f64, f64),
    /// Pairs.
    pub seeds: usize,
}

impl Mean {
    /// Of two values or more; of one the deviation is not finite.
    pub fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        Self {
            mean,
            deviation: (squares / (n - 1.0)).sqrt(),
        }
    }
}

impl Difference {
    /// Of `b - a`; none of fewer than two pairs.
    pub fn of(a: &[f64], b: &[f64]) -> Option<Self> {
        let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| b - a).collect();
        let n = differences.len() as f64;
        let Mean { mean, deviation } = Mean::of(&differences);
        let quantile = StudentsT::new(0.0, 1.0, n - 1.0).ok()?.inverse_cdf(0.975);
        let half = quantile * deviation / n.sqrt();
        Some(Self {
            mean,
            interval: (mean - half, mean + half),
            seeds: differences.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(a: &[f64], b: &[f64], mean: f64, half: f64) {
        let found = Difference::of(a, b).unwrap();
        assert!((found.mean - mean).abs() < 1e-12, "{found:?}");
        assert!((found.interval.1 - mean - half).abs() < 1e-4, "{found:?}");
    }

    /// Differences 1, 2, 3: deviation 1, t of two degrees of freedom 4.30265.
    #[test]
    fn three_pairs() {
        check(
            &[1.0, 1.0, 1.0],
            &[2.0, 3.0, 4.0],
            2.0,
            4.302_65 / 3f64.sqrt(),
        );
    }
    #[test]
    fn pairs_that_move_together() {
        check(&[1.0, 5.0, 9.0], &[2.0, 6.0, 10.0], 1.0, 0.0);
    }
    #[test]
    fn one_pair() {
        assert_eq!(Difference::of(&[1.0], &[2.0]), None);
    }
}
