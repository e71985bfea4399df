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
    /// It follows from another one and is not told.
    pub follows: bool,
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
            follows: false,
        }
    }

    /// What cannot be said because something else is wrong.
    pub fn following(span: Span) -> Self {
        Self {
            follows: true,
            ..Self::new(span, "", "", "")
        }
    }
}

/// The faults of a file, gathered as far as each can be told apart from the others.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    list: Vec<Fault>,
}

impl Faults {
    /// What was found; a fault is kept.
    pub fn take<T>(&mut self, found: Result<T, Fault>) -> Option<T> {
        found.map_err(|fault| self.list.push(fault)).ok()
    }

    /// All that was found, none where one failed; every fault is kept.
    pub fn all<T>(&mut self, found: impl Iterator<Item = Result<T, Fault>>) -> Option<Vec<T>> {
        let taken: Vec<Option<T>> = found.map(|f| self.take(f)).collect();
        taken.into_iter().collect()
    }

    pub fn add(&mut self, fault: Fault) {
        self.list.push(fault);
    }

    /// What was found, unless there is a fault: then those that follow from no other one. `None` was found where one is.
    pub fn finish<T>(self, found: Option<T>) -> Result<T, Vec<Fault>> {
        match found {
            Some(found) if self.list.is_empty() => Ok(found),
            _ => Err(self.list.into_iter().filter(|f| !f.follows).collect()),
        }
    }
}

/// What is wrong in a model file: at least one mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes(Vec<Mistake>);

/// Mistakes that are printed.
const TOLD: usize = 20;

impl Mistakes {
    pub(crate) fn new(file: &str, text: &str, mut faults: Vec<Fault>) -> Self {
        faults.sort_by_key(|f| (f.span.line, f.span.column));
        let mistake = |fault| Mistake::new(file, text, fault);
        Self(faults.into_iter().map(mistake).collect())
    }

    /// The mistakes in the order of the file.
    pub fn list(&self) -> &[Mistake] {
        &self.0
    }
}

impl std::error::Error for Mistakes {}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = self.0.iter().take(TOLD).map(Mistake::to_string);
        write!(f, "{}", told.collect::<Vec<_>>().join("\n"))?;
        match self.0.len().saturating_sub(TOLD) {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
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
    fn new(file: &str, text: &str, fault: Fault) -> Self {
        let Fault {
            span,
            what,
            expected,
            remedy,
            ..
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
        Self {
            file: file.into(),
            span,
            line: shown.trim_end().into(),
            cut: cut as u32,
            what,
            expected,
            remedy,
        }
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
