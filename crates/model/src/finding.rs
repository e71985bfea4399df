//! What was found in a model or a chip, and what its user should do about it.

use serde::Serialize;
use std::fmt;

/// What a finding asks of its reader. What asks most comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Likely to hurt: something should be changed.
    Act,
    /// Right for some uses and wrong for others: only the user knows.
    Look,
    /// As it should be; the numbers are for who wants them.
    Fine,
}

impl Verdict {
    /// Its word, as it is printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Act => "act",
            Self::Look => "look",
            Self::Fine => "fine",
        }
    }
}

/// One rule's result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// What it asks of its reader.
    pub verdict: Verdict,
    /// What was found, with its numbers.
    pub text: String,
    /// What to change; none where all is fine.
    pub remedy: Option<String>,
}

impl Finding {
    /// Nothing to change.
    pub fn fine(text: String) -> Self {
        Self::new(Verdict::Fine, text, None)
    }

    /// To be weighed by who knows the use.
    pub fn look(text: String, remedy: &str) -> Self {
        Self::new(Verdict::Look, text, Some(remedy.into()))
    }

    /// To be changed.
    pub fn act(text: String, remedy: &str) -> Self {
        Self::new(Verdict::Act, text, Some(remedy.into()))
    }

    /// To be changed where `bad`, fine otherwise.
    pub fn judged(bad: bool, text: String, remedy: &str) -> Self {
        match bad {
            true => Self::act(text, remedy),
            false => Self::fine(text),
        }
    }

    /// The same of a part of a chip, e.g. "layer `hidden`".
    pub fn of(mut self, part: &str) -> Self {
        self.text = format!("{part}: {}", self.text);
        self
    }

    fn new(verdict: Verdict, text: String, remedy: Option<String>) -> Self {
        Self {
            verdict,
            text,
            remedy,
        }
    }
}

/// One line: the verdict's word, what was found, what to change.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}: {}", self.verdict.word(), self.text)?;
        match &self.remedy {
            Some(remedy) => write!(f, " (to change it: {remedy})"),
            None => Ok(()),
        }
    }
}
