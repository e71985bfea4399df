//! Which files of a command are damaged, and how.

use super::{Case, Inputs};
use crate::{Form, mutate};
use rand::{Rng, RngExt};
use serde_json::Value;

/// A file with other content.
#[derive(Debug, Clone, PartialEq)]
pub struct Damaged {
    /// Its name within the folder.
    pub name: String,
    /// What stands in it.
    pub bytes: Vec<u8>,
}

/// Commands whose work grows with what the files ask for.
const WORKERS: [&str; 5] = ["train", "eval", "audit", "montecarlo", "tune"];

impl Damaged {
    /// Damages one file of a case, sometimes two. Files that ask for hours of work in good form are drawn again: that is no
    /// fault.
    pub fn draw(inputs: &Inputs, case: &Case, rng: &mut impl Rng) -> Vec<Self> {
        let count = 1 + usize::from(rng.random_range(0..10) == 0);
        let one = |_| loop {
            let name = case.reads[rng.random_range(0..case.reads.len())];
            let bytes = mutate(Form::of(name), inputs.get(name), rng);
            if !WORKERS.contains(&case.arguments[0]) || !asks_too_much(name, &bytes) {
                let name = name.to_string();
                return Self { name, bytes };
            }
        };
        (0..count).map(one).collect()
    }
}

/// Whether a description or a data file asks for more than seconds of work.
fn asks_too_much(name: &str, bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    match Form::of(name) {
        Form::Json => serde_json::from_str(&text).is_ok_and(|tree: Value| large(&tree)),
        Form::Text => {
            let words = text.split(|c: char| !c.is_ascii_alphanumeric());
            words
                .filter_map(|w| w.parse::<u64>().ok())
                .any(|n| (200_000..4_000_000_000).contains(&n))
        }
        _ => false,
    }
}

/// Numbers, and lengths of lists, by which work grows, and what takes seconds at most.
const LIMITS: &[(&str, f64)] = &[
    ("epochs", 4.0),
    ("neurons", 64.0),
    ("inputs", 64.0),
    ("outputs", 64.0),
    ("channels", 64.0),
    ("classes", 4096.0),
    ("train", 50.0),
    ("valid", 50.0),
    ("test", 50.0),
    ("trials", 3.0),
    ("duration_us", 2e5),
    ("t_us", 2e5),
    ("bin_us", 1e5),
    ("minutes", 0.1),
    ("startup", 3.0),
    ("spikes", 20.0),
    ("frame_ms", 100.0),
    ("virtual_chips", 4.0),
];

/// Numbers beyond these are refused, or mean nothing: they must be answered whatever they are.
const ABSURD: f64 = 1e7;

fn large(tree: &Value) -> bool {
    match tree {
        Value::Object(fields) => fields.iter().any(|(key, value)| {
            let limit = LIMITS.iter().find(|(name, _)| name == key);
            let length = value.as_array().map(|list| list.len() as f64);
            let number = value.as_f64().or(length).unwrap_or(0.0);
            let beyond = |(_, limit): &(&str, f64)| {
                (number > *limit && number < ABSURD) || longest_row(value) > *limit
            };
            limit.is_some_and(beyond) || large(value)
        }),
        Value::Array(items) => items.iter().any(large),
        _ => false,
    }
}

/// The longest list in a list: a song of a set, whose chords take time each.
fn longest_row(value: &Value) -> f64 {
    let rows = value.as_array().into_iter().flatten();
    let lengths = rows.filter_map(|row| row.as_array().map(Vec::len));
    lengths.max().unwrap_or(0) as f64
}
