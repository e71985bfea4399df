//! What every simulator of a resolved chip takes and returns, the integer model, written from docs/semantics.md, and the
//! comparison of what two simulators return; cases for co-simulation, and testbenches.
//!
//! This crate knows nothing of Verilator, data sets or training.

#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod bus;
mod compare;
mod copies;
mod fits;
mod forward;
mod integer;
mod load;
mod quantisation;
pub mod replay;
pub mod stimuli;
mod testbench;
mod trace;

pub use compare::{Difference, first_difference};
pub use copies::Copies;
pub use forward::{CHUNK, Forward, LayerProgram, Program, SimError, Stimulus, longest_record};
pub use integer::{Activity, IntegerModel, Snapshot, State, missing_events};
pub use load::Word;
pub use quantisation::{LayerQuantisation, ProjectionQuantisation};
pub use testbench::testbench;
pub use trace::{Counters, LayerTrace, Spike, Trace};
