//! The neurons in float: a tick of their equations, the spike as a gradient sees it.

pub mod dynamics;
pub mod matrix;
pub mod reset;
pub mod surrogate;
