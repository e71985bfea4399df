//! What became of the latent weights of each projection in an epoch.

use crate::weights::parameters::Parameters;
use crate::weights::projection::Projection;
use crate::weights::quantise::Quantised;
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

/// Statistics of every projection; `before` are their codes before the epoch ([`Parameters::codes`]).
pub(crate) fn weight_statistics(
    chip: &Chip,
    parameters: &Parameters,
    before: &[Vec<u8>],
) -> Vec<WeightStatistics> {
    let mut all = Vec::new();
    let mut before = before.iter();
    let layers = chip.layers.iter().zip(&parameters.layers);
    for ((layer, own), (input, recurrent)) in layers.zip(parameters.quantised()) {
        let now = std::iter::once(input).chain(recurrent);
        let projections = std::iter::once(&own.input).chain(&own.recurrent);
        for (k, (projection, now)) in projections.zip(now).enumerate() {
            let before = before.next().map_or(&[][..], Vec::as_slice);
            let place = (layer.name.clone(), k == 1);
            all.push(statistics(
                place,
                &parameters.values,
                projection,
                &now,
                before,
            ));
        }
    }
    all
}

fn statistics(
    (layer, recurrent): (String, bool),
    values: &[f32],
    projection: &Projection,
    now: &Quantised,
    before: &[u8],
) -> WeightStatistics {
    let latent = &values[projection.place.clone()];
    let levels = projection.levels(values);
    let distance = |(w, c): (&f32, &u8)| f64::from((w - levels[usize::from(*c)]).abs());
    let distances: f64 = latent.iter().zip(&now.codes).map(distance).sum();
    let count = latent.len().max(1) as f64;
    let pairs = now.codes.iter().zip(before);
    WeightStatistics {
        layer,
        recurrent,
        weights: latent.len(),
        clipped: now.clipped as f64 / count,
        levels: (now.used, levels.len()),
        changed: pairs.filter(|(a, b)| a != b).count(),
        distance_pa: distances / count * f64::from(projection.scale_pa),
    }
}
