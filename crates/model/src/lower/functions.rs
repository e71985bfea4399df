//! Functions of the library: each in integers, with bounds that its tests prove over every argument.

use super::sum::Target;
use super::terms::{Term, terms};
use super::{Lowered, Lowering};
use crate::expression::Expression;
use crate::program::Value;
use std::f64::consts::LOG2_E;

/// LSB of a binary logarithm: 2^-12.
pub(super) const LOG_LSB: f64 = 1.0 / 4096.0;

/// LSB of a sigmoid: 2^-15.
const SIGMOID_LSB: f64 = 1.0 / 32768.0;

/// `1/(1+E)` on 0..1 by powers of E, LSB 2^-15: value 1 at 0.
const RECIPROCAL: [i64; 5] = [32768, -32146, 27604, -16236, 4396];

impl Lowering<'_> {
    /// `2^x` of `x <= 0` in LSB 2^-12: a mantissa of 1024..=2047 (LSB 2^-10) and the whole part of x.
    pub(super) fn pow2(&mut self, x: Value) -> Lowered<(Value, Value)> {
        let p = &mut self.built.program;
        let fraction = p.and(x, 4095)?;
        let mantissa = match self.model.integers.exp2_degree {
            Some(2) => {
                let slope = multiply(p, fraction, 1407)?;
                let slope = add(p, slope, 11_014_144)?;
                let slope = p.shift_right(slope, 12)?;
                let line = p.multiply(slope, fraction)?;
                let line = add(p, line, 16_785_406)?;
                p.shift_right(line, 14)?
            }
            _ => {
                let slope = multiply(p, fraction, 2513)?;
                let slope = p.shift_right(slope, 12)?;
                let slope = add(p, slope, 7478)?;
                let slope = p.multiply(fraction, slope)?;
                let slope = p.shift_right(slope, 12)?;
                let slope = add(p, slope, 22_772)?;
                let line = p.multiply(fraction, slope)?;
                let line = add(p, line, (1024 << 17) + (1 << 16))?;
                p.shift_right(line, 17)?
            }
        };
        p.within(mantissa, 1024, 2047);
        Ok((mantissa, p.shift_right(x, 12)?))
    }

    /// `1/(1 + e^-u)`, LSB 2^-15: with `E = e^-|u|` the quotient `E/(1+E)` by a polynomial, mirrored for positive u.
    pub(super) fn sigmoid(&mut self, argument: &Expression) -> Lowered<(Value, f64)> {
        let list: Vec<Term> = terms(&self.words, argument)?;
        let list: Vec<Term> = list.into_iter().map(|t| Term { coefficient: log2_of_e(&t.coefficient), ..t }).collect();
        let label = self.function_label("sigmoid");
        let to = Target { lsb: LOG_LSB, label: &label, own: None, span: argument.span() };
        let x = self.sum(&list, to)?;
        Ok((self.sigmoid_of(x)?, SIGMOID_LSB))
    }

    /// The sigmoid of an argument in log2 units, LSB 2^-12.
    pub(super) fn sigmoid_of(&mut self, x: Value) -> Lowered<Value> {
        let zero = self.built.program.constant(0)?;
        let mirrored = self.built.program.subtract(zero, x)?;
        let down = self.built.program.min(x, mirrored)?;
        let (mantissa, whole) = self.pow2(down)?;
        let p = &mut self.built.program;
        let wide = p.shift_left(mantissa, 5)?;
        let by = p.subtract(zero, whole)?;
        let last = p.constant(31)?;
        let by = p.min(by, last)?;
        let e = p.shift_right_by(wide, by, (0, 32768))?;
        let mut sum = p.constant(RECIPROCAL[4])?;
        for c in RECIPROCAL.iter().rev().skip(1) {
            let product = p.multiply(sum, e)?;
            let product = p.shift_right(product, 15)?;
            sum = add(p, product, *c)?;
        }
        let below = p.multiply(e, sum)?;
        let below = p.shift_right(below, 15)?;
        let one = p.constant(32768)?;
        let above = p.subtract(one, below)?;
        Ok(p.select(x, zero, above, below)?)
    }

    /// A new label for a function's argument.
    pub(super) fn function_label(&mut self, name: &str) -> String {
        let mut number = 1;
        while self.built.labels.contains(&format!("{name}{number}")) {
            number += 1;
        }
        let label = format!("{name}{number}");
        self.built.labels.push(label.clone());
        label
    }
}

/// `c / ln 2`: a natural exponent in powers of two.
pub(super) fn log2_of_e(c: &Expression) -> Expression {
    Expression::number(LOG2_E).times(c)
}

fn multiply(p: &mut crate::program::Program, a: Value, x: i64) -> Lowered<Value> {
    let x = p.constant(x)?;
    Ok(p.multiply(a, x)?)
}

fn add(p: &mut crate::program::Program, a: Value, x: i64) -> Lowered<Value> {
    let x = p.constant(x)?;
    Ok(p.add(a, x)?)
}
