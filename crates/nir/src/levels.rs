//! The levels that weights are stored in.

/// Rounds of the fit of a short table; it stands still long before.
const ROUNDS: usize = 100;

/// The `2^bits` levels for weights, ascending: with 8 bits even steps through zero. With fewer the weights' own values where
/// they are few enough, else the table of least squares (Lloyd 1982) that is found from even steps.
pub(crate) fn table(weights: &[f64], bits: u32) -> Vec<f64> {
    let largest = weights.iter().fold(0.0f64, |m, w| m.max(w.abs()));
    let largest = if largest > 0.0 { largest } else { 1.0 };
    let half = 1i32 << (bits - 1);
    let step = largest / f64::from((half - 1).max(1));
    let even: Vec<f64> = (-half..half).map(|k| f64::from(k) * step).collect();
    match bits {
        8.. => even,
        _ => fitted(weights, even),
    }
}

/// Else each level becomes the mean of the weights nearest to it, until nothing moves. Levels stay in order, for each is in its
/// own interval before and after.
fn fitted(weights: &[f64], mut levels: Vec<f64>) -> Vec<f64> {
    let mut sorted = weights.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut distinct = sorted.clone();
    distinct.dedup();
    if distinct.len() <= levels.len() {
        let above = distinct.last().map_or(0.0, |most| most.abs() + 1.0);
        let more = (0..).map(|k| above + f64::from(k));
        let missing = levels.len() - distinct.len();
        distinct.extend(more.take(missing));
        return distinct;
    }
    for _ in 0..ROUNDS {
        let ends = levels.windows(2).map(|pair| pair.iter().sum::<f64>() / 2.0);
        let ends: Vec<f64> = ends.chain([f64::INFINITY]).collect();
        let mut rest = &sorted[..];
        let mut moved = false;
        for (level, end) in levels.iter_mut().zip(ends) {
            let (own, others) = rest.split_at(rest.partition_point(|w| *w < end));
            rest = others;
            if !own.is_empty() {
                let mean = own.iter().sum::<f64>() / own.len() as f64;
                moved |= mean != *level;
                *level = mean;
            }
        }
        if !moved {
            break;
        }
    }
    levels
}

/// Index of the level nearest to a value, the lower of two as near; levels ascend.
pub(crate) fn nearest(levels: &[f64], value: f64) -> usize {
    let above = levels.partition_point(|level| *level < value);
    let distance = |k: usize| {
        levels
            .get(k)
            .map_or(f64::INFINITY, |level| (level - value).abs())
    };
    match above.checked_sub(1) {
        Some(below) if distance(below) <= distance(above) => below,
        _ => above,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rms(weights: &[f64], bits: u32) -> f64 {
        let levels = table(weights, bits);
        let error = |w: &f64| {
            levels
                .get(nearest(&levels, *w))
                .map_or(f64::NAN, |l| (l - w).powi(2))
        };
        (weights.iter().map(error).sum::<f64>() / weights.len() as f64).sqrt()
    }

    #[test]
    fn eight_bits_have_a_zero() {
        let levels = table(&[1.27, -0.3], 8);
        assert_eq!(
            (levels.len(), levels.get(128), nearest(&levels, 0.0)),
            (256, Some(&0.0), 128)
        );
        assert!((levels.last().unwrap() - 1.27).abs() < 1e-12);
    }
    #[test]
    fn few_values_are_met() {
        assert_eq!(rms(&[0.5, -0.25, 0.5, 0.1], 2), 0.0);
    }
    #[test]
    fn equal_weights() {
        assert_eq!(rms(&[0.7; 9], 1), 0.0);
        assert_eq!(rms(&[0.0; 9], 3), 0.0);
    }

    proptest! {
        #[test]
        fn tables_ascend(weights in prop::collection::vec(-3.0f64..3.0, 1..60), bits in 1u32..=8) {
            let levels = table(&weights, bits);
            prop_assert_eq!(levels.len(), 1 << bits);
            prop_assert!(levels.is_sorted_by(|a, b| a < b), "{:?}", levels);
        }
        #[test]
        fn nearest_is_nearest(weights in prop::collection::vec(-3.0f64..3.0, 1..60), value in -4.0f64..4.0) {
            let levels = table(&weights, 4);
            let found = (levels[nearest(&levels, value)] - value).abs();
            prop_assert!(levels.iter().all(|l| (l - value).abs() >= found));
        }
    }
}
