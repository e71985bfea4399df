//! Between which values everything in a kernel stays.
//!
//! Operations on words of 32 bits are followed exactly; one that may leave its word can be anything. A condition bounds
//! what it compares in the branch that it opens.

use crate::HdlError;
use crate::atoms::Type;
use crate::compose::Stage;
use crate::expression::literal;
use crate::interval::Interval;
use rust_hdl_core::ast::{
    VerilogBlock, VerilogBlockOrConditional, VerilogConditional, VerilogExpression as Ast,
    VerilogOp, VerilogOpUnary, VerilogStatement,
};
use std::collections::HashMap;

/// Ranges of the signals that are known on a path.
pub(super) type Known = HashMap<String, Interval>;

const BIT: Type = Type {
    bits: 1,
    signed: false,
};

/// A kernel and what each of its signals is assigned anywhere.
pub(super) struct Ranges<'a> {
    pub stage: &'a Stage,
    pub assigned: Known,
}

impl<'a> Ranges<'a> {
    /// Follows a kernel.
    pub fn of(stage: &'a Stage, inputs: &Known) -> Result<Self, HdlError> {
        let mut ranges = Self {
            stage,
            assigned: Known::new(),
        };
        ranges.block(&stage.code, inputs.clone())?;
        Ok(ranges)
    }

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
                let name = name.trim_end_matches("$next");
                let range = self.range(value, &known)?;
                let all = self.assigned.entry(name.into()).or_insert(range);
                *all = all.joined(range);
                known.insert(name.into(), range);
                Ok(known)
            }
            VerilogStatement::If(c) => self.conditional(c, known),
            VerilogStatement::Macro(code) => self.block(code, known),
            VerilogStatement::Comment(_) => Ok(known),
            other => Err(self.unsupported(&format!("the statement {other:?}"))),
        }
    }

    fn conditional(&mut self, c: &VerilogConditional, known: Known) -> Result<Known, HdlError> {
        let mut ends = Vec::new();
        if let Some(known) = self.given(&c.test, true, known.clone())? {
            ends.push(self.block(&c.then, known)?);
        }
        if let Some(known) = self.given(&c.test, false, known)? {
            ends.push(match &c.otherwise {
                VerilogBlockOrConditional::None => known,
                VerilogBlockOrConditional::Block(code) => self.block(code, known)?,
                VerilogBlockOrConditional::Conditional(next) => self.statement(next, known)?,
            });
        }
        Ok(ends.into_iter().reduce(joined).unwrap_or_default())
    }

    /// What is known where a condition holds (or does not); `None`: it never comes to that.
    pub fn given(
        &self,
        test: &Ast,
        holds: bool,
        mut known: Known,
    ) -> Result<Option<Known>, HdlError> {
        let (a, op, b) = match plain(test) {
            Ast::Binary(a, op, b) => (plain(a), op, plain(b)),
            _ => return Ok(Some(known)),
        };
        let op = match (op, holds) {
            (VerilogOp::Lt, true) | (VerilogOp::Ge, false) => VerilogOp::Lt,
            (VerilogOp::Gt, true) | (VerilogOp::Le, false) => VerilogOp::Gt,
            (VerilogOp::Le, true) | (VerilogOp::Gt, false) => VerilogOp::Le,
            (VerilogOp::Ge, true) | (VerilogOp::Lt, false) => VerilogOp::Ge,
            _ => return Ok(Some(known)),
        };
        let (x, y) = (self.range(a, &known)?, self.range(b, &known)?);
        let below = |limit: i64| Interval {
            low: i64::MIN,
            high: limit,
        };
        let above = |limit: i64| Interval {
            low: limit,
            high: i64::MAX,
        };
        let (of_a, of_b) = match op {
            VerilogOp::Lt => (below(y.high - 1), above(x.low + 1)),
            VerilogOp::Le => (below(y.high), above(x.low)),
            VerilogOp::Gt => (above(y.low + 1), below(x.high - 1)),
            _ => (above(y.low), below(x.high)),
        };
        for (side, range, limits) in [(a, x, of_a), (b, y, of_b)] {
            let Some(range) = range.common(limits) else {
                return Ok(None);
            };
            if let Ast::Signal(name) = side {
                known.insert(name.clone(), range);
            }
        }
        Ok(Some(known))
    }

    /// What an expression can be.
    pub fn range(&self, value: &Ast, known: &Known) -> Result<Interval, HdlError> {
        let kind = self.kind(value)?;
        let range = match value {
            Ast::Signal(name) => {
                let found = known.get(name).copied();
                return found.ok_or_else(|| HdlError::Unbound(name.clone()));
            }
            Ast::Literal(number) => match literal(number) {
                Some(number) => return Ok(Interval::point(number)),
                None => return Err(self.unsupported(&format!("the literal {number:x}"))),
            },
            Ast::Paren(inner) | Ast::Cast(inner, _) | Ast::Signed(inner) | Ast::Unsigned(inner) => {
                Some(self.range(inner, known)?)
            }
            Ast::Unary(op, inner) => unary(op, self.range(inner, known)?, kind.signed),
            Ast::Binary(a, op, b) => {
                let (a, b) = (self.range(a, known)?, self.range(b, known)?);
                binary(op, a, b)
            }
            Ast::Index(..) => Some(Interval::of(1, false)),
            Ast::Slice(..) | Ast::IndexReplace(..) => {
                return Err(self.unsupported("a slice or bit replacement"));
            }
        };
        let all = Interval::of(kind.bits, kind.signed);
        Ok(range.filter(|r| r.within(all)).unwrap_or(all))
    }

    /// The type in which a kernel computes an expression.
    fn kind(&self, value: &Ast) -> Result<Type, HdlError> {
        Ok(match value {
            Ast::Signal(name) => {
                let found = self.stage.signals.iter().find(|s| s.name == *name);
                found.ok_or_else(|| HdlError::Unbound(name.clone()))?.kind
            }
            Ast::Cast(inner, bits) => Type {
                bits: *bits as u32,
                ..self.kind(inner)?
            },
            Ast::Signed(inner) => Type {
                signed: true,
                ..self.kind(inner)?
            },
            Ast::Unsigned(inner) => Type {
                signed: false,
                ..self.kind(inner)?
            },
            Ast::Paren(inner) => self.kind(inner)?,
            Ast::Unary(VerilogOpUnary::Not | VerilogOpUnary::Neg, inner) => self.kind(inner)?,
            Ast::Unary(..) | Ast::Index(..) => BIT,
            Ast::Binary(_, op, _) if is_test(op) => BIT,
            // A literal has the type of what stands beside it.
            Ast::Binary(a, _, b) if is_number(a) => self.kind(b)?,
            Ast::Binary(a, ..) => self.kind(a)?,
            _ => Type {
                bits: 32,
                signed: true,
            },
        })
    }

    pub fn unsupported(&self, what: &str) -> HdlError {
        HdlError::Unsupported {
            kernel: self.stage.name.clone(),
            what: what.into(),
        }
    }
}

