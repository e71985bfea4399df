//! What can be wrong with a description, said so that the user can mend it.

use std::fmt;

/// One bad value: where it stands, what it is, what is allowed and what to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// Path of the field, as in `layers[0].device.area_um2`.
    pub field: String,
    /// The value found there.
    pub value: String,
    /// The values that are allowed.
    pub allowed: String,
    /// What the user can do.
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is {}; allowed: {}; {}",
            self.field, self.value, self.allowed, self.remedy
        )
    }
}

/// A description that cannot be used: every problem at once.
#[derive(Debug, thiserror::Error)]
pub enum ChipError {
    /// The file cannot be read.
    #[error(
        "{file}: cannot be read: {source}; give the path of a chip description, `bruno new` writes one to start from"
    )]
    Read {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// The text is no JSON, or has an unknown, missing or mistyped field.
    #[error("{file}: {mistake}")]
    Parse {
        /// The file.
        file: String,
        /// The field, what is wrong with it, and where it stands.
        mistake: bruno_json::Mistake,
    },
    /// Values out of their range.
    #[error("{file}: {} problem(s)\n{}", problems.len(), list(problems))]
    Invalid {
        /// The file.
        file: String,
        /// All problems found.
        problems: Vec<Problem>,
    },
}

fn list(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(|p| format!("  {p}")).collect();
    lines.join("\n")
}
