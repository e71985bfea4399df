//! What can go wrong in a study.

use bruno_chip::{ChipError, Problem};
use bruno_train::TrainError;

/// Why a study stopped.
#[derive(Debug, thiserror::Error)]
pub enum TuneError {
    /// Bad settings of the search.
    #[error("settings of the search: {0}")]
    Setting(Problem),
    /// The description that a trial starts from is bad.
    #[error(transparent)]
    Chip(#[from] ChipError),
    /// Training stopped for a reason that lies in no trial's settings.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// The journal cannot be read or written, or belongs to another study.
    #[error("{path}: {what}")]
    Journal {
        /// The file.
        path: String,
        /// What is wrong, and what to do.
        what: String,
    },
    /// No trial came to an end.
    #[error("all {trials} trials failed; the first one: {first}; narrow the space of the search")]
    AllFailed {
        /// How many.
        trials: usize,
        /// Why the first one did.
        first: String,
    },
}

impl TuneError {
    /// A bad setting.
    pub(crate) fn setting(field: &str, value: impl ToString, allowed: &str) -> Self {
        Self::Setting(Problem {
            field: field.into(),
            value: value.to_string(),
            allowed: allowed.into(),
            remedy: "see docs/tuning.md".into(),
        })
    }
}
