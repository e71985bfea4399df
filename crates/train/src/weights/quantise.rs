//! Latent weights to level codes, and the straight-through estimator.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Codes of a projection and how well they fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantised {
    /// Code of every weight.
    pub codes: Vec<u8>,
    /// Latent weights at an end of the level table.
    pub clipped: usize,
    /// Levels in use.
    pub used: usize,
}

/// The nearest level of an ascending table for every weight (both in pA).
pub fn quantise(latent: &[f32], levels: &[f32]) -> Quantised {
    let code = |w: &f32| {
        let above = levels.partition_point(|l| l < w);
        let nearer_below =
            above > 0 && (above == levels.len() || w - levels[above - 1] <= levels[above] - w);
        (above - usize::from(nearer_below)) as u8
    };
    let codes: Vec<u8> = latent.iter().map(code).collect();
    counted(codes, latent, levels)
}

/// For every weight one of its two neighbouring levels of an ascending table (both in pA), the upper one with the
/// probability that makes the mean the weight itself; the table's end beyond it.
pub fn quantise_at_random(latent: &[f32], levels: &[f32], rng: &mut ChaCha8Rng) -> Quantised {
    let code = |w: &f32| {
        let lucky: f32 = rng.random();
        let above = levels.partition_point(|l| l < w).min(levels.len() - 1);
        let below = above.saturating_sub(1);
        let gap = levels[above] - levels[below];
        let up = lucky * gap < w - levels[below];
        (if up { above } else { below }) as u8
    };
    let codes: Vec<u8> = latent.iter().map(code).collect();
    counted(codes, latent, levels)
}

fn counted(codes: Vec<u8>, latent: &[f32], levels: &[f32]) -> Quantised {
    let (low, high) = range(levels);
    let mut seen = vec![false; levels.len()];
    codes.iter().for_each(|c| seen[usize::from(*c)] = true);
    Quantised {
        clipped: latent.iter().filter(|w| **w <= low || **w >= high).count(),
        used: seen.iter().filter(|s| **s).count(),
        codes,
    }
}

/// Ends of a level table.
pub fn range(levels: &[f32]) -> (f32, f32) {
    (
        levels.first().copied().unwrap_or(0.0),
        levels.last().copied().unwrap_or(0.0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    fn check(weight: f32, code: u8) {
        assert_eq!(quantise(&[weight], &[-3.0, -1.0, 1.0, 3.0]).codes, [code]);
    }

    #[test]
    fn nearest() {
        check(-9.0, 0);
        check(-1.9, 1);
        check(0.1, 2);
        check(9.0, 3);
    }
    /// Every code is a neighbour of the weight, and the mean level of many draws is the weight.
    fn at_random(weight: f32) {
        let levels = [-3.0, -1.0, 1.0, 3.0f32];
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let codes = quantise_at_random(&[weight; 4000], &levels, &mut rng).codes;
        let drawn = codes.iter().map(|c| levels[usize::from(*c)]);
        let inside = weight.clamp(-3.0, 3.0);
        assert!(drawn.clone().all(|l| (l - inside).abs() < 2.0));
        let mean = drawn.sum::<f32>() / 4000.0;
        assert!((mean - inside).abs() < 0.06, "{mean}");
    }

    #[test]
    fn at_random_between_levels() {
        at_random(-1.7);
    }
    #[test]
    fn at_random_on_a_level() {
        at_random(1.0);
    }
    #[test]
    fn at_random_beyond_the_ends() {
        at_random(-9.0);
        at_random(9.0);
    }
    #[test]
    fn a_tie_goes_down() {
        check(0.0, 1);
    }
}
