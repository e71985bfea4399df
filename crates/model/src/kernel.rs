//! The linear states: their matrix, and what one tick makes of them exactly.

use crate::derivative::Variable;
use crate::expression::Expression;
use crate::model::{Model, TICK_S};

/// The kernels of a model.
#[derive(Debug, Clone)]
pub(crate) struct Kernels {
    /// Their states.
    pub states: Vec<usize>,
    /// `matrix[i][j]`: rate of kernel i by kernel j, 1/s; of parameters.
    pub matrix: Vec<Vec<Expression>>,
}

impl Kernels {
    pub fn of(model: &Model) -> Self {
        let states = model.kernels();
        let by = |i: &usize, j: &usize| model.states[*i].rate.by(Variable::State(*j));
        let row = |i: &usize| states.iter().map(|j| by(i, j)).collect();
        Self {
            matrix: states.iter().map(row).collect(),
            states: states.clone(),
        }
    }

    /// What a tick adds: `exp(matrix * tick) - 1`.
    pub fn propagator(&self, parameters: &[f64]) -> Vec<Vec<f64>> {
        let tick = |e: &Expression| e.constant(parameters) * TICK_S;
        let scaled: Vec<Vec<f64>> = self
            .matrix
            .iter()
            .map(|row| row.iter().map(tick).collect())
            .collect();
        exponential_less_one(&scaled)
    }

    /// The derivative of what a tick adds by a parameter: the corner of the exponential of `[[m, dm], [0, m]]`.
    pub fn propagator_by(&self, parameter: usize, parameters: &[f64]) -> Vec<Vec<f64>> {
        let n = self.states.len();
        let mut doubled = vec![vec![0.0; 2 * n]; 2 * n];
        for (i, row) in self.matrix.iter().enumerate() {
            for (j, rate) in row.iter().enumerate() {
                let own = rate.constant(parameters) * TICK_S;
                doubled[i][j] = own;
                doubled[n + i][n + j] = own;
                let by = rate.by(Variable::Parameter(parameter));
                doubled[i][n + j] = by.constant(parameters) * TICK_S;
            }
        }
        let rows = exponential_less_one(&doubled).into_iter().take(n);
        rows.map(|row| row[n..].to_vec()).collect()
    }
}

/// `exp(a) - 1` of a small matrix to rounding, also where `a` is small.
pub(crate) fn exponential_less_one(a: &[Vec<f64>]) -> Vec<Vec<f64>> {
    if let [row] = a
        && let [x] = row[..]
    {
        return vec![vec![x.exp_m1()]];
    }
    let norm = a
        .iter()
        .map(|row| row.iter().map(|x| x.abs()).sum::<f64>())
        .fold(0.0, f64::max);
    let halvings = if norm > 0.1 {
        (norm / 0.1).log2().ceil().min(60.0) as i32
    } else {
        0
    };
    let scale = 0.5f64.powi(halvings);
    let small: Vec<Vec<f64>> = a
        .iter()
        .map(|row| row.iter().map(|x| x * scale).collect())
        .collect();
    // Twelve terms of the series of a norm up to a tenth.
    let mut term = small.clone();
    let mut sum = small.clone();
    for k in 2..=12 {
        term = product(&term, &small, 1.0 / f64::from(k));
        sum = combined(&sum, &term, 1.0);
    }
    // exp(2a) - 1 = e (2 + e) with e = exp(a) - 1
    for _ in 0..halvings {
        let square = product(&sum, &sum, 1.0);
        sum = combined(&square, &sum, 2.0);
    }
    sum
}

fn product(a: &[Vec<f64>], b: &[Vec<f64>], factor: f64) -> Vec<Vec<f64>> {
    let n = a.len();
    let entry = |i: usize, j: usize| (0..n).map(|k| a[i][k] * b[k][j]).sum::<f64>() * factor;
    (0..n)
        .map(|i| (0..n).map(|j| entry(i, j)).collect())
        .collect()
}

/// `a + factor b`.
fn combined(a: &[Vec<f64>], b: &[Vec<f64>], factor: f64) -> Vec<Vec<f64>> {
    let rows = a.iter().zip(b);
    rows.map(|(a, b)| a.iter().zip(b).map(|(x, y)| x + factor * y).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two equal decays in a row: `exp(-a)` on the diagonal, `a exp(-a)` beside it.
    fn check(a: f64) {
        let found = exponential_less_one(&[vec![-a, 0.0], vec![a, -a]]);
        let close = |x: f64, y: f64| assert!((x - y).abs() <= 1e-13 * y.abs() + 1e-300, "{x} {y}");
        close(found[0][0], (-a).exp_m1());
        close(found[1][0], a * (-a).exp());
        assert_eq!(found[0][1], 0.0);
    }

    #[test]
    fn slow() {
        check(1e-6);
    }
    #[test]
    fn fast() {
        check(3.0);
    }
}
