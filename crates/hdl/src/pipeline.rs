//! Cutting a row of statements into pipeline stages.
//!
//! Every statement stands in the first stage in which all that it reads is there and its delay still fits; a value that
//! a later stage reads travels there through registers. Statements that read only what holds still during a tick
//! (registers, constants) stand before the stages.

use crate::atoms::Type;
use crate::compose::{Printed, Statement, range};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

/// A value that enters the pipeline.
pub struct Source {
    pub(crate) name: String,
    pub(crate) kind: Type,
    pub(crate) stage: usize,
}

impl Source {
    /// A signal of `bits` bits that is there from the start of a stage on.
    pub fn new(name: &str, bits: u32, signed: bool, stage: usize) -> Self {
        Self {
            name: name.into(),
            kind: Type { bits, signed },
            stage,
        }
    }
}

/// Statements by stage, and the registers between the stages.
pub struct Pipeline {
    constant: Vec<Statement>,
    stages: Vec<Vec<Statement>>,
    /// Registers by the stage that they feed: copy, what it copies, type.
    registers: Vec<Vec<(String, String, Type)>>,
    homes: HashMap<String, usize>,
}

/// Where a value is ready: stage and delay within it.
type Ready = (usize, u32);

impl Pipeline {
    /// Cuts the statements into stages of at most `budget` units of delay (one statement where a single one is slower);
    /// `outputs` are led to the last stage.
    pub fn cut(printed: &Printed, sources: &[Source], outputs: &[String], budget: u32) -> Self {
        let mut ready: HashMap<String, Ready> = sources
            .iter()
            .map(|s| (s.name.clone(), (s.stage, 0)))
            .collect();
        let mut constant = Vec::new();
        let mut stages: Vec<Vec<Statement>> = Vec::new();
        for statement in &printed.statements {
            match statement.reads.iter().filter_map(|r| ready.get(r)).max() {
                None => constant.push(statement.clone()),
                Some(&(stage, used)) => {
                    let fits = used == 0 || used + statement.delay <= budget;
                    let (stage, used) = if fits { (stage, used) } else { (stage + 1, 0) };
                    stages.resize_with(stages.len().max(stage + 1), Vec::new);
                    stages[stage].push(statement.clone());
                    let done = (stage, used + statement.delay);
                    ready.extend(statement.writes.iter().map(|w| (w.clone(), done)));
                }
            }
        }
        let mut pipeline = Self {
            constant,
            registers: vec![Vec::new(); stages.len()],
            stages,
            homes: ready
                .into_iter()
                .map(|(name, (stage, _))| (name, stage))
                .collect(),
        };
        pipeline.connect(printed, sources, outputs);
        pipeline
    }

    /// Number of stages.
    pub fn depth(&self) -> usize {
        self.stages.len()
    }

    /// Name of a value in a stage.
    pub fn name(&self, value: &str, stage: usize) -> String {
        match self.homes.get(value) {
            Some(home) if *home < stage => format!("{value}_s{stage}"),
            _ => value.into(),
        }
    }

    /// Bits of the registers between stages, a value no wider than `bits` says of its name.
    pub fn register_bits(&self, bits: &HashMap<String, u32>) -> u64 {
        let all = self.homes.iter().flat_map(|(value, home)| {
            let copies = (home + 1..self.depth()).map(move |stage| self.name(value, stage));
            copies.map(move |copy| (value, copy))
        });
        let named: HashMap<String, &String> = all.map(|(value, copy)| (copy, value)).collect();
        let registers = self.registers.iter().flatten();
        let wide = registers.map(|(copy, _, kind)| {
            let known = named.get(copy).and_then(|value| bits.get(*value));
            known.copied().unwrap_or(kind.bits).min(kind.bits)
        });
        wide.map(u64::from).sum()
    }

