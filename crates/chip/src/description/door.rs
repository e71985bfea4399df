//! The one door through which a description comes, alone or inside of another file: what is read was checked.

use super::{Description, given};
use crate::{ChipError, Rounding};
use bruno_host::read_text;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::path::Path;

impl Description {
    /// Reads and validates a description; `file` is named in errors, and neuron models that are files are taken from its
    /// folder.
    ///
    /// # Errors
    /// No JSON, an unknown, missing or mistyped field; a neuron model's file that cannot be read; all values out of their
    /// range at once.
    pub fn parse(file: &str, text: &str) -> Result<Self, ChipError> {
        let mut description = bruno_json::from_text_by(text, |reader| Self::deserialize(reader))
            .map_err(|mistake| ChipError::Parse {
                file: file.into(),
                mistake,
            })?;
        if description.rounding == Rounding::Stochastic {
            description.formats = given::shorten(description.formats, text);
        }
        description.read_models(file)?;
        let problems = description.problems();
        if problems.is_empty() {
            Ok(description)
        } else {
            Err(ChipError::Invalid {
                file: file.into(),
                problems,
            })
        }
    }

    /// Reads and validates the description in a file.
    ///
    /// # Errors
    /// A file that cannot be read; those of [`Description::parse`].
    pub fn load(path: &Path) -> Result<Self, ChipError> {
        let file = path.display().to_string();
        let text = read_text(path).map_err(|source| ChipError::Read {
            file: file.clone(),
            source,
        })?;
        Self::parse(&file, &text)
    }
}

impl<'de> Deserialize<'de> for Description {
    /// A description inside of another file, e.g. of a checkpoint, which states all of its fields.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The derived function of this name, which checks nothing.
        let unchecked = Self::deserialize(deserializer)?;
        let problems = unchecked.problems();
        if problems.is_empty() {
            return Ok(unchecked);
        }
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let message = format!("the description: {}", problems.join("; "));
        Err(serde::de::Error::custom(message))
    }
}

impl Serialize for Description {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The derived function of this name.
        Self::serialize(self, serializer)
    }
}
