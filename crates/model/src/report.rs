//! What is derived from a model: words, coefficients and their errors, what cancels, what is stiff, what may saturate.

mod findings;
mod text;

use crate::coefficient::Mantissa;
use crate::derivative::Variable;
use crate::evaluate::Point;
use crate::lower::{Below, Coefficient, Derived};
use crate::model::TICK_S;
use serde::Serialize;

/// What is derived from a model, at the defaults of its parameters where a card is needed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Name of the model.
    pub model: String,
    /// 32-bit operations of a tick.
    pub operations: usize,
    /// Multiplications among them.
    pub products: usize,
    /// States.
    pub states: Vec<StateReport>,
    /// Coefficients.
    pub coefficients: Vec<CoefficientReport>,
    /// Constants.
    pub codes: Vec<CodeReport>,
    /// What a user should know.
    pub findings: Vec<crate::Finding>,
}

/// A state's word; values in the unit of the file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StateReport {
    /// Name.
    pub name: String,
    /// Unit of the file.
    pub unit: String,
    /// Bits.
    pub bits: u32,
    /// The file gives them; else they are derived.
    pub given: bool,
    /// One LSB.
    pub lsb: f64,
    /// Smallest value.
    pub low: f64,
    /// Largest value.
    pub high: f64,
    /// Guard bits of its terms; none where one product is rounded at the LSB.
    pub guard_bits: Option<u32>,
    /// Below this its own decay, rounded to nearest, moves it no more.
    pub stops_at: Option<f64>,
    /// Largest and smallest value that one tick may want before the word clamps it.
    pub reaches: (f64, f64),
}

/// A coefficient's registers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CoefficientReport {
    /// Name of its registers, without `_m`, `_h` and `_s`.
    pub name: String,
    /// Bits of the mantissa.
    pub mantissa_bits: u32,
    /// Mantissa at the defaults.
    pub mantissa: i32,
    /// Right shift at the defaults.
    pub shift: i32,
    /// Relative error of the coded value at the defaults.
    pub error: f64,
}

/// A constant's register.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CodeReport {
    /// Its name.
    pub name: String,
    /// Value at the defaults.
    pub value: i32,
    /// Smallest value within the bounds of the parameters.
    pub low: i64,
    /// Largest value.
    pub high: i64,
}

impl Derived {
    /// What is derived.
    pub fn report(&self) -> Report {
        let parameters = self.model.defaults();
        let codes: Vec<i32> = self
            .codes
            .iter()
            .map(|c| self.code(c, &parameters))
            .collect();
        let code = |(c, value): (&crate::Code, &i32)| CodeReport {
            name: c.name.clone(),
            value: *value,
            low: c.low,
            high: c.high,
        };
        let coefficients = self.coefficients.iter();
        Report {
            model: self.model.name.clone(),
            operations: self.program.operations(),
            products: self.program.products(),
            states: (0..self.words.len())
                .map(|s| self.state_report(s))
                .collect(),
            coefficients: coefficients
                .map(|c| self.coefficient_report(c, &parameters))
                .collect(),
            codes: self.codes.iter().zip(&codes).map(code).collect(),
            findings: self.findings(),
        }
    }

    fn coefficient_report(&self, c: &Coefficient, parameters: &[f64]) -> CoefficientReport {
        let exact = self.scaled(c, parameters);
        let none = Mantissa {
            mantissa: 0,
            shift: 0,
        };
        let coded = Mantissa::encode(self.wanted(c, parameters), c.mantissa_bits).unwrap_or(none);
        let error = if exact == 0.0 {
            0.0
        } else {
            coded.value() / exact - 1.0
        };
        CoefficientReport {
            name: c.name.clone(),
            mantissa_bits: c.mantissa_bits,
            mantissa: coded.mantissa,
            shift: coded.shift,
            error,
        }
    }

    fn state_report(&self, state: usize) -> StateReport {
        let (s, word) = (&self.model.states[state], &self.words[state]);
        let scale = s.unit.1.scale;
        let guard = self.offsets.iter().find_map(|o| match o.bits {
            Below::Guard(bits) if o.state == state => Some(bits),
            _ => None,
        });
        let parameters = self.model.defaults();
        let rest = self.rest(&parameters);
        let decay = self.own_rate(state, &parameters, &rest);
        let in_unit = |code: i64| word.value(code) / scale;
        StateReport {
            name: s.name.clone(),
            unit: s.unit.0.clone(),
            bits: word.bits,
            given: s.bits.is_some(),
            lsb: word.lsb / scale,
            low: in_unit(word.low),
            high: in_unit(word.high),
            guard_bits: guard,
            stops_at: (decay < 0.0).then(|| 0.5 * word.lsb / (-decay * TICK_S) / scale),
            reaches: (
                in_unit(self.reaches[state].0),
                in_unit(self.reaches[state].1),
            ),
        }
    }

    /// States at rest, SI.
    fn rest(&self, parameters: &[f64]) -> Vec<f64> {
        self.model
            .states
            .iter()
            .map(|s| s.rest.constant(parameters))
            .collect()
    }

    /// Derivative of a state's rate by itself, 1/s.
    fn own_rate(&self, state: usize, parameters: &[f64], states: &[f64]) -> f64 {
        let at = Point {
            parameters,
            states,
            changes: &[],
        };
        self.model
            .whole_rate(state)
            .by(Variable::State(state))
            .value(&at)
    }
}
