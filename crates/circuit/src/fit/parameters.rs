//! Fitted parameters in the units in which a least-squares step is taken: the logarithm of a positive parameter, others by
//! a scale of their own; never beyond the bounds of the card's table.

use super::FitError;
use crate::{FecapCard, PARAMETERS, Parameter};

/// A parameter that is fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fitted {
    pub parameter: &'static Parameter,
    /// Value at the start, in the card's unit.
    pub start: f64,
    /// Unit of a step; 0: steps are of the logarithm.
    scale: f64,
}

impl Fitted {
    /// # Errors
    /// An unknown name.
    pub fn new(name: &str, start: &FecapCard) -> Result<Self, FitError> {
        let Some(parameter) = PARAMETERS.iter().find(|p| p.name == name) else {
            let names: Vec<&str> = PARAMETERS.iter().map(|p| p.name).collect();
            return Err(FitError::Unknown {
                name: name.into(),
                allowed: names.join(", "),
            });
        };
        let value = start.get(name).unwrap_or(parameter.default);
        let scale = if parameter.low > 0.0 {
            0.0
        } else {
            let smallest = 1e-3 * (parameter.high - parameter.low);
            value.abs().max(parameter.default.abs()).max(smallest)
        };
        Ok(Self {
            parameter,
            start: value,
            scale,
        })
    }

    /// From the card's unit to steps.
    pub fn inward(&self, value: f64) -> f64 {
        if self.scale == 0.0 {
            value.ln()
        } else {
            value / self.scale
        }
    }

    /// From steps to the card's unit, within bounds.
    pub fn outward(&self, x: f64) -> f64 {
        let value = if self.scale == 0.0 {
            x.exp()
        } else {
            x * self.scale
        };
        value.clamp(self.parameter.low, self.parameter.high)
    }

    /// A difference of points at a value, in the card's unit.
    pub fn difference(&self, step: f64, value: f64) -> f64 {
        step * if self.scale == 0.0 { value } else { self.scale }
    }

    /// A difference of points as a share of the value; of the published value where one that may be 0 is nearer to it.
    pub fn share(&self, step: f64, value: f64) -> f64 {
        let whole = if self.scale == 0.0 {
            value
        } else {
            value.abs().max(self.parameter.default.abs())
        };
        self.difference(step, value) / whole
    }

    /// Whether a value has met a bound.
    pub fn at_bound(&self, value: f64) -> bool {
        value <= self.parameter.low || value >= self.parameter.high
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str) {
        let card = FecapCard::default();
        let fitted = Fitted::new(name, &card).unwrap();
        let value = card.get(name).unwrap();
        let (x, step) = (fitted.inward(value), 1e-6);
        assert!((fitted.outward(x) / value - 1.0).abs() < 1e-12);
        let moved = (fitted.outward(x + step) - fitted.outward(x - step)) / 2.0;
        assert!((moved / fitted.difference(step, value) - 1.0).abs() < 1e-6);
        assert_eq!(fitted.outward(1e9), fitted.parameter.high);
    }

    #[test]
    fn steps_and_values() {
        for parameter in PARAMETERS {
            check(parameter.name);
        }
    }
}
