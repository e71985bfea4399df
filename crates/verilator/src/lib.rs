//! The Verilated RTL of a chip: built into a cache, loaded, driven; in lock step with the integer model; its coverage.
//!
//! This crate knows nothing of data sets or training.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod build;
mod cache;
mod choices;
mod collector;
mod compile;
mod contest;
mod coverage;
mod coverage_config;
mod cpp_text;
mod library;
mod llvm_text;
mod lockstep;
mod machine;
mod memory_layout;
mod model_header;
mod names;
mod sanitisers;
mod shared_banks;
mod tool;
mod translations;

pub use build::{Flavour, ToolVersions};
pub use cache::{Cache, CacheEntry, cache_dir};
pub use coverage::{Coverage, Covered, ModuleCoverage};
pub use library::VerilatedModel;
pub use lockstep::Lockstep;
