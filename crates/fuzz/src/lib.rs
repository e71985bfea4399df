//! Damaged and hostile files for everything that bruno reads.
//!
//! [`mutate()`] damages a document of a known form: JSON by its tree, text by its words and lines, archives by their members,
//! anything by its bytes. The tests drive every reader in process with it, on documents of `corpus/` and on those that
//! bruno writes; the binary `blackbox` damages the input files of whole commands.
//!
//! Nothing of bruno depends on this crate.

pub mod archive;
pub mod blackbox;
pub mod mutate;
pub mod readers;

pub use mutate::{Form, mutate};
