//! Factors of terms as values: products, narrowed so that they fit, and sums that are factors themselves.

use super::sum::Target;
use super::terms::{Factor, Term, terms};
use super::{Lowered, Lowering};
use crate::expression::{Expression, Function};
use crate::mistake::Fault;
use crate::program::Value;

/// Bits of a product.
pub(super) const PRODUCT_BITS: u32 = 30;

impl Lowering<'_> {
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
