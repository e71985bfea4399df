//! Spike counts of samples in time bins, standardised on the training set. They are kept sparse; matrices are made of a few
//! rows or columns at a time.

use crate::Sample;
use nalgebra::DMatrix;
use std::ops::Range;

/// Counts of a list of samples: of each those that are not 0, by column.
pub(super) struct Counts {
    rows: Vec<Vec<(usize, f64)>>,
    /// Columns: channels times bins.
    pub width: usize,
}

impl Counts {
    /// Counts in `bins` (at least 1) equal parts of each sample; events after its end count in the last.
    pub fn of(samples: &[Sample], channels: usize, bins: usize) -> Self {
        let width = channels * bins;
        let row = |sample: &Sample| {
            let column = |event: &crate::Event| {
                let bin = event.t_us as usize * bins / sample.duration_us.max(1) as usize;
                event.channel as usize * bins + bin.min(bins - 1)
            };
            let mut columns: Vec<usize> = sample.events.iter().map(column).collect();
            columns.retain(|c| *c < width);
            columns.sort_unstable();
            let equal = columns.chunk_by(|a, b| a == b);
            equal.map(|c| (c[0], c.len() as f64)).collect()
        };
        Self {
            rows: samples.iter().map(row).collect(),
            width,
        }
    }

    /// Samples.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
}

/// What takes counts to features of mean 0 and deviation 1 on the training set; a count that never differs there keeps
/// its unit.
pub(super) struct Standard {
    mean: Vec<f64>,
    deviation: Vec<f64>,
}

impl Standard {
    pub fn of(train: &Counts) -> Self {
        let n = train.len().max(1) as f64;
        let mut sums = vec![[0.0; 2]; train.width];
        for (column, count) in train.rows.iter().flatten() {
            sums[*column][0] += count;
            sums[*column][1] += count * count;
        }
        let deviation = |[sum, squares]: &[f64; 2]| {
            let variance = squares / n - (sum / n).powi(2);
            // Of counts that are all equal rounding leaves no more than this.
            let differs = variance > 1e-12 * (squares / n);
            if differs { variance.sqrt() } else { 1.0 }
        };
        Self {
            mean: sums.iter().map(|s| s[0] / n).collect(),
            deviation: sums.iter().map(deviation).collect(),
        }
    }

    /// Features of some samples and columns, `[sample][column]`.
    pub fn block(
        &self,
        counts: &Counts,
        rows: Range<usize>,
        columns: Range<usize>,
    ) -> DMatrix<f64> {
        let first = columns.start;
        let rest = |column: usize| -self.mean[first + column] / self.deviation[first + column];
        let mut block = DMatrix::from_fn(rows.len(), columns.len(), |_, column| rest(column));
        for (at, row) in counts.rows[rows].iter().enumerate() {
            let start = row.partition_point(|(column, _)| *column < first);
            let own = row[start..].iter().take_while(|(c, _)| *c < columns.end);
            for (column, count) in own {
                block[(at, column - first)] += count / self.deviation[*column];
            }
        }
        block
    }
}
