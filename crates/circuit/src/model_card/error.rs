//! What can be wrong with a card, said so that the user can mend it.

use super::number::shortest;
use crate::Parameter;
use bruno_chip::Problem;
use std::fmt;

/// One thing that is wrong with a card, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct CardProblem {
    /// Line, counted from 1; `None` where the whole file is meant.
    pub line: Option<usize>,
    /// What is wrong there.
    pub problem: Problem,
}

impl CardProblem {
    pub(super) fn new(line: usize, field: &str, value: &str, allowed: &str, remedy: &str) -> Self {
        let problem = Problem {
            field: field.into(),
            value: value.into(),
            allowed: allowed.into(),
            remedy: remedy.into(),
        };
        Self {
            line: (line > 0).then_some(line),
            problem,
        }
    }

    pub(super) fn out_of_bounds(line: usize, parameter: &Parameter, value: f64) -> Self {
        let (low, high) = (shortest(parameter.low), shortest(parameter.high));
        let mut allowed = format!("{low}..{high} {}", parameter.unit);
        if parameter.least > 0.0 {
            allowed += &format!(", 0 or at least {} in magnitude", shortest(parameter.least));
        }
        let remedy = "cards are in SI units, energies in eV";
        Self::new(line, parameter.name, &shortest(value), &allowed, remedy)
    }
}

impl fmt::Display for CardProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        self.problem.fmt(f)
    }
}

/// A card that cannot be used: every problem at once.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// The file cannot be read.
    #[error("{file}: cannot be read: {source}")]
    Read {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// Its content is wrong.
    #[error("{file}: {} problem(s)\n{}", problems.len(), list(problems))]
    Invalid {
        /// The file.
        file: String,
        /// All problems found.
        problems: Vec<CardProblem>,
    },
}

/// Problems that are listed.
const LISTED: usize = 50;

fn list(problems: &[CardProblem]) -> String {
    let mut lines: Vec<String> = problems
        .iter()
        .take(LISTED)
        .map(|p| format!("  {p}"))
        .collect();
    if problems.len() > LISTED {
        lines.push(format!("  and {} more", problems.len() - LISTED));
    }
    lines.join("\n")
}
