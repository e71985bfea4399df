//! Two simulators of a resolved chip behind one trait: the integer model, written from docs/semantics.md, and the
//! Verilated RTL; and their comparison.
//!
//! This crate knows nothing of data sets or training.

pub mod bus;
mod compare;
mod coverage;
mod forward;
mod integer;
mod lockstep;
mod quantisation;
pub mod replay;
pub mod stimuli;
mod testbench;
mod trace;
mod verilator;

pub use compare::{Difference, first_difference};
pub use coverage::{Coverage, Covered, ModuleCoverage};
pub use forward::{CHUNK, Forward, LayerProgram, Program, SimError, Stimulus};
pub use integer::{IntegerModel, Snapshot, State};
pub use lockstep::Lockstep;
pub use quantisation::{LayerQuantisation, ProjectionQuantisation};
pub use testbench::testbench;
pub use trace::{Counters, LayerTrace, Spike, Trace};
pub use verilator::{Cache, CacheEntry, Flavour, ToolVersions, VerilatedModel, cache_dir};
