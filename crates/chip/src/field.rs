//! Fields of a description by their path, for commands that try several values.

use crate::Problem;
use serde_json::{Map, Value};

/// The fields of a description itself; any other path is one of its `training`.
const FIELDS: [&str; 15] = [
    "name",
    "inputs",
    "layers",
    "readout",
    "formats",
    "rounding",
    "seed",
    "window_ticks",
    "recorder",
    "bank_neurons",
    "interfaces",
    "fold",
    "stage_ns",
    "card",
    "training",
];

/// Sets a field of a description's JSON, e.g. `window_ticks`, `layers.0.device.area_um2`, `objectives.energy.weight` (of
/// `training`) or `training.seed`. Objects on the way are made; entries of a list must exist, and are told by their number
/// from 0 or by their name (`layers.hidden.neurons`, `training.device.area.bounds`).
///
/// # Errors
/// A path that leads through something that is neither an object nor a list, or past a list's end. Whether the description
/// knows the field is found out when it is read.
pub fn set_field(description: &mut Value, path: &str, value: Value) -> Result<(), Problem> {
    let mut names: Vec<&str> = path.split('.').collect();
    if !names.first().is_some_and(|name| FIELDS.contains(name)) {
        names.insert(0, "training");
    }
    let wrong = |name: &str, found: &Value| Problem {
        field: path.into(),
        value: format!("a path to `{name}` of {}", kind(found)),
        allowed: format!(
            "names of fields, and {} of list entries, joined by dots",
            entries(found)
        ),
        remedy: "e.g. `window_ticks`, `layers.0.device.area_um2`, `objectives.energy.weight`"
            .into(),
    };
    let mut place = description;
    for name in names {
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        let found = place.clone();
        let next = match place {
            Value::Object(fields) => Some(fields.entry(name).or_insert(Value::Null)),
            Value::Array(entries) => entry(entries, name),
            _ => None,
        };
        place = next.ok_or_else(|| wrong(name, &found))?;
    }
    *place = value;
    Ok(())
}

/// The entry of a list with a number or a name.
fn entry<'a>(entries: &'a mut [Value], name: &str) -> Option<&'a mut Value> {
    let number = name.parse().ok();
    let named = || entries.iter().position(|e| name_of(e) == Some(name));
    let place = number.or_else(named)?;
    entries.get_mut(place)
}

/// What an entry is called: layers have a name, trained parameters of a device their own.
fn name_of(entry: &Value) -> Option<&str> {
    let name = entry.get("name").or_else(|| entry.get("parameter"))?;
    name.as_str()
}

/// How the entries of a list may be told.
fn entries(found: &Value) -> String {
    let names: Vec<&str> = found
        .as_array()
        .map(|entries| entries.iter().filter_map(name_of).collect())
        .unwrap_or_default();
    match names[..] {
        [] => "numbers (from 0)".into(),
        _ => format!("numbers (from 0) or names (here `{}`)", names.join("`, `")),
    }
}

fn kind(value: &Value) -> String {
    match value {
        Value::Array(entries) => format!("a list of {}", entries.len()),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(path: &str, expected: Result<Value, &str>) {
        let mut chip = json!({"inputs": 1, "layers": [{"name": "h", "device": {"area_um2": 4}}], "training": {"epochs": 3}});
        let result = set_field(&mut chip, path, json!(7));
        match expected {
            Ok(expected) => assert_eq!(chip, expected),
            Err(message) => assert!(result.unwrap_err().to_string().contains(message)),
        }
    }

    #[test]
    fn of_the_chip() {
        let layers = json!([{"name": "h", "device": {"area_um2": 7}}]);
        let expected = json!({"inputs": 1, "layers": layers, "training": {"epochs": 3}});
        check("layers.0.device.area_um2", Ok(expected.clone()));
        check("layers.h.device.area_um2", Ok(expected));
    }
    #[test]
    fn of_no_layer() {
        check("layers.g.neurons", Err("names (here `h`) of list entries"));
    }
    #[test]
    fn of_training() {
        let training = json!({"epochs": 3, "objectives": {"energy": {"weight": 7}}});
        let layers = json!([{"name": "h", "device": {"area_um2": 4}}]);
        let expected = json!({"inputs": 1, "layers": layers, "training": training});
        check("objectives.energy.weight", Ok(expected));
    }
    #[test]
    fn past_the_end() {
        check("layers.1.neurons", Err("a path to `1` of a list of 1"));
    }
    #[test]
    fn through_a_number() {
        check("epochs.x", Err("a path to `x` of 3"));
    }
}
