//! Values of expressions in f64.

use crate::expression::{Expression, Kind};
use crate::model::TICK_S;

/// What an expression is evaluated at, SI units.
#[derive(Debug, Clone, Copy)]
pub struct Point<'a> {
    /// Parameters.
    pub parameters: &'a [f64],
    /// States before the tick.
    pub states: &'a [f64],
    /// Rates of the states, for right sides that use them.
    pub changes: &'a [f64],
}

impl Expression {
    /// The value at a point. A missing parameter, state or rate is not a number.
    pub fn value(&self, at: &Point) -> f64 {
        let of = |list: &[f64], i: usize| list.get(i).copied().unwrap_or(f64::NAN);
        match self.kind() {
            Kind::Number(x) => *x,
            Kind::Parameter(i) => of(at.parameters, *i),
            Kind::State(i) => of(at.states, *i),
            Kind::Change(i) => of(at.changes, *i),
            Kind::Tick => TICK_S,
            Kind::Negative(a) => -a.value(at),
            Kind::Sum(a, b) => a.value(at) + b.value(at),
            Kind::Product(a, b) => a.value(at) * b.value(at),
            Kind::Quotient(a, b) => a.value(at) / b.value(at),
            Kind::Power(a, n) => a.value(at).powi(*n),
            Kind::Call(function, arguments) => {
                let values: Vec<f64> = arguments.iter().map(|a| a.value(at)).collect();
                function.of(&values)
            }
        }
    }

    /// The value where only parameters matter.
    pub fn constant(&self, parameters: &[f64]) -> f64 {
        self.value(&Point {
            parameters,
            states: &[],
            changes: &[],
        })
    }
}
