//! A mistake in a model file: where it is, what was expected, and what to do.

use std::fmt;

/// A stretch of one line; line and column count from 1, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Columns.
    pub width: u32,
}

impl Span {
    /// From the start of this span to the end of another one on its line.
    pub(crate) fn to(self, end: Self) -> Self {
        let width = (end.column + end.width).saturating_sub(self.column);
        Self {
            width: if end.line == self.line {
                width
            } else {
                self.width
            },
            ..self
        }
    }
}

/// A mistake that does not yet know its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub span: Span,
    pub what: String,
    pub expected: String,
    pub remedy: String,
}

impl Fault {
    pub fn new(
        span: Span,
        what: impl Into<String>,
        expected: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            span,
            what: what.into(),
            expected: expected.into(),
            remedy: remedy.into(),
        }
    }
}

/// A mistake in a model file, ready to be printed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Mistake {
    /// The file.
    pub file: String,
    /// Where in it.
    pub span: Span,
    /// The line's text; a long line is cut to what stands around the mistake.
    pub line: String,
    /// Columns of the line that are left out before the text.
    pub cut: u32,
    /// What is wrong.
    pub what: String,
    /// What was expected.
    pub expected: String,
    /// What to do.
    pub remedy: String,
}

/// Columns of a line that are printed.
const SHOWN: usize = 100;

impl Mistake {
    /// Puts a fault into its file.
    pub(crate) fn new(file: &str, text: &str, fault: Fault) -> Box<Self> {
        let Fault {
            span,
            what,
            expected,
            remedy,
        } = fault;
        let line = text.lines().nth(span.line.saturating_sub(1) as usize);
        // A line of any length is walked over once and never copied whole.
        let cut = (span.column as usize).saturating_sub(SHOWN / 2);
        let cut = if (span.column as usize) < SHOWN {
            0
        } else {
            cut
        };
        let shown = line.unwrap_or_default().chars().skip(cut).take(SHOWN);
        let shown: String = shown
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        Box::new(Self {
            file: file.into(),
            span,
            line: shown.trim_end().into(),
            cut: cut as u32,
            what,
            expected,
            remedy,
        })
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Span {
            line,
            column,
            width,
        } = self.span;
        writeln!(f, "{}:{line}:{column}: {}", self.file, self.what)?;
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        let dots = if self.cut > 0 { "..." } else { "" };
        writeln!(f, "  {number} | {dots}{}", self.line)?;
        let before = dots.len() + (column.saturating_sub(1 + self.cut)) as usize;
        let carets = (width.max(1) as usize).min(SHOWN.saturating_sub(before).max(1));
        writeln!(
            f,
            "  {margin} | {}{}",
            " ".repeat(before),
            "^".repeat(carets)
        )?;
        writeln!(f, "  expected: {}", self.expected)?;
        write!(f, "  remedy: {}", self.remedy)
    }
}
