//! A text as a tree, with the byte at which each value begins.

use crate::reader::Error;
use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::Value;
use std::collections::HashSet;

/// Longest text, bytes. A tree takes up to some sixty times the memory of its text; nobody writes as much.
const LONGEST: usize = 4 << 20;
/// For editors; bruno passes over it.
const SCHEMA: &str = "$schema";

/// A value.
pub(crate) struct Node {
    /// First byte, of a text.
    pub at: Option<usize>,
    pub content: Content,
}

/// What a value is.
pub(crate) enum Content {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(Key, Node)>),
}

/// A number as serde_json has it: whole where it is written so.
#[derive(Clone, Copy)]
pub(crate) enum Number {
    Positive(u64),
    Negative(i64),
    Float(f64),
}

/// The name of a field.
pub(crate) struct Key {
    pub at: Option<usize>,
    pub name: String,
}

impl Node {
    /// Reads a text.
    pub fn of_text(text: &str) -> Result<Self, Error> {
        if text.len() > LONGEST {
            let long = format!("has {} bytes; allowed: up to {LONGEST}", text.len());
            return Err(Error::at(0, long));
        }
        let parsed = parse_to_ast(text, &CollectOptions::default(), &only_comments());
        let parsed =
            parsed.map_err(|e| Error::at(e.range().start, lowered(&e.kind().to_string())))?;
        let value = parsed.value;
        let mut root = value.map_or_else(|| Err(Error::at(0, "is empty".into())), Self::of_ast)?;
        if let Content::Object(fields) = &mut root.content {
            fields.retain(|(key, _)| key.name != SCHEMA);
        }
        Ok(root)
    }

    fn of_ast(value: ast::Value<'_>) -> Result<Self, Error> {
        let at = Some(value.start());
        let content = match value {
            ast::Value::NullKeyword(_) => Content::Null,
            ast::Value::BooleanLit(b) => Content::Bool(b.value),
            ast::Value::NumberLit(n) => Content::Number(
                Number::of(n.value)
                    .ok_or_else(|| Error::at(n.range.start, "is no number of 64 bits".into()))?,
            ),
            ast::Value::StringLit(s) => Content::Text(s.value.into_owned()),
            ast::Value::Array(list) => {
                let entries = list.elements.into_iter().enumerate();
                let read = entries.map(|(k, e)| Self::of_ast(e).map_err(|e| e.within_entry(k)));
                Content::List(read.collect::<Result<_, _>>()?)
            }
            ast::Value::Object(object) => Content::Object(fields(object)?),
        };
        Ok(Self { at, content })
    }

    /// The tree of JSON that was read before.
    pub fn of_value(value: Value) -> Self {
        let content = match value {
            Value::Null => Content::Null,
            Value::Bool(b) => Content::Bool(b),
            Value::Number(n) => Content::Number(Number::of_json(&n)),
            Value::String(s) => Content::Text(s),
            Value::Array(entries) => {
                Content::List(entries.into_iter().map(Self::of_value).collect())
            }
            Value::Object(fields) => {
                let key = |name| Key { at: None, name };
                let field = |(name, value)| (key(name), Self::of_value(value));
                Content::Object(fields.into_iter().map(field).collect())
            }
        };
        Self { at: None, content }
    }
}

/// The fields of an object, each name once.
fn fields(object: ast::Object<'_>) -> Result<Vec<(Key, Node)>, Error> {
    let mut names = HashSet::new();
    let mut fields = Vec::with_capacity(object.properties.len());
    for property in object.properties {
        let at = property.range.start;
        let name = property.name.into_string();
        if !names.insert(name.clone()) {
            let twice = "stands twice in this object: keep one of them";
            return Err(Error::at(at, twice.into()).within(&name));
        }
        let node = Node::of_ast(property.value).map_err(|e| e.within(&name))?;
        fields.push((Key { at: Some(at), name }, node));
    }
    Ok(fields)
}

impl Number {
    fn of(text: &str) -> Option<Self> {
        if let Ok(whole) = text.parse() {
            return Some(Self::Positive(whole));
        }
        match text.parse::<i64>() {
            // The sign of a zero is kept.
            Ok(whole) if whole != 0 => Some(Self::Negative(whole)),
            _ => text
                .parse()
                .ok()
                .filter(|f: &f64| f.is_finite())
                .map(Self::Float),
        }
    }

    fn of_json(number: &serde_json::Number) -> Self {
        match (number.as_u64(), number.as_i64()) {
            (Some(whole), _) => Self::Positive(whole),
            (None, Some(whole)) => Self::Negative(whole),
            _ => Self::Float(number.as_f64().unwrap_or(f64::NAN)),
        }
    }
}

/// JSON with comments and nothing else that JSON does not have.
fn only_comments() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

fn lowered(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|c| c.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}
