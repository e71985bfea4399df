//! Between which values the outputs of kernels stay, whatever their inputs are within given bounds.
//!
//! Every path through the conditions of a kernel is followed on its own, and a condition bounds what it compares on the
//! path that it opens. Of the operations only sums and differences are followed; anything else may be any word. That is
//! enough for a value that ends in a clamp, and what is said holds for every width and every wrap of what stands before it.

use crate::HdlError;
use crate::atoms::{Role, Type};
use crate::compose::Stage;
use crate::expression::literal;
use rust_hdl_core::ast::{
    VerilogBlock, VerilogBlockOrConditional, VerilogConditional, VerilogExpression as Ast,
    VerilogOp, VerilogStatement,
};
use std::collections::HashMap;

/// Values from `low` to `high`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interval {
    pub low: i64,
    pub high: i64,
}

impl Interval {
    /// What any word of 32 bits can be, signed or not.
    const ANY: Self = Self {
        low: i32::MIN as i64,
        high: u32::MAX as i64,
    };

    /// One value.
    pub fn point(value: i64) -> Self {
        Self {
            low: value,
            high: value,
        }
    }

    /// What a type can hold.
    pub fn of(bits: u32, signed: bool) -> Self {
        let half = 1i64 << (bits - 1);
        match signed {
            true => Self {
                low: -half,
                high: half - 1,
            },
            false => Self {
                low: 0,
                high: 2 * half - 1,
            },
        }
    }

    /// Whether every value is one of `other`.
    pub fn within(self, other: Self) -> bool {
        self.low >= other.low && self.high <= other.high
    }

    /// Values of both; `None`: there are none.
    pub fn common(self, other: Self) -> Option<Self> {
        let both = Self {
            low: self.low.max(other.low),
            high: self.high.min(other.high),
        };
        (both.low <= both.high).then_some(both)
    }

    /// The bits of two's complement that hold every value.
    pub fn signed_bits(self) -> u32 {
        let size = self.high.max(-1 - self.low);
        65 - size.leading_zeros()
    }

    /// The narrowest type that holds every value; a sign only where one is needed.
    pub fn kind(self) -> Type {
        let signed = self.low < 0;
        Type {
            bits: (self.signed_bits() - u32::from(!signed)).max(1),
            signed,
        }
    }

    /// Whether it is one value.
    pub fn is_point(self) -> bool {
        self.low == self.high
    }

    /// Bits that hold every value.
    pub fn bits(self) -> u32 {
        self.kind().bits
    }

    /// From the least of both to the greatest.
    pub fn joined(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }

    /// The exact result of an operation on words, or any word where it may leave them.
    fn exact(low: i64, high: i64) -> Self {
        let word = Self::of(i32::BITS, true);
        let result = Self { low, high };
        if result.within(word) {
            result
        } else {
            Self::ANY
        }
    }
}

/// Bounds of signals on one path.
type Values = HashMap<String, Interval>;

/// Bounds of every output of kernels in a row, by its name in the composition; `bind` bounds what no earlier kernel drives.
pub(crate) fn outputs(
    stages: &[Stage],
    bind: &dyn Fn(&str) -> Option<Interval>,
) -> Result<Values, HdlError> {
    let mut known = Values::new();
    for stage in stages {
        let mut inputs = Values::new();
        for signal in stage.signals.iter().filter(|s| s.role == Role::Input) {
            let outer = stage.outer(&signal.name);
            let bounds = known.get(outer).copied().or_else(|| bind(outer));
            let bounds = bounds.ok_or_else(|| HdlError::Unbound(outer.into()))?;
            inputs.insert(signal.name.clone(), bounds);
        }
        let paths = Kernel { stage }.block(&stage.code, vec![inputs])?;
        for signal in stage.signals.iter().filter(|s| s.role == Role::Output) {
            let values = paths.iter().map(|path| path.get(&signal.name).copied());
            let values = values.map(|v| v.unwrap_or(Interval::ANY));
            let bounds = values.reduce(Interval::joined).unwrap_or(Interval::ANY);
            known.insert(stage.outer(&signal.name).into(), bounds);
        }
    }
    Ok(known)
}