    /// Lays a register for every value and every stage border that it crosses.
    fn connect(&mut self, printed: &Printed, sources: &[Source], outputs: &[String]) {
        let locals = printed
            .locals
            .iter()
            .map(|(name, kind)| (name.as_str(), *kind));
        let kinds: HashMap<&str, Type> = locals
            .chain(sources.iter().map(|s| (s.name.as_str(), s.kind)))
            .collect();
        let mut last_use: BTreeMap<&str, usize> = BTreeMap::new();
        let readers = self.stages.iter().enumerate();
        let uses = readers.flat_map(|(at, all)| {
            all.iter()
                .flat_map(move |s| s.reads.iter().map(move |r| (r.as_str(), at)))
        });
        let end = self.depth() - 1;
        for (name, at) in uses.chain(outputs.iter().map(|o| (o.as_str(), end))) {
            let entry = last_use.entry(name).or_insert(at);
            *entry = at.max(*entry);
        }
        let mut registers = vec![Vec::new(); self.depth()];
        for (name, last) in last_use {
            let (Some(home), Some(kind)) = (self.homes.get(name), kinds.get(name)) else {
                continue;
            };
            for (stage, fed) in registers
                .iter_mut()
                .enumerate()
                .take(last + 1)
                .skip(home + 1)
            {
                fed.push((self.name(name, stage), self.name(name, stage - 1), *kind));
            }
        }
        self.registers = registers;
    }

    /// Declarations of the registers between stages.
    pub fn declarations(&self) -> String {
        let mut text = String::new();
        for (copy, _, kind) in self.registers.iter().flatten() {
            let _ = writeln!(text, "  reg {}{copy};", range(*kind));
        }
        text
    }

    /// The combinational block of every stage and the registers after it. They need no enable: neurons follow each other
    /// without a gap, and between two ticks nothing moves.
    pub fn blocks(&self) -> String {
        let mut text = String::new();
        if !self.constant.is_empty() {
            text += "  // What holds still during a tick.\n";
            text += &combinational(self.constant.iter().map(|s| s.text.clone()));
        }
        for (stage, statements) in self.stages.iter().enumerate() {
            let _ = writeln!(text, "  // Stage {stage}.");
            text += &combinational(statements.iter().map(|s| self.at(s, stage)));
            if let Some(fed) = self.registers.get(stage + 1).filter(|f| !f.is_empty()) {
                text += "  always @(posedge clk_i) begin\n";
                for (copy, value, _) in fed {
                    let _ = writeln!(text, "    {copy} <= {value};");
                }
                text += "  end\n\n";
            }
        }
        text
    }

    /// A statement's text with every value by its name in this stage.
    fn at(&self, statement: &Statement, stage: usize) -> String {
        let names = statement
            .reads
            .iter()
            .map(|r| (r.as_str(), self.name(r, stage)));
        substitute(&statement.text, &names.collect())
    }
}

fn combinational(statements: impl Iterator<Item = String>) -> String {
    let body: String = statements.collect();
    if body.is_empty() {
        body
    } else {
        format!("  always @* begin\n{body}  end\n\n")
    }
}

/// Replaces whole identifiers.
fn substitute(text: &str, names: &HashMap<&str, String>) -> String {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest
            .find(|c| inside(c) != inside(first))
            .unwrap_or(rest.len());
        let (token, after) = rest.split_at(end);
        out += names.get(token).map_or(token, String::as_str);
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(text: &str, writes: &str, reads: &[&str], delay: u32) -> Statement {
        Statement {
            text: format!("    {text}\n"),
            writes: vec![writes.into()],
            reads: reads.iter().map(|r| r.to_string()).collect(),
            delay,
        }
    }

    fn cut(budget: u32) -> Pipeline {
        let word = Type {
            bits: 8,
            signed: false,
        };
        let printed = Printed {
            statements: vec![
                statement("g = c;", "g", &["c"], 9),
                statement("x = a + g;", "x", &["a", "g"], 3),
                statement("y = x * a;", "y", &["x", "a"], 7),
                statement("z = y + ax;", "z", &["y", "ax"], 3),
            ],
            locals: ["g", "x", "y", "z"].map(|n| (n.to_string(), word)).into(),
            ..Printed::default()
        };
        let source = |name: &str, stage| Source {
            name: name.into(),
            kind: word,
            stage,
        };
        Pipeline::cut(
            &printed,
            &[source("a", 0), source("ax", 1)],
            &["z".into(), "x".into()],
            budget,
        )
    }

    #[test]
    fn registers_stand_where_the_budget_is_used_up() {
        insta::assert_snapshot!(cut(8).blocks());
    }

    #[test]
    fn a_wide_budget_waits_only_for_late_sources() {
        assert_eq!(cut(100).depth(), 2);
    }
}
