//! Which class was taken for which.

use serde::{Deserialize, Serialize};

/// Counts of decisions by true class and class found; empty where nothing is classified.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    classes: usize,
    /// `[true class][found class]`.
    counts: Vec<u64>,
}

impl Confusion {
    /// One decision among `classes`.
    pub fn one(classes: usize, class: usize, found: usize) -> Self {
        let mut counts = vec![0; classes * classes];
        counts[class * classes + found] = 1;
        Self { classes, counts }
    }

    /// Whether it counts over so many classes, or nothing.
    pub(crate) fn is_of(&self, classes: usize) -> bool {
        let square = classes.checked_mul(classes);
        self.counts.is_empty() || (self.classes == classes && Some(self.counts.len()) == square)
    }

    /// Adds counts over the same classes.
    pub fn add(&mut self, other: &Self) {
        if self.counts.is_empty() {
            self.clone_from(other);
            return;
        }
        let pairs = self.counts.iter_mut().zip(&other.counts);
        pairs.for_each(|(a, b)| *a += b);
    }

    /// Counts by true class, each a row over the classes found.
    pub fn rows(&self) -> impl Iterator<Item = &[u64]> {
        self.counts.chunks_exact(self.classes.max(1))
    }

    /// Wrong decisions by how often they occur: true class, class found, count.
    pub fn mistakes(&self) -> Vec<(usize, usize, u64)> {
        let rows = self.rows().enumerate();
        let cells = rows.flat_map(|(t, row)| row.iter().enumerate().map(move |(f, n)| (t, f, *n)));
        let mut mistakes: Vec<_> = cells.filter(|(t, f, n)| t != f && *n > 0).collect();
        mistakes.sort_by_key(|(.., n)| std::cmp::Reverse(*n));
        mistakes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_mistakes() {
        let mut sum = Confusion::default();
        for (class, found) in [(0, 0), (1, 2), (2, 0), (1, 2)] {
            sum.add(&Confusion::one(3, class, found));
        }
        let rows: Vec<&[u64]> = sum.rows().collect();
        assert_eq!(rows, [[1, 0, 0], [0, 0, 2], [1, 0, 0]]);
        assert_eq!(sum.mistakes(), [(1, 2, 2), (2, 0, 1)]);
    }
    #[test]
    fn nothing() {
        assert_eq!(Confusion::default().rows().count(), 0);
    }
}
