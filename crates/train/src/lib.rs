//! BRUNO training (Fehlings et al., arXiv 2505.17791): the forward pass runs the chip tick by tick in any
//! [`bruno_sim::Forward`], the backward pass takes one coarse step a recorder window.
//!
//! This crate knows nothing of the command line.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod adam;
mod adjoint;
mod alive;
mod audit;
mod bptt;
mod checkpoint;
mod coarse;
mod comparison;
mod config;
mod difference;
mod dropout;
mod dynamics;
mod energy;
mod epoch;
mod error;
mod evaluate;
mod footprint;

mod in_force;
mod latency;
mod level_table;
mod loss;
mod matrix;
mod memory;
mod not_finite;
mod observed;
mod parallel;
mod parameters;
mod pareto;
mod pass;
mod projection;
mod pull;
mod quantise;
mod recorded;
mod recording;
mod replay;
mod reset;
mod sample;
mod score;
mod standing;
mod step;
mod step_report;
mod stored;
mod surrogate;
mod traces;
mod trained_program;
mod trainer;
mod transition;
mod virtual_program;
mod weight_statistics;

pub use adam::Adam;
pub use audit::{Agreement, Audit, AuditLine, DeviceSlope, GroupAudit};
pub use checkpoint::Checkpoint;
pub use comparison::{Comparison, Measured, Row};
pub use config::{
    AreaObjective, AuditConfig, AuditReaction, DeviceParameter, DeviceTraining, Draw, EarlyStop,
    Effect, EnergyObjective, GradientKind, HardwareConfig, InitConfig, Keep, LatencyObjective,
    LevelsConfig, Metric, Objectives, ProjectionKind, RegularisationConfig, Reset, Shared,
    StraightThrough, TrainConfig, WeightRounding, WeightsConfig,
};
pub use energy::Energy;
pub use epoch::{EpochReport, Unfinished};
pub use error::TrainError;
pub use evaluate::{Load, evaluate};
pub use footprint::Footprint;
pub use in_force::{InForce, simulated};
pub use level_table::TrainedLevels;
pub use not_finite::{FailedBatch, NotFinite};
pub use parameters::Parameters;
pub use pareto::pareto_front;
pub use pass::{Demand, Gradient, Pass};
pub use projection::Projection;
pub use quantise::{Quantised, quantise};
pub use recording::Recording;
pub use sample::stimulus;
pub use score::{
    CONFIDENCE, Confusion, Evaluation, Latency, LayerActivity, LayerSummary, Score,
    clopper_pearson, wilson,
};
pub use standing::{Mark, Standing};
pub use step_report::{CodeUse, GroupNorm, LayerRate, StepReport};
pub use stored::Stored;
pub use surrogate::Shape;
pub use trained_program::{DecisionRule, Rule, TrainedProgram};
pub use trainer::{ModelFactory, Trainer, check_data};
pub use virtual_program::{held_program, ideal_program};
pub use weight_statistics::WeightStatistics;
