//! What keeps a small training set from being learnt by heart.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Regularisation in training; evaluation knows nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RegularisationConfig {
    /// Pull of latent weights to zero: each step takes this times the learning rate off them, apart from the gradient
    /// (decoupled weight decay, Loshchilov & Hutter 2019, arXiv 1711.05101).
    pub weight_decay: f64,
    /// Share of input spikes left out of a training sample, drawn anew in every step (dropout, Srivastava et al. 2014). What is
    /// left is not scaled: a spike's current is a level.
    pub input_dropout: f64,
}
