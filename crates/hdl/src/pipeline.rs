//! Cutting a row of statements into pipeline stages.
//!
//! Every statement stands in the first stage in which all that it reads is there and its delay still fits; a value that
//! a later stage reads travels there through registers. Statements that read only what holds still during a tick
//! (registers, constants) stand in the first of them.

use crate::atoms::Type;
use crate::compose::range;
use crate::narrow::{Line, Reads, Statements, short_lines, unread_parts};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

/// A value that enters the pipeline.
pub(crate) struct Source {
    pub name: String,
    pub kind: Type,
    /// The stage from whose start on it is there.
    pub stage: usize,
}

/// A register between two stages.
struct Copy {
    name: String,
    of: String,
    kind: Type,
}

/// Statements by stage, and the registers between the stages.
pub(crate) struct Pipeline {
    stages: Vec<Vec<Line>>,
    /// Registers by the stage that they feed.
    registers: Vec<Vec<Copy>>,
    homes: HashMap<String, usize>,
}

/// Where a value is ready: stage and delay within it.
type Ready = (usize, u32);

impl Pipeline {
    /// Cuts kernels into stages of at most `budget` units of delay (one statement where a single one is slower); their
    /// outputs are led to the last stage.
    pub fn cut(kernels: &Statements, sources: &[Source], budget: u32) -> Self {
        let mut ready: HashMap<String, Ready> = sources
            .iter()
            .map(|s| (s.name.clone(), (s.stage, 0)))
            .collect();
        let mut constant = Vec::new();
        let mut stages: Vec<Vec<Line>> = Vec::new();
        for line in &kernels.lines {
            match line.inputs().filter_map(|r| ready.get(r)).max() {
                None => constant.push(line.clone()),
                Some(&(stage, used)) => {
                    let fits = used == 0 || used + line.delay <= budget;
                    let (stage, used) = if fits { (stage, used) } else { (stage + 1, 0) };
                    stages.resize_with(stages.len().max(stage + 1), Vec::new);
                    stages[stage].push(line.clone());
                    let done = (stage, used + line.delay);
                    ready.extend(line.writes.iter().map(|w| (w.clone(), done)));
                }
            }
        }
        if let Some(first) = stages.iter_mut().find(|lines| !lines.is_empty()) {
            first.splice(0..0, constant);
        }
        let homes = ready.into_iter().map(|(name, (stage, _))| (name, stage));
        let mut pipeline = Self {
            registers: Vec::new(),
            stages,
            homes: homes.collect(),
        };
        pipeline.registers = pipeline.connected(kernels, sources);
        pipeline
    }

    /// Number of stages.
    pub fn depth(&self) -> usize {
        self.stages.len()
    }

    /// Name of a value in a stage.
    fn name(&self, value: &str, stage: usize) -> String {
        match self.homes.get(value) {
            Some(home) if *home < stage => format!("{value}_s{stage}"),
            _ => value.into(),
        }
    }

    /// Bits of the registers between stages.
    pub fn register_bits(&self) -> u64 {
        let registers = self.registers.iter().flatten();
        registers.map(|copy| u64::from(copy.kind.bits)).sum()
    }

    /// A register for every value and every stage border that it crosses.
    fn connected(&self, kernels: &Statements, sources: &[Source]) -> Vec<Vec<Copy>> {
        let locals = kernels.locals.iter().map(|(name, kind)| (name, *kind));
        let kinds = locals.chain(sources.iter().map(|s| (&s.name, s.kind)));
        let mut registers: Vec<Vec<Copy>> = self.stages.iter().map(|_| Vec::new()).collect();
        let last_use = self.last_uses(kernels);
        let kinds: BTreeMap<&String, Type> = kinds.collect();
        for (value, kind) in kinds {
            let (Some(home), Some(last)) = (self.homes.get(value), last_use.get(value)) else {
                continue;
            };
            let crossed = registers.iter_mut().enumerate();
            for (stage, fed) in crossed.take(last + 1).skip(home + 1) {
                fed.push(Copy {
                    name: self.name(value, stage),
                    of: self.name(value, stage - 1),
                    kind,
                });
            }
        }
        registers
    }

    /// The last stage that reads each value.
    fn last_uses<'a>(&'a self, kernels: &'a Statements) -> HashMap<&'a String, usize> {
        let mut last_use = HashMap::new();
        for (stage, lines) in self.stages.iter().enumerate() {
            let reads = lines.iter().flat_map(|line| line.inputs());
            last_use.extend(reads.map(|name| (name, stage)));
        }
        let end = self.depth() - 1;
        last_use.extend(kernels.wanted.keys().map(|name| (name, end)));
        last_use
    }

