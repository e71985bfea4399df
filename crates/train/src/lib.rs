//! BRUNO training (Fehlings et al., arXiv 2505.17791): the forward pass runs the chip tick by tick in any
//! [`bruno_sim::Forward`], the backward pass takes one coarse step a recorder window.
//!
//! This crate knows nothing of the command line.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod config;
mod error;
mod gradient;
mod measure;
mod neuron;
mod objective;
mod run;
mod weights;

pub use config::{
    AreaObjective, AuditConfig, AuditReaction, DeviceParameter, DeviceTraining, Draw, EarlyStop,
    Effect, EnergyObjective, GradientKind, HardwareConfig, InitConfig, Keep, LatencyObjective,
    LevelsConfig, Metric, Objectives, ProjectionKind, RegularisationConfig, Reset, Shared,
    StraightThrough, TrainConfig, WeightRounding, WeightsConfig,
};
pub use error::TrainError;
pub use gradient::audit::{Agreement, Audit, AuditLine, DeviceSlope, GroupAudit};
pub use gradient::bias::{
    Audited, Bias, Expected, Group as BiasGroup, HeldOut, Regime, Span, audits as bias_audits,
};
pub use gradient::pass::{Demand, Gradient, Pass};
pub use gradient::recording::Recording;
pub use measure::comparison::{Comparison, Measured, MeasuredParameter, Row};
pub use measure::evaluate::{Load, evaluate};
pub use measure::open::OpenSample;
pub use measure::sample::stimulus;
pub use measure::score::{
    CONFIDENCE, Confusion, Evaluation, Latency, LayerActivity, LayerSummary, Score,
    clopper_pearson, wilson,
};
pub use neuron::surrogate::Shape;
pub use objective::energy::Energy;
pub use objective::footprint::Footprint;
pub use objective::pareto::pareto_front;
pub use objective::periphery::Periphery;
pub use run::adam::Adam;
pub use run::checkpoint::Checkpoint;
pub use run::difference::lines as differences;
pub use run::epoch::{EpochReport, Unfinished};
pub use run::not_finite::{FailedBatch, NotFinite};
pub use run::parallel::spread;
pub use run::spent::Spent;
pub use run::standing::{Mark, Standing};
pub use run::step_report::{CodeUse, GroupNorm, LayerRate, StepReport};
pub use run::stored::Stored;
pub use run::trainer::{
    ModelFactory, NeuronTrace, SampleTrace, TracedLayer, Trainer, check_data, order,
};
pub use weights::in_force::{At, InForce, simulated};
pub use weights::level_table::TrainedLevels;
pub use weights::parameters::{Parameters, Tensor};
pub use weights::projection::Projection;
pub use weights::quantise::{Quantised, quantise};
pub use weights::trained_program::{DecisionRule, Rule, TrainedProgram};
pub use weights::virtual_program::{held_program, ideal_program};
pub use weights::weight_statistics::WeightStatistics;
