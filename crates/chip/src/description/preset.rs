//! Blocks that may be given by the name of a preset: `"wan2022"`, or an object whose `preset` names one and whose other
//! fields replace the preset's.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// Reads a block; `presets` is the JSON object of all presets of its kind.
///
/// # Errors
/// An unknown preset (the known ones are listed), or what serde finds in the merged block.
pub(super) fn expand<'de, D, T>(deserializer: D, presets: &str) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let given = match Value::deserialize(deserializer)? {
        Value::String(name) => Map::from_iter([("preset".to_string(), Value::String(name))]),
        Value::Object(given) => given,
        other => {
            let message = format!("{other} is neither the name of a preset nor an object");
            return Err(serde::de::Error::custom(message));
        }
    };
    merge(given, presets).map_err(serde::de::Error::custom)
}

/// What such a block may be: a preset's name, or an object whose fields the named preset gives where they are absent.
pub(super) fn schema<T: JsonSchema>(generator: &mut SchemaGenerator, presets: &str) -> Schema {
    let known: Map<String, Value> = serde_json::from_str(presets).unwrap_or_default();
    let names: Vec<&String> = known.keys().collect();
    let mut block = T::json_schema(generator);
    block.remove("required");
    if let Some(fields) = block.get_mut("properties").and_then(Value::as_object_mut) {
        let preset = serde_json::json!({
            "description": "Name of the preset that the fields replace those of.",
            "enum": names,
        });
        fields.insert("preset".into(), preset);
    }
    json_schema!({"anyOf": [{"enum": names}, block]})
}

fn merge<T: DeserializeOwned>(mut given: Map<String, Value>, presets: &str) -> Result<T, String> {
    let mut block = Map::new();
    if let Some(name) = given.remove("preset") {
        let known: Map<String, Value> = serde_json::from_str(presets).map_err(|e| e.to_string())?;
        let preset = name.as_str().and_then(|n| known.get(n));
        let Some(Value::Object(preset)) = preset else {
            let names: Vec<&str> = known.keys().map(String::as_str).collect();
            return Err(format!(
                "unknown preset {name}; known: {}",
                names.join(", ")
            ));
        };
        block = preset.clone();
    }
    block.extend(given);
    // An effect of the preset is switched off by null.
    block.retain(|_, value| !value.is_null());
    bruno_json::from_value(Value::Object(block)).map_err(|e| e.to_string())
}
