//! A neuron of a file: alone, or in a layer of a chip.

use super::super::model::derived;
use super::neuron::is_chip;
use crate::failure::Failure;
use bruno_chip::Description;
use bruno_circuit::from_model::FileNeuron;
use bruno_device::{Chip, LayerKind};
use bruno_model::Shipped;
use std::path::Path;

/// A neuron of a file and its name.
pub struct NamedFile {
    /// The file, or chip and layer.
    pub name: String,
    /// The neuron.
    pub neuron: FileNeuron,
}

/// The neuron where one of a file is meant: by a neuron file, by the name of a model that comes with bruno, or by a chip's
/// layer with a `model`. Without a name of a layer the first one with a `model` counts, in a chip that has none of `felif`.
pub fn load(source: &Path, layer: Option<&str>) -> Result<Option<NamedFile>, Failure> {
    if source.extension().is_some_and(|e| e == "nrn") || is_shipped(source) {
        let model = derived(source)?.model;
        let neuron = FileNeuron::new(&model, model.defaults());
        let name = format!("model {}", model.name);
        return Ok(Some(NamedFile { name, neuron }));
    }
    if !is_chip(source) {
        return Ok(None);
    }
    let description = Description::load(source)?;
    let chip = Chip::resolve(&source.display().to_string(), &description)?;
    let felif = chip.layers.iter().any(|l| l.kind == LayerKind::Felif);
    let meant = |name: &str| layer.map_or(!felif, |wanted| wanted == name);
    let layers = description.layers.iter().zip(&chip.layers);
    for (described, resolved) in layers.filter(|(d, _)| meant(&d.name)) {
        if let Some(program) = &resolved.model.program {
            let parameters = program.parameters_of(described);
            return Ok(Some(NamedFile {
                name: format!("{}, layer {}", description.name, described.name),
                neuron: FileNeuron::new(&program.derived.model, parameters),
            }));
        }
    }
    Ok(None)
}

/// Whether it is the name of a model that comes with bruno, and of no file.
fn is_shipped(source: &Path) -> bool {
    !source.exists() && Shipped::named(&source.display().to_string()).is_some()
}
