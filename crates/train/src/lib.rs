//! BRUNO training (Fehlings et al., arXiv 2505.17791): the forward pass runs the chip tick by tick in any
//! [`bruno_sim::Forward`], the backward pass takes one coarse step a recorder window.
//!
//! This crate knows nothing of the command line.

mod adam;
mod adjoint;
mod audit;
mod bptt;
mod checkpoint;
mod coarse;
mod config;
mod dynamics;
mod error;
mod evaluate;
mod in_force;
mod loss;
mod matrix;
mod parallel;
mod parameters;
mod pass;
mod quantise;
mod recorded;
mod replay;
mod sample;
mod step;
mod surrogate;
mod traces;
mod trainer;
mod transition;
mod virtual_program;
mod weight_statistics;

pub use adam::Adam;
pub use audit::{Agreement, Audit, AuditLine, DeviceSlope, GroupAudit};
pub use checkpoint::Checkpoint;
pub use config::{
    AuditConfig, AuditReaction, DeviceParameter, DeviceTraining, Draw, Effect, GradientKind,
    HardwareConfig, InitConfig, StraightThrough, TrainConfig, WeightRounding, WeightsConfig,
};
pub use error::TrainError;
pub use evaluate::{Load, evaluate};
pub use in_force::{InForce, simulated};
pub use loss::Score;
pub use parameters::{Parameters, Projection};
pub use pass::{Demand, Gradient, Pass};
pub use quantise::{Quantised, quantise};
pub use sample::stimulus;
pub use surrogate::Shape;
pub use trainer::{EpochReport, ModelFactory, Trainer, check_data};
pub use virtual_program::{held_program, ideal_program};
pub use weight_statistics::WeightStatistics;
