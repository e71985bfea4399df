//! Latent weights to level codes, and the straight-through estimator.

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
    #[test]
    fn a_tie_goes_down() {
        check(0.0, 1);
    }
}
