//! Whether a deployed chip still does what it did in training, from the words of its recorder (docs/monitoring.md): what is
//! seen of a sample, and a test of many such figures at once with one threshold, taken from the reference's own samples.
//!
//! This crate knows nothing of data sets, training or the command line.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod drift;
mod features;
mod records;

pub use drift::{Reference, Row, SPLITS, Verdict};
pub use features::{Feature, Features, Seen};
pub use records::{line, read};

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum MonitorError {
    /// A file of records is bad.
    #[error("{path}: {what}")]
    Records {
        /// The file.
        path: String,
        /// Where, what is wrong, and what to do.
        what: String,
    },
    /// Too few samples to tell anything.
    #[error(
        "{found} samples of reference for {judged} of records; allowed: at least {least}; {remedy}"
    )]
    TooFew {
        /// Samples of reference.
        found: usize,
        /// Samples to judge.
        judged: usize,
        /// What would do.
        least: usize,
        /// What to do.
        remedy: &'static str,
    },
}
