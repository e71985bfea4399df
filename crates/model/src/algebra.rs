//! Building expressions with the simplifications that derivatives and sums of terms need.

use crate::expression::{Expression, Function, Kind};
use crate::mistake::Span;

fn node(kind: Kind, span: Span) -> Expression {
    Expression::new(kind, span)
}

/// The first span that is in a file.
fn span(a: &Expression, b: &Expression) -> Span {
    if a.span().line > 0 {
        a.span()
    } else {
        b.span()
    }
}

fn is(e: &Expression, x: f64) -> bool {
    e.as_number() == Some(x)
}

impl Expression {
    /// `a + b`.
    pub fn plus(&self, b: &Self) -> Self {
        match (self.as_number(), b.as_number()) {
            (Some(x), Some(y)) => node(Kind::Number(x + y), span(self, b)),
            (Some(0.0), _) => b.clone(),
            (_, Some(0.0)) => self.clone(),
            _ if *self == b.minus_sign() || *b == self.minus_sign() => Self::number(0.0),
            _ => node(Kind::Sum(self.clone(), b.clone()), span(self, b)),
        }
    }

    /// `a - b`.
    pub fn minus(&self, b: &Self) -> Self {
        self.plus(&b.minus_sign())
    }

    /// `-a`.
    pub fn minus_sign(&self) -> Self {
        match self.kind() {
            Kind::Number(x) => node(Kind::Number(-x), self.span()),
            Kind::Negative(a) => a.clone(),
            _ => node(Kind::Negative(self.clone()), self.span()),
        }
    }

    /// `a * b`.
    pub fn times(&self, b: &Self) -> Self {
        if is(self, 0.0) || is(b, 0.0) {
            return Self::number(0.0);
        }
        if is(self, 1.0) {
            return b.clone();
        }
        if is(b, 1.0) {
            return self.clone();
        }
        match (self.kind(), b.kind()) {
            (Kind::Number(x), Kind::Number(y)) => node(Kind::Number(x * y), span(self, b)),
            // Numbers gather in front.
            (Kind::Number(x), Kind::Product(y, rest)) if y.as_number().is_some() => {
                let y = y.as_number().unwrap_or(1.0);
                node(Kind::Number(x * y), span(self, b)).times(rest)
            }
            (_, Kind::Number(_)) => b.times(self),
            (Kind::Negative(a), _) => a.times(b).minus_sign(),
            (_, Kind::Negative(c)) => self.times(c).minus_sign(),
            _ => node(Kind::Product(self.clone(), b.clone()), span(self, b)),
        }
    }

    /// `a / b`.
    pub fn over(&self, b: &Self) -> Self {
        if is(self, 0.0) {
            return Self::number(0.0);
        }
        match (self.as_number(), b.as_number()) {
            (_, Some(1.0)) => self.clone(),
            (Some(x), Some(y)) if y != 0.0 => node(Kind::Number(x / y), span(self, b)),
            _ if self == b => Self::number(1.0),
            _ => node(Kind::Quotient(self.clone(), b.clone()), span(self, b)),
        }
    }

    /// `a ** n`.
    pub fn to_the(&self, n: i32) -> Self {
        match n {
            0 => Self::number(1.0),
            1 => self.clone(),
            _ => node(Kind::Power(self.clone(), n), self.span()),
        }
    }

    /// A function of arguments, folded where they are numbers.
    pub fn call(function: Function, arguments: Vec<Self>, span: Span) -> Self {
        let numbers: Option<Vec<f64>> = arguments.iter().map(Self::as_number).collect();
        match numbers {
            Some(numbers) => node(Kind::Number(function.of(&numbers)), span),
            None => node(Kind::Call(function, arguments), span),
        }
    }

    /// The expression with simplifications, and with states and rates replaced by `state` and `change`.
    pub fn replaced(&self, leaf: &dyn Fn(&Expression) -> Option<Expression>) -> Self {
        if let Some(other) = leaf(self) {
            return other;
        }
        let again = |e: &Self| e.replaced(leaf);
        match self.kind() {
            Kind::Negative(a) => again(a).minus_sign(),
            Kind::Sum(a, b) => again(a).plus(&again(b)).at(self.span()),
            Kind::Product(a, b) => again(a).times(&again(b)).at(self.span()),
            Kind::Quotient(a, b) => again(a).over(&again(b)).at(self.span()),
            Kind::Power(a, n) => again(a).to_the(*n).at(self.span()),
            Kind::Call(f, arguments) => {
                Self::call(*f, arguments.iter().map(again).collect(), self.span())
            }
            _ => self.clone(),
        }
    }
}

impl Function {
    /// Its value.
    pub fn of(self, x: &[f64]) -> f64 {
        let first = x.first().copied().unwrap_or(0.0);
        let second = x.get(1).copied().unwrap_or(0.0);
        match self {
            Self::Exp => first.exp(),
            Self::Ln => first.ln(),
            Self::Min => first.min(second),
            Self::Max => first.max(second),
            Self::Sigmoid => 1.0 / (1.0 + (-first).exp()),
            Self::Tanh => first.tanh(),
            Self::Below => f64::from(u8::from(first < second)),
        }
    }
}
