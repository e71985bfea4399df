//! Damage to a JSON tree.

use super::{LARGEST, bytes, name, number, pick};
use rand::{Rng, RngExt};
use serde_json::{Map, Value};

/// Marks a string whose text is printed as it is, without quotes: what a `Value` cannot hold.
const BARE: &str = "@bare@";
const QUOTED_BARE: &str = "\"@bare@";
/// Stands before a key that is printed without this, so that an object has it twice.
const AGAIN: &str = "@again@";

pub fn mutate(document: &[u8], rng: &mut impl Rng) -> Vec<u8> {
    let Ok(mut tree) = serde_json::from_slice::<Value>(document) else {
        return bytes::mutate(document, rng);
    };
    let donor = somewhere(&mut tree, rng).clone();
    damage(somewhere(&mut tree, rng), donor, rng);
    printed(&tree).into_bytes()
}

/// Damages one line of many.
pub fn mutate_line(document: &[u8], rng: &mut impl Rng) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = document
        .split(|b| *b == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    let at = rng.random_range(0..lines.len());
    match rng.random_range(0..8) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, lines[at].clone()),
        2 => {
            let other = rng.random_range(0..lines.len());
            lines.swap(at, other);
        }
        _ => lines[at] = mutate(&lines[at], rng),
    }
    lines.join(&b'\n')
}

fn damage(value: &mut Value, donor: Value, rng: &mut impl Rng) {
    match (rng.random_range(0..6), value) {
        (0, value) => *value = donor,
        (1, value) => *value = any(rng),
        (_, Value::Object(fields)) => object(fields, donor, rng),
        (_, Value::Array(items)) => array(items, donor, rng),
        (_, Value::Bool(flag)) => *flag = !*flag,
        (_, value @ Value::String(_)) => *value = Value::String(name(rng)),
        (_, value @ Value::Number(_)) => *value = bare(number(&value.to_string(), rng)),
        (_, value @ Value::Null) => *value = any(rng),
    }
}

/// A value of any kind.
fn any(rng: &mut impl Rng) -> Value {
    match rng.random_range(0..8) {
        0 => Value::Null,
        1 => Value::Bool(true),
        2 => Value::Array(Vec::new()),
        3 => Value::Object(Map::new()),
        4 => Value::String(name(rng)),
        5 => deep(rng),
        _ => bare(number("", rng)),
    }
}

/// Brackets in brackets, up to far beyond what a parser's stack holds.
fn deep(rng: &mut impl Rng) -> Value {
    let depth = rng.random_range(1..5000);
    let (open, close) = pick(&[&("[", "]"), &("{\"a\":", "}")], rng);
    bare(open.repeat(depth) + "0" + &close.repeat(depth))
}

fn bare(text: String) -> Value {
    Value::String(BARE.to_string() + &text)
}

fn object(fields: &mut Map<String, Value>, donor: Value, rng: &mut impl Rng) {
    let keys: Vec<String> = fields.keys().cloned().collect();
    if keys.is_empty() {
        fields.insert(name(rng), donor);
        return;
    }
    let key = &keys[rng.random_range(0..keys.len())];
    match rng.random_range(0..4) {
        0 => drop(fields.remove(key)),
        1 => drop(fields.insert(name(rng), donor)),
        2 => drop(fields.insert(format!("{AGAIN}{key}"), donor)),
        _ => {
            let other = &keys[rng.random_range(0..keys.len())];
            if let Some(value) = fields.get(other).cloned() {
                fields.insert(key.clone(), value);
            }
        }
    }
}

fn array(items: &mut Vec<Value>, donor: Value, rng: &mut impl Rng) {
    let at = rng.random_range(0..=items.len());
    match rng.random_range(0..6) {
        0 => items.truncate(at),
        1 => items.insert(at, donor),
        2 => {
            let many = items.get(at).cloned().unwrap_or(donor);
            // A copy may be the whole document: hundreds of them would fill memory before any reader sees one.
            let room = LARGEST / many.to_string().len().max(1);
            let copies = rng.random_range(1..300).min(room);
            items.splice(at..at, vec![many; copies]);
        }
        3 if at < items.len() => drop(items.remove(at)),
        4 if at < items.len() => items.swap(0, at),
        _ => items.clear(),
    }
}

/// A value of a tree, by a walk from its root: a field that stands alone is met as often as a row of a thousand numbers.
fn somewhere<'a>(value: &'a mut Value, rng: &mut impl Rng) -> &'a mut Value {
    let children = match value {
        Value::Array(items) => items.len(),
        Value::Object(fields) => fields.len(),
        _ => 0,
    };
    if children == 0 || rng.random_range(0..6) == 0 {
        return value;
    }
    let chosen = rng.random_range(0..children);
    match value {
        Value::Array(items) => somewhere(&mut items[chosen], rng),
        Value::Object(fields) => match fields.values_mut().nth(chosen) {
            Some(child) => somewhere(child, rng),
            None => unreachable!("a field among those that were counted"),
        },
        leaf => leaf,
    }
}

fn printed(tree: &Value) -> String {
    let text = tree.to_string().replace(AGAIN, "");
    let mut parts = text.split(QUOTED_BARE);
    let mut printed = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let (token, rest) = part.split_once('"').unwrap_or((part, ""));
        printed += token;
        printed += rest;
    }
    printed
}
