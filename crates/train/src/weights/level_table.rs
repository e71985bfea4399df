//! A trained level table: where its levels stand among the parameters, and the limits that they keep.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Levels of a projection in training, latent units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainedLevels {
    /// Place in the flat parameter vector.
    pub place: Range<usize>,
    /// Largest absolute level.
    pub bound: f32,
    /// Least gap between neighbours.
    pub least_gap: f32,
}

impl TrainedLevels {
    /// Moves the levels to the nearest table (least squares) that keeps order, gap and bound.
    pub(crate) fn restrict(&self, values: &mut [f32]) {
        into_order(&mut values[self.place.clone()], self.least_gap, self.bound);
    }
}

/// Levels less `k gap` must ascend: isotonic regression by pooling adjacent violators, then clipping, which keeps it the
/// nearest (Best and Chakravarti 1990).
fn into_order(levels: &mut [f32], gap: f32, bound: f32) {
    // Pools of neighbours: their sum and count.
    let mut pools: Vec<(f32, usize)> = Vec::new();
    let mean = |(sum, count): (f32, usize)| sum / count as f32;
    for (k, level) in levels.iter().enumerate() {
        let mut pool = (level - k as f32 * gap, 1);
        while let Some(before) = pools.pop_if(|before| mean(*before) >= mean(pool)) {
            pool = (pool.0 + before.0, pool.1 + before.1);
        }
        pools.push(pool);
    }
    let last = levels.len().saturating_sub(1) as f32;
    let (low, high) = (-bound, bound - last * gap);
    let means = pools
        .iter()
        .flat_map(|p| std::iter::repeat_n(mean(*p), p.1));
    for (k, (level, value)) in levels.iter_mut().zip(means).enumerate() {
        *level = value.clamp(low, high) + k as f32 * gap;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(levels: &[f32], expected: &[f32]) {
        let mut found = levels.to_vec();
        into_order(&mut found, 0.5, 3.0);
        assert_eq!(found, expected);
    }

    #[test]
    fn in_order() {
        check(&[-2.0, -1.0, 0.5], &[-2.0, -1.0, 0.5]);
    }
    #[test]
    fn crossed() {
        check(&[-2.0, 1.0, 0.5], &[-2.0, 0.5, 1.0]);
    }
    #[test]
    fn too_close() {
        check(&[0.0, 0.1, 2.0], &[-0.2, 0.3, 2.0]);
    }
    #[test]
    fn beyond_the_bound() {
        check(&[-9.0, 0.0, 9.0], &[-3.0, 0.0, 3.0]);
        check(&[7.0, 8.0, 9.0], &[2.0, 2.5, 3.0]);
    }

    proptest! {
        /// Ascending within the bound, and nothing changes that kept the limits already.
        #[test]
        fn limits_are_kept(levels in prop::collection::vec(-5.0f32..5.0, 2..64)) {
            let mut found = levels;
            into_order(&mut found, 0.05, 2.0);
            prop_assert!(found.windows(2).all(|p| p[1] - p[0] >= 0.05 - 1e-5));
            prop_assert!(found.iter().all(|l| l.abs() <= 2.0 + 1e-5));
            let mut again = found.clone();
            into_order(&mut again, 0.05, 2.0);
            prop_assert!(found.iter().zip(&again).all(|(a, b)| (a - b).abs() < 1e-4));
        }
    }
}
