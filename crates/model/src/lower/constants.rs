//! Constants of parameters in fixed point: coefficients as mantissa and shift, and codes.

use super::factors::PRODUCT_BITS;
use super::sum::Target;
use super::{Below, Code, Coded, Coefficient, Lowered, Lowering, Offset, Refusal};
use crate::coefficient::Mantissa;
use crate::expression::Kind;
use crate::interval::Interval;
use crate::mistake::Fault;
use crate::program::{Input, SHIFTS, Value};

/// Bits of a mantissa where the file gives none and the factor leaves room.
const MANTISSA_BITS: u32 = 11;

impl Lowering<'_> {
    /// A constant of parameters: a literal, or a register.
    pub(super) fn code(&mut self, coded: Coded, lsb: f64, derived: &str) -> Lowered<Value> {
        self.code_within(coded, lsb, derived, None)
    }

    /// A constant that is kept within a word.
    pub(super) fn code_within(
        &mut self,
        coded: Coded,
        lsb: f64,
        derived: &str,
        word: Option<(i64, i64)>,
    ) -> Lowered<Value> {
        let bounds = self.constants.interval(&coded)?;
        let mut low = (bounds.low / lsb).round() as i64;
        let mut high = (bounds.high / lsb).round() as i64;
        if let Some((first, last)) = word {
            (low, high) = (low.clamp(first, last), high.clamp(first, last));
        }
        if low == high {
            return Ok(self.built.program.constant(low)?);
        }
        let same = |c: &Code| c.value == coded && c.lsb == lsb && (c.low, c.high) == (low, high);
        let index = match self.built.codes.iter().position(same) {
            Some(index) => index,
            None => {
                // A parameter alone gives the register its name.
                let parameter = match &coded {
                    Coded::Expression(e) => match e.kind() {
                        Kind::Parameter(i) => Some(self.model.parameters[*i].name.clone()),
                        _ => None,
                    },
                    _ => None,
                };
                let name = self.name(parameter.as_deref().unwrap_or(derived));
                self.built.codes.push(Code {
                    name,
                    lsb,
                    value: coded,
                    low,
                    high,
                });
                self.built.codes.len() - 1
            }
        };
        Ok(self.built.program.input(Input::Code(index), low, high)?)
    }

    /// A coefficient times a factor, rounded to the LSB of the target; whether it is to be subtracted. `again`: the registers of
    /// an earlier coefficient.
    pub(super) fn coefficient(
        &mut self,
        coded: Coded,
        (factor, lsb): (Value, f64),
        to: Target,
        again: Option<usize>,
    ) -> Lowered<(Value, bool)> {
        let exact = self.constants.interval(&coded)?;
        let (size, negative) = signed(exact, to)?;
        let ratio = size.scaled(lsb / to.lsb);
        if let Some(power) = power_of_two(ratio) {
            return Ok((self.shifted(factor, power)?, negative));
        }
        let again = again.or_else(|| self.first_stage(&coded));
        let given = match again {
            Some(index) => self.built.coefficients[index].given,
            None => self.given(to.label),
        };
        let (factor, lsb) = self.narrowed_factor((factor, lsb), given, to.own.is_some())?;
        let ratio = size.scaled(lsb / to.lsb);
        let room = PRODUCT_BITS.saturating_sub(self.built.program.magnitude(factor));
        let bits = given.unwrap_or(MANTISSA_BITS).min(room);
        // A coefficient above the mantissa: computed coarser, then shifted to the left. With a mantissa that the file gives,
        // cards whose coefficient is above it are refused.
        let excess = if given.is_some() {
            0
        } else {
            excess(ratio.high, bits)
        };
        let scale = lsb / to.lsb * (-f64::from(excess)).exp2();
        let mut ratio = ratio.scaled((-f64::from(excess)).exp2());
        ratio.high = ratio.high.min(f64::from(bits).exp2() - 1.0);
        let same = |c: &Coefficient| c.scale == scale && c.mantissa_bits == bits;
        let index = match again.filter(|index| same(&self.built.coefficients[*index])) {
            Some(index) => index,
            None => {
                let name = self.name(to.label);
                let coefficient = Coefficient {
                    name,
                    mantissa_bits: bits,
                    given,
                    negative,
                    scale,
                    value: coded,
                    range: ratio,
                };
                self.built.coefficients.push(coefficient);
                self.built.coefficients.len() - 1
            }
        };
        let own = to.own.filter(|_| excess == 0);
        let value = self.rounded_product(factor, index, own)?;
        let negative = negative && own.is_none();
        Ok((self.built.program.shift_left(value, excess)?, negative))
    }

    /// In the second stage of a step the coefficient that the first had here.
    fn first_stage(&mut self, coded: &Coded) -> Option<usize> {
        let index = self.again.next()?;
        (self.built.coefficients[index].value == *coded).then_some(index)
    }

    /// The factor as the product reads it. Few bits are cut, more are rounded away.
    fn narrowed_factor(
        &mut self,
        from: (Value, f64),
        given: Option<u32>,
        own: bool,
    ) -> Lowered<(Value, f64)> {
        let signed = self.built.program.low(from.0) < 0;
        let wide = match given {
            Some(bits) => PRODUCT_BITS - bits,
            None if signed => PRODUCT_BITS - MANTISSA_BITS,
            None => PRODUCT_BITS - MANTISSA_BITS + 1,
        };
        let rounded = own || self.built.program.magnitude(from.0) > wide + 4;
        self.narrow(from, wide, rounded)
    }

    /// `(factor * mantissa + half) >> shift`; of an own step with its sign, rounded by an offset.
    fn rounded_product(
        &mut self,
        factor: Value,
        index: usize,
        own: Option<usize>,
    ) -> Lowered<Value> {
        let c = &self.built.coefficients[index];
        let (range, bits, negative) = (c.range, c.mantissa_bits, c.negative);
        let shift = |x: f64| Mantissa::encode(x, bits).map_or(0, |m| i64::from(m.shift));
        let smallest = if range.low > 0.0 {
            shift(range.high)
        } else {
            0
        };
        let largest = if range.low > 0.0 {
            shift(range.low)
        } else {
            SHIFTS.1
        };
        let literal = Mantissa::encode(range.high, bits).filter(|_| range.low == range.high);
        let p = &mut self.built.program;
        let (mantissa, by) = match literal {
            Some(m) => (p.constant(m.mantissa.into())?, p.constant(m.shift.into())?),
            None => {
                let mantissa = p.input(Input::Mantissa(index), 0, (1 << bits) - 1)?;
                (
                    mantissa,
                    p.input(Input::Shift(index), smallest, largest.max(smallest))?,
                )
            }
        };
        let product = p.multiply(factor, mantissa)?;
        // The value as coded, not as exact: its mantissa is rounded, and its shift ends at 30.
        let coded = Mantissa::encode(range.high, bits).map_or(f64::INFINITY, Mantissa::value);
        let ends = [
            p.low(factor) as f64 * coded,
            p.high(factor) as f64 * coded,
            0.0,
        ];
        let low = ends.into_iter().fold(f64::INFINITY, f64::min).floor() as i64 - 1;
        let high = ends.into_iter().fold(f64::NEG_INFINITY, f64::max).ceil() as i64 + 1;
        let Some(state) = own else {
            let half = match literal {
                Some(m) => p.constant(m.half().into())?,
                None => p.input(Input::Half(index), 0, 1 << 29)?,
            };
            let sum = p.add(product, half)?;
            return Ok(p.shift_right_by(sum, by, (low, high))?);
        };
        let offset = self.built.offsets.len();
        self.built.offsets.push(Offset {
            state,
            bits: Below::Shift(index),
        });
        let p = &mut self.built.program;
        let offset = p.input(Input::Offset(offset), 0, (1 << 30) - 1)?;
        let (sum, within) = match negative {
            true => (p.subtract(offset, product)?, (-high, -low)),
            false => (p.add(product, offset)?, (low, high)),
        };
        Ok(p.shift_right_by(sum, by, within)?)
    }

    /// An exact power of two is a shift.
    fn shifted(&mut self, factor: Value, power: i32) -> Lowered<Value> {
        if power >= 0 {
            return Ok(self.built.program.shift_left(factor, power as u32)?);
        }
        let by = power.unsigned_abs();
        if by > 31 {
            return Ok(self.built.program.constant(0)?);
        }
        let half = self.built.program.constant(1 << (by - 1).min(29))?;
        let sum = self.built.program.add(factor, half)?;
        Ok(self.built.program.shift_right(sum, by)?)
    }
}

