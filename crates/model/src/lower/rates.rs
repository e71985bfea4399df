//! Exponentials: `c e^u M` as a power of two of one sum, by the mantissa of which M is multiplied.

use super::factors::finite;
use super::functions::{LOG_LSB, log2_of_e};
use super::sum::Target;
use super::terms::{Factor, Term, terms};
use super::{Coded, Lowered, Lowering};
use crate::expression::{Expression, Function};
use crate::interval::Interval;
use crate::mistake::Fault;
use crate::program::Value;

/// A factor that an exponential multiplies has at most these bits: its mantissa has 11.
const FACTOR_BITS: u32 = 20;

/// Largest rate, as a power of two of the target's LSB over the factor's.
const MAX_POWER: f64 = 10.0;

/// A sum of logarithms that exists, to find one that runs against it.
#[derive(Debug, Clone)]
pub(super) struct Logarithm {
    factors: Vec<Vec<Factor>>,
    /// Its coefficients at the probes.
    slopes: Vec<Vec<f64>>,
    value: Value,
    constant: (Vec<Expression>, Expression, f64),
    label: String,
}

struct Rate<'a> {
    inner: &'a Expression,
    exponent: &'a Expression,
    cap: Option<&'a Expression>,
    gated: bool,
    whole: &'a Expression,
}

