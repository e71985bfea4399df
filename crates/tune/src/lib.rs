//! Search for training settings: a tree-structured Parzen estimator (Bergstra et al., NIPS 2011; crate `tpe`) proposes them,
//! the median rule (Golovin et al., KDD 2017) stops bad trials, a journal on disk makes a study continue with the same
//! numbers, and functional analysis of variance (Hutter et al., ICML 2014; crate `fanova`) says what mattered.
//!
//! This crate knows nothing of the command line.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod error;
mod importance;
mod journal;
mod prune;
mod sampler;
mod settings;
mod space;
mod study;
mod trial;

pub use error::TuneError;
pub use importance::{Importance, importances};
pub use journal::{Journal, Outcome, Trial};
pub use settings::{Budget, Goal, TuneConfig};
pub use space::{Choices, Interval, Range, Space};
pub use study::Study;
pub use trial::{Runner, Simulators, Training, Validated};
