//! Device physics in float, and the step from a description to the integer codes of the datapath.
//!
//! This crate knows nothing of Verilog or simulation.

mod chip;
mod codes;
mod coefficient;
mod dead_zones;
mod felif;
mod limits;
mod noise;

pub use chip::{Chip, Layer, LayerKind, Options};
pub use codes::{Codes, Constants, GUARD_BITS, PRE_TARGET_BITS};
pub use coefficient::Coefficient;
pub use felif::{Felif, KELVIN_PER_VOLT, TICK_S};
pub use limits::{Finding, Severity};
