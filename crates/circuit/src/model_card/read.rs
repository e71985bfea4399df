//! From a text of Spectre, ngspice or VACASK to a card.
//!
//! Statements that define parameters, and the one that gives them to the model `heracles`, make the card; those that
//! only frame it (subcircuit, include, language) are passed over; anything else is a problem, so that no card is half read.

mod resolve;
mod statistics;

use super::error::CardProblem;
use super::lexer::{Word, statements};
use super::{Format, Imported, Statistics};

/// The Verilog-A module of the cards.
const MODULE: &str = "heracles";

/// Statements that frame a card.
#[rustfmt::skip]
const FRAMES: &[&str] = &[
    "simulator", "ahdl_include", "include", "load", "ends", "pre_osdi", "section", "endsection", "library", "endlibrary",
    ".include", ".inc", ".lib", ".endl", ".ends", ".title", ".end",
];

/// A name and its value as written.
type Assignment<'a> = (Word<'a>, Word<'a>);

pub(super) fn read(text: &str, format: Format) -> Result<Imported, Vec<CardProblem>> {
    let mut reader = Reader {
        format,
        definitions: Vec::new(),
        given: None,
        statistics: None,
        blocks: Vec::new(),
        problems: Vec::new(),
        notes: Vec::new(),
    };
    for statement in statements(text, format) {
        reader.statement(&statement);
    }
    reader.finish()
}

struct Reader<'a> {
    format: Format,
    /// Parameters of the file or its subcircuit.
    definitions: Vec<Assignment<'a>>,
    /// What the model itself is given, and in which line.
    given: Option<(usize, Vec<Assignment<'a>>)>,
    statistics: Option<Statistics>,
    /// Names of the open blocks of statistics, outermost first.
    blocks: Vec<&'a str>,
    problems: Vec<CardProblem>,
    notes: Vec<String>,
}

impl<'a> Reader<'a> {
    fn statement(&mut self, statement: &[Word<'a>]) {
        let Some(first) = statement.first() else {
            return;
        };
        let head = first.text.to_ascii_lowercase();
        match head.as_str() {
            "statistics" | "process" | "mismatch" | "vary" | "truncate" | "{" | "}" => {
                self.in_statistics(statement);
            }
            "+" | "model" | ".model" => self.model(statement),
            "parameters" | ".param" | ".params" => self.define(after(statement, 1)),
            "subckt" | ".subckt" | "inline" => {
                let equals = statement.iter().position(|w| w.text == "=");
                self.define(equals.map_or(&[], |equals| after(statement, equals - 1)));
            }
            head if FRAMES.contains(&head) => {}
            _ if statement.iter().any(|w| self.same(w.text, MODULE)) => self.model(statement),
            _ => self.problem(
                first,
                &format!("statement {head}"),
                "not part of a card",
                "parameters, subcircuit, model or instance of `heracles`, statistics",
                "keep the card in a file of its own, without the testbench",
            ),
        }
    }

    fn define(&mut self, words: &[Word<'a>]) {
        let found = self.assignments(words);
        self.definitions.extend(found);
    }

    /// `model NAME heracles ...`, `NAME (te be) heracles ...` or a list that follows such a line of another file.
    fn model(&mut self, statement: &[Word<'a>]) {
        let Some(first) = statement.first() else {
            return;
        };
        let field = format!("statement {}", first.text);
        let module = statement.iter().position(|w| self.same(w.text, MODULE));
        let is_list = first.text == "+";
        if module.is_none() && !is_list {
            let kind = statement.get(2).map_or("", |w| w.text);
            let remedy = "bruno knows the cards of this one model of a ferroelectric capacitor";
            let value = format!("a model of `{kind}`");
            return self.problem(first, &field, &value, "a model of `heracles`", remedy);
        }
        if let Some((line, _)) = &self.given {
            let allowed = format!("one card in a file (the first is in line {line})");
            return self.problem(first, &field, "a second card", &allowed, "split the file");
        }
        // Brackets around the whole list are no words of it.
        let list = match after(statement, module.unwrap_or(0) + 1) {
            [open, inner @ .., close] if open.text == "(" && close.text == ")" => inner,
            list => list,
        };
        self.given = Some((first.line, self.assignments(list)));
    }

    /// `name = value` pairs, values bare or in brackets, braces or quotes.
    fn assignments(&mut self, words: &[Word<'a>]) -> Vec<Assignment<'a>> {
        let mut found = Vec::new();
        let mut rest = words;
        while let [name, tail @ ..] = rest {
            let (value, after) = match tail {
                [equals, open, value, close, after @ ..]
                    if equals.text == "=" && are_pair(open, close) =>
                {
                    (value, after)
                }
                [equals, value, after @ ..] if equals.text == "=" && is_bare(value) => {
                    (value, after)
                }
                _ => {
                    self.problem(
                        name,
                        name.text,
                        "not followed by `= VALUE`",
                        "a number, or the name of a parameter that the file defines",
                        "bruno evaluates no expressions: write the number",
                    );
                    return found;
                }
            };
            found.push((name.clone(), value.clone()));
            rest = after;
        }
        found
    }

    /// Whether two names are one: ngspice does not see case.
    fn same(&self, a: &str, b: &str) -> bool {
        match self.format {
            Format::Ngspice => a.eq_ignore_ascii_case(b),
            _ => a == b,
        }
    }

    fn problem(&mut self, at: &Word<'_>, field: &str, value: &str, allowed: &str, remedy: &str) {
        let problem = CardProblem::new(at.line, field, value, allowed, remedy);
        self.problems.push(problem);
    }
}

/// The words from a place on.
fn after<'s, 'a>(statement: &'s [Word<'a>], place: usize) -> &'s [Word<'a>] {
    statement.get(place..).unwrap_or_default()
}

fn are_pair(open: &Word<'_>, close: &Word<'_>) -> bool {
    matches!(
        (open.text, close.text),
        ("(", ")") | ("{", "}") | ("'", "'")
    )
}

fn is_bare(value: &Word<'_>) -> bool {
    !matches!(value.text, "(" | ")" | "{" | "}" | "=" | "'" | "\"")
}
