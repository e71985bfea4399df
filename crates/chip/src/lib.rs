//! The chip description: what a user writes, validated once, and the register map that follows from it.
//!
//! This crate knows nothing of physics, integer codes or Verilog: fields carry physical values in the unit their name
//! ends with.

#![deny(clippy::print_stdout, clippy::print_stderr)]
// Files of strangers are read here: nothing of them may end in a panic.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod description;
mod field;
mod formats;
mod interfaces;
mod problem;
mod registers;
mod validate;
mod window;

pub use description::*;
pub use field::set_field;
pub use interfaces::{ConfigInterface, Interfaces, RecorderInterface, SpikeInterface};
pub use problem::{ChipError, Problem};
pub use registers::{
    ADDRESS_BITS, BIAS_BITS, DECISION_REGISTERS, DECISION_REGISTERS_AT, DeviceRegister,
    EVENT_REGISTERS, EVENT_REGISTERS_AT, GLOBAL_REGISTERS, MAP_VERSION, RECURRENT_LEVELS, Register,
    SHELL_BIASES, SHELL_COUNTERS, SHELL_REGISTERS, SHELL_REGISTERS_AT, SHELL_RESULTS, SHELL_SCORES,
    Section, address, code_index, global_register, global_registers, neuron_bits, shell_register,
};
pub use validate::is_reserved;
pub use window::{LONGEST_WINDOW, longest_window, sum_growth, window_bits};
