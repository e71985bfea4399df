//! Values: operands with the bits that they need.

use super::Printer;
use super::lines::bare;
use crate::HdlError;
use crate::atoms::Type;
use crate::interval::Interval;
use crate::narrow::ranges::{Known, is_test, number, plain};
use crate::narrow::{Line, Reads, Word, literal};
use rust_hdl_core::ast::{VerilogExpression as Ast, VerilogOp, VerilogOpUnary};
impl Printer<'_> {
    /// Both operands with the bits that they need.
    pub(super) fn product(
        &mut self,
        a: &Ast,
        b: &Ast,
        known: &Known,
        reads: &mut Reads,
    ) -> Result<String, HdlError> {
        let ranges = [self.ranges.range(a, known)?, self.ranges.range(b, known)?];
        let signed = ranges.iter().any(|r| r.low < 0);
        let [a, b] = [a, b].map(|side| {
            Ok(match (number(side), signed) {
                (Some(n), true) => literal(n, Interval::point(n).signed_bits(), true),
                (Some(n), false) => literal(n, Interval::point(n).kind().bits, false),
                (None, true) => self.operand(side, known)?.with_sign(reads).0,
                (None, false) => self.operand(side, known)?.without_sign(reads),
            })
        });
        let (a, b): (String, String) = (a?, b?);
        Ok(format!("{a} * {b}"))
    }

    pub(super) fn shift(
        &mut self,
        a: &Ast,
        amount: &Ast,
        kind: Type,
        known: &Known,
        reads: &mut Reads,
    ) -> Result<String, HdlError> {
        let word = self.operand(a, known)?;
        let by = self.ranges.range(amount, known)?;
        if by.low == by.high {
            let shifted = word.shifted((by.low & 31) as u32);
            return Ok(match shifted {
                Some(shifted) => shifted.fitted(kind.bits, reads),
                None => literal(0, kind.bits, false),
            });
        }
        let amount = self.operand(amount, known)?;
        let amount = amount.fitted(amount.kind().bits.min(5), reads);
        let (text, bits) = match word.range.low < 0 {
            true => {
                let (text, bits) = word.with_sign(reads);
                (format!("{text} >>> {amount}"), bits)
            }
            false => {
                let bits = word.range.kind().bits;
                (format!("{} >> {amount}", word.without_sign(reads)), bits)
            }
        };
        if bits == kind.bits {
            return Ok(text);
        }
        let whole = Type {
            bits,
            signed: word.range.low < 0,
        };
        let reads_of_part = std::mem::take(reads);
        let part = self.part(&text, whole, reads_of_part)?;
        Ok(Word::within(&part, whole, word.range).fitted(kind.bits, reads))
    }

    /// Names a part of the value that is printed.
    pub(super) fn part(
        &mut self,
        text: &str,
        kind: Type,
        reads: Reads,
    ) -> Result<String, HdlError> {
        if self.branches > 0 {
            return Err(self.ranges.unsupported("a part without a name in a branch"));
        }
        self.parts += 1;
        let name = format!("{}_part{}", self.target, self.parts);
        let mut line = Line {
            reads,
            ..Line::default()
        };
        self.assign(&name, text, &mut line);
        self.before = std::mem::take(&mut self.before).followed_by(line);
        self.locals.push((self.local(&name), kind));
        Ok(self.local(&name))
    }

    /// A value by name.
    pub(super) fn operand(&mut self, value: &Ast, known: &Known) -> Result<Word, HdlError> {
        match plain(value) {
            Ast::Signal(name) => self.word(name, known),
            Ast::Signed(inner) | Ast::Unsigned(inner) | Ast::Cast(inner, _)
                if self.ranges.range(inner, known)? == self.ranges.range(value, known)? =>
            {
                self.operand(inner, known)
            }
            other => {
                let range = self.ranges.range(other, known)?;
                let mut reads = Reads::new();
                let text = self.assigned(other, range.kind(), known, &mut reads)?;
                let name = self.part(&text, range.kind(), reads)?;
                Ok(Word::within(&name, range.kind(), range))
            }
        }
    }

    /// The low `bits` of a value, in brackets where it is an operation.
    pub(super) fn value(
        &mut self,
        value: &Ast,
        bits: u32,
        known: &Known,
        reads: &mut Reads,
    ) -> Result<String, HdlError> {
        if let Some(n) = number(value) {
            return Ok(literal(n, bits, false));
        }
        let symbol = match plain(value) {
            Ast::Signal(name) => return Ok(self.word(name, known)?.fitted(bits, reads)),
            Ast::Signed(inner) | Ast::Unsigned(inner) | Ast::Cast(inner, _) => {
                return self.value(inner, bits, known, reads);
            }
            Ast::Unary(op @ (VerilogOpUnary::Neg | VerilogOpUnary::Not), inner) => {
                let symbol = if matches!(op, VerilogOpUnary::Neg) {
                    "-"
                } else {
                    "~"
                };
                let inner = self.value(inner, bits, known, reads)?;
                return Ok(format!("({symbol}{inner})"));
            }
            Ast::Index(inner, index) => {
                let bit = number(index).and_then(|n| u32::try_from(n).ok());
                let bit = bit.ok_or_else(|| self.ranges.unsupported("a bit that is no literal"))?;
                let bit = self.operand(inner, known)?.bit(bit);
                return Ok(bit.map_or(literal(0, bits, false), |b| b.fitted(bits, reads)));
            }
            Ast::Binary(a, VerilogOp::BitAnd, b) if covers(b, bits) => {
                return self.value(a, bits, known, reads);
            }
            Ast::Binary(a, VerilogOp::Shl, b) => {
                let n = number(b).ok_or_else(|| self.ranges.unsupported("a shift to the left"))?;
                let a = self.value(a, bits, known, reads)?;
                return Ok(format!("({a} << 5'd{})", n & 31));
            }
            Ast::Binary(_, op, _) => match op {
                VerilogOp::Add => "+",
                VerilogOp::Sub => "-",
                VerilogOp::BitAnd => "&",
                VerilogOp::BitOr => "|",
                VerilogOp::BitXor => "^",
                _ => return Ok(self.operand(value, known)?.fitted(bits, reads)),
            },
            other => return Err(self.ranges.unsupported(&format!("the value {other:?}"))),
        };
        let Ast::Binary(a, _, b) = plain(value) else {
            return Err(self.ranges.unsupported("an operation"));
        };
        let a = self.value(a, bits, known, reads)?;
        let b = self.value(b, bits, known, reads)?;
        Ok(format!("({a} {symbol} {b})"))
    }

    /// A condition.
    pub(super) fn test(
        &mut self,
        test: &Ast,
        known: &Known,
        reads: &mut Reads,
    ) -> Result<String, HdlError> {
        match plain(test) {
            Ast::Binary(a, op @ (VerilogOp::LogicalAnd | VerilogOp::LogicalOr), b) => {
                let symbol = if matches!(op, VerilogOp::LogicalAnd) {
                    "&&"
                } else {
                    "||"
                };
                let (a, b) = (self.test(a, known, reads)?, self.test(b, known, reads)?);
                Ok(format!("{a} {symbol} {b}"))
            }
            Ast::Unary(VerilogOpUnary::Not, inner) => {
                Ok(format!("!{}", self.test(inner, known, reads)?))
            }
            Ast::Binary(a, op, b) if is_test(op) => self.comparison(a, op, b, known, reads),
            other => self.value(other, 1, known, reads),
        }
    }

    /// Both sides with the bits that either needs.
    pub(super) fn comparison(
        &mut self,
        a: &Ast,
        op: &VerilogOp,
        b: &Ast,
        known: &Known,
        reads: &mut Reads,
    ) -> Result<String, HdlError> {
        let (x, y) = (self.ranges.range(a, known)?, self.ranges.range(b, known)?);
        let kind = x.joined(y).kind();
        let (symbol, ordered) = match op {
            VerilogOp::Eq => ("==", false),
            VerilogOp::Ne => ("!=", false),
            VerilogOp::Lt => ("<", true),
            VerilogOp::Le => ("<=", true),
            VerilogOp::Ge => (">=", true),
            _ => (">", true),
        };
        let [a, b] = [a, b].map(|side| match ordered && kind.signed {
            true => self.signed(side, kind.bits, known, reads),
            false => self.value(side, kind.bits, known, reads),
        });
        Ok(format!("{} {symbol} {}", a?, b?))
    }

    /// A value with a sign in Verilog's eyes.
    pub(super) fn signed(
        &mut self,
        value: &Ast,
        bits: u32,
        known: &Known,
        reads: &mut Reads,
    ) -> Result<String, HdlError> {
        if let Some(n) = number(value) {
            return Ok(literal(n, bits, true));
        }
        if let Ast::Signal(name) = plain(value) {
            let word = self.word(name, known)?;
            let text = word.fitted(bits, reads);
            let whole = text == word.name() && word.kind().signed;
            return Ok(if whole {
                text
            } else {
                format!("$signed({text})")
            });
        }
        Ok(format!(
            "$signed({})",
            bare(self.value(value, bits, known, reads)?)
        ))
    }
}

/// Whether a mask keeps all of so many bits.
fn covers(mask: &Ast, bits: u32) -> bool {
    let all = Interval::of(bits, false).high;
    number(mask).is_some_and(|n| n & all == all)
}
