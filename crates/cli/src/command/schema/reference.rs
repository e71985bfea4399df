//! The schema as a page: a table for each object.

use super::allowed::allowed;
use super::objects::{Field, Object, about, joined, objects, reference};
use serde_json::Value;
use std::fmt::Write;

const HEAD: &str = "# Fields of a chip description

A chip description is a JSON file; comments (`//` and `/* */`) may stand in it. This page lists every field of every
object, with its default and what is allowed. `bruno schema --reference` prints it; `bruno schema` prints the same for
editors. The smallest description:

    {
      \"name\": \"small\",
      \"inputs\": 2,
      \"layers\": [{ \"name\": \"hidden\", \"kind\": \"felif\", \"neurons\": 4, \"synapse\": { \"range_pA\": 300 } }],
      \"readout\": { \"outputs\": 2, \"synapse\": { \"range_pA\": 100 } }
    }

- The unit of a number ends its name: `area_um2` is in square micrometres.
- *needed*: the field has no default. *none*: where the field is absent, so is what it describes.
- A path, as `--sweep` and `tune` take it, joins names by dots: `layers.hidden.device.area_um2`; the number from 0 does
  too: `layers.0.device.area_um2`.
";

/// Characters of a line of text.
const WIDTH: usize = 120;

/// The page.
pub(super) fn page(schema: &Value) -> String {
    let mut page = HEAD.to_string();
    for object in objects(schema) {
        table(&mut page, schema, &object);
    }
    page
}

fn table(page: &mut String, schema: &Value, object: &Object) {
    let place = match object.path.as_str() {
        "" => String::new(),
        path => format!(" (`{path}`)"),
    };
    let _ = write!(
        page,
        "\n## {}{place}\n\n{}\n\n",
        title(&object.name),
        wrapped(&object.about)
    );
    page.push_str("| field | default | allowed | meaning |\n|---|---|---|---|\n");
    for field in &object.fields {
        let at = Place {
            path: joined(&object.path, &field.name),
            kind: object.kind.as_deref(),
        };
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} |",
            field.name,
            default(field),
            words(schema, &field.schema, &at).replace('|', "\\|"),
            meaning(schema, &field.schema).replace('|', "\\|"),
        );
    }
}

/// A paragraph in lines that fit a screen.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.len() + 1 + word.len() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.into()),
        }
    }
    lines.join("\n")
}

/// The first letter large.
fn title(name: &str) -> String {
    let name = name.replace('_', " ");
    let mut letters = name.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

fn default(field: &Field) -> String {
    match field.schema.get("default") {
        Some(Value::Null) => "*none*".into(),
        Some(Value::Object(_)) => "its defaults".into(),
        Some(value) => format!("`{value}`"),
        None if field.required => "*needed*".into(),
        None => "*none*".into(),
    }
}

/// A field's path, and the kind of data that it is of.
struct Place<'a> {
    path: String,
    kind: Option<&'a str>,
}

/// What may stand in a field.
fn words(schema: &Value, node: &Value, at: &Place<'_>) -> String {
    if node.get("const").is_some() || node.get("enum").is_some() {
        return names(node).join(", ");
    }
    if let (Some(low), Some(high)) = (node.get("minimum"), node.get("maximum")) {
        return format!("{low}..{high}");
    }
    if let Some(named) = reference(node) {
        return words(schema, &schema["$defs"][named], at);
    }
    if let Some(choices) = ["anyOf", "oneOf", "allOf"]
        .iter()
        .find_map(|key| node[key].as_array())
    {
        let each = choices.iter().filter(|c| c["type"] != "null");
        let mut all: Vec<String> = each.map(|choice| words(schema, choice, at)).collect();
        all.dedup();
        return all.join(", ");
    }
    if node.get("properties").is_some() {
        return "an object".into();
    }
    let has = |kind: &str| match &node["type"] {
        Value::String(one) => one == kind,
        Value::Array(several) => several.iter().any(|k| k == kind),
        _ => false,
    };
    match () {
        () if has("integer") => allowed(&at.path, at.kind).unwrap_or_else(|| whole_number(node)),
        () if has("number") => allowed(&at.path, at.kind).unwrap_or("a number".into()),
        () if has("boolean") => "`true`, `false`".into(),
        () if has("array") => list(schema, node, at),
        () if has("object") => "an object".into(),
        () if has("string") => "a text".into(),
        () => "any value".into(),
    }
}

/// A whole number that no check is about: what its type holds.
fn whole_number(node: &Value) -> String {
    match node["format"].as_str() {
        Some("uint32") => format!("0..{}", u32::MAX),
        Some("uint" | "uint64") => format!("0..{}", u64::MAX),
        _ => "a whole number".into(),
    }
}

fn list(schema: &Value, node: &Value, at: &Place<'_>) -> String {
    let entry = node.get("items").filter(|items| items.is_object());
    let entries = match (entry, node["prefixItems"].as_array()) {
        (Some(entry), _) => {
            let path = joined(&at.path, "0");
            words(schema, entry, &Place { path, ..*at })
        }
        (None, Some(first)) => return format!("a list of {} numbers", first.len()),
        (None, None) => "values".into(),
    };
    format!("a list: {entries}")
}

/// The choices of a node that is a list of them.
fn names(node: &Value) -> Vec<String> {
    let one = node.get("const").into_iter();
    let several = node["enum"].as_array().into_iter().flatten();
    one.chain(several)
        .filter(|value| !value.is_null())
        .map(|value| {
            format!(
                "`{}`",
                value.as_str().map_or(value.to_string(), str::to_string)
            )
        })
        .collect()
}

/// What the field says of itself, and each of its choices.
fn meaning(schema: &Value, node: &Value) -> String {
    let target = match reference(node) {
        Some(named) => &schema["$defs"][named],
        None => node,
    };
    let choices = target["oneOf"].as_array().into_iter().flatten();
    let each = choices.filter(|choice| choice.get("const").is_some());
    let told: Vec<String> = each
        .map(|choice| format!("{}: {}", names(choice).join(""), about(choice)))
        .collect();
    let own = match about(node) {
        own if own.is_empty() => about(target),
        own => own,
    };
    match told.is_empty() {
        true => own,
        false => format!("{own} {}", told.join(" ")),
    }
}
