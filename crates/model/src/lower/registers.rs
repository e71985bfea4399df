//! Values of the registers of a card.

use super::{Below, Derived};
use crate::coefficient::Mantissa;
use crate::program::Input;

/// Registers of one card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registers {
    /// Of each coefficient.
    pub coefficients: Vec<Mantissa>,
    /// Of each constant.
    pub codes: Vec<i32>,
    /// Rounding halves of each offset.
    pub halves: Vec<i32>,
}

/// A card that a model's registers cannot hold.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CardError {
    /// A parameter outside of its bounds: no interval would hold.
    #[error(
        "`{name}` is {value} {unit}, not within {low} to {high} {unit}: choose a value in the bounds of the model's file"
    )]
    OutOfBounds {
        /// The parameter.
        name: String,
        /// Its value in the unit of the file.
        value: f64,
        /// The unit.
        unit: String,
        /// Smallest value.
        low: f64,
        /// Largest value.
        high: f64,
    },
    /// A coefficient above what its mantissa holds without a shift.
    #[error(
        "the coefficient `{name}` is {value:.4} LSB a LSB and its mantissa has {bits} bits: choose other parameters, or more bits of the state that it multiplies"
    )]
    TooLarge {
        /// The coefficient.
        name: String,
        /// Its value.
        value: f64,
        /// Bits of its mantissa.
        bits: u32,
    },
}

impl Derived {
    /// The registers of a card: values of the parameters in the order of the model, SI units.
    ///
    /// # Errors
    /// The first parameter outside of its bounds, or the first coefficient that its registers cannot hold.
    pub fn registers(&self, parameters: &[f64]) -> Result<Registers, CardError> {
        for (p, value) in self.model.parameters.iter().zip(parameters) {
            if !(p.bounds.0..=p.bounds.1).contains(value) {
                let scale = p.unit.1.scale;
                return Err(CardError::OutOfBounds {
                    name: p.name.clone(),
                    value: value / scale,
                    unit: p.unit.0.clone(),
                    low: p.bounds.0 / scale,
                    high: p.bounds.1 / scale,
                });
            }
        }
        let coefficients = self
            .coefficients
            .iter()
            .map(|c| self.mantissa(c, parameters));
        let coefficients = coefficients.collect::<Result<Vec<Mantissa>, CardError>>()?;
        let halves = self.offsets.iter().map(|o| match o.bits {
            Below::Guard(bits) => 1 << (bits - 1),
            Below::Shift(index) => coefficients[index].half(),
        });
        Ok(Registers {
            halves: halves.collect(),
            codes: self
                .codes
                .iter()
                .map(|c| self.code(c, parameters))
                .collect(),
            coefficients,
        })
    }

    /// A coefficient's real value in LSB of its sum over LSB of its factor.
    pub(crate) fn scaled(&self, c: &super::Coefficient, parameters: &[f64]) -> f64 {
        self.constants.value(&c.value, parameters).abs() * c.scale
    }

    fn mantissa(&self, c: &super::Coefficient, parameters: &[f64]) -> Result<Mantissa, CardError> {
        let value = self.wanted(c, parameters);
        Mantissa::encode(value, c.mantissa_bits).ok_or_else(|| CardError::TooLarge {
            name: c.name.clone(),
            value,
            bits: c.mantissa_bits,
        })
    }

    pub(crate) fn code(&self, c: &super::Code, parameters: &[f64]) -> i32 {
        let exact = (self.constants.value(&c.value, parameters) / c.lsb).round();
        // Not a number where a logarithm's argument vanished: the smallest code then.
        let exact = if exact.is_nan() { c.low as f64 } else { exact };
        exact.clamp(c.low as f64, c.high as f64) as i32
    }

    /// The shift of a coefficient that no parameter moves: it stands in the program as a number.
    pub fn literal_shift(&self, coefficient: usize) -> u32 {
        let c = &self.coefficients[coefficient];
        Mantissa::encode(c.range.high, c.mantissa_bits).map_or(0, |m| m.shift as u32)
    }

    /// The value of a register as an input of the program.
    pub fn input(&self, registers: &Registers, input: Input) -> Option<i32> {
        match input {
            Input::Mantissa(i) => Some(registers.coefficients[i].mantissa),
            Input::Shift(i) => Some(registers.coefficients[i].shift),
            Input::Half(i) => Some(registers.coefficients[i].half()),
            Input::Code(i) => Some(registers.codes[i]),
            Input::Offset(i) => Some(registers.halves[i]),
            Input::State(_) | Input::Refractory | Input::Injection => None,
        }
    }
}
