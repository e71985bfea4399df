//! Networks in the Neuromorphic Intermediate Representation (NIR) into chips and back (docs/nir.md).
//!
//! [`load`] reads a graph, [`import`] makes a chip and its program of it and says what that loses, [`export`] makes a graph
//! of a chip and its program, [`write()`] gives the bytes of its file.

#![deny(clippy::print_stdout, clippy::print_stderr)]
// Files of strangers are read here: nothing of them may end in a panic.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod discretisation;
mod error;
mod export;
mod flatten;
mod graph;
mod import;
mod levels;
mod loss;
mod matrix;
mod network;
mod own;
mod read;
mod reset;
mod tick;
mod write;

pub use discretisation::{Discretisation, TimeUnit};
pub use error::NirError;
pub use export::{Export, export};
pub use graph::{Array, Graph, Node};
pub use import::{Import, Settings, identifier, import};
pub use loss::Loss;
pub use read::{load, read};
pub use reset::Reset;
pub use write::write;
