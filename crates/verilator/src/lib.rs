//! The Verilated RTL of a chip: built into a cache, loaded, driven; in lock step with the integer model; its coverage.
//!
//! This crate knows nothing of data sets or training.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod build;
mod built;
mod cache;
mod check;
mod choices;
mod collector;
mod compile;
mod contest;
mod coverage;
mod coverage_config;
mod delivered;
mod files;
mod judge;
mod library;
mod lockstep;
mod machine;
mod model_header;
mod names;
mod passes;
mod rewrites;
mod sanitisers;
pub mod seeded;
mod several;
mod shared_banks;
mod tool;
mod toolchain;
mod translations;

pub use build::Flavour;
pub use built::{Built, Discarded};
pub use cache::{Cache, CacheEntry, cache_dir};
pub use coverage::{Coverage, Covered, ModuleCoverage};
pub use delivered::{Delivered, DeliveredCheck};
pub use judge::{Variant, judge, judge_with};
pub use library::VerilatedModel;
pub use lockstep::Lockstep;
pub use passes::PassHits;
pub use several::{Builder, Several, abandon_builds};
pub use toolchain::ToolVersions;
