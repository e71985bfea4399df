//! How latent weights become codes in training, and what of their gradient passes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Latent weights in training. Evaluation and `program.json` always take the nearest level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WeightsConfig {
    /// Rounding of latent weights to levels in the forward pass of training.
    pub rounding: WeightRounding,
    /// What of the gradient by a level passes to its latent weight.
    pub straight_through: StraightThrough,
}

/// Rounding of latent weights to levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WeightRounding {
    /// To the nearest level.
    #[default]
    Nearest,
    /// To one of the two neighbouring levels at random, right on average; drawn in every step.
    Stochastic,
}

/// The straight-through estimator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StraightThrough {
    /// The whole gradient.
    #[default]
    Plain,
    /// None where it would push a latent weight that stands at an end of its level table further out.
    Gated,
}
