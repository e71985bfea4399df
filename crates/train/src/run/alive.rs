//! A network that says nothing is a mistake, not a result: layers without a spike, weights that are all the same.

use crate::TrainError;
use crate::measure::score::{Evaluation, LayerActivity};
use crate::weights::parameters::Parameters;
use crate::weights::projection::Projection;
use crate::weights::quantise::quantise;
use bruno_device::Chip;

/// Fewer weights may share one code by chance.
const FEW_WEIGHTS: usize = 16;

/// Refuses a chip with a layer that was silent on all samples, or with a projection whose weights all have one code.
///
/// # Errors
/// The first layer of either kind, with the settings that help.
pub(crate) fn check(
    chip: &Chip,
    parameters: &Parameters,
    found: &Evaluation,
) -> Result<(), TrainError> {
    let silent = |l: &&LayerActivity| l.seconds > 0.0 && l.is_silent();
    if let Some(layer) = found.layers.iter().find(silent) {
        return Err(TrainError::Dead {
            layer: layer.layer.clone(),
            what: format!(
                "no neuron fired in {} samples of {:.2} s in all",
                found.score.samples, layer.seconds
            ),
            remedy: "widen `synapse.range_pA`, raise `training.init.input_mean` or `input_std`, or lower `device.v_th_V`",
        });
    }
    for (layer, own) in chip.layers.iter().zip(&parameters.layers) {
        let input = (
            &own.input,
            "input",
            "raise `training.init.input_std` (the readout's: `readout_std`), or narrow `synapse.range_pA`",
        );
        let recurrent = own.recurrent.as_ref().map(|r| {
            let remedy = "raise `training.init.recurrent_std`, narrow `recurrent_synapse.range_pA`, or set `recurrent` to false";
            (r, "recurrent", remedy)
        });
        for (projection, name, remedy) in std::iter::once(input).chain(recurrent) {
            if let Some(code) = only_code(projection, &parameters.values) {
                return Err(TrainError::Dead {
                    layer: layer.name.clone(),
                    what: format!("all {name} weights have code {code}"),
                    remedy,
                });
            }
        }
    }
    Ok(())
}

/// The code that all weights of a projection have, if there is one and it is no chance.
fn only_code(projection: &Projection, values: &[f32]) -> Option<u8> {
    let weights = &values[projection.place.clone()];
    let quantised = quantise(weights, projection.levels(values));
    let one =
        projection.start_levels.len() > 1 && weights.len() >= FEW_WEIGHTS && quantised.used == 1;
    one.then(|| quantised.codes[0])
}
