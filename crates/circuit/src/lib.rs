//! The ferroelectric capacitor as circuit simulators know it: the full float model, its solver, calibration, and the way
//! in and out of their model cards and netlists.
//!
//! This crate knows nothing of chips' datapaths, Verilog or training.

pub mod card;
pub mod model_card;
pub mod plot;

pub use card::{FecapCard, PARAMETERS, Parameter};
