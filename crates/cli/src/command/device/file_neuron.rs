//! A neuron of a file: alone, or in a layer of a chip.

use super::super::model::derived;
use super::neuron::{is_chip, problem_of};
use super::specimen::Specimen;
use crate::changes::Changes;
use crate::failure::Failure;
use bruno_circuit::from_model::FileNeuron;
use bruno_device::{Chip, DieQuantity, LayerKind, die_quantities, heat_parameters};
use bruno_model::Shipped;
use std::path::Path;

/// A neuron of a file and its name.
pub struct NamedFile {
    /// The file, or chip and layer.
    pub name: String,
    /// The neuron.
    pub neuron: FileNeuron,
    /// The same as it is described: a stimulus is made for it, whatever specimen it drives.
    pub described: FileNeuron,
    /// What spreads between dies, with this specimen's values.
    pub spread: Vec<DieQuantity>,
}

/// A specimen of the neuron where one of a file is meant: by a neuron file, by the name of a model that comes with bruno, or by
/// a chip's layer with a `model`. Without a name of a layer the first one with a `model` counts, in a chip that has none of
/// `felif`.
pub fn load(
    source: &Path,
    changes: &Changes,
    layer: Option<&str>,
    specimen: Specimen<'_>,
) -> Result<Option<NamedFile>, Failure> {
    if source.extension().is_some_and(|e| e == "nrn") || is_shipped(source) {
        return alone(source, specimen).map(Some);
    }
    if !is_chip(source) {
        return Ok(None);
    }
    let file = source.display().to_string();
    let description = changes.load(source)?;
    let chip = Chip::resolve(&file, &description)?;
    let felif = chip.layers.iter().any(|l| l.kind == LayerKind::Felif);
    let meant = |name: &str| layer.map_or(!felif, |wanted| wanted == name);
    for (index, described) in description.layers.iter().enumerate() {
        if let Some(program) = &chip.layers[index].model.program
            && meant(&described.name)
        {
            let own = specimen.layer(&file, &description, index)?;
            let of = |layer| FileNeuron::new(&program.derived.model, program.parameters_of(layer));
            return Ok(Some(NamedFile {
                name: format!("{}, layer {}", description.name, described.name),
                neuron: of(&own),
                described: of(described),
                spread: die_quantities(&own).map_err(|problem| problem_of(&file, problem))?,
            }));
        }
    }
    Ok(None)
}

/// A neuron of a file without a chip.
fn alone(source: &Path, specimen: Specimen<'_>) -> Result<NamedFile, Failure> {
    let file = source.display().to_string();
    specimen.without_chip(&file)?;
    let model = derived(source)?.model;
    let mut values = model.defaults();
    if let Some(kelvin) = specimen.temperature_k() {
        let heated = heat_parameters(&model, &mut values, kelvin);
        heated.map_err(|problem| problem_of(&file, problem))?;
    }
    Ok(NamedFile {
        name: format!("model {}", model.name),
        neuron: FileNeuron::new(&model, values),
        described: FileNeuron::new(&model, model.defaults()),
        spread: Vec::new(),
    })
}

/// Whether it is the name of a model that comes with bruno, and of no file.
fn is_shipped(source: &Path) -> bool {
    !source.exists() && Shipped::named(&source.display().to_string()).is_some()
}
