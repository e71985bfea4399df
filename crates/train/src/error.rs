//! What can go wrong in training.

use crate::NotFinite;
use bruno_chip::{ChipError, Problem};
use bruno_data::DataError;
use bruno_json::Mistake;
use bruno_sim::SimError;

/// Why training stopped.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// Bad settings in the description's `training`.
    #[error("training settings: {0}")]
    Setting(Problem),
    /// Settings that cannot be read.
    #[error("{0}")]
    Unread(Mistake),
    /// The chip became impossible.
    #[error(transparent)]
    Chip(#[from] ChipError),
    /// The data does not fit.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The forward pass failed.
    #[error(transparent)]
    Sim(#[from] SimError),
    /// A number is no number any more.
    #[error(
        "{0}; lower `training.learning_rate`, raise `training.surrogate_tau_ms`, or narrow `recurrent_synapse.range_pA`"
    )]
    NotFinite(Box<NotFinite>),
    /// A part of the network has no effect.
    #[error("layer `{layer}`: {what}; {remedy}")]
    Dead {
        /// Layer.
        layer: String,
        /// What is wrong.
        what: String,
        /// What to do.
        remedy: &'static str,
    },
    /// A program cannot be read, or belongs to another chip or other data.
    #[error("{path}: {what}")]
    Program {
        /// The file.
        path: String,
        /// What is wrong, and what to do.
        what: String,
    },
    /// A checkpoint cannot be read or written, or belongs to other settings.
    #[error("{path}: {what}")]
    Checkpoint {
        /// The file.
        path: String,
        /// What is wrong, and what to do.
        what: String,
    },
}
