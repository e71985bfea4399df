//! Settings of the audits of a gradient.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Audits of the gradient during training: its agreement with exact backpropagation on a few samples of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditConfig {
    /// Optimiser steps from one audit to the next; 0: none.
    pub every_steps: usize,
    /// Samples of an audit.
    #[serde(default = "AuditConfig::samples")]
    pub samples: usize,
    /// Smallest cosine of any group of parameters that is left alone.
    #[serde(default = "AuditConfig::least_cosine")]
    pub least_cosine: f64,
    /// Largest ratio of any group's norm to the exact one that is left alone, and its smallest by 1 over it.
    #[serde(default = "AuditConfig::largest_ratio")]
    pub largest_ratio: f64,
    /// What happens beyond one of them.
    #[serde(default)]
    pub reaction: AuditReaction,
}

impl AuditConfig {
    fn samples() -> usize {
        4
    }

    fn least_cosine() -> f64 {
        0.9
    }

    fn largest_ratio() -> f64 {
        1.5
    }

    /// Those of a run that trains device parameters and says nothing of audits: seldom, so that they cost some hundredths of
    /// the time.
    pub(crate) fn of_devices() -> Self {
        Self {
            every_steps: 200,
            samples: 2,
            least_cosine: Self::least_cosine(),
            largest_ratio: Self::largest_ratio(),
            reaction: AuditReaction::Warn,
        }
    }
}

/// What a training run does about a poor gradient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AuditReaction {
    /// Says so.
    #[default]
    Warn,
    /// Says so, audits the more exact gradients on the same samples, and goes on with the cheapest that is within the limits;
    /// with `checkpointed` where none is.
    Switch,
}
