//! Exponential of a matrix of a few states and its integral, as [`super::matrix`] has them in closed form for two.

use super::linear::{Square, identity, product};

/// Norm up to which the series converges in a dozen terms.
const SMALL: f64 = 0.25;
/// Terms of the series.
const TERMS: i32 = 12;
/// Most halvings of the time: rates beyond are no numbers of a neuron.
const HALVINGS: f64 = 60.0;

/// `exp(J t)` and its integral from 0 to t.
///
/// The integral of a short time follows from its series, `h sum (J h)^k / (k+1)!`; twice the time has
/// `phi(2h) = phi(h) (1 + exp(J h))`, and `exp(J h) = 1 + J phi(h)`.
pub(crate) fn exponential<const N: usize>(j: &Square<N>, t: f64) -> (Square<N>, Square<N>) {
    let size = |row: &[f64; N]| row.iter().map(|x| x.abs()).sum::<f64>();
    let norm = j.iter().map(size).fold(0.0, f64::max) * t;
    let halvings = match norm > SMALL {
        true => (norm / SMALL).log2().ceil().min(HALVINGS) as i32,
        false => 0,
    };
    let short = t * 0.5f64.powi(halvings);
    let mut phi = series(j, short);
    for _ in 0..halvings {
        let exp = plus_one(&product(j, &phi));
        phi = product(&phi, &plus_one(&exp));
    }
    (plus_one(&product(j, &phi)), phi)
}

fn series<const N: usize>(j: &Square<N>, h: f64) -> Square<N> {
    let mut term = identity::<N>().map(|row| row.map(|x| x * h));
    let mut sum = term;
    for k in 2..=TERMS {
        term = product(&term, j).map(|row| row.map(|x| x * h / f64::from(k)));
        for (sum, term) in sum.iter_mut().zip(&term) {
            sum.iter_mut().zip(term).for_each(|(s, t)| *s += t);
        }
    }
    sum
}

fn plus_one<const N: usize>(m: &Square<N>) -> Square<N> {
    let mut sum = *m;
    for (k, row) in sum.iter_mut().enumerate() {
        row[k] += 1.0;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neuron::matrix;
    use proptest::prelude::*;

    proptest! {
        /// The closed form of two states, relative to the largest entry.
        #[test]
        fn of_two_states(j in [[-3e5f64..10.0, -1e3..1e3], [-1e3..1e3, -1e4..10.0]], t in 1e-6f64..1e-2) {
            let (exp, integral) = exponential(&j, t);
            let (exact, exact_integral) = matrix::exponential(j, t);
            // What has decayed to nothing is right to the rounding of one.
            for (found, expected, one) in [(exp, exact, 1.0), (integral, exact_integral, t)] {
                let largest = expected.as_flattened().iter().fold(0.0f64, |m, x| m.max(x.abs()));
                for (a, b) in found.as_flattened().iter().zip(expected.as_flattened()) {
                    prop_assert!((a - b).abs() <= 1e-6 * largest + 1e-9 * one, "{found:?} for {expected:?}");
                }
            }
        }
    }

    /// A chain of equal decays: `t^k/k! exp(-t)` down the rows.
    #[test]
    fn a_chain_of_decays() {
        let j = [[-1.0, 0.0, 0.0], [1.0, -1.0, 0.0], [0.0, 1.0, -1.0]];
        let (exp, _) = exponential(&j, 2.0);
        let decayed = (-2.0f64).exp();
        for (row, expected) in exp.iter().zip([decayed, 2.0 * decayed, 2.0 * decayed]) {
            assert!((row[0] - expected).abs() < 1e-12, "{exp:?}");
        }
    }
}
