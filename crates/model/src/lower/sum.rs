//! Sums of terms in fixed point.

use super::terms::{Factor, Term, terms};
use super::{Below, Code, Coded, Coefficient, Lowered, Lowering, Offset, Refusal};
use crate::coefficient::Mantissa;
use crate::expression::{Expression, Function, Kind};
use crate::interval::Interval;
use crate::mistake::{Fault, Span};
use crate::program::{Input, SHIFTS, Value};

/// Bits of a mantissa where the file gives none and the factor leaves room.
const MANTISSA_BITS: u32 = 11;
/// Bits of a product of mantissa and factor.
const PRODUCT_BITS: u32 = 30;

/// Where a sum goes: LSB, name of its registers, and the state that it steps alone.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    pub lsb: f64,
    pub label: &'a str,
    /// The one term of a state's own step: it is rounded at the state's LSB by an offset from outside.
    pub own: Option<usize>,
    pub span: Span,
}

impl Lowering<'_> {
    /// A sum of terms in the LSB of the target.
    pub(super) fn sum(&mut self, list: &[Term], to: Target) -> Lowered<Value> {
        let mut total: Option<Value> = None;
        let mut minus = Vec::new();
        let mut constant: Option<Expression> = None;
        for term in list {
            if term.factors.is_empty() {
                constant =
                    Some(constant.map_or(term.coefficient.clone(), |c| c.plus(&term.coefficient)));
                continue;
            }
            let (value, negative) = self.term(term, to)?;
            match (negative, total) {
                (true, _) => minus.push(value),
                (false, None) => total = Some(value),
                (false, Some(t)) => total = Some(self.built.program.add(t, value)?),
            }
        }
        if let Some(constant) = constant {
            // Theta and -theta share a register.
            let (negative, size) = match constant.kind() {
                Kind::Negative(inner) => (true, inner.clone()),
                _ => (false, constant.clone()),
            };
            let value = self.code(
                Coded::Expression(size),
                to.lsb,
                &format!("{}_const", to.label),
            )?;
            match (negative, total) {
                (true, _) => minus.push(value),
                (false, None) => total = Some(value),
                (false, Some(t)) => total = Some(self.built.program.add(t, value)?),
            }
        }
        let mut total = match total {
            Some(t) => t,
            None => self.built.program.constant(0)?,
        };
        for value in minus {
            total = self.built.program.subtract(total, value)?;
        }
        Ok(total)
    }

    /// One term, and whether it is to be subtracted.
    fn term(&mut self, term: &Term, to: Target) -> Lowered<(Value, bool)> {
        if term
            .factors
            .iter()
            .any(|f| matches!(f, Factor::Rate { .. }))
        {
            return self.rate_term(term, to);
        }
        let name = format!("{}_by_{}", to.label, self.factor_names(&term.factors));
        let (factor, lsb) = self.product(&term.factors)?;
        let coded = Coded::Expression(term.coefficient.clone());
        self.coefficient(coded, (factor, lsb), Target { label: &name, ..to }, None)
    }

    /// Factors by name: `V`, `V_w`, `sum1`.
    pub(super) fn factor_names(&mut self, factors: &[Factor]) -> String {
        let name = |f: &Factor| match f {
            Factor::State(i) => self.model.states[*i].name.clone(),
            Factor::Change(i) => format!("{}'", self.model.states[*i].name),
            Factor::Sum(_) => "sum".into(),
            Factor::Rate { .. } => "exp".into(),
            Factor::Sigmoid(_) => "sigmoid".into(),
            Factor::Chosen(f, ..) => f.name().into(),
        };
        factors.iter().map(name).collect::<Vec<String>>().join("_")
    }

    /// A product of factors in one value, with its LSB.
    pub(super) fn product(&mut self, factors: &[Factor]) -> Lowered<(Value, f64)> {
        let mut found: Option<(Value, f64)> = None;
        for factor in factors {
            let next = self.factor(factor)?;
            found = Some(match found {
                None => next,
                Some(before) => self.times(before, next)?,
            });
        }
        match found {
            Some(found) => Ok(found),
            None => Ok((self.built.program.constant(1 << 20)?, (-20f64).exp2())),
        }
    }

    fn times(&mut self, a: (Value, f64), b: (Value, f64)) -> Lowered<(Value, f64)> {
        let (wide_a, wide_b) = (
            self.built.program.magnitude(a.0),
            self.built.program.magnitude(b.0),
        );
        let (mut x, mut y) = (a, b);
        if wide_a + wide_b > PRODUCT_BITS {
            let half = PRODUCT_BITS / 2;
            let keep_a = half.min(wide_a).max(PRODUCT_BITS.saturating_sub(wide_b));
            let keep_a = if a == b { half } else { keep_a };
            x = self.narrow(a, keep_a, true)?;
            y = self.narrow(b, PRODUCT_BITS - keep_a.min(wide_a), true)?;
        }
        Ok((self.built.program.multiply(x.0, y.0)?, x.1 * y.1))
    }

    /// Drops low bits of a value until it has `bits` of magnitude.
    pub(super) fn narrow(
        &mut self,
        (value, lsb): (Value, f64),
        bits: u32,
        rounded: bool,
    ) -> Lowered<(Value, f64)> {
        let drop = self.built.program.magnitude(value).saturating_sub(bits);
        if drop == 0 {
            return Ok((value, lsb));
        }
        let mut from = value;
        if rounded {
            let half = self.built.program.constant(1 << (drop - 1))?;
            from = self.built.program.add(value, half)?;
        }
        let narrowed = self.built.program.shift_right(from, drop)?;
        Ok((narrowed, lsb * f64::from(drop).exp2()))
    }

    fn factor(&mut self, factor: &Factor) -> Lowered<(Value, f64)> {
        if let Factor::State(i) = factor {
            return Ok((self.now[*i], self.words[*i].lsb));
        }
        let known = self
            .built
            .factors
            .iter()
            .find(|(f, now, _)| f == factor && *now == self.now);
        if let Some((_, _, found)) = known {
            return Ok(*found);
        }
        let found = match factor {
            Factor::Sum(e) => {
                let (list, lsb) = self.scaled(e)?;
                let label = self.sum_label();
                (
                    self.sum(
                        &list,
                        Target {
                            lsb,
                            label: &label,
                            own: None,
                            span: e.span(),
                        },
                    )?,
                    lsb,
                )
            }
            Factor::Chosen(function, a, b) => self.chosen(*function, a, b)?,
            Factor::Sigmoid(argument) => self.sigmoid(argument)?,
            Factor::Change(i) => {
                let span = self.model.states[*i].span;
                let remedy = "add the rate times parameters to the right side, outside of products with states";
                let expected = "a rate times parameters";
                return Err(Fault::new(
                    span,
                    "the rate of this state in a product with states",
                    expected,
                    remedy,
                )
                .into());
            }
            Factor::State(_) | Factor::Rate { .. } => (self.built.program.constant(0)?, 1.0),
        };
        self.built
            .factors
            .push((factor.clone(), self.now.clone(), found));
        Ok(found)
    }

    fn sum_label(&mut self) -> String {
        self.built.sums += 1;
        format!("sum{}", self.built.sums)
    }

    /// The terms of a sum that is a factor, and the finest LSB at which it keeps to the magnitude of a factor.
    fn scaled(&self, e: &Expression) -> Lowered<(Vec<Term>, f64)> {
        let list = terms(&self.words, e)?;
        let bounds = self.constants.bounds.bounds(e)?;
        let bits = if bounds.low >= 0.0 { 20.0 } else { 19.0 };
        let size = finite(bounds.size(), e)?;
        let state = list.iter().find_map(|t| match t.factors.as_slice() {
            [Factor::State(i)] => Some(self.words[*i].lsb),
            _ => None,
        });
        // At the LSB of a state a whole number of bits is dropped, so that its term is a shift.
        let lsb = match state {
            Some(lsb) => lsb * ((size / lsb).log2().ceil() - bits).max(0.0).exp2(),
            None => (size.log2().ceil() - bits).exp2(),
        };
        Ok((list, lsb))
    }

    fn chosen(
        &mut self,
        function: Function,
        a: &Expression,
        b: &Expression,
    ) -> Lowered<(Value, f64)> {
        let (x, lsb_x) = self.scaled(a)?;
        let (y, lsb_y) = self.scaled(b)?;
        let lsb = lsb_x.max(lsb_y);
        let label = self.sum_label();
        let left = self.sum(
            &x,
            Target {
                lsb,
                label: &label,
                own: None,
                span: a.span(),
            },
        )?;
        let label = self.sum_label();
        let right = self.sum(
            &y,
            Target {
                lsb,
                label: &label,
                own: None,
                span: b.span(),
            },
        )?;
        let value = match function {
            Function::Min => self.built.program.min(left, right)?,
            _ => self.built.program.max(left, right)?,
        };
        Ok((value, lsb))
    }

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
        let (first, last) = word.unwrap_or((i64::from(i32::MIN), i64::from(i32::MAX)));
        let low = ((bounds.low / lsb).round() as i64).clamp(first, last);
        let high = ((bounds.high / lsb).round() as i64).clamp(first, last);
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
                let (name, _) = self.name(parameter.as_deref().unwrap_or(derived));
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
        let (name, given) = match again {
            Some(index) => (String::new(), self.built.coefficients[index].given),
            None => self.name(to.label),
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
        let index = match again {
            Some(index) => index,
            None => {
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
        let coded = range.high * (1.0 + (-f64::from(bits)).exp2()) + (-31f64).exp2();
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

pub(super) fn finite(x: f64, e: &Expression) -> Lowered<f64> {
    if x.is_finite() && x > 0.0 {
        return Ok(x);
    }
    let remedy = "cap the exponential with `min`, or narrow the bounds";
    Err(Fault::new(
        e.span(),
        "a value without bounds",
        "a finite value within all bounds",
        remedy,
    )
    .into())
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
