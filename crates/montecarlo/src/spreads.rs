//! The spreads of one description on the trained chip of another.

use crate::MonteCarloError;
use bruno_chip::{Description, Synapse};
use bruno_train::Checkpoint;

/// The run's trained description with the RRAM devices and the variability of `spreads`, which must otherwise describe
/// the same chip. `file` is where `spreads` was read from.
///
/// # Errors
/// The two chips differ in anything else.
pub fn with_spreads(
    run: &Checkpoint,
    spreads: &Description,
    file: &str,
) -> Result<Description, MonteCarloError> {
    if bare(&run.description) != bare(spreads) {
        return Err(MonteCarloError::Mismatch {
            path: file.into(),
            what: "describes another chip than the run was trained on; only `rram`, `variability` and `training` may \
                   differ: change it back, or train this chip"
                .into(),
        });
    }
    let mut trained = run.parameters.describe(&run.description);
    for (layer, from) in trained.layers.iter_mut().zip(&spreads.layers) {
        layer.variability.clone_from(&from.variability);
        layer.synapse.rram.clone_from(&from.synapse.rram);
        // A run that trained its level tables has one for the recurrence even where the description has not.
        if let Some(own) = &mut layer.recurrent_synapse {
            let recurrent = from.recurrent_synapse.as_ref().unwrap_or(&from.synapse);
            own.rram.clone_from(&recurrent.rram);
        }
    }
    let readout = &spreads.readout.synapse.rram;
    trained.readout.synapse.rram.clone_from(readout);
    Ok(trained)
}

/// A description without spreads, devices and settings of training.
fn bare(description: &Description) -> Description {
    let mut bare = description.clone();
    bare.training = None;
    let without = |synapse: &mut Synapse| synapse.rram = None;
    for layer in &mut bare.layers {
        layer.variability = None;
        without(&mut layer.synapse);
        layer.recurrent_synapse.as_mut().map(without);
    }
    without(&mut bare.readout.synapse);
    bare
}
