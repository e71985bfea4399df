//! What became of the latent weights of each projection in an epoch.

use crate::parameters::{Parameters, Projection};
use crate::quantise::Quantised;
use bruno_device::Chip;
use serde::{Deserialize, Serialize};

/// Latent weights of one projection after an epoch, at their nearest levels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeightStatistics {
    /// Layer onto which they are.
    pub layer: String,
    /// Whether from the layer to itself.
    pub recurrent: bool,
    /// Weights.
    pub weights: usize,
    /// Share of latent weights that stand at an end of the level table.
    pub clipped: f64,
    /// Levels that some weight uses, of how many.
    pub levels: (usize, usize),
    /// Weights whose code is another than before the epoch.
    pub changed: usize,
    /// Mean distance of a latent weight from its level, pA.
    #[serde(rename = "distance_pA")]
    pub distance_pa: f64,
}

/// Codes of every projection, input then recurrent, layer by layer.
pub(crate) type Codes = Vec<(Quantised, Option<Quantised>)>;

/// Statistics of every projection; `before` are the codes before the epoch.
pub(crate) fn weight_statistics(
    chip: &Chip,
    parameters: &Parameters,
    before: &Codes,
) -> Vec<WeightStatistics> {
    let mut all = Vec::new();
    let layers = chip.layers.iter().zip(&parameters.layers);
    for (((layer, own), now), before) in layers.zip(parameters.quantised()).zip(before) {
        let of = |recurrent, projection: &Projection, now: &Quantised, before: &Quantised| {
            let latent = &parameters.values[projection.place.clone()];
            let levels = projection.levels(&parameters.values);
            let distance = |(w, c): (&f32, &u8)| f64::from((w - levels[usize::from(*c)]).abs());
            let distances: f64 = latent.iter().zip(&now.codes).map(distance).sum();
            let count = latent.len().max(1) as f64;
            let pairs = now.codes.iter().zip(&before.codes);
            WeightStatistics {
                layer: layer.name.clone(),
                recurrent,
                weights: latent.len(),
                clipped: now.clipped as f64 / count,
                levels: (now.used, levels.len()),
                changed: pairs.filter(|(a, b)| a != b).count(),
                distance_pa: distances / count * f64::from(projection.scale_pa),
            }
        };
        all.push(of(false, &own.input, &now.0, &before.0));
        if let (Some(projection), Some(now), Some(before)) = (&own.recurrent, &now.1, &before.1) {
            all.push(of(true, projection, now, before));
        }
    }
    all
}