    /// Declarations of the registers between stages.
    pub fn declarations(&self) -> String {
        let mut text = String::new();
        for copy in self.registers.iter().flatten() {
            let _ = writeln!(text, "  reg {:<14} {};", range(copy.kind), copy.name);
        }
        text
    }

    /// The combinational block of every stage and the registers after it. They need no enable: neurons follow each other
    /// without a gap, and between two ticks nothing moves.
    pub fn blocks(&self) -> String {
        let mut text = String::new();
        for (stage, lines) in self.stages.iter().enumerate() {
            let fed = self.registers.get(stage + 1).filter(|f| !f.is_empty());
            if lines.is_empty() && fed.is_none() {
                continue;
            }
            let _ = writeln!(text, "  // Stage {stage}.");
            text += &combinational(lines.iter().map(|l| l.at(&|name| self.name(name, stage))));
            if let Some(fed) = fed {
                text += "  always @(posedge clk_i) begin\n";
                for copy in fed {
                    let _ = writeln!(text, "    {} <= {};", copy.name, copy.of);
                }
                text += "  end\n\n";
            }
        }
        text
    }

    /// A text with every value by its name in the last stage.
    pub fn in_last_stage(&self, text: &str) -> String {
        substitute(text, &|name| self.name(name, self.depth() - 1))
    }

    /// Bits of its own words and of `others` that nothing reads, as parts of a concatenation.
    pub fn unread(&self, kernels: &Statements, others: &[(String, u32)]) -> Vec<String> {
        let reads = self.reads(kernels);
        let copies = self.registers.iter().flatten();
        let copies = copies.map(|copy| (&copy.name, copy.kind.bits));
        let own = kernels.locals.iter().map(|(name, kind)| (name, kind.bits));
        let others = others.iter().map(|(name, bits)| (name, *bits));
        own.chain(copies)
            .chain(others)
            .flat_map(|(name, bits)| {
                unread_parts(name, bits, reads.get(name).copied().unwrap_or(0))
            })
            .collect()
    }

    /// Bits that something reads, by the names that stand in the text.
    fn reads(&self, kernels: &Statements) -> Reads {
        let mut reads = Reads::new();
        let mut add = |name: String, bits: u64| *reads.entry(name).or_default() |= bits;
        for (stage, lines) in self.stages.iter().enumerate() {
            for (name, bits) in lines.iter().flat_map(|line| &line.reads) {
                add(self.name(name, stage), *bits);
            }
        }
        for (name, bits) in &kernels.wanted {
            add(self.name(name, self.depth() - 1), *bits);
        }
        for copy in self.registers.iter().flatten() {
            add(copy.of.clone(), u64::MAX);
        }
        reads
    }
}

impl Line {
    /// It with other names of what it reads.
    fn at(&self, name: &dyn Fn(&str) -> String) -> String {
        let named = |read: &str| match self.inputs().any(|input| input == read) {
            true => name(read),
            false => read.into(),
        };
        self.comment.clone() + &short_lines(&substitute(&self.text, &named))
    }
}

fn combinational(lines: impl Iterator<Item = String>) -> String {
    let body: String = lines.collect();
    if body.is_empty() {
        body
    } else {
        format!("  always @* begin\n{body}  end\n\n")
    }
}

/// Replaces whole identifiers.
fn substitute(text: &str, name: &dyn Fn(&str) -> String) -> String {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest
            .find(|c| inside(c) != inside(first))
            .unwrap_or(rest.len());
        let (token, after) = rest.split_at(end);
        out += &name(token);
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORD: Type = Type {
        bits: 8,
        signed: false,
    };

    fn line(text: &str, writes: &str, reads: &[&str], delay: u32) -> Line {
        Line {
            text: format!("    {text}\n"),
            writes: vec![writes.into()],
            reads: reads.iter().map(|r| (r.to_string(), 0xff)).collect(),
            delay,
            ..Line::default()
        }
    }

    fn cut(budget: u32) -> Pipeline {
        let kernels = Statements {
            lines: vec![
                line("g = c;", "g", &["c"], 9),
                line("x = a + g;", "x", &["a", "g"], 3),
                line("y = x * a;", "y", &["x", "a"], 7),
                line("z = y + ax;", "z", &["y", "ax"], 3),
            ],
            locals: ["g", "x", "y", "z"].map(|n| (n.to_string(), WORD)).into(),
            wanted: ["z", "x"].map(|n| (n.to_string(), 0xff)).into(),
            ..Statements::default()
        };
        let source = |name: &str, stage| Source {
            name: name.into(),
            kind: WORD,
            stage,
        };
        Pipeline::cut(&kernels, &[source("a", 0), source("ax", 1)], budget)
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
