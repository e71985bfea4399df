//! One kernel as statements on narrow words.

mod lines;
mod values;

use super::ranges::{Known, Ranges, is_test, joined, number, plain};
use super::{Line, Reads, Word, literal};
use crate::HdlError;
use crate::atoms::Type;
use crate::compose::{Stage, comment_text};
use crate::delay::statement_delay;
use crate::interval::Interval;
pub(crate) use lines::{COLUMNS, short_lines};
use lines::{bare, wrapped};
use rust_hdl_core::ast::{
    VerilogBlock, VerilogBlockOrConditional, VerilogConditional, VerilogExpression as Ast,
    VerilogOp, VerilogStatement,
};
use std::collections::HashMap;
use std::fmt::Write;

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
    before: Line,
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
        let known = inputs.iter().map(|(name, word)| (name.clone(), word.range));
        Ok(Self {
            ranges: Ranges::of(stage, &known.collect())?,
            inputs,
            depth,
            branches: 0,
            target: String::new(),
            parts: 0,
            before: Line::default(),
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
                    let mut line = std::mem::take(&mut self.before).followed_by(line);
                    line.comment = std::mem::take(comment);
                    line.delay = statement_delay(statement);
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
        let _ = writeln!(line.text, "{}{local} = {value};", self.indent());
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
