//! The backward pass of a sample: coarse steps and their adjoint, exact backpropagation, the audit of one by the other.

pub mod adjoint;
pub mod audit;
pub mod bias;
pub mod bptt;
pub mod clamped;
pub mod coarse;
pub mod coarse_file;
pub mod decay_slope;
pub mod pass;
pub mod recorded;
pub mod recording;
pub mod replay;
pub mod step;
pub mod traces;
pub mod transition;
