//! How much logic kernels are: what their operators come to in bits of an adder, of a multiplexer, of a shifter, and the
//! factors of their products. A rough count for an estimate; what a mapping finds to share it does not see.
//!
//! Operands are as wide as their values can be, and what is done with constants alone is wires.

use super::ranges::{Known, Ranges, is_test, joined};
use crate::HdlError;
use crate::atoms::Role;
use crate::compose::Stage;
use crate::interval::Interval;
use rust_hdl_core::ast::{
    VerilogBlock, VerilogBlockOrConditional, VerilogConditional, VerilogExpression as Ast,
    VerilogOp, VerilogOpUnary, VerilogStatement,
};
use std::collections::HashSet;

/// Logic, counted in bits.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cells {
    /// Bits of adders, subtractors and comparators.
    pub adders: u64,
    /// Bits of multiplexers and of operations bit by bit.
    pub gates: u64,
    /// Bits of the levels of barrel shifters.
    pub shifters: u64,
    /// Products of two values: bits of their factors.
    pub products: Vec<(u32, u32)>,
}

/// Counts kernels in a row; `bind` bounds what no earlier kernel drives.
pub(crate) fn count(
    stages: &[Stage],
    bind: &dyn Fn(&str) -> Option<Interval>,
) -> Result<Cells, HdlError> {
    let mut cells = Cells::default();
    let mut outputs = Known::new();
    for stage in stages {
        let mut inputs = Known::new();
        for signal in stage.signals.iter().filter(|s| s.role == Role::Input) {
            let outer = stage.outer(&signal.name);
            let bounds = outputs.get(outer).copied().or_else(|| bind(outer));
            let bounds = bounds.ok_or_else(|| HdlError::Unbound(outer.into()))?;
            inputs.insert(signal.name.clone(), bounds);
        }
        let ranges = Ranges::of(stage, &inputs)?;
        let mut counter = Counter {
            ranges: &ranges,
            cells: &mut cells,
        };
        counter.block(&stage.code, inputs)?;
        for signal in &stage.signals {
            let Some(bounds) = ranges.assigned.get(&signal.name) else {
                continue;
            };
            if signal.role == Role::Output {
                outputs.insert(stage.outer(&signal.name).into(), *bounds);
            }
        }
    }
    Ok(cells)
}

struct Counter<'a> {
    ranges: &'a Ranges<'a>,
    cells: &'a mut Cells,
}

impl Counter<'_> {
    /// What is known after a block.
    fn block(&mut self, code: &VerilogBlock, mut known: Known) -> Result<Known, HdlError> {
        for statement in code {
            known = self.statement(statement, known)?;
        }
        Ok(known)
    }

    fn statement(
        &mut self,
        statement: &VerilogStatement,
        mut known: Known,
    ) -> Result<Known, HdlError> {
        match statement {
            VerilogStatement::Assignment(Ast::Signal(name), value) => {
                let range = self.value(value, &known)?;
                known.insert(name.trim_end_matches("$next").into(), range);
                Ok(known)
            }
            VerilogStatement::If(c) => self.conditional(c, known),
            VerilogStatement::Macro(code) => self.block(code, known),
            _ => Ok(known),
        }
    }

    /// Both branches, where it can come to both with a multiplexer for every signal that one of them assigns.
    fn conditional(&mut self, c: &VerilogConditional, known: Known) -> Result<Known, HdlError> {
        self.value(&c.test, &known)?;
        let then = self.ranges.given(&c.test, true, known.clone())?;
        let then = then.map(|known| self.block(&c.then, known)).transpose()?;
        let otherwise = self.ranges.given(&c.test, false, known)?;
        let otherwise = otherwise.map(|known| match &c.otherwise {
            VerilogBlockOrConditional::None => Ok(known),
            VerilogBlockOrConditional::Block(code) => self.block(code, known),
            VerilogBlockOrConditional::Conditional(next) => self.statement(next, known),
        });
        let (then, otherwise) = match (then, otherwise.transpose()?) {
            (Some(then), Some(otherwise)) => (then, otherwise),
            (then, otherwise) => return Ok(then.or(otherwise).unwrap_or_default()),
        };
        let both = joined(then, otherwise);
        let chosen = assigned(c).into_iter().filter_map(|name| both.get(&name));
        self.cells.gates += chosen.map(|range| u64::from(range.bits())).sum::<u64>();
        Ok(both)
    }

    /// What an expression can be; its operators are counted.
    fn value(&mut self, value: &Ast, known: &Known) -> Result<Interval, HdlError> {
        match value {
            Ast::Paren(inner)
            | Ast::Signed(inner)
            | Ast::Unsigned(inner)
            | Ast::Cast(inner, _)
            | Ast::Index(inner, _) => {
                self.value(inner, known)?;
            }
            Ast::Binary(a, op, b) => {
                let (a, b) = (self.value(a, known)?, self.value(b, known)?);
                let result = self.ranges.range(value, known)?;
                self.binary(a, op, b, result);
            }
            Ast::Unary(op, inner) => {
                let bits = u64::from(self.value(inner, known)?.bits());
                match op {
                    VerilogOpUnary::Not => (),
                    VerilogOpUnary::Neg => self.cells.adders += bits,
                    // Look-up tables of four inputs.
                    _ => self.cells.gates += bits.div_ceil(3),
                }
            }
            _ => (),
        }
        self.ranges.range(value, known)
    }

    fn binary(&mut self, a: Interval, op: &VerilogOp, b: Interval, result: Interval) {
        let bits = u64::from(result.bits());
        let constant = [a, b].into_iter().find(|side| side.is_point());
        if a.is_point() && b.is_point() || result.is_point() || constant == Some(Interval::point(0))
        {
            return;
        }
        match op {
            VerilogOp::Mul => match constant {
                Some(factor) => self.cells.adders += (terms(factor.low) - 1) * bits,
                None => self.cells.products.push((a.bits(), b.bits())),
            },
            VerilogOp::Shl | VerilogOp::Shr if b.is_point() => (),
            VerilogOp::Shl | VerilogOp::Shr => {
                let levels = u64::from(b.bits().min(5));
                self.cells.shifters += levels * bits.max(u64::from(a.bits()));
            }
            VerilogOp::BitAnd | VerilogOp::BitOr | VerilogOp::BitXor if constant.is_some() => (),
            VerilogOp::BitAnd | VerilogOp::BitOr | VerilogOp::BitXor => self.cells.gates += bits,
            VerilogOp::LogicalAnd | VerilogOp::LogicalOr => self.cells.gates += 1,
            _ if is_test(op) => self.cells.adders += u64::from(a.bits().max(b.bits())),
            _ => self.cells.adders += bits,
        }
    }
}

