//! What can be wrong with a folder of results.

use bruno_montecarlo::MonteCarloError;
use bruno_train::TrainError;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A file or the folder itself.
    #[error("{path}: {what}")]
    Input {
        /// The file.
        path: String,
        /// What is wrong, and what to do.
        what: String,
    },
    /// A file of a training run.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// Records of virtual chips.
    #[error(transparent)]
    MonteCarlo(#[from] MonteCarloError),
}
