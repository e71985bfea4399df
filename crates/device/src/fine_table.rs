//! Many currents as few: the level table and codes of a projection whose synapses all differ.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

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

impl FineTable {
    /// A table of `size` levels (2..256) for `currents` (LSB of I), of which the first `filled` are chosen for them: so many
    /// different currents are held exactly; more are grouped, always the two neighbours whose union costs the least square.
    /// Codes from `filled` on no current has.
    pub fn new(currents: &[i32], filled: usize, size: usize) -> Self {
        let mut sorted = currents.to_vec();
        sorted.sort_unstable();
        let mut distinct = sorted.clone();
        distinct.dedup();
        let mut levels = if distinct.len() <= filled {
            distinct
        } else {
            Groups::new(&sorted).reduced_to(filled)
        };
        let codes: Vec<u8> = currents.iter().map(|c| nearest(&levels, *c)).collect();
        let last = levels.last().copied().unwrap_or(0);
        levels.resize(size, last);
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

/// Groups of neighbouring values, as a list in ascending order.
struct Groups {
    sum: Vec<i64>,
    /// Values of a group; 0 once it has joined the one before it.
    count: Vec<i64>,
    before: Vec<Option<usize>>,
    after: Vec<Option<usize>>,
}

/// A union that was worth considering: its cost (the bits of a float that is not negative sort as it does), the two
/// groups, and how many values they had.
type Union = Reverse<(u64, usize, usize, i64, i64)>;

impl Groups {
    /// A group for each of the sorted values.
    fn new(sorted: &[i32]) -> Self {
        let n = sorted.len();
        Self {
            sum: sorted.iter().map(|v| i64::from(*v)).collect(),
            count: vec![1; n],
            before: (0..n).map(|k| k.checked_sub(1)).collect(),
            after: (1..=n).map(|k| (k < n).then_some(k)).collect(),
        }
    }

    /// The means of the groups when `size` are left, ascending (Ward's method between neighbours).
    fn reduced_to(mut self, size: usize) -> Vec<i32> {
        let n = self.sum.len();
        let mut unions: BinaryHeap<Union> = (1..n).map(|k| self.union(k - 1, k)).collect();
        let mut left = n;
        while left > size
            && let Some(Reverse((_, a, b, of_a, of_b))) = unions.pop()
        {
            // Stale if one of them has grown or gone since.
            if (self.count[a], self.count[b]) == (of_a, of_b) {
                self.join(a, b);
                left -= 1;
                unions.extend(self.before[a].map(|k| self.union(k, a)));
                unions.extend(self.after[a].map(|k| self.union(a, k)));
            }
        }
        let living = (0..n).filter(|k| self.count[*k] > 0);
        living.map(|k| self.mean(k).round() as i32).collect()
    }

    fn mean(&self, group: usize) -> f64 {
        self.sum[group] as f64 / self.count[group] as f64
    }

    /// What joining two neighbours adds to the sum of squares.
    fn union(&self, a: usize, b: usize) -> Union {
        let (of_a, of_b) = (self.count[a], self.count[b]);
        let distance = self.mean(b) - self.mean(a);
        let cost = distance * distance * (of_a * of_b) as f64 / (of_a + of_b) as f64;
        Reverse((cost.to_bits(), a, b, of_a, of_b))
    }

    fn join(&mut self, a: usize, b: usize) {
        self.sum[a] += self.sum[b];
        self.count[a] += self.count[b];
        self.count[b] = 0;
        self.after[a] = self.after[b];
        if let Some(next) = self.after[a] {
            self.before[next] = Some(a);
        }
    }
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
            let table = FineTable::new(&currents, 63, 64);
            prop_assert_eq!(table.largest_lsb, 0);
            prop_assert_eq!(table.levels.len(), 64);
            let held: Vec<i32> = table.codes.iter().map(|c| table.levels[usize::from(*c)]).collect();
            prop_assert_eq!(held, currents);
        }

        #[test]
        fn many_currents_are_held_better_than_by_even_steps(
            values in prop::collection::vec(-1_000_000i32..1_000_000, 600..900),
        ) {
            let table = FineTable::new(&values, 255, 256);
            prop_assert!(table.levels.is_sorted());
            prop_assert!(!table.codes.contains(&255));
            let even_step = 2_000_000.0 / 255.0;
            prop_assert!(table.rms_lsb < 0.9 * even_step / 12f64.sqrt());
            for (value, code) in values.iter().zip(&table.codes) {
                let own = table.levels[usize::from(*code)].abs_diff(*value);
                prop_assert!(table.levels.iter().all(|l| own <= l.abs_diff(*value)));
            }
        }
    }
}