impl Lowering<'_> {
    /// A term with an exponential, and whether it is to be subtracted.
    pub(super) fn rate_term(&mut self, term: &Term, to: Target) -> Lowered<(Value, bool)> {
        let (rates, rest): (Vec<&Factor>, Vec<&Factor>) = term
            .factors
            .iter()
            .partition(|f| matches!(f, Factor::Rate { .. }));
        let [
            Factor::Rate {
                inner,
                exponent,
                cap,
                gated,
                whole,
            },
        ] = rates.as_slice()
        else {
            let remedy = "write one `exp` of the sum of both exponents";
            return Err(Fault::new(
                to.span,
                "a product of two exponentials",
                "one exponential a term",
                remedy,
            )
            .into());
        };
        let rate = Rate {
            inner,
            exponent,
            cap: cap.as_ref(),
            gated: *gated,
            whole,
        };
        let rest: Vec<Factor> = rest.into_iter().cloned().collect();
        let factor = self.product(&rest)?;
        let (factor, lsb) = self.narrow(factor, FACTOR_BITS, true)?;
        let bounds = self.constants.bounds.bounds(&term.coefficient)?;
        let negative = bounds.high <= 0.0;
        if !negative && bounds.low < 0.0 {
            let remedy = "narrow the bounds, or write the term as two";
            let what = format!(
                "the coefficient of an exponential runs from {:.3e} to {:.3e}",
                bounds.low, bounds.high
            );
            return Err(
                Fault::new(to.span, what, "a coefficient that keeps its sign", remedy).into(),
            );
        }
        let size = if negative {
            term.coefficient.minus_sign()
        } else {
            term.coefficient.clone()
        };
        let value = self.rate(&rate, &size, (factor, lsb), to)?;
        Ok((value, negative))
    }

    fn rate(
        &mut self,
        rate: &Rate,
        size: &Expression,
        (factor, lsb): (Value, f64),
        to: Target,
    ) -> Lowered<Value> {
        let scale = lsb / to.lsb;
        let top = self.top(rate, size)?.high * scale;
        let top = finite(top, rate.whole).map_err(|_| unbounded(rate.whole, "without bound"))?;
        let power = (top.log2() - 1e-9).ceil();
        if power > MAX_POWER {
            return Err(unbounded(
                rate.whole,
                &format!("of up to 2^{power} LSB a tick"),
            ));
        }
        // 2^x <= 1 with x = log2(size inner e^u scale) - power
        let fraction = scale.log2() - power;
        let outer = vec![size.clone(), rate.inner.clone()];
        let free = self.logarithm(rate.exponent, outer, fraction, to)?;
        let cap = self.cap(rate, size, fraction, top.log2() - power, to)?;
        let x = self.built.program.min(free, cap)?;
        let (mantissa, whole) = self.pow2(x)?;
        let p = &mut self.built.program;
        let first = p.constant(10 - power as i64)?;
        let by = p.subtract(first, whole)?;
        let last = p.constant(31)?;
        let by = p.min(by, last)?;
        let product = p.multiply(mantissa, factor)?;
        let scaled = |x: i64| x as f64 * power.exp2();
        let within = (
            scaled(p.low(factor).min(0)).floor() as i64,
            scaled(p.high(factor)).ceil() as i64,
        );
        let value = p.shift_right_by(product, by, within)?;
        if !rate.gated {
            return Ok(value);
        }
        let zero = p.constant(0)?;
        Ok(p.select(cap, free, value, zero)?)
    }

    /// Bounds of coefficient times capped exponential.
    fn top(&self, rate: &Rate, size: &Expression) -> Lowered<Interval> {
        let whole = match rate.cap {
            Some(cap) => size.times(cap),
            None => {
                let exponential = Expression::call(
                    Function::Exp,
                    vec![rate.exponent.clone()],
                    rate.whole.span(),
                );
                size.times(rate.inner).times(&exponential)
            }
        };
        Ok(self.constants.bounds.bounds(&whole)?)
    }

    /// The cap in the domain of logarithms.
    fn cap(
        &mut self,
        rate: &Rate,
        size: &Expression,
        fraction: f64,
        top: f64,
        to: Target,
    ) -> Lowered<Value> {
        let Some(cap) = rate.cap else {
            return Ok(self.built.program.constant(0)?);
        };
        let product = size.times(cap);
        let bounds = self.constants.bounds.bounds(&product)?;
        if (bounds.high - bounds.low).abs() <= 1e-12 * bounds.high {
            // Never above the power that the shift is made for.
            let code = (top / LOG_LSB - 1e-6).round() as i64;
            return Ok(self.built.program.constant(code.min(0))?);
        }
        let coded = Coded::Logarithm {
            of: vec![product],
            plus: Expression::number(0.0),
            offset: fraction,
        };
        let label = format!("{}_cap", to.label);
        self.code_within(coded, LOG_LSB, &label, Some((i64::from(i32::MIN), 0)))
    }

    /// `log2(product of outer) + u / ln 2 + fraction`. One that runs against an earlier one is `constant - earlier`.
    fn logarithm(
        &mut self,
        u: &Expression,
        outer: Vec<Expression>,
        fraction: f64,
        to: Target,
    ) -> Lowered<Value> {
        let list = terms(&self.words, u)?;
        let list = list.into_iter().map(|t| Term {
            coefficient: log2_of_e(&t.coefficient),
            ..t
        });
        let (run, flat): (Vec<Term>, Vec<Term>) = list.partition(|t| !t.factors.is_empty());
        let flat = flat
            .iter()
            .fold(Expression::number(0.0), |sum, t| sum.plus(&t.coefficient));
        let slope = |t: &Term| {
            self.probes
                .iter()
                .map(|p| t.coefficient.constant(p))
                .collect()
        };
        let slopes: Vec<Vec<f64>> = run.iter().map(slope).collect();
        let factors: Vec<Vec<Factor>> = run.iter().map(|t| t.factors.clone()).collect();
        let constant = (outer, flat, fraction);
        for earlier in self.built.logarithms.clone() {
            if earlier.factors != factors {
                continue;
            }
            if slopes == earlier.slopes && constant == earlier.constant {
                return Ok(earlier.value);
            }
            if slopes == earlier.slopes {
                return self.along(&earlier, constant, to);
            }
            if opposite(&slopes, &earlier.slopes) {
                return self.against(&earlier, constant, to);
            }
        }
        let label = self.function_label(&format!("{}_exp", to.label));
        let inside = Target {
            lsb: LOG_LSB,
            label: &label,
            own: None,
            span: to.span,
        };
        let value = self.sum(&run, inside)?;
        let (of, plus, offset) = constant.clone();
        let code = self.code(Coded::Logarithm { of, plus, offset }, LOG_LSB, &label)?;
        let value = self.built.program.add(value, code)?;
        self.built.logarithms.push(Logarithm {
            factors,
            slopes,
            value,
            constant,
            label,
        });
        Ok(value)
    }

    /// `earlier + (constant - constant of the earlier one)`.
    fn along(
        &mut self,
        earlier: &Logarithm,
        (of, plus, offset): (Vec<Expression>, Expression, f64),
        to: Target,
    ) -> Lowered<Value> {
        let (earlier_of, earlier_plus, earlier_offset) = &earlier.constant;
        let one = Expression::number(1.0);
        let label = self.function_label(&format!("{}_exp", to.label));
        let coded = Coded::Logarithm {
            of: of
                .into_iter()
                .chain(earlier_of.iter().map(|e| one.over(e)))
                .collect(),
            plus: plus.minus(earlier_plus),
            offset: offset - earlier_offset,
        };
        let apart = self.code(coded, LOG_LSB, &label)?;
        Ok(self.built.program.add(earlier.value, apart)?)
    }

    /// `constant + constant of the earlier one - earlier`.
    fn against(
        &mut self,
        earlier: &Logarithm,
        constant: (Vec<Expression>, Expression, f64),
        to: Target,
    ) -> Lowered<Value> {
        let (of, plus, offset) = constant;
        let label = self.function_label(&format!("{}_exp", to.label));
        let name = format!(
            "{}_{}",
            earlier.label,
            label.rsplit('_').next().unwrap_or(&label)
        );
        let coded = Coded::Logarithm {
            of: [of, earlier.constant.0.clone()].concat(),
            plus: plus.plus(&earlier.constant.1),
            offset: offset + earlier.constant.2,
        };
        let sum = self.code(coded, LOG_LSB, &name)?;
        Ok(self.built.program.subtract(sum, earlier.value)?)
    }
}

fn opposite(a: &[Vec<f64>], b: &[Vec<f64>]) -> bool {
    let pairs = a.iter().flatten().zip(b.iter().flatten());
    pairs
        .into_iter()
        .all(|(x, y)| (x + y).abs() <= 1e-9 * x.abs())
        && !a.is_empty()
}

fn unbounded(whole: &Expression, what: &str) -> super::Refusal {
    Fault::new(
        whole.span(),
        format!("an exponential {what}"),
        "at most 2^10 LSB a tick",
        "cap it: `min(... * exp(...), 1 / dt)` for a rate, or the largest current that the device carries",
    )
    .into()
}
