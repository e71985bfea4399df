//! The ferroelectric capacitor as circuit simulators know it: the full float model, its solver, calibration, and the way
//! in and out of their model cards and netlists.
//!
//! This crate knows nothing of chips' datapaths, Verilog or training.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod constants;

pub mod card;
pub mod error;
pub mod fecap;
pub mod fit;
pub mod from_model;
pub mod measures;
pub mod model_card;
pub mod netlist;
pub mod pictures;
mod quantity;
pub mod reduced;
pub mod reduction;
pub mod simulate;
pub mod simulator;
mod solver;
pub mod trace;
pub mod waveform;

pub use card::{FecapCard, PARAMETERS, Parameter};
pub use error::CircuitError;
pub use measures::Measures;
pub use reduced::{Method, Neuron, simulate_reduced};
pub use reduction::{Reduction, ReductionError, reduce, reduction_error};
pub use simulate::{DEFAULT_TOLERANCE, Drive, simulate, simulate_model};
pub use trace::{Sample, Trace};
pub use waveform::Waveform;
