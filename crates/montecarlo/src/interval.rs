//! Confidence interval of a share: Clopper and Pearson (Biometrika 26, 404 (1934)), never too narrow.

use statrs::distribution::{Beta, ContinuousCDF};

/// Confidence of every interval that is printed.
pub const CONFIDENCE: f64 = 0.95;

/// Interval of the share behind `hits` of `trials`: the shares under which so many hits or more, and so many or fewer,
/// are not rarer than half of `1 - confidence`.
pub fn clopper_pearson(hits: usize, trials: usize, confidence: f64) -> (f64, f64) {
    let tail = 0.5 * (1.0 - confidence);
    let misses = trials - hits;
    let quantile = |a: usize, b: usize, q: f64| {
        // Both parameters are at least 1: the distribution exists.
        Beta::new(a as f64, b as f64).map_or(f64::NAN, |d| d.inverse_cdf(q))
    };
    let low = if hits == 0 {
        0.0
    } else {
        quantile(hits, misses + 1, tail)
    };
    let high = if misses == 0 {
        1.0
    } else {
        quantile(hits + 1, misses, 1.0 - tail)
    };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(hits: usize, trials: usize, low: f64, high: f64) {
        let found = clopper_pearson(hits, trials, 0.95);
        let near = |a: f64, b: f64| (a - b).abs() < 5e-5;
        assert!(near(found.0, low) && near(found.1, high), "{found:?}");
    }

    // With no hits the upper end is 1 - 0.025^(1/n), with no misses the lower end is its mirror image.
    #[test]
    fn none() {
        check(0, 10, 0.0, 0.3085);
    }
    #[test]
    fn all() {
        check(20, 20, 0.8316, 1.0);
    }
    #[test]
    fn half() {
        check(5, 10, 0.1871, 0.8129);
    }

    /// Probability of `hits` or more of `trials` with a share.
    fn at_least(hits: usize, trials: usize, share: f64) -> f64 {
        let mut term = (1.0 - share).powi(trials as i32);
        let mut sum = 0.0;
        for k in 0..=trials {
            if k >= hits {
                sum += term;
            }
            term *= (trials - k) as f64 / (k + 1) as f64 * share / (1.0 - share);
        }
        sum
    }

    proptest! {
        #[test]
        fn the_ends_have_the_tails_that_define_them(trials in 2usize..60, share in 0.0f64..1.0) {
            let hits = ((trials as f64 * share) as usize).clamp(1, trials - 1);
            let (low, high) = clopper_pearson(hits, trials, 0.9);
            prop_assert!((at_least(hits, trials, low) - 0.05).abs() < 1e-6);
            prop_assert!((1.0 - at_least(hits + 1, trials, high) - 0.05).abs() < 1e-6);
        }
    }
}
