//! Weights between two layers, a row a neuron that they lead to.

/// A dense matrix.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Matrix {
    pub columns: usize,
    /// Row after row.
    pub values: Vec<f64>,
}

impl Matrix {
    pub fn identity(size: usize) -> Self {
        let mut values = vec![0.0; size * size];
        values.iter_mut().step_by(size + 1).for_each(|v| *v = 1.0);
        Self {
            columns: size,
            values,
        }
    }

    pub fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.columns.max(1))
    }

    pub fn height(&self) -> usize {
        self.values.len() / self.columns.max(1)
    }

    /// `self * other`.
    pub fn times(&self, other: &Self) -> Self {
        let mut values = vec![0.0; self.height() * other.columns];
        for (row, sums) in self
            .rows()
            .zip(values.chunks_exact_mut(other.columns.max(1)))
        {
            for (weight, from) in row.iter().zip(other.rows()) {
                sums.iter_mut()
                    .zip(from)
                    .for_each(|(s, x)| *s += weight * x);
            }
        }
        Self {
            columns: other.columns,
            values,
        }
    }

    pub fn times_vector(&self, vector: &[f64]) -> Vec<f64> {
        let dot = |row: &[f64]| row.iter().zip(vector).map(|(w, x)| w * x).sum();
        self.rows().map(dot).collect()
    }

    /// Every row times its factor; one factor serves all.
    pub fn scale_rows(&mut self, factors: &[f64]) {
        let rows = self.values.chunks_exact_mut(self.columns.max(1));
        for (row, factor) in rows.zip(factors.iter().cycle()) {
            row.iter_mut().for_each(|v| *v *= factor);
        }
    }

    /// One more column, the last.
    pub fn push_column(&mut self, column: &[f64]) {
        let row = |(row, last): (&[f64], &f64)| [row, &[*last]].concat();
        self.values = self.rows().zip(column).flat_map(row).collect();
        self.columns += 1;
    }

    /// The largest sum of a row's positive or negative numbers, in magnitude.
    pub fn largest_row_sum(&self) -> f64 {
        let sum = |row: &[f64]| {
            let (above, below) = row.iter().fold((0.0f64, 0.0f64), |(a, b), v| {
                (a + v.max(0.0), b + (-v).max(0.0))
            });
            above.max(below)
        };
        self.rows().map(sum).fold(0.0, f64::max)
    }

    pub fn largest(&self) -> f64 {
        self.values.iter().fold(0.0, |m, v| v.abs().max(m))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(columns: usize, values: &[f64]) -> Matrix {
        Matrix {
            columns,
            values: values.to_vec(),
        }
    }

    #[test]
    fn products() {
        let product =
            matrix(2, &[1.0, 2.0, 3.0, 4.0]).times(&matrix(3, &[1.0, 0.0, 2.0, 0.0, 1.0, 1.0]));
        assert_eq!(product, matrix(3, &[1.0, 2.0, 4.0, 3.0, 4.0, 10.0]));
        assert_eq!(product.times(&Matrix::identity(3)), product);
        assert_eq!(product.times_vector(&[1.0, 0.0, 1.0]), [5.0, 13.0]);
    }
    #[test]
    fn a_column_more() {
        let mut wide = matrix(1, &[1.0, 2.0]);
        wide.push_column(&[5.0, 6.0]);
        assert_eq!(wide, matrix(2, &[1.0, 5.0, 2.0, 6.0]));
    }
    #[test]
    fn sums_of_a_row() {
        assert_eq!(matrix(3, &[1.0, -4.0, 2.0]).largest_row_sum(), 4.0);
    }
}
