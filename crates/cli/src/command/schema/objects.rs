//! The objects of a description, as its schema has them.

use serde_json::Value;

/// An object: its name, what it is, and a place where one may stand.
pub(super) struct Object {
    pub name: String,
    pub about: String,
    /// Path of a description's field, e.g. `layers.0.device`; empty for the description itself.
    pub path: String,
    /// The kind of data that it describes, where it does so.
    pub kind: Option<String>,
    pub fields: Vec<Field>,
}

/// A field of an object.
pub(super) struct Field {
    pub name: String,
    pub schema: Value,
    pub required: bool,
}

/// All objects, each once, an object before those of its fields.
pub(super) fn objects(schema: &Value) -> Vec<Object> {
    let mut found = Vec::new();
    let mut walk = Walk {
        schema,
        found: &mut found,
    };
    walk.visit(schema, "description", "");
    found
}

struct Walk<'a> {
    schema: &'a Value,
    found: &'a mut Vec<Object>,
}

impl Walk<'_> {
    fn visit(&mut self, node: &Value, name: &str, path: &str) {
        if let Some(choices) = choices(node) {
            return choices
                .iter()
                .for_each(|choice| self.visit(choice, name, path));
        }
        if let Some(named) = reference(node) {
            let node = self.schema["$defs"][named].clone();
            return self.visit(&node, name, path);
        }
        if let Some(items) = node.get("items") {
            return self.visit(items, name, &joined(path, "0"));
        }
        let Some(fields) = node["properties"].as_object() else {
            return;
        };
        let kind = node
            .pointer("/properties/kind/const")
            .and_then(Value::as_str);
        let name = match kind {
            Some(kind) => format!("{name}, kind `{kind}`"),
            None => name.to_string(),
        };
        let known = |object: &Object| object.name == name;
        if self.found.iter().any(known) {
            return;
        }
        let needed = |field: &str| {
            let required = node["required"].as_array();
            required.is_some_and(|r| r.iter().any(|r| r == field))
        };
        let field = |(field, schema): (&String, &Value)| Field {
            name: field.clone(),
            schema: schema.clone(),
            required: needed(field),
        };
        self.found.push(Object {
            name,
            about: about(node),
            path: path.to_string(),
            kind: kind.map(str::to_string),
            fields: fields.iter().map(field).collect(),
        });
        for (field, schema) in fields {
            if let Some(name) = object_name(field) {
                self.visit(schema, name, &joined(path, field));
            }
        }
    }
}

/// What the object of a field is called; none of a field that holds what another one does.
fn object_name(field: &str) -> Option<&str> {
    match field {
        "recurrent_synapse" => None,
        "layers" => Some("layer"),
        other => Some(other),
    }
}

/// One of several schemas that a node may be.
fn choices(node: &Value) -> Option<&Vec<Value>> {
    ["anyOf", "oneOf", "allOf"]
        .iter()
        .find_map(|key| node[key].as_array())
}

/// The name of the definition that a node refers to.
pub(super) fn reference(node: &Value) -> Option<&str> {
    node["$ref"].as_str()?.strip_prefix("#/$defs/")
}

/// The first paragraph of what a node says of itself, in one line: those that follow are for who reads the source.
pub(super) fn about(node: &Value) -> String {
    let text = node["description"].as_str().unwrap_or_default();
    let first = text.split("\n\n").next().unwrap_or_default();
    first.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn joined(path: &str, name: &str) -> String {
    match path {
        "" => name.to_string(),
        path => format!("{path}.{name}"),
    }
}
