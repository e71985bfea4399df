//! From a design to gates: Yosys maps it to a cell library or an FPGA, OpenSTA or nextpnr times it, and a report counts
//! what came out.
//!
//! This crate knows nothing of the integer model; its tests run the netlist against that of `bruno-sim`.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod area;
mod device;
mod error;
mod estimate;
mod harness;
mod pins;
mod place;
mod power;
mod report;
mod script;
mod table;
mod target;
mod timing;
mod tool;

pub use area::{LayerArea, Memory, Module};
pub use device::Device;
pub use error::SynthError;
pub use estimate::Estimate;
pub use place::{Placement, Resource};
pub use power::{Energy, Gates, Inference, Load, ModuleEnergy, Played, Power, Sample, Spread};
pub use report::{Options, Report, synthesise};
pub use script::Memories;
pub use script::files::REPORT;
pub use target::{Library, Target};
pub use timing::{Path, Timing};
