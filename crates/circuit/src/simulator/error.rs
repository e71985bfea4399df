//! Every way in which a run of a circuit simulator can fail.

use crate::CircuitError;
use std::path::Path;

/// A failed run.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// A program is not there.
    #[error("`{program}` is missing; {remedy}")]
    Missing {
        /// The program.
        program: String,
        /// The command that installs it.
        remedy: String,
    },
    /// A program failed, or ended without the whole result.
    #[error("`{command}` failed\n{output}")]
    Tool {
        /// The command as it was run.
        command: String,
        /// Its whole output.
        output: String,
    },
    /// A program took longer than it was given.
    #[error(
        "`{command}` took longer than {seconds} s; give it more with --timeout, or a shorter stimulus\n{output}"
    )]
    TimedOut {
        /// The command as it was run.
        command: String,
        /// What it was given.
        seconds: u64,
        /// What it had printed by then.
        output: String,
    },
    /// A result that this version of bruno does not understand.
    #[error("{file}: {what}; the simulator's version may be one that bruno does not know")]
    Unreadable {
        /// The raw file.
        file: String,
        /// What is wrong with it.
        what: String,
    },
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// bruno's own simulation, for the comparison.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
}

impl SimulatorError {
    pub(super) fn file(path: &Path, source: std::io::Error) -> Self {
        let path = path.display().to_string();
        Self::File { path, source }
    }
}