/// A coefficient's size, and whether it is negative.
fn signed(bounds: Interval, to: Target) -> Lowered<(Interval, bool)> {
    if bounds.low >= 0.0 {
        return Ok((bounds, false));
    }
    if bounds.high <= 0.0 {
        return Ok((bounds.minus_sign(), true));
    }
    let what = format!(
        "the coefficient `{}` runs from {:.3e} to {:.3e}: its sign changes",
        to.label, bounds.low, bounds.high
    );
    let expected = "a coefficient that keeps its sign within the bounds of the parameters";
    let remedy = "narrow the bounds, or write the term as two terms of which each keeps its sign";
    Err(Refusal::Fault(Fault::new(to.span, what, expected, remedy)))
}

/// The power of two that a ratio without spread is.
fn power_of_two(ratio: Interval) -> Option<i32> {
    let power = ratio.high.log2();
    let exact = (ratio.high - ratio.low).abs() <= 1e-12 * ratio.high
        && (power - power.round()).abs() < 1e-9;
    exact.then_some(power.round() as i32)
}

/// Bits by which a ratio is above what a mantissa without shift holds.
fn excess(high: f64, bits: u32) -> u32 {
    let fits = |n: u32| Mantissa::encode(high * (-f64::from(n)).exp2(), bits).is_some();
    (0..64).find(|n| fits(*n)).unwrap_or(64)
}
