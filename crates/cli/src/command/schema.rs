//! `bruno schema`: what may stand in a chip description, for editors and for people.

mod allowed;
mod objects;
mod reference;

use crate::data::Data;
use crate::failure::Failure;
use bruno_chip::Description;
use bruno_train::TrainConfig;
use bruno_tune::TuneConfig;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// Print the JSON Schema of chip descriptions.
///
/// An editor that is told of it completes field names and marks mistakes: write the schema to a file, and name that file
/// in the description's `"$schema"`. --reference prints the same as a page with a table for each object.
#[derive(clap::Args)]
pub struct SchemaCommand {
    /// Print a page of Markdown instead.
    #[arg(long)]
    reference: bool,
}

impl SchemaCommand {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let schema = described();
        match self.reference {
            true => crate::console::print(&reference::page(&schema)),
            false => say!("{schema:#}"),
        }
    }
}

/// The schema of a whole description.
fn described() -> Value {
    let mut generator = SchemaGenerator::default();
    let training = generator.subschema_for::<TrainConfig>().to_value();
    let tune = generator.subschema_for::<TuneConfig>().to_value();
    let data = data(&mut generator).to_value();
    let mut root = generator.into_root_schema_for::<Description>().to_value();
    set(&mut root, "/properties/training", training);
    set(&mut root, "/$defs/TrainConfig/properties/tune", tune);
    set(&mut root, "/$defs/TrainConfig/properties/data", data);
    set(
        &mut root,
        "/properties/$schema",
        json!({"type": "string", "description": "This schema, for editors; bruno passes over it."}),
    );
    root
}

/// The kinds of data sets, each with what all of them share.
fn data(generator: &mut SchemaGenerator) -> schemars::Schema {
    let mut schema = Data::json_schema(generator);
    let kinds = schema.get_mut("oneOf").and_then(Value::as_array_mut);
    for kind in kinds.into_iter().flatten() {
        set(
            kind,
            "/properties/acceleration",
            json!({
                "type": "integer",
                "default": 1,
                "minimum": 1,
                "maximum": 1000,
                "description": "How many times as fast the data is played."
            }),
        );
    }
    schema
}

/// Sets a field of an object that is there; what it said of itself stays.
fn set(root: &mut Value, pointer: &str, value: Value) {
    let (parent, field) = pointer.rsplit_once('/').unwrap_or_default();
    let Some(fields) = root.pointer_mut(parent).and_then(Value::as_object_mut) else {
        return;
    };
    let before = fields.remove(field).unwrap_or_default();
    let mut merged = match before {
        Value::Object(before) => before,
        _ => Map::new(),
    };
    let said = merged.remove("description");
    if let Value::Object(value) = value {
        merged.extend(value);
    }
    merged.extend(said.map(|said| ("description".to_string(), said)));
    fields.insert(field.into(), Value::Object(merged));
}
