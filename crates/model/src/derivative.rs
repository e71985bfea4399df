//! Symbolic derivatives.

use crate::expression::{Expression, Function, Kind};
use std::slice;

/// What an expression is differentiated by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variable {
    /// A state by its index.
    State(usize),
    /// A parameter by its index.
    Parameter(usize),
    /// The rate of a state on a right side.
    Change(usize),
}

impl Expression {
    /// The derivative by a variable. By states and parameters rates on a right side count as constants: put them in first. At the kink of `min` and
    /// `max` it is that of the second argument.
    pub fn by(&self, x: Variable) -> Self {
        let zero = Self::number(0.0);
        if !self.has_state() && !matches!(x, Variable::Parameter(_)) {
            return zero;
        }
        match self.kind() {
            Kind::State(i) if Variable::State(*i) == x => Self::number(1.0),
            Kind::Parameter(i) if Variable::Parameter(*i) == x => Self::number(1.0),
            Kind::Change(i) if Variable::Change(*i) == x => Self::number(1.0),
            Kind::Number(_)
            | Kind::Parameter(_)
            | Kind::State(_)
            | Kind::Change(_)
            | Kind::Tick => zero,
            Kind::Negative(a) => a.by(x).minus_sign(),
            Kind::Sum(a, b) => a.by(x).plus(&b.by(x)),
            Kind::Product(a, b) => a.by(x).times(b).plus(&a.times(&b.by(x))),
            Kind::Quotient(a, b) => {
                let second = a.times(&b.by(x)).over(&b.to_the(2));
                a.by(x).over(b).minus(&second)
            }
            Kind::Power(a, n) => {
                let slope = Self::number(f64::from(*n)).times(&a.to_the(n - 1));
                slope.times(&a.by(x))
            }
            Kind::Call(function, arguments) => self.call_by(*function, arguments, x),
        }
    }

    fn call_by(&self, function: Function, arguments: &[Self], x: Variable) -> Self {
        let one = Self::number(1.0);
        let a = arguments.first().unwrap_or(&one);
        let b = arguments.get(1).unwrap_or(a);
        let chain = |slope: Self| slope.times(&a.by(x));
        match function {
            Function::Exp => chain(self.clone()),
            Function::Ln => a.by(x).over(a),
            Function::Sigmoid => chain(self.times(&one.minus(self))),
            Function::Tanh => chain(one.minus(&self.to_the(2))),
            Function::Min => chosen(slice::from_ref(a), slice::from_ref(b), a, b, x),
            Function::Max => chosen(slice::from_ref(b), slice::from_ref(a), a, b, x),
            Function::Below => Self::number(0.0),
        }
    }
}

/// The slope of `a` where `left < right`, else that of `b`.
fn chosen(
    left: &[Expression],
    right: &[Expression],
    a: &Expression,
    b: &Expression,
    x: Variable,
) -> Expression {
    let arguments = [left, right].concat();
    let below = Expression::call(Function::Below, arguments, a.span());
    let other = Expression::number(1.0).minus(&below);
    below.times(&a.by(x)).plus(&other.times(&b.by(x)))
}