struct Kernel<'a> {
    stage: &'a Stage,
}

impl Kernel<'_> {
    /// The paths that a block makes of these.
    fn block(&self, code: &VerilogBlock, paths: Vec<Values>) -> Result<Vec<Values>, HdlError> {
        let mut paths = paths;
        for statement in code {
            let mut after = Vec::new();
            for path in paths {
                after.extend(self.statement(statement, path)?);
            }
            paths = after;
        }
        Ok(paths)
    }

    fn statement(
        &self,
        statement: &VerilogStatement,
        mut path: Values,
    ) -> Result<Vec<Values>, HdlError> {
        match statement {
            VerilogStatement::Assignment(Ast::Signal(name), value) => {
                let name = name.trim_end_matches("$next");
                let bounds = self.value(value, &path)?;
                let kind = self.kind(name)?;
                let all = Interval::of(kind.bits, kind.signed);
                let bounds = if bounds.within(all) { bounds } else { all };
                path.insert(name.into(), bounds);
                Ok(vec![path])
            }
            VerilogStatement::If(c) => self.conditional(c, path),
            VerilogStatement::Macro(code) => self.block(code, vec![path]),
            VerilogStatement::Comment(_) => Ok(vec![path]),
            other => Err(self.unsupported(&format!("the statement {other:?}"))),
        }
    }

    fn conditional(&self, c: &VerilogConditional, path: Values) -> Result<Vec<Values>, HdlError> {
        let mut after = Vec::new();
        if let Some(path) = self.given(&c.test, true, path.clone())? {
            after.extend(self.block(&c.then, vec![path])?);
        }
        if let Some(path) = self.given(&c.test, false, path)? {
            after.extend(match &c.otherwise {
                VerilogBlockOrConditional::None => vec![path],
                VerilogBlockOrConditional::Block(code) => self.block(code, vec![path])?,
                VerilogBlockOrConditional::Conditional(next) => self.statement(next, path)?,
            });
        }
        Ok(after)
    }

    /// The path where a condition holds (or does not); `None` where it never comes to that.
    fn given(&self, test: &Ast, holds: bool, path: Values) -> Result<Option<Values>, HdlError> {
        let (less, than, or_equal) = match (test, holds) {
            (Ast::Paren(inner), _) => return self.given(inner, holds, path),
            (Ast::Binary(a, VerilogOp::Lt, b), true) => (a, b, false),
            (Ast::Binary(a, VerilogOp::Lt, b), false) => (b, a, true),
            (Ast::Binary(a, VerilogOp::Le, b), true) => (a, b, true),
            (Ast::Binary(a, VerilogOp::Le, b), false) => (b, a, false),
            (Ast::Binary(a, VerilogOp::Gt, b), true) => (b, a, false),
            (Ast::Binary(a, VerilogOp::Gt, b), false) => (a, b, true),
            (Ast::Binary(a, VerilogOp::Ge, b), true) => (b, a, true),
            (Ast::Binary(a, VerilogOp::Ge, b), false) => (a, b, false),
            _ => return Ok(Some(path)),
        };
        let gap = i64::from(!or_equal);
        let (mut low, mut high) = (self.value(less, &path)?, self.value(than, &path)?);
        low.high = low.high.min(high.high - gap);
        high.low = high.low.max(low.low + gap);
        if low.low > low.high || high.low > high.high {
            return Ok(None);
        }
        let mut path = path;
        for (side, bounds) in [(less, low), (than, high)] {
            if let Ast::Signal(name) = plain(side) {
                path.insert(name.clone(), bounds);
            }
        }
        Ok(Some(path))
    }

    fn value(&self, value: &Ast, path: &Values) -> Result<Interval, HdlError> {
        Ok(match plain(value) {
            Ast::Signal(name) => path.get(name).copied().unwrap_or(Interval::ANY),
            Ast::Literal(number) => match literal(number) {
                Some(number) => Interval::point(number),
                None => return Err(self.unsupported(&format!("the literal {number:x}"))),
            },
            Ast::Binary(a, VerilogOp::Add, b) => {
                let (a, b) = (self.value(a, path)?, self.value(b, path)?);
                Interval::exact(a.low + b.low, a.high + b.high)
            }
            Ast::Binary(a, VerilogOp::Sub, b) => {
                let (a, b) = (self.value(a, path)?, self.value(b, path)?);
                Interval::exact(a.low - b.high, a.high - b.low)
            }
            _ => Interval::ANY,
        })
    }

    fn kind(&self, name: &str) -> Result<Type, HdlError> {
        let found = self.stage.signals.iter().find(|s| s.name == name);
        let found = found.ok_or_else(|| HdlError::Unbound(name.into()))?;
        Ok(found.kind)
    }

    fn unsupported(&self, what: &str) -> HdlError {
        HdlError::Unsupported {
            kernel: self.stage.name.clone(),
            what: what.into(),
        }
    }
}

