//! bruno for Python: what `python/bruno` wraps. Each class and function here takes and returns arrays, texts and numbers;
//! their documentation for users, types and conveniences stand in Python.
//!
//! Long work runs without the interpreter's lock, and nothing that goes wrong in it is a panic to Python ([`failure`]).

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod arrays;
mod chip;
mod command;
mod data;
mod failure;
mod network;
mod program;
mod simulators;
mod stimuli;
mod tape;
mod words;

use pyo3::prelude::*;

/// The native half of the package `bruno`.
#[pymodule]
fn _bruno(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<chip::Chip>()?;
    module.add_class::<network::Network>()?;
    module.add_class::<network::Update>()?;
    module.add_class::<stimuli::Stimuli>()?;
    module.add_class::<tape::Tape>()?;
    module.add_function(wrap_pyfunction!(command::command, module)?)?;
    module.add_function(wrap_pyfunction!(data::data, module)?)?;
    module.add_function(wrap_pyfunction!(data::order, module)?)?;
    module.add_function(wrap_pyfunction!(command::main, module)?)?;
    module.add_function(wrap_pyfunction!(command::judge_with, module)?)?;
    Ok(())
}
