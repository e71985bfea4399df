//! What the validation set decides: which checkpoint is the best, which one is kept, when a run stops.

use crate::Score;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The figure of the validation set that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Metric {
    /// Mean loss; less is better.
    #[default]
    Loss,
    /// Accuracy; more is better.
    Accuracy,
}

impl Metric {
    /// The figure of a score, turned so that less is better.
    pub(crate) fn cost(self, score: &Score) -> f64 {
        match self {
            Self::Loss => score.mean_loss(),
            Self::Accuracy => -score.accuracy(),
        }
    }

    /// What it is called in messages.
    pub fn of_validation(self) -> &'static str {
        match self {
            Self::Loss => "validation loss",
            Self::Accuracy => "validation accuracy",
        }
    }
}

/// Which checkpoint gives the trained chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Keep {
    /// That of the last epoch.
    #[default]
    Last,
    /// That of the epoch with the best validation figure.
    Best,
}

/// When a run ends before its last epoch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EarlyStop {
    /// Epochs without an improvement after which the run ends.
    pub patience: usize,
    /// What counts as an improvement, in units of the metric.
    #[serde(default)]
    pub min_delta: f64,
}