/// An expression without the brackets around it.
fn plain(value: &Ast) -> &Ast {
    match value {
        Ast::Paren(inner) => plain(inner),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{Interval, outputs};
    use crate::Stage;
    use crate::integers::S;
    use rust_hdl_core::prelude::*;

    /// Outputs with and without what bounds them.
    #[derive(LogicBlock, Default)]
    struct Kernel {
        a: Signal<In, S<32>>,
        least: Signal<In, S<32>>,
        count: Signal<In, S<32>>,
        clamped: Signal<Out, S<32>>,
        raised: Signal<Out, S<32>>,
        free: Signal<Out, S<32>>,
        left: Signal<Out, S<32>>,
        less: Signal<Out, S<32>>,
        waiting: Signal<Local, S<32>>,
    }

    impl Logic for Kernel {
        #[hdl_gen]
        fn update(&mut self) {
            if self.a.val() < self.least.val() {
                self.raised.next = self.least.val();
            } else {
                self.raised.next = self.a.val();
            }
            if self.raised.val() > 100 {
                self.clamped.next = 100.into();
            } else {
                self.clamped.next = self.raised.val();
            }
            self.free.next = self.a.val() * self.least.val();
            if self.count.val() > 0 {
                self.waiting.next = 1.into();
            } else {
                self.waiting.next = 0.into();
            }
            self.left.next = self.count.val() - self.waiting.val();
            self.less.next = self.count.val() - 1;
        }
    }

    const WORD: (i64, i64) = (i32::MIN as i64, i32::MAX as i64);

    /// With `a` any word, `least` of 4 bits and `count` of 3 bits without a sign.
    fn check(output: &str, expected: (i64, i64)) {
        let stage = Stage::new("kernel", &Kernel::default()).unwrap();
        let bind = |name: &str| match name {
            "a" => Some(Interval::of(32, true)),
            "least" => Some(Interval::of(4, true)),
            "count" => Some(Interval::of(3, false)),
            _ => None,
        };
        let found = outputs(&[stage], &bind).unwrap()[output];
        assert_eq!((found.low, found.high), expected);
    }

    #[test]
    fn a_floor_from_a_register() {
        check("raised", (-8, WORD.1));
    }

    #[test]
    fn both_ends() {
        check("clamped", (-8, 100));
    }

    #[test]
    fn a_product() {
        check("free", WORD);
    }

    #[test]
    fn a_count_that_stops_at_nothing() {
        check("left", (0, 6));
    }

    #[test]
    fn a_count_that_does_not() {
        check("less", (-1, 6));
    }
}
