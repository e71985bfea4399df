//! The neurons in float: a tick of their equations, the spike as a gradient sees it.

pub mod dynamics;
pub mod exponential;
pub mod file;
pub mod kind;
pub mod linear;
pub mod matrix;
pub mod reset;
pub mod rows;
pub mod surrogate;
pub mod ticks;
