//! What can be wrong with a file, said so that the user can mend it.

use bruno_chip::{ChipError, Problem};

/// A graph that cannot be read, imported or exported.
#[derive(Debug, thiserror::Error)]
pub enum NirError {
    /// The file cannot be read.
    #[error("{file}: cannot be read: {source}")]
    Read {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// What the file says is damaged, or no chip does it: all that was found, by node and parameter.
    #[error("{file}: {} problem(s)\n{}", problems.len(), list(problems))]
    Refused {
        /// The file.
        file: String,
        /// Every problem found.
        problems: Vec<Problem>,
    },
    /// The chip of a network cannot be.
    #[error(transparent)]
    Chip(#[from] ChipError),
}

impl NirError {
    pub(crate) fn refused(file: &str, problems: Vec<Problem>) -> Self {
        Self::Refused {
            file: file.into(),
            problems,
        }
    }
}

fn list(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(|p| format!("  {p}")).collect();
    lines.join("\n")
}

/// One problem: where it stands, what is there, what is allowed, what to do.
pub(crate) fn problem(
    field: impl Into<String>,
    value: impl ToString,
    allowed: impl Into<String>,
    remedy: impl Into<String>,
) -> Problem {
    Problem {
        field: field.into(),
        value: value.to_string(),
        allowed: allowed.into(),
        remedy: remedy.into(),
    }
}
