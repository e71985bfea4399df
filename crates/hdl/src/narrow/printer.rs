//! One kernel as statements on narrow words.

use super::ranges::{Known, Ranges, is_test, joined, number, plain};
use super::{Line, Reads, Word, literal};
use crate::HdlError;
use crate::atoms::Type;
use crate::compose::{Stage, comment_text};
use crate::interval::Interval;
use rust_hdl_core::ast::{
    VerilogBlock, VerilogBlockOrConditional, VerilogConditional, VerilogExpression as Ast,
    VerilogOp, VerilogOpUnary, VerilogStatement,
};
use std::collections::HashMap;
use std::fmt::Write;

/// Columns of a line.
const COLUMNS: usize = 98;

/// Prints one kernel.
pub(super) struct Printer<'a> {
    ranges: Ranges<'a>,
    inputs: HashMap<String, Word>,
    depth: usize,
    /// Branches around the statement that is printed.
    branches: usize,
    /// Signal that is assigned, and the parts of its value that got names of their own.
    target: String,
    parts: usize,
    before: Vec<Line>,
    locals: Vec<(String, Type)>,
}

/// What was printed.
pub(super) struct Kernel {
    pub lines: Vec<Line>,
    pub locals: Vec<(String, Type)>,
    /// The signals that the kernel assigns.
    pub words: HashMap<String, Word>,
}

impl<'a> Printer<'a> {
    pub fn new(
        stage: &'a Stage,
        inputs: HashMap<String, Word>,
        depth: usize,
    ) -> Result<Self, HdlError> {
        Ok(Self {
            ranges: Ranges::of(stage, &inputs)?,
            inputs,
            depth,
            branches: 0,
            target: String::new(),
            parts: 0,
            before: Vec::new(),
            locals: Vec::new(),
        })
    }

    pub fn kernel(mut self) -> Result<Kernel, HdlError> {
        let stage = self.ranges.stage;
        for signal in &stage.signals {
            if let Some(range) = self.ranges.assigned.get(&signal.name) {
                let name = self.local(&signal.name);
                self.locals.push((name, range.kind()));
            }
        }
        let known = self
            .inputs
            .iter()
            .map(|(name, word)| (name.clone(), word.range));
        let mut lines = Vec::new();
        let mut comment = format!("{}// {}\n", "  ".repeat(self.depth), stage.name);
        let known = self.lines(&stage.code, known.collect(), &mut comment, &mut lines)?;
        let words = self.ranges.assigned.keys();
        let words = words.map(|name| Ok((name.clone(), self.word(name, &known)?)));
        let words: Result<_, HdlError> = words.collect();
        Ok(Kernel {
            words: words?,
            lines,
            locals: self.locals,
        })
    }

    /// Name of a signal that the kernel assigns.
    fn local(&self, signal: &str) -> String {
        format!("{}_{signal}", self.ranges.stage.name)
    }

    /// A signal where it is read.
    fn word(&self, signal: &str, known: &Known) -> Result<Word, HdlError> {
        let unbound = || HdlError::Unbound(signal.into());
        let range = *known.get(signal).ok_or_else(unbound)?;
        if let Some(word) = self.inputs.get(signal) {
            return Ok(word.bounded(range));
        }
        let kind = self.ranges.assigned.get(signal).ok_or_else(unbound)?.kind();
        Ok(Word::within(&self.local(signal), kind, range))
    }

    /// Statements in a row, a line each.
    fn lines(
        &mut self,
        code: &VerilogBlock,
        mut known: Known,
        comment: &mut String,
        lines: &mut Vec<Line>,
    ) -> Result<Known, HdlError> {
        for statement in code {
            match statement {
                VerilogStatement::Macro(code) => known = self.lines(code, known, comment, lines)?,
                VerilogStatement::Comment(text) => {
                    let text = comment_text(text);
                    comment.push_str(&wrapped(&format!("{}// {text}", self.indent()), "// "));
                }
                _ => {
                    let mut line = Line::default();
                    known = self.statement(statement, known, &mut line)?;
                    line.comment = std::mem::take(comment);
                    if let Some(first) = self.before.first_mut() {
                        first.comment = std::mem::take(&mut line.comment);
                    }
                    lines.append(&mut self.before);
                    lines.push(line);
                }
            }
        }
        Ok(known)
    }

    fn indent(&self) -> String {
        "  ".repeat(self.depth + self.branches)
    }

