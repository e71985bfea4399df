//! Settings of a search: the object `tune` of a description's `training`, or a file of its own.

use crate::{Space, TuneError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a trial is judged by, on the validation set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Goal {
    /// The mean loss, nats.
    #[default]
    Loss,
    /// The share of wrong decisions.
    Error,
}

/// When a search ends; none of it changes what a trial does.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Budget {
    /// Trials.
    pub trials: usize,
    /// Epochs of all trials together; no round of trials starts above it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epochs: Option<usize>,
    /// Minutes of this call; no round of trials starts later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<f64>,
}

/// Settings of a search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TuneConfig {
    /// Fields and their ranges; suggested ones where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub space: Option<Space>,
    /// When to end.
    pub budget: Budget,
    /// Seed of the proposals.
    pub seed: u64,
    /// Trials at once; they do not learn from each other, so it is part of a search's numbers.
    pub parallel: usize,
    /// Trials at random before the estimator proposes, and before any is stopped early.
    pub startup: usize,
    /// What a trial is judged by.
    pub goal: Goal,
    /// Whether trials that are worse than the median of the earlier ones after the same epoch are stopped.
    pub prune: bool,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            trials: 30,
            epochs: None,
            minutes: None,
        }
    }
}

impl Default for TuneConfig {
    fn default() -> Self {
        Self {
            space: None,
            budget: Budget::default(),
            seed: 0,
            parallel: 1,
            startup: 8,
            goal: Goal::Loss,
            prune: true,
        }
    }
}

impl TuneConfig {
    /// Checks the ranges; the space is checked against a description on its own.
    pub fn check(&self) -> Result<(), TuneError> {
        let rows = [
            ("budget.trials", self.budget.trials, 1_000_000),
            (
                "budget.epochs",
                self.budget.epochs.unwrap_or(1),
                1_000_000_000,
            ),
            ("parallel", self.parallel, 1024),
            ("startup", self.startup, 1_000_000),
        ];
        for (field, value, high) in rows {
            if !(1..=high).contains(&value) {
                return Err(TuneError::setting(field, value, &format!("1..{high}")));
            }
        }
        match self.budget.minutes {
            Some(minutes) if minutes.is_nan() || minutes <= 0.0 => {
                Err(TuneError::setting("budget.minutes", minutes, "above 0"))
            }
            _ => Ok(()),
        }
    }
}
