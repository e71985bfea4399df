//! What is wrong with a text.

use crate::place::{Place, place_of};
use std::fmt;

/// The first mistake of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Path of the field, as in `layers[0].device.area_um2`; empty for the whole text.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
    /// Where it stands, of a mistake in a text.
    pub place: Option<Place>,
}

impl Mistake {
    /// What is wrong, and where it stands.
    pub fn what(&self) -> String {
        match self.place {
            Some(place) => format!("{} at {place}", self.message),
            None => self.message.clone(),
        }
    }
}

impl Mistake {
    /// The same mistake of a value that is the field `name` of another.
    pub fn within(self, name: &str) -> Self {
        let dot = if self.field.is_empty() || self.field.starts_with('[') {
            ""
        } else {
            "."
        };
        Self {
            field: format!("{name}{dot}{}", self.field),
            ..self
        }
    }

    /// The same mistake with the place of its field in the text that the value is of; of a field that is missing, the place of
    /// what it is missing in.
    pub fn in_text(self, text: &str) -> Self {
        let mut path = self.field.as_str();
        let mut place = place_of(text, path);
        while place.is_none() && !path.is_empty() {
            path = path
                .rfind(['.', '['])
                .and_then(|end| path.get(..end))
                .unwrap_or_default();
            place = place_of(text, path);
        }
        Self { place, ..self }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field.as_str() {
            "" => f.write_str(&self.what()),
            field => write!(f, "field `{field}`: {}", self.what()),
        }
    }
}

impl std::error::Error for Mistake {}
