//! Confidence intervals of a share: Clopper and Pearson (Biometrika 26, 404 (1934)), never too narrow, and Wilson (J. Am.
//! Stat. Assoc. 22, 209 (1927)), right on average.

use statrs::distribution::{Beta, ContinuousCDF, Normal};

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

/// Interval of the share behind `hits` of `trials` (at least one): the shares `p` whose normal approximation
/// `p +- z sqrt(p (1 - p) / trials)` holds the share found.
pub fn wilson(hits: u64, trials: u64, confidence: f64) -> (f64, f64) {
    let z = Normal::standard().inverse_cdf(0.5 + 0.5 * confidence);
    let n = trials as f64;
    let share = hits as f64 / n;
    let width = 1.0 + z * z / n;
    let middle = (share + 0.5 * z * z / n) / width;
    let half = z * (share * (1.0 - share) / n + 0.25 * z * z / (n * n)).sqrt() / width;
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check_wilson(hits: u64, trials: u64, low: f64, high: f64) {
        let found = wilson(hits, trials, 0.95);
        let near = |a: f64, b: f64| (a - b).abs() < 5e-5;
        assert!(near(found.0, low) && near(found.1, high), "{found:?}");
    }

    // Newcombe (Statistics in Medicine 17, 857 (1998)), table I, method 3.
    #[test]
    fn wilson_81_of_263() {
        check_wilson(81, 263, 0.2553, 0.3662);
    }
    #[test]
    fn wilson_15_of_148() {
        check_wilson(15, 148, 0.0624, 0.1605);
    }
    #[test]
    fn wilson_0_of_20() {
        check_wilson(0, 20, 0.0, 0.1611);
    }
    #[test]
    fn wilson_1_of_29() {
        check_wilson(1, 29, 0.0061, 0.1718);
    }

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
        /// Each end is a share from which the one found lies exactly z deviations away.
        #[test]
        fn the_ends_of_wilson_are_z_deviations_away(trials in 2u64..5000, share in 0.0f64..1.0) {
            let hits = ((trials as f64 * share) as u64).clamp(1, trials - 1);
            let found = hits as f64 / trials as f64;
            let (low, high) = wilson(hits, trials, 0.95);
            for end in [low, high] {
                let deviation = (end * (1.0 - end) / trials as f64).sqrt();
                prop_assert!(((found - end).abs() / deviation - 1.959964).abs() < 1e-4);
            }
        }

        #[test]
        fn the_ends_have_the_tails_that_define_them(trials in 2usize..60, share in 0.0f64..1.0) {
            let hits = ((trials as f64 * share) as usize).clamp(1, trials - 1);
            let (low, high) = clopper_pearson(hits, trials, 0.9);
            prop_assert!((at_least(hits, trials, low) - 0.05).abs() < 1e-6);
            prop_assert!((1.0 - at_least(hits + 1, trials, high) - 0.05).abs() < 1e-6);
        }
    }
}
