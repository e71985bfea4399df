//! What a run minimises: losses, energy, area, latency.

pub mod energy;
pub mod footprint;
pub mod latency;
pub mod loss;
pub mod pareto;
pub mod periphery;
pub mod pull;
