//! Settings of the audits of a gradient.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Audits of the gradient during training: its agreement with exact backpropagation on a few samples of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditConfig {
    /// Optimiser steps from one audit to the next.
    pub every_steps: usize,
    /// Samples of an audit.
    #[serde(default = "AuditConfig::samples")]
    pub samples: usize,
    /// Smallest cosine of any group of parameters that is left alone.
    #[serde(default = "AuditConfig::least_cosine")]
    pub least_cosine: f64,
    /// What happens below it.
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
}

/// What a training run does about a poor gradient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AuditReaction {
    /// Says so.
    #[default]
    Warn,
    /// Says so and goes on with the next more exact gradient.
    Switch,
}
