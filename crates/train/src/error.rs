//! What can go wrong in training.

use bruno_chip::{ChipError, Problem};
use bruno_data::DataError;
use bruno_sim::SimError;

/// Why training stopped.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// Bad settings in the description's `training`.
    #[error("training settings: {0}")]
    Setting(Problem),
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
        "epoch {epoch}, sample {sample}: {tensor} is {value}; lower `training.learning_rate` or raise `training.surrogate_tau_ms`"
    )]
    NotFinite {
        /// Epoch, from 1.
        epoch: usize,
        /// Index of the training sample.
        sample: usize,
        /// Which tensor, with its index.
        tensor: String,
        /// What it became.
        value: f32,
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
