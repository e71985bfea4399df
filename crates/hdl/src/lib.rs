//! The datapath in rust-hdl and the Verilog that is generated from it.
//!
//! This crate knows nothing of files, simulators or data.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod atoms;
mod compose;
mod delay;
mod error;
mod expression;
mod from_model;
mod generate;
pub mod integers;
mod interval;
pub mod kernels;
mod module;
mod narrow;
mod pipeline;

pub use compose::{Binding, Printed, Stage, print};
pub use error::HdlError;
pub use from_model::ModelKernels;
pub use generate::{
    ANSWER_CYCLES, Design, DesignFile, EVENT_CYCLES, LayerSize, Port, RECORD_CYCLES, Ram, Size,
    Window, bank_module, bank_names, clock_finding, cycles_per_tick, delivered, generate,
    hidden_neurons, is_blank_program, map_hash, ports, program_words, registers, shell_module,
    size, states, states_in_range, streams,
};
pub use module::module;
pub use narrow::Cells;
