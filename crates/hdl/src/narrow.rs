//! Kernels as combinational statements whose words are as narrow as their values allow.
//!
//! A kernel computes on words of 32 bits. Here every value gets the bits that hold what it can be, whatever its inputs
//! are within the bits of their registers ([`ranges`]): the low bits of a sum, difference or product are the same at any
//! width that holds the result. What no output needs is left out. `print` of the crate prints the same kernels as words
//! of 32 bits, which a simulator need not mask; the two are compared in lock step and by the formal proofs.

mod cells;
mod printer;
mod ranges;
mod word;

use crate::atoms::{Role, Type};
use crate::compose::{Printed, Stage, Statement, range};
use crate::interval::Interval;
use crate::{HdlError, expression};
pub use cells::Cells;
pub(crate) use cells::count;
use printer::Printer;
pub(crate) use printer::{COLUMNS, short_lines};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;
pub(crate) use word::Word;

/// Bits of names that a statement reads, a mask each.
pub(crate) type Reads = BTreeMap<String, u64>;

/// One printed statement with the comments before it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    pub comment: String,
    /// A line for each assignment, however long.
    pub text: String,
    pub writes: Vec<String>,
    /// What it reads, its own parts among it.
    pub reads: Reads,
    /// Its delay, see `delay.rs`.
    pub delay: u32,
}

impl Line {
    /// A statement on words of 32 bits: it reads all their bits.
    fn of(statement: &Statement) -> Self {
        let reads = statement.reads.iter();
        Self {
            comment: String::new(),
            text: statement.text.clone(),
            writes: statement.writes.clone(),
            reads: reads.map(|name| (name.clone(), u64::MAX)).collect(),
            delay: statement.delay,
        }
    }

    /// Both as one statement.
    fn followed_by(mut self, next: Self) -> Self {
        self.text += &next.text;
        self.writes.extend(next.writes);
        for (name, bits) in next.reads {
            *self.reads.entry(name).or_default() |= bits;
        }
        self
    }

    /// Names that others drive.
    pub fn inputs(&self) -> impl Iterator<Item = &String> {
        self.reads.keys().filter(|r| !self.writes.contains(*r))
    }
}

/// Printed kernels.
#[derive(Default)]
pub(crate) struct Statements {
    pub lines: Vec<Line>,
    pub locals: Vec<(String, Type)>,
    /// What the outputs are called, by their names in the composition.
    pub outputs: HashMap<String, Word>,
    /// Bits that stand outside of the statements, read by what follows them.
    pub wanted: Reads,
}

impl Statements {
    /// Prints stages in a row on narrow words, as far as `outputs` need them, `depth` levels deep; `bind` gives what no earlier stage drives.
    pub fn narrow(
        stages: &[Stage],
        bind: &dyn Fn(&str) -> Option<Word>,
        outputs: &[(String, u32)],
        depth: usize,
    ) -> Result<Self, HdlError> {
        let mut all = Self::default();
        for stage in stages {
            let mut inputs = HashMap::new();
            for signal in stage.signals.iter().filter(|s| s.role == Role::Input) {
                let outer = stage.outer(&signal.name);
                let word = all.outputs.get(outer).cloned().or_else(|| bind(outer));
                let word = word.ok_or_else(|| HdlError::Unbound(outer.into()))?;
                inputs.insert(signal.name.clone(), word);
            }
            let printed = Printer::new(stage, inputs, depth)?.kernel()?;
            all.lines.extend(printed.lines);
            all.locals.extend(printed.locals);
            for signal in stage.signals.iter().filter(|s| s.role == Role::Output) {
                if let Some(word) = printed.words.get(&signal.name) {
                    all.outputs
                        .insert(stage.outer(&signal.name).into(), word.clone());
                }
            }
        }
        all.reduced_to(outputs)
    }

