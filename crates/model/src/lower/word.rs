//! The word of a state: its LSB, bits and codes.

use crate::derivative::Variable;
use crate::evaluate::Point;
use crate::model::{Model, TICK_S};

/// Bits of a state that neither a file nor its own decay gives.
const BITS: u32 = 20;
/// Most bits that are derived.
const MAX_BITS: u32 = 28;
/// A decay rounded to nearest stops at this share of the range, as a power of two.
const REST: f64 = 12.0;

/// The word of a state: value = offset + code * lsb.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Word {
    /// One LSB, SI units.
    pub lsb: f64,
    /// Value of code 0, SI units.
    pub offset: f64,
    /// Bits.
    pub bits: u32,
    /// Whether there are negative codes.
    pub signed: bool,
    /// Smallest code.
    pub low: i64,
    /// Largest code.
    pub high: i64,
}

impl Word {
    /// The word of a state.
    pub(super) fn of(model: &Model, state: usize) -> Self {
        let s = &model.states[state];
        let (low, high) = s.range;
        let offset = if low <= 0.0 && high >= 0.0 {
            0.0
        } else {
            0.5 * (low + high)
        };
        let signed = low != 0.0;
        let bits = s.bits.unwrap_or_else(|| derived_bits(model, state));
        let size = (high - offset).max(offset - low);
        let lsb = size / f64::from(bits - u32::from(signed)).exp2();
        let last = (1i64 << (bits - u32::from(signed))) - 1;
        let first = if signed { -last - 1 } else { 0 };
        Self {
            lsb,
            offset,
            bits,
            signed,
            low: first.max(((low - offset) / lsb).ceil() as i64),
            high: last.min(((high - offset) / lsb).floor() as i64),
        }
    }

    /// The nearest code of a value, within the word.
    pub fn code(&self, value: f64) -> i64 {
        (((value - self.offset) / self.lsb).round() as i64).clamp(self.low, self.high)
    }

    /// The value of a code.
    pub fn value(&self, code: i64) -> f64 {
        self.offset + code as f64 * self.lsb
    }
}

/// Bits with which the state's own decay, rounded to nearest, stops below 2^-12 of its range at the defaults.
fn derived_bits(model: &Model, state: usize) -> u32 {
    let parameters = model.defaults();
    let rest: Vec<f64> = model
        .states
        .iter()
        .map(|s| s.rest.constant(&parameters))
        .collect();
    let at = Point {
        parameters: &parameters,
        states: &rest,
        changes: &[],
    };
    let rate = model
        .whole_rate(state)
        .by(Variable::State(state))
        .value(&at)
        .abs()
        * TICK_S;
    if !(rate > 0.0 && rate.is_finite()) {
        return BITS;
    }
    let wanted = REST - rate.log2().floor();
    wanted.clamp(f64::from(BITS), f64::from(MAX_BITS)) as u32
}
