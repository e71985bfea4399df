//! What can go wrong in a Monte-Carlo run.

use bruno_train::TrainError;

/// Why a run stopped.
#[derive(Debug, thiserror::Error)]
pub enum MonteCarloError {
    /// A simulator, a program or the data.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// The results on disk, or the description of the spreads, do not belong to this run.
    #[error("{path}: {what}")]
    Mismatch {
        /// The file.
        path: String,
        /// What is wrong, and what to do.
        what: String,
    },
}