    /// The same of stages that are printed as words of 32 bits.
    pub fn whole(printed: &Printed, outputs: &[(String, u32)]) -> Result<Self, HdlError> {
        let kinds: HashMap<&String, Type> = printed.locals.iter().map(|(n, k)| (n, *k)).collect();
        let word = |local: &String| {
            let kind = kinds.get(local)?;
            Some(Word::new(local, kind.bits, kind.signed))
        };
        let all = Self {
            lines: printed.statements.iter().map(Line::of).collect(),
            locals: printed.locals.clone(),
            outputs: (printed.outputs.iter())
                .filter_map(|(name, local)| Some((name.clone(), word(local)?)))
                .collect(),
            wanted: Reads::new(),
        };
        all.reduced_to(outputs)
    }

    /// What the low bits of some outputs need.
    fn reduced_to(mut self, outputs: &[(String, u32)]) -> Result<Self, HdlError> {
        for (name, bits) in outputs {
            let word = self.output(name)?;
            word.fitted(*bits, &mut self.wanted);
        }
        self.prune();
        Ok(self)
    }

    /// An output of the composition.
    pub fn output(&self, name: &str) -> Result<Word, HdlError> {
        let found = self.outputs.get(name).cloned();
        found.ok_or_else(|| HdlError::Unbound(name.into()))
    }

    /// Leaves out what no output needs.
    fn prune(&mut self) {
        let mut live: HashSet<String> = self.wanted.keys().cloned().collect();
        let mut kept = Vec::new();
        for line in std::mem::take(&mut self.lines).into_iter().rev() {
            if line.writes.iter().any(|w| live.contains(w)) {
                live.extend(line.reads.keys().cloned());
                kept.push(line);
            }
        }
        kept.reverse();
        self.lines = kept;
        let written = |name: &String| self.lines.iter().any(|l| l.writes.contains(name));
        self.locals = std::mem::take(&mut self.locals)
            .into_iter()
            .filter(|(name, _)| written(name))
            .collect();
    }

    /// The statements, for a combinational block.
    pub fn text(&self) -> String {
        let lines = self.lines.iter();
        lines
            .map(|l| l.comment.clone() + &short_lines(&l.text))
            .collect()
    }

    /// Declarations of what they assign.
    pub fn declarations(&self) -> String {
        let mut text = String::new();
        for (name, kind) in &self.locals {
            let bits = format!("{:<14}", range(*kind));
            let _ = writeln!(text, "  reg {bits} {name};");
        }
        text
    }

    /// Whether a statement or an output reads a name.
    pub fn reads(&self, name: &str) -> bool {
        self.read_bits(name) != 0
    }

    fn read_bits(&self, name: &str) -> u64 {
        let mut all = self.lines.iter().map(|l| &l.reads).chain([&self.wanted]);
        all.by_ref()
            .filter_map(|reads| reads.get(name))
            .fold(0, |mask, bits| mask | bits)
    }

    /// Bits of its own words and of `others` that nothing reads, as parts of a concatenation.
    pub fn unread(&self, others: &[(String, u32)]) -> Vec<String> {
        let own = self.locals.iter().map(|(name, kind)| (name, kind.bits));
        let others = others.iter().map(|(name, bits)| (name, *bits));
        let mut parts = Vec::new();
        for (name, bits) in own.chain(others) {
            parts.extend(unread_parts(name, bits, self.read_bits(name)));
        }
        parts
    }
}

/// The parts of a name that a mask leaves out.
pub(crate) fn unread_parts(name: &str, bits: u32, read: u64) -> Vec<String> {
    let unread = |bit: &u32| read >> bit & 1 == 0;
    if (0..bits).all(|bit| unread(&bit)) {
        return vec![name.into()];
    }
    let mut parts = Vec::new();
    let mut bit = 0;
    while bit < bits {
        let run = (bit..bits).take_while(unread).count() as u32;
        match run {
            0 => bit += 1,
            1 => parts.push(format!("{name}[{bit}]")),
            _ => parts.push(format!("{name}[{}:{bit}]", bit + run - 1)),
        }
        bit += run;
    }
    parts
}

/// A literal in two's complement of exactly so many bits.
fn literal(value: i64, bits: u32, signed: bool) -> String {
    let kind = Type { bits, signed };
    match signed {
        true => expression::sized_literal(value, kind),
        false => expression::sized_literal(value & Interval::of(bits, false).high, kind),
    }
}
