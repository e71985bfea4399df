//! Fields of a description that the command line changes.

use crate::failure::Failure;
use bruno_chip::{ChipError, Description, set_field};
use bruno_host::read_text;
use serde_json::Value;
use std::path::Path;

/// Changes of the description that a command is given; every such command has them.
#[derive(clap::Args, Default, Clone)]
pub struct Changes {
    /// Change a field of the description, e.g. layers.hidden.neurons=16 (or layers.0.neurons=16), training.epochs=3 or
    /// rounding=stochastic.
    #[arg(long, value_name = "FIELD=VALUE", value_parser = change)]
    set: Vec<Change>,
}

/// One field and its value.
#[derive(Debug, Clone)]
struct Change {
    field: String,
    value: Value,
}

/// Reads `FIELD=VALUE`; what is no JSON is a text.
fn change(text: &str) -> Result<Change, String> {
    let (field, value) = text.split_once('=').ok_or("write FIELD=VALUE")?;
    Ok(Change {
        field: field.trim().into(),
        value: bruno_json::from_text(value).unwrap_or_else(|_| value.into()),
    })
}

impl Changes {
    /// The same and another one, which comes last.
    pub fn and(&self, field: &str, value: Value) -> Self {
        let mut more = self.clone();
        let field = field.into();
        more.set.push(Change { field, value });
        more
    }

    /// The description in a file, changed and checked.
    ///
    /// # Errors
    /// A file that cannot be read, a path that leads nowhere, and those of [`Description::parse`].
    pub fn load(&self, path: &Path) -> Result<Description, Failure> {
        if self.set.is_empty() {
            return Ok(Description::load(path)?);
        }
        let changed: Vec<String> = self.set.iter().map(Change::text).collect();
        let place = format!("{} with {}", path.display(), changed.join(", "));
        let json = self.json(path)?;
        Ok(Description::parse(&place, &json.to_string())?)
    }

    /// A description that was read already, of a file, changed and checked.
    ///
    /// # Errors
    /// Those of [`Changes::load`].
    pub fn of(&self, path: &Path, description: &Description) -> Result<Description, Failure> {
        if self.set.is_empty() {
            return Ok(description.clone());
        }
        let changed: Vec<String> = self.set.iter().map(Change::text).collect();
        let file = path.display().to_string();
        let mut json = serde_json::to_value(description).unwrap_or_default();
        self.apply(&file, &mut json)?;
        let place = format!("{file} with {}", changed.join(", "));
        Ok(Description::parse(&place, &json.to_string())?)
    }

    /// Changes the fields of a description.
    fn apply(&self, file: &str, json: &mut Value) -> Result<(), Failure> {
        for change in &self.set {
            set_field(json, &change.field, change.value.clone()).map_err(|problem| {
                ChipError::Invalid {
                    file: file.into(),
                    problems: vec![problem],
                }
            })?;
        }
        Ok(())
    }

    /// Refuses changes of what is a trained run, whose weights are of the description that it has.
    pub fn none_of_run(&self, path: &Path) -> Result<(), Failure> {
        match self.set.first() {
            None => Ok(()),
            Some(change) => Err(Failure::Input {
                path: path.display().to_string(),
                what: format!(
                    "is a trained run, of which --set {} can change nothing; give a chip description",
                    change.text()
                ),
            }),
        }
    }

    /// The same as JSON, unchecked beyond its being JSON.
    pub fn json(&self, path: &Path) -> Result<Value, Failure> {
        let file = path.display().to_string();
        let text = read_text(path).map_err(|source| ChipError::Read {
            file: file.clone(),
            source,
        })?;
        let mut json: Value = bruno_json::from_text(&text).map_err(|mistake| ChipError::Parse {
            file: file.clone(),
            mistake,
        })?;
        self.apply(&file, &mut json)?;
        Ok(json)
    }
}

impl Change {
    fn text(&self) -> String {
        format!("{}={}", self.field, self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(text: &str, expected: Value) {
        assert_eq!(change(text).unwrap().value, expected);
    }

    #[test]
    fn a_number() {
        check("layers.0.neurons=16", json!(16));
    }
    #[test]
    fn a_word() {
        check("rounding=stochastic", json!("stochastic"));
    }
    #[test]
    fn a_list() {
        check("training.rate_Hz=[5, 90]", json!([5, 90]));
    }
    #[test]
    fn a_text_with_an_equals_sign() {
        check("name=a=b", json!("a=b"));
    }
    #[test]
    fn no_value() {
        assert!(change("rounding").is_err());
    }
}
