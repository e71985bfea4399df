//! The Verilated RTL at run time: generate, build into a cache, load, drive.

mod build;

mod cache;
mod choices;
mod collector;
mod compile;
mod contest;
mod coverage_config;
mod cpp_text;
mod library;
mod llvm_text;
mod machine;
mod memory_layout;
mod model_header;
mod names;
mod shared_banks;
pub(crate) mod tool;
mod translations;

pub use build::{Flavour, ToolVersions, build};
pub use cache::{Cache, CacheEntry, cache_dir};
pub use library::VerilatedModel;
