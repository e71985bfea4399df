//! Monte Carlo over virtual chips: each is drawn from a description's spreads and RRAM effects, loaded into the one
//! Verilated model of the chip, and scored on real samples. The share of chips above a target is the yield.
//!
//! This crate knows nothing of the command line.

#![deny(clippy::print_stdout, clippy::print_stderr)]
// Files of strangers are read here: nothing of them may end in a panic.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod error;
mod results;
mod run;
mod spreads;
mod summary;

pub use error::MonteCarloError;
pub use results::{ChipRecord, Results, Settings};
pub use run::MonteCarlo;
pub use spreads::with_spreads;
pub use summary::{Bin, Distribution, Summary, Yield};
