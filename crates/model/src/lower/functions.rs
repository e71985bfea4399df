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
        let list: Vec<Term> = list
            .into_iter()
            .map(|t| Term {
                coefficient: log2_of_e(&t.coefficient),
                ..t
            })
            .collect();
        let label = self.function_label("sigmoid");
        let to = Target {
            lsb: LOG_LSB,
            label: &label,
            own: None,
            span: argument.span(),
        };
        let x = self.sum(&list, to)?;
        Ok((self.sigmoid_of(x)?, SIGMOID_LSB))
    }

    /// The sigmoid of an argument in log2 units, LSB 2^-12.
    pub(super) fn sigmoid_of(&mut self, x: Value) -> Lowered<Value> {
        let zero = self.built.program.constant(0)?;
        let mirrored = self.built.program.subtract(zero, x)?;
        let down = self.built.program.min(x, mirrored)?;
        // One of x and -x is not positive, which their intervals do not know.
        let lowest = self.built.program.low(down);
        self.built.program.within(down, lowest, 0);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::Output;
    use crate::{Derived, Lanes, Shipped};

    /// A function over every code of 18 bits, a logarithm in LSB 2^-12: argument and value.
    fn values(degree: u32, function: impl Fn(&mut Lowering, Value) -> Value) -> Vec<(f64, f64)> {
        let mut model = Shipped::named("lif").unwrap().read().unwrap();
        model.integers.exp2_degree = Some(degree);
        model.integers.registers.clear();
        model.states[1].bits = Some(18);
        let mut lowering = Lowering::new(&model, crate::Extras::default()).unwrap();
        let x = lowering.now[1];
        let value = function(&mut lowering, x);
        let program = &mut lowering.built.program;
        program.output(Output::Saturations, value);
        let derived: Derived = lowering.finish().unwrap();
        let parameters = model.defaults();
        let registers = derived.registers(&parameters).unwrap();
        let neurons = 1 << 18;
        let mut lanes = Lanes::new(&derived, &registers, &parameters, neurons);
        let codes = -(1 << 17)..1 << 17;
        lanes.states[1] = codes.clone().collect();
        let outcome = lanes.tick(&vec![0; neurons], None);
        lanes.check().unwrap();
        let found = outcome.saturations.iter().map(|y| f64::from(*y));
        codes.map(|x| f64::from(x) * LOG_LSB).zip(found).collect()
    }

    /// The mantissa of 2^x is off by its rounding to 2^-10 and by a
    /// relative error, and never 2048.
    fn check_pow2(degree: u32, error: f64) {
        let found = values(degree, |l, x| {
            let zero = l.built.program.constant(0).unwrap();
            let x = l.built.program.min(x, zero).unwrap();
            l.pow2(x).unwrap().0
        });
        for (x, mantissa) in found {
            let x = x.min(0.0);
            let exact = 1024.0 * (x - x.floor()).exp2();
            assert!((1024.0..=2047.0).contains(&mantissa));
            assert!(
                (mantissa - exact).abs() <= 0.5 + error * exact,
                "2^{x}: {mantissa} {exact}"
            );
        }
    }

    #[test]
    fn pow2_of_degree_2() {
        check_pow2(2, 3.7e-3);
    }
    #[test]
    fn pow2_of_degree_3() {
        check_pow2(3, 1.1e-4);
    }

    /// Off by less than 2.5e-4 anywhere, and between 0 and 1.
    #[test]
    fn sigmoid() {
        for (x, found) in values(3, |l, x| l.sigmoid_of(x).unwrap()) {
            let exact = 1.0 / (1.0 + (-x).exp2());
            assert!((0.0..=32768.0).contains(&found));
            assert!(
                (found * SIGMOID_LSB - exact).abs() < 2.5e-4,
                "{x}: {found} {exact}"
            );
        }
    }
}