    fn statement(
        &mut self,
        statement: &VerilogStatement,
        mut known: Known,
        line: &mut Line,
    ) -> Result<Known, HdlError> {
        match statement {
            VerilogStatement::Assignment(Ast::Signal(name), value) => {
                let name = name.trim_end_matches("$next");
                let range = self.ranges.range(value, &known)?;
                self.target = name.into();
                self.parts = 0;
                let kind = self.kind(name)?;
                let text = self.assigned(value, kind, &known, &mut line.reads)?;
                self.assign(name, &text, line);
                known.insert(name.into(), range);
                Ok(known)
            }
            VerilogStatement::If(c) => self.conditional(c, known, line),
            VerilogStatement::Macro(code) => self.block(code, known, line),
            VerilogStatement::Comment(_) => Ok(known),
            other => Err(self.ranges.unsupported(&format!("the statement {other:?}"))),
        }
    }

    /// Type of a signal that the kernel assigns.
    fn kind(&self, name: &str) -> Result<Type, HdlError> {
        let found = self.ranges.assigned.get(name);
        Ok(found.ok_or_else(|| HdlError::Unbound(name.into()))?.kind())
    }

    fn assign(&self, name: &str, value: &str, line: &mut Line) {
        let local = self.local(name);
        line.text += &wrapped(&format!("{}{local} = {value};", self.indent()), "");
        if !line.writes.contains(&local) {
            line.writes.push(local);
        }
    }

    fn block(
        &mut self,
        code: &VerilogBlock,
        mut known: Known,
        line: &mut Line,
    ) -> Result<Known, HdlError> {
        for statement in code {
            known = self.statement(statement, known, line)?;
        }
        Ok(known)
    }

    fn conditional(
        &mut self,
        c: &VerilogConditional,
        known: Known,
        line: &mut Line,
    ) -> Result<Known, HdlError> {
        let holds = self.ranges.given(&c.test, true, known.clone())?;
        let fails = self.ranges.given(&c.test, false, known.clone())?;
        let (Some(holds), Some(fails)) = (&holds, &fails) else {
            // One of the branches is never taken.
            return match holds {
                Some(holds) => self.block(&c.then, holds, line),
                None => self.otherwise(&c.otherwise, fails.unwrap_or(known), line),
            };
        };
        if let Some((name, yes, no)) = choice(c) {
            return self.chosen(c, (name, yes, no), (holds, fails), known, line);
        }
        let test = self.test(&c.test, &known, &mut line.reads)?;
        let _ = writeln!(line.text, "{}if ({test}) begin", self.indent());
        self.branches += 1;
        let then = self.block(&c.then, holds.clone(), line)?;
        self.branches -= 1;
        let other = match &c.otherwise {
            VerilogBlockOrConditional::None => fails.clone(),
            otherwise => {
                let _ = writeln!(line.text, "{}end else begin", self.indent());
                self.branches += 1;
                let other = self.otherwise(otherwise, fails.clone(), line)?;
                self.branches -= 1;
                other
            }
        };
        let _ = writeln!(line.text, "{}end", self.indent());
        Ok(joined(then, other))
    }

    fn otherwise(
        &mut self,
        otherwise: &VerilogBlockOrConditional,
        known: Known,
        line: &mut Line,
    ) -> Result<Known, HdlError> {
        match otherwise {
            VerilogBlockOrConditional::None => Ok(known),
            VerilogBlockOrConditional::Block(code) => self.block(code, known, line),
            VerilogBlockOrConditional::Conditional(next) => self.statement(next, known, line),
        }
    }

    /// `target = test ? yes : no;`
    fn chosen(
        &mut self,
        c: &VerilogConditional,
        (name, yes, no): (&str, &Ast, &Ast),
        (holds, fails): (&Known, &Known),
        mut known: Known,
        line: &mut Line,
    ) -> Result<Known, HdlError> {
        let kind = self.kind(name)?;
        let test = self.test(&c.test, &known, &mut line.reads)?;
        let [then, other] = [(yes, holds), (no, fails)].map(|(value, known)| {
            let text = self.value(value, kind.bits, known, &mut line.reads)?;
            Ok((text, self.ranges.range(value, known)?))
        });
        let ((then, a), (other, b)): ((String, Interval), (String, Interval)) = (then?, other?);
        let test = match test.contains(' ') {
            true => format!("({test})"),
            false => test,
        };
        self.assign(name, &format!("{test} ? {then} : {other}"), line);
        known.insert(name.into(), a.joined(b));
        Ok(known)
    }