/// Signals that a branch of a condition assigns.
fn assigned(c: &VerilogConditional) -> HashSet<String> {
    let mut names = in_block(&c.then);
    names.extend(match &c.otherwise {
        VerilogBlockOrConditional::None => HashSet::new(),
        VerilogBlockOrConditional::Block(code) => in_block(code),
        VerilogBlockOrConditional::Conditional(next) => in_statement(next),
    });
    names
}

fn in_block(code: &VerilogBlock) -> HashSet<String> {
    code.iter().flat_map(in_statement).collect()
}

fn in_statement(statement: &VerilogStatement) -> HashSet<String> {
    match statement {
        VerilogStatement::Assignment(Ast::Signal(name), _) => {
            HashSet::from([name.trim_end_matches("$next").into()])
        }
        VerilogStatement::If(c) => assigned(c),
        VerilogStatement::Macro(code) => in_block(code),
        _ => HashSet::new(),
    }
}

/// Terms of a product with a number other than 0: its digits but 0, written with digits -1, 0 and 1.
fn terms(number: i64) -> u64 {
    let number = number.unsigned_abs();
    u64::from((number ^ (3 * number)).count_ones())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integers::S;
    use rust_hdl_core::prelude::*;

    #[derive(LogicBlock, Default)]
    struct Kernel {
        a: Signal<In, S<32>>,
        m: Signal<In, S<32>>,
        s: Signal<In, S<32>>,
        out: Signal<Out, S<32>>,
        product: Signal<Local, S<32>>,
        shifted: Signal<Local, S<32>>,
    }

    impl Logic for Kernel {
        #[hdl_gen]
        fn update(&mut self) {
            self.product.next = self.a.val() * self.m.val();
            self.shifted.next = self.product.val() >> self.s.val();
            if self.shifted.val() > 100 {
                self.out.next = 100.into();
            } else {
                self.out.next = self.shifted.val();
            }
        }
    }

    /// With `a` of 8 bits, and these values of `m` and `s`.
    fn check(m: Interval, s: Interval, cells: Cells) {
        let stage = Stage::new("k", &Kernel::default()).unwrap();
        let bind = |name: &str| match name {
            "a" => Some(Interval::of(8, true)),
            "m" => Some(m),
            _ => Some(s),
        };
        assert_eq!(count(&[stage], &bind).unwrap(), cells);
    }

    #[test]
    fn a_product_of_two_values() {
        let cells = Cells {
            adders: 12,
            gates: 12,
            shifters: 36,
            products: vec![(8, 4)],
        };
        check(Interval::of(4, false), Interval::of(3, false), cells);
    }

    #[test]
    fn constants_are_adders_and_wires() {
        let cells = Cells {
            // 7 = 8 - 1: one row of 11 bits; a comparison of 9.
            adders: 20,
            gates: 9,
            ..Cells::default()
        };
        check(Interval::point(7), Interval::point(2), cells);
    }

    #[test]
    fn products_with_constants() {
        assert_eq!([1, 7, 10, -3].map(terms), [1, 2, 2, 2]);
    }
}
