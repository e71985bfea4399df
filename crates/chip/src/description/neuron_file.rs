//! The neuron model of a layer where a file gives it. What the file says is read by `bruno-model`; here it is a name or a text.

use super::Description;
use crate::{ChipError, Problem};
use bruno_host::read_text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Component, Path};

/// Ending of the files.
const ENDING: &str = ".nrn";

/// A neuron model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum NeuronFile {
    /// The name of one that comes with bruno, or a file beside the description that was not read yet.
    Named(String),
    /// A file's text: a description that was read holds it, and with it all that its chip needs.
    Text(NeuronText),
}

/// A neuron model's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NeuronText {
    /// Its name, for errors.
    pub file: String,
    /// What stands in it.
    pub text: String,
}

impl NeuronFile {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Named(name) => name,
            Self::Text(text) => &text.file,
        }
    }

    /// Reads the file where the name is one of a file in `folder`.
    fn read(&mut self, folder: &Path, field: &str) -> Result<(), ChipError> {
        let Self::Named(name) = self else {
            return Ok(());
        };
        if !name.ends_with(ENDING) {
            return Ok(());
        }
        let path = folder.join(&*name);
        let plain = |c: Component| matches!(c, Component::Normal(_) | Component::CurDir);
        let within = Path::new(&*name).components().all(plain);
        // Devices and pipes would never end.
        let is_file = within && std::fs::metadata(&path).is_ok_and(|about| about.is_file());
        if !is_file {
            return Err(ChipError::Invalid {
                file: folder.display().to_string(),
                problems: vec![Problem {
                    field: field.into(),
                    value: format!("`{name}`"),
                    allowed: "a file in the folder of the description, without `..`".into(),
                    remedy: "move the file there or correct its name".into(),
                }],
            });
        }
        let file = name.clone();
        let text = read_text(&path).map_err(|source| ChipError::Read {
            file: path.display().to_string(),
            source,
        })?;
        *self = Self::Text(NeuronText { file, text });
        Ok(())
    }
}

impl Description {
    /// Takes the files of its neuron models in; `file` is where the description stands.
    pub(super) fn read_models(&mut self, file: &str) -> Result<(), ChipError> {
        let folder = Path::new(file).parent().unwrap_or(Path::new(""));
        for (index, layer) in self.layers.iter_mut().enumerate() {
            if let Some(model) = &mut layer.model {
                model.read(folder, &format!("layers[{index}].model"))?;
            }
        }
        Ok(())
    }
}
