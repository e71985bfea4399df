//! What one optimiser step did, for logs.

use crate::gradient::audit::{AuditLine, groups};
use crate::measure::score::Evaluation;
use crate::weights::parameters::Parameters;
use crate::weights::projection::Projection;
use crate::weights::quantise::quantise;
use bruno_device::Chip;
use serde::{Deserialize, Serialize};

/// One optimiser step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepReport {
    /// Number of the step in the run, from 1.
    pub step: usize,
    /// Epoch, from 1.
    pub epoch: usize,
    /// Samples of the batch.
    pub samples: usize,
    /// Mean loss a decision, nats.
    pub loss: f64,
    /// Share of right decisions, or frame accuracy.
    pub accuracy: f64,
    /// Saturated updates in the forward pass.
    pub saturations: u64,
    /// Gradient norm before clipping.
    pub gradient_norm: f32,
    /// Factor of the clipping, 1 where there was none.
    pub clipping: f32,
    /// Gradient norm of every group of parameters, before clipping.
    pub groups: Vec<GroupNorm>,
    /// Mean firing rate of every hidden layer.
    pub rates: Vec<LayerRate>,
    /// Codes of every projection after the step.
    pub codes: Vec<CodeUse>,
    /// Audit of the gradient before the step, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit: Option<AuditLine>,
}

/// Gradient norm of one group of parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupNorm {
    /// Layer and what it is, e.g. `hidden: recurrent weights`.
    pub group: String,
    /// Norm, in the optimiser's units.
    pub norm: f64,
}

/// Firing rate of one hidden layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerRate {
    /// Layer.
    pub layer: String,
    /// Mean firing rate, Hz.
    #[serde(rename = "rate_Hz")]
    pub rate_hz: f64,
}

/// How a projection uses its levels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CodeUse {
    /// Layer and which weights.
    pub group: String,
    /// Levels that some weight uses.
    pub used: usize,
    /// Levels of the table.
    pub levels: usize,
    /// Share of weights at the level nearest to zero.
    pub sparsity: f64,
}

/// Gradient norms of the groups of parameters and of the output biases.
pub(crate) fn group_norms(
    chip: &Chip,
    parameters: &Parameters,
    gradient: &[f32],
) -> Vec<GroupNorm> {
    let biases = ("output biases".to_string(), parameters.bias.clone(), false);
    let all = groups(chip, parameters).into_iter().chain([biases]);
    let norm = |(group, place, _): (String, std::ops::Range<usize>, bool)| {
        let squares = gradient[place].iter().map(|g| f64::from(*g).powi(2));
        GroupNorm {
            group,
            norm: squares.sum::<f64>().sqrt(),
        }
    };
    all.map(norm).collect()
}

/// Firing rates of the hidden layers.
pub(crate) fn rates(found: &Evaluation) -> Vec<LayerRate> {
    let rate = |layer: crate::LayerSummary| LayerRate {
        layer: layer.layer,
        rate_hz: layer.rate_hz,
    };
    found.activity().into_iter().map(rate).collect()
}

/// Codes of every projection.
pub(crate) fn codes(chip: &Chip, parameters: &Parameters) -> Vec<CodeUse> {
    let mut all = Vec::new();
    for (layer, own) in chip.layers.iter().zip(&parameters.layers) {
        let mut add = |what: &str, projection: &Projection| {
            let weights = &parameters.values[projection.place.clone()];
            let table = projection.levels(&parameters.values);
            let quantised = quantise(weights, table);
            let size = |k: usize| table[k].abs();
            let levels = 0..table.len();
            let quietest = levels.min_by(|a, b| size(*a).total_cmp(&size(*b)));
            let quiet = |c: &&u8| Some(usize::from(**c)) == quietest;
            let quiet = quantised.codes.iter().filter(quiet).count();
            all.push(CodeUse {
                group: format!("{}: {what}", layer.name),
                used: quantised.used,
                levels: table.len(),
                sparsity: quiet as f64 / weights.len().max(1) as f64,
            });
        };
        add("input weights", &own.input);
        if let Some(recurrent) = &own.recurrent {
            add("recurrent weights", recurrent);
        }
    }
    all
}
