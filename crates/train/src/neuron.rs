//! The equations of the neurons in float, their derivatives, the spike as a gradient sees it.

pub mod dynamics;
pub mod matrix;
pub mod reset;
pub mod surrogate;