/// What is known behind two branches.
pub(super) fn joined(a: Known, b: Known) -> Known {
    let both = a.into_iter().filter_map(|(name, range)| {
        let other = b.get(&name)?;
        Some((name, range.joined(*other)))
    });
    both.collect()
}

/// An expression without the brackets around it.
pub(super) fn plain(value: &Ast) -> &Ast {
    match value {
        Ast::Paren(inner) => plain(inner),
        other => other,
    }
}

/// The value of a literal, negated or not.
pub(super) fn number(value: &Ast) -> Option<i64> {
    match plain(value) {
        Ast::Literal(number) => literal(number),
        Ast::Unary(VerilogOpUnary::Neg, inner) => number(inner).map(|n| -n),
        _ => None,
    }
}

fn is_number(value: &Ast) -> bool {
    number(value).is_some()
}

/// Whether an operation gives a truth value.
pub(super) fn is_test(op: &VerilogOp) -> bool {
    matches!(
        op,
        VerilogOp::LogicalAnd
            | VerilogOp::LogicalOr
            | VerilogOp::Eq
            | VerilogOp::Ne
            | VerilogOp::Lt
            | VerilogOp::Le
            | VerilogOp::Ge
            | VerilogOp::Gt
    )
}

fn unary(op: &VerilogOpUnary, x: Interval, signed: bool) -> Option<Interval> {
    match op {
        VerilogOpUnary::Neg => Some(Interval {
            low: -x.high,
            high: -x.low,
        }),
        VerilogOpUnary::Not if signed => Some(Interval {
            low: -1 - x.high,
            high: -1 - x.low,
        }),
        _ => None,
    }
}

/// The exact result of an operation; `None`: anything.
fn binary(op: &VerilogOp, a: Interval, b: Interval) -> Option<Interval> {
    let hull = |values: [i64; 4]| Interval {
        low: values.into_iter().min().unwrap_or(0),
        high: values.into_iter().max().unwrap_or(0),
    };
    let each = |f: &dyn Fn(i64, i64) -> i64, b: Interval| {
        hull([
            f(a.low, b.low),
            f(a.low, b.high),
            f(a.high, b.low),
            f(a.high, b.high),
        ])
    };
    // The low five bits of an amount.
    let amount = match b.within(Interval::of(5, false)) {
        true => b,
        false => Interval::of(5, false),
    };
    Some(match op {
        VerilogOp::Add => Interval {
            low: a.low + b.low,
            high: a.high + b.high,
        },
        VerilogOp::Sub => Interval {
            low: a.low - b.high,
            high: a.high - b.low,
        },
        VerilogOp::Mul => each(&i64::saturating_mul, b),
        VerilogOp::Shl => each(&|x, n| x << n, amount),
        VerilogOp::Shr => each(&|x, n| x >> n, amount),
        VerilogOp::BitAnd => all_of(a, b),
        VerilogOp::BitOr | VerilogOp::BitXor => {
            let bits = a.signed_bits().max(b.signed_bits());
            match a.low < 0 || b.low < 0 {
                true => Interval::of(bits, true),
                false => Interval {
                    low: 0,
                    high: Interval::of(bits, true).high,
                },
            }
        }
        _ => return None,
    })
}

/// `a & b`; a mask of all ones or none keeps the other or clears it.
fn all_of(a: Interval, b: Interval) -> Interval {
    let mask = Interval { low: -1, high: 0 };
    let cleared = |x: Interval| x.joined(Interval::point(0));
    match (a.within(mask), b.within(mask), a.low >= 0, b.low >= 0) {
        (true, ..) => cleared(b),
        (_, true, ..) => cleared(a),
        (_, _, true, true) => Interval {
            low: 0,
            high: a.high.min(b.high),
        },
        (_, _, true, _) => Interval {
            low: 0,
            high: a.high,
        },
        (_, _, _, true) => Interval {
            low: 0,
            high: b.high,
        },
        _ => Interval {
            low: Interval::of(a.signed_bits().max(b.signed_bits()), true).low,
            high: a.high.max(b.high),
        },
    }
}
