//! A run from its first step to its last: the loop, what it keeps on disk, what stops it.

pub mod adam;
pub mod alive;
pub mod checkpoint;
pub mod difference;
pub mod dropout;
pub mod epoch;
pub mod memory;
pub mod not_finite;
pub mod parallel;
pub mod spent;
pub mod standing;
pub mod step_report;
pub mod stored;
mod stored_results;
pub mod trainer;
pub mod update;
