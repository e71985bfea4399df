//! Bounds of expressions from the bounds of parameters and the ranges of states.

use crate::expression::{Expression, Function, Kind};
use crate::mistake::Fault;
use crate::model::{Model, TICK_S};

/// A closed interval of finite ends, unless an exponential has no bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Bounds of parameters and ranges of states, SI units.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    pub parameters: Vec<Interval>,
    pub states: Vec<Interval>,
}

impl Interval {
    pub(crate) fn new(low: f64, high: f64) -> Self {
        Self { low, high }
    }

    fn point(x: f64) -> Self {
        Self::new(x, x)
    }

    fn of_corners(corners: &[f64]) -> Self {
        // 0 * infinity, of a coefficient that may vanish, counts as nothing.
        let number = |x: &f64| if x.is_nan() { 0.0 } else { *x };
        let numbers = corners.iter().map(number);
        Self::new(
            numbers.clone().fold(f64::INFINITY, f64::min),
            numbers.fold(f64::NEG_INFINITY, f64::max),
        )
    }

    /// The larger size of both ends.
    pub(crate) fn size(self) -> f64 {
        self.low.abs().max(self.high.abs())
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self::new(self.low + other.low, self.high + other.high)
    }

    pub(crate) fn minus_sign(self) -> Self {
        Self::new(-self.high, -self.low)
    }

    pub(crate) fn times(self, other: Self) -> Self {
        let (a, b) = (self, other);
        Self::of_corners(&[
            a.low * b.low,
            a.low * b.high,
            a.high * b.low,
            a.high * b.high,
        ])
    }

    pub(crate) fn scaled(self, factor: f64) -> Self {
        self.times(Self::point(factor))
    }

    fn has_zero(self) -> bool {
        self.low <= 0.0 && self.high >= 0.0
    }

    fn power(self, n: i32) -> Self {
        let ends = Self::of_corners(&[self.low.powi(n), self.high.powi(n)]);
        match n % 2 == 0 && self.has_zero() {
            true => Self::new(0.0, ends.high),
            false => ends,
        }
    }
}

impl Bounds {
    pub fn of(model: &Model) -> Self {
        let of = |(low, high): (f64, f64)| Interval::new(low, high);
        Self {
            parameters: model.parameters.iter().map(|p| of(p.bounds)).collect(),
            states: model.states.iter().map(|s| of(s.range)).collect(),
        }
    }

    /// Bounds of an expression without rates.
    pub fn bounds(&self, e: &Expression) -> Result<Interval, Fault> {
        let of =
            |list: &[Interval], i: usize| list.get(i).copied().unwrap_or(Interval::point(f64::NAN));
        Ok(match e.kind() {
            Kind::Number(x) => Interval::point(*x),
            Kind::Parameter(i) => of(&self.parameters, *i),
            Kind::State(i) => of(&self.states, *i),
            Kind::Change(_) => Interval::new(f64::NEG_INFINITY, f64::INFINITY),
            Kind::Tick => Interval::point(TICK_S),
            Kind::Negative(a) => self.bounds(a)?.minus_sign(),
            Kind::Sum(a, b) => self.bounds(a)?.plus(self.bounds(b)?),
            Kind::Product(a, b) if a == b => self.bounds(a)?.power(2),
            Kind::Product(a, b) => self.bounds(a)?.times(self.bounds(b)?),
            Kind::Quotient(a, b) => {
                let divisor = self.divisor(b)?;
                self.bounds(a)?
                    .times(Interval::new(1.0 / divisor.high, 1.0 / divisor.low))
            }
            Kind::Power(a, n) if *n < 0 => self.divisor(a)?.power(*n),
            Kind::Power(a, n) => self.bounds(a)?.power(*n),
            Kind::Call(function, arguments) => self.call(e, *function, arguments)?,
        })
    }

    /// What is divided by must keep its sign.
    fn divisor(&self, e: &Expression) -> Result<Interval, Fault> {
        let bounds = self.bounds(e)?;
        match bounds.has_zero() {
            false => Ok(bounds),
            true => Err(Fault::new(
                e.span(),
                "the divisor may be zero within the bounds",
                "a divisor that keeps its sign",
                "narrow the bounds of its parameters",
            )),
        }
    }

    fn call(
        &self,
        e: &Expression,
        function: Function,
        arguments: &[Expression],
    ) -> Result<Interval, Fault> {
        let bounds = arguments
            .iter()
            .map(|a| self.bounds(a))
            .collect::<Result<Vec<_>, _>>()?;
        let first = bounds.first().copied().unwrap_or(Interval::point(0.0));
        let second = bounds.get(1).copied().unwrap_or(first);
        if function == Function::Ln && first.low <= 0.0 {
            let expected = "an argument above zero within all bounds";
            return Err(Fault::new(
                e.span(),
                "the logarithm of what may be zero",
                expected,
                "narrow the bounds of its parameters",
            ));
        }
        Ok(match function {
            Function::Below => Interval::new(0.0, 1.0),
            // All of them rise with each argument.
            _ => Interval::new(
                function.of(&[first.low, second.low]),
                function.of(&[first.high, second.high]),
            ),
        })
    }
}
