//! Constants of parameters that registers hold.

use super::charge::widened;
use crate::expression::Expression;
use crate::interval::{Bounds, Interval};
use crate::kernel::{Kernels, exponential_less_one};
use crate::mistake::Fault;
use crate::model::TICK_S;

/// A constant of parameters, in SI units or as a binary logarithm.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Coded {
    /// An expression.
    Expression(Expression),
    /// An entry of what a tick adds to the kernels.
    Propagator { row: usize, column: usize },
    /// Sum of binary logarithms, plus an expression, plus a number.
    Logarithm {
        of: Vec<Expression>,
        plus: Expression,
        offset: f64,
    },
}

/// What constants are evaluated and bounded with.
#[derive(Debug, Clone)]
pub(crate) struct Constants {
    pub bounds: Bounds,
    pub kernels: Kernels,
    propagator: Vec<Vec<Interval>>,
}

impl Constants {
    pub fn new(
        bounds: Bounds,
        kernels: Kernels,
        spans: &[crate::mistake::Span],
    ) -> Result<Self, Fault> {
        let propagator = propagator(&bounds, &kernels, spans)?;
        Ok(Self {
            bounds,
            kernels,
            propagator,
        })
    }

    pub fn value(&self, coded: &Coded, parameters: &[f64]) -> f64 {
        match coded {
            Coded::Expression(e) => e.constant(parameters),
            Coded::Propagator { row, column } => self.kernels.propagator(parameters)[*row][*column],
            Coded::Logarithm { of, plus, offset } => {
                of.iter()
                    .map(|e| e.constant(parameters).log2())
                    .sum::<f64>()
                    + plus.constant(parameters)
                    + offset
            }
        }
    }

    pub fn interval(&self, coded: &Coded) -> Result<Interval, Fault> {
        match coded {
            Coded::Expression(e) => self.bounds.bounds(e),
            Coded::Propagator { row, column } => Ok(self.propagator[*row][*column]),
            Coded::Logarithm { of, plus, offset } => {
                let mut sum = self
                    .bounds
                    .bounds(plus)?
                    .plus(Interval::new(*offset, *offset));
                for e in of {
                    let inside = self.bounds.bounds(e)?;
                    // A factor that may vanish: its logarithm has no lower bound, and the code stops here.
                    let log = |x: f64| x.max(SMALLEST).log2();
                    sum = sum.plus(Interval::new(log(inside.low), log(inside.high)));
                }
                Ok(sum)
            }
        }
    }
}

/// Rates below this are none: 2^-400.
const SMALLEST: f64 = 3.9e-121;

/// Bounds of what a tick adds to the kernels. Where no kernel pulls another one down, the exponential of the matrix rises with
/// every entry, so its bounds are those of the smallest and the largest matrix.
fn propagator(
    bounds: &Bounds,
    kernels: &Kernels,
    spans: &[crate::mistake::Span],
) -> Result<Vec<Vec<Interval>>, Fault> {
    let mut low = Vec::new();
    let mut high = Vec::new();
    for (i, row) in kernels.matrix.iter().enumerate() {
        let entries = row
            .iter()
            .map(|e| bounds.bounds(e))
            .collect::<Result<Vec<_>, _>>()?;
        let pulled = entries
            .iter()
            .enumerate()
            .any(|(j, e)| i != j && e.low < 0.0);
        if pulled {
            let expected = "couplings between kernels that are positive, e.g. `(A - I) / tau`";
            let remedy = "write the sign of the state the other way round, or move its equation to `equations`";
            return Err(Fault::new(
                spans[i],
                "a kernel is pulled down by another one",
                expected,
                remedy,
            ));
        }
        low.push(entries.iter().map(|e| e.low * TICK_S).collect::<Vec<f64>>());
        high.push(
            entries
                .iter()
                .map(|e| e.high * TICK_S)
                .collect::<Vec<f64>>(),
        );
    }
    let (low, high) = (exponential_less_one(&low), exponential_less_one(&high));
    let entry = |i: usize, j: usize| {
        let exact = Interval::new(low[i][j], high[i][j]);
        if i == j { exact } else { widened(exact) }
    };
    let n = low.len();
    Ok((0..n)
        .map(|i| (0..n).map(|j| entry(i, j)).collect())
        .collect())
}
