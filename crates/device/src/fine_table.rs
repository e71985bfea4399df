//! Many currents as few: the level table and codes of a projection whose synapses all differ.

/// A level table for arbitrary currents, and how well it holds them.
#[derive(Debug, Clone, PartialEq)]
pub struct FineTable {
    /// Levels, LSB of I, ascending; exactly as many as asked for (the last repeated where fewer are needed).
    pub levels: Vec<i32>,
    /// Code of every current.
    pub codes: Vec<u8>,
    /// Root mean square of level minus current, LSB of I.
    pub rms_lsb: f64,
    /// Largest difference, LSB of I.
    pub largest_lsb: i32,
}

/// Rounds of Lloyd's iteration; from quantiles it gains little after a dozen.
const ROUNDS: usize = 16;

impl FineTable {
    /// A table of `size` levels (1..256) for `currents` (LSB of I). Up to `size` different currents are held exactly;
    /// more are held by the levels of Lloyd's iteration for the least mean square, from their quantiles.
    pub fn new(currents: &[i32], size: usize) -> Self {
        let mut sorted = currents.to_vec();
        sorted.sort_unstable();
        let mut distinct = sorted.clone();
        distinct.dedup();
        let mut levels = if distinct.len() <= size {
            distinct
        } else {
            lloyd(&sorted, size)
        };
        let last = levels.last().copied().unwrap_or(0);
        levels.resize(size, last);
        let codes: Vec<u8> = currents.iter().map(|c| nearest(&levels, *c)).collect();
        let error = |(current, code): (&i32, &u8)| levels[usize::from(*code)].abs_diff(*current);
        let errors: Vec<u32> = currents.iter().zip(&codes).map(error).collect();
        let square: f64 = errors.iter().map(|e| f64::from(*e).powi(2)).sum();
        Self {
            rms_lsb: (square / errors.len().max(1) as f64).sqrt(),
            largest_lsb: errors.iter().max().map_or(0, |e| *e as i32),
            levels,
            codes,
        }
    }
}

/// Levels of least mean square for sorted values: borders halfway between levels, levels at the means between borders.
fn lloyd(sorted: &[i32], size: usize) -> Vec<i32> {
    let n = sorted.len();
    let mut sums = vec![0i64];
    for value in sorted {
        sums.push(sums[sums.len() - 1] + i64::from(*value));
    }
    let mut levels: Vec<i32> = (0..size)
        .map(|k| sorted[(2 * k + 1) * n / (2 * size)])
        .collect();
    for _ in 0..ROUNDS {
        let border = |pair: &[i32]| {
            let twice = i64::from(pair[0]) + i64::from(pair[1]);
            sorted.partition_point(|v| 2 * i64::from(*v) <= twice)
        };
        let mut borders = vec![0];
        borders.extend(levels.windows(2).map(border));
        borders.push(n);
        for (level, ends) in levels.iter_mut().zip(borders.windows(2)) {
            let count = (ends[1] - ends[0]) as i64;
            if count > 0 {
                let mean = (sums[ends[1]] - sums[ends[0]]) as f64 / count as f64;
                *level = mean.round() as i32;
            }
        }
    }
    levels
}

/// The code of the nearest level, the lower one of two.
fn nearest(levels: &[i32], current: i32) -> u8 {
    let above = levels.partition_point(|l| *l < current);
    let below = above.saturating_sub(1);
    let distance = |k: usize| levels.get(k).map_or(u32::MAX, |l| l.abs_diff(current));
    let code = if distance(below) <= distance(above) {
        below
    } else {
        above
    };
    code as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn few_currents_are_held_exactly(
            values in prop::collection::vec(-8_000_000i32..8_000_000, 1..40), repeats in 1usize..5,
        ) {
            let currents = values.repeat(repeats);
            let table = FineTable::new(&currents, 64);
            prop_assert_eq!(table.largest_lsb, 0);
            prop_assert_eq!(table.levels.len(), 64);
            let held: Vec<i32> = table.codes.iter().map(|c| table.levels[usize::from(*c)]).collect();
            prop_assert_eq!(held, currents);
        }

        #[test]
        fn many_currents_are_held_better_than_by_even_steps(
            values in prop::collection::vec(-1_000_000i32..1_000_000, 600..900),
        ) {
            let table = FineTable::new(&values, 256);
            prop_assert!(table.levels.is_sorted());
            let even_step = 2_000_000.0 / 255.0;
            prop_assert!(table.rms_lsb < even_step / 12f64.sqrt());
            for (value, code) in values.iter().zip(&table.codes) {
                let own = table.levels[usize::from(*code)].abs_diff(*value);
                prop_assert!(table.levels.iter().all(|l| own <= l.abs_diff(*value)));
            }
        }
    }
}
