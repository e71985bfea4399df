//! Two simulators of a resolved chip behind one trait: the integer model, written from docs/semantics.md, and the
//! Verilated RTL; and their comparison.
//!
//! This crate knows nothing of data sets or training.

mod forward;
mod integer;

pub use forward::{Forward, LayerProgram, LayerTrace, Program, SimError, Spike, Stimulus, Trace};
pub use integer::IntegerModel;