    /// The value of an assignment.
    fn assigned(
        &mut self,
        value: &Ast,
        kind: Type,
        known: &Known,
        reads: &mut Reads,
    ) -> Result<String, HdlError> {
        let range = self.ranges.range(value, known)?;
        match plain(value) {
            Ast::Signal(_) => self.value(value, kind.bits, known, reads),
            _ if range.low == range.high => Ok(literal(range.low, kind.bits, kind.signed)),
            Ast::Binary(a, VerilogOp::Mul, b) => self.product(a, b, known, reads),
            Ast::Binary(a, VerilogOp::Shr, b) => self.shift(a, b, kind, known, reads),
            Ast::Binary(_, op, _) if is_test(op) => self.test(value, known, reads),
            _ => Ok(bare(self.value(value, kind.bits, known, reads)?)),
        }
    }

    /// Both operands with the bits that they need.
    fn product(
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

    fn shift(
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
    fn part(&mut self, text: &str, kind: Type, reads: Reads) -> Result<String, HdlError> {
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
        self.before.push(line);
        self.locals.push((self.local(&name), kind));
        Ok(self.local(&name))
    }

    /// A value by name.
    fn operand(&mut self, value: &Ast, known: &Known) -> Result<Word, HdlError> {
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
    fn value(
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
    fn test(&mut self, test: &Ast, known: &Known, reads: &mut Reads) -> Result<String, HdlError> {
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
    fn comparison(
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
    fn signed(
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

/// Both branches assign one signal that is there already: its name and both values.
fn choice(c: &VerilogConditional) -> Option<(&str, &Ast, &Ast)> {
    let only = |code: &VerilogBlock| matches!(code[..], [VerilogStatement::Assignment(..)]);
    let VerilogBlockOrConditional::Block(otherwise) = &c.otherwise else {
        return None;
    };
    if !only(&c.then) || !only(otherwise) {
        return None;
    }
    match (&c.then[0], &otherwise[0]) {
        (
            VerilogStatement::Assignment(Ast::Signal(a), yes),
            VerilogStatement::Assignment(Ast::Signal(b), no),
        ) if a == b && is_there(yes) && is_there(no) => {
            Some((a.trim_end_matches("$next"), yes, no))
        }
        _ => None,
    }
}

/// A signal or a literal.
fn is_there(value: &Ast) -> bool {
    number(value).is_some() || matches!(plain(value), Ast::Signal(_))
}

/// Whether a mask keeps all of so many bits.
fn covers(mask: &Ast, bits: u32) -> bool {
    let all = Interval::of(bits, false).high;
    number(mask).is_some_and(|n| n & all == all)
}

/// Without the brackets around the whole.
fn bare(text: String) -> String {
    let inner = text.strip_prefix('(').and_then(|t| t.strip_suffix(')'));
    // The brackets of `(a) + (b)` are none around the whole.
    let whole = |inner: &&str| {
        let mut open = 0;
        inner.chars().all(|c| {
            open += i32::from(c == '(') - i32::from(c == ')');
            open >= 0
        })
    };
    inner.filter(whole).map_or(text.clone(), str::to_string)
}

/// A line that goes on in further ones where it is too long, each beginning with `lead`; a statement breaks before an
/// operator.
fn wrapped(line: &str, lead: &str) -> String {
    let indent: String = line.chars().take_while(|c| *c == ' ').collect();
    let next = match lead {
        "" => format!("{indent}    "),
        lead => format!("{indent}{lead}"),
    };
    let (mut text, mut rest) = (String::new(), line.to_string());
    while rest.len() > COLUMNS {
        let end = match lead {
            "" => break_before_operator(&rest),
            _ => rest[..COLUMNS].rfind(' '),
        };
        let Some(at) = end.filter(|at| *at > next.len()) else {
            break;
        };
        text += rest[..at].trim_end();
        text.push('\n');
        rest = next.clone() + rest[at..].trim_start();
    }
    text + &rest + "\n"
}

/// Where the last operator in the columns stands that is outside of every concatenation.
fn break_before_operator(line: &str) -> Option<usize> {
    let outside = |at: &usize| {
        let before = &line[..*at];
        before.matches('{').count() == before.matches('}').count()
    };
    let of = |symbol: &&str| {
        let places = line[..COLUMNS].match_indices(*symbol).map(|(at, _)| at);
        places.filter(|at| outside(at)).last()
    };
    // The parts of a choice before those of its condition.
    let choice = [" ? ", " : "].iter().filter_map(of).max();
    choice.or_else(|| {
        [" + ", " - ", " & ", " && ", " * "]
            .iter()
            .filter_map(of)
            .max()
    })
}
