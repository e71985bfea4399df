//! The tree as serde sees it, and mistakes with their places.

use crate::enumeration::Variant;
use crate::mistake::Mistake;
use crate::nearest::nearest;
use crate::node::{Content, Key, Node, Number};
use crate::place::Place;
use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    Visitor,
};
use serde::forward_to_deserialize_any;
use std::fmt;

/// A mistake on its way out of the tree: every value that it leaves puts its name before the path.
#[derive(Debug)]
pub struct Error {
    path: String,
    at: Option<usize>,
    message: String,
}

impl Error {
    pub(crate) fn at(byte: usize, message: String) -> Self {
        Self {
            path: String::new(),
            at: Some(byte),
            message,
        }
    }

    pub(crate) fn within(mut self, name: &str) -> Self {
        let dot = if self.path.is_empty() || self.path.starts_with('[') {
            ""
        } else {
            "."
        };
        self.path = format!("{name}{dot}{}", self.path);
        self
    }

    pub(crate) fn within_entry(self, index: usize) -> Self {
        self.within(&format!("[{index}]"))
    }

    /// The innermost value is the one that is meant.
    fn or_at(mut self, at: Option<usize>) -> Self {
        self.at = self.at.or(at);
        self
    }

    pub(crate) fn in_text(self, text: &str) -> Mistake {
        Mistake {
            place: self.at.map(|byte| Place::of(text, byte)),
            ..self.in_value()
        }
    }

    pub(crate) fn in_value(self) -> Mistake {
        Mistake {
            field: self.path,
            message: self.message,
            place: None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            path: String::new(),
            at: None,
            message: message.to_string(),
        }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::custom(format!(
            "is {}, expected {}",
            named(&found),
            plain(expected)
        ))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        Self::custom(unknown("field", field, known))
    }

    fn unknown_variant(value: &str, known: &'static [&'static str]) -> Self {
        Self::custom(unknown("value", value, known))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::custom("is needed and missing").within(field)
    }
}

fn unknown(what: &str, found: &str, known: &[&'static str]) -> String {
    let meant = nearest(found, known.iter().copied());
    let meant = meant.map_or(String::new(), |name| format!(", did you mean `{name}`?"));
    let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    let names = match names.len() {
        0 => "none is".into(),
        _ => names.join(", "),
    };
    format!("unknown {what} `{found}`{meant} (known: {names})")
}

/// What was found, in words of JSON.
fn named(found: &Unexpected<'_>) -> String {
    match found {
        Unexpected::Unit | Unexpected::Option => "null".into(),
        Unexpected::Bool(b) => b.to_string(),
        Unexpected::Unsigned(n) => n.to_string(),
        Unexpected::Signed(n) => n.to_string(),
        Unexpected::Float(n) => n.to_string(),
        Unexpected::Str(text) => format!("the text \"{text}\""),
        Unexpected::Seq => "a list".into(),
        Unexpected::Map => "an object".into(),
        other => other.to_string(),
    }
}

/// What was expected, without names of Rust's types.
fn plain(expected: &dyn de::Expected) -> String {
    let text = expected.to_string();
    match text.as_str() {
        "usize" | "u64" | "u32" | "u16" | "u8" => "a whole number of 0 or more".into(),
        "isize" | "i64" | "i32" | "i16" | "i8" => "a whole number".into(),
        "f64" | "f32" => "a number".into(),
        "a boolean" => "true or false".into(),
        "a string" => "a text".into(),
        "a sequence" => "a list".into(),
        _ if text.starts_with("struct ") => "an object, each field with its name".into(),
        _ => text,
    }
}

/// A value that is read, for serde.
#[derive(Clone, Copy)]
pub struct Reader<'a>(&'a Node);

impl<'a> Reader<'a> {
    pub(crate) fn of(node: &'a Node) -> Self {
        Self(node)
    }

    fn unexpected(self) -> Unexpected<'a> {
        match &self.0.content {
            Content::Null => Unexpected::Unit,
            Content::Bool(b) => Unexpected::Bool(*b),
            Content::Number(Number::Positive(n)) => Unexpected::Unsigned(*n),
            Content::Number(Number::Negative(n)) => Unexpected::Signed(*n),
            Content::Number(Number::Float(n)) => Unexpected::Float(*n),
            Content::Text(text) => Unexpected::Str(text),
            Content::List(_) => Unexpected::Other("a list"),
            Content::Object(_) => Unexpected::Other("an object"),
        }
    }

    fn visit<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.0.content {
            Content::Null => visitor.visit_unit(),
            Content::Bool(b) => visitor.visit_bool(*b),
            Content::Number(Number::Positive(n)) => visitor.visit_u64(*n),
            Content::Number(Number::Negative(n)) => visitor.visit_i64(*n),
            Content::Number(Number::Float(n)) => visitor.visit_f64(*n),
            Content::Text(text) => visitor.visit_str(text),
            Content::List(entries) => visitor.visit_seq(Entries(entries.iter().enumerate())),
            Content::Object(fields) => visitor.visit_map(Fields::of(fields)),
        }
    }
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.visit(visitor).map_err(|e| e.or_at(self.0.at))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0.content {
            Content::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    /// serde takes a list for an object whose names were left out; here every field has its name.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0.content {
            Content::Object(_) => self.deserialize_any(visitor),
            _ => {
                let wanted = &"an object, each field with its name";
                let error: Error = de::Error::invalid_type(self.unexpected(), wanted);
                Err(error.or_at(self.0.at))
            }
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let variant = match &self.0.content {
            Content::Text(name) => Some(Variant::unit(name)),
            Content::Object(fields) => Variant::with_content(fields),
            _ => None,
        };
        let read = variant.map_or_else(
            || Err(de::Error::invalid_type(self.unexpected(), &visitor_wants())),
            |variant| visitor.visit_enum(variant),
        );
        read.map_err(|e: Error| e.or_at(self.0.at))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map identifier ignored_any
    }
}

fn visitor_wants() -> &'static str {
    "the name of a choice, or an object of one field"
}

/// The entries of a list.
struct Entries<'a>(std::iter::Enumerate<std::slice::Iter<'a, Node>>);

impl<'de> SeqAccess<'de> for Entries<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some((index, node)) = self.0.next() else {
            return Ok(None);
        };
        let read = seed.deserialize(Reader::of(node)).map(Some);
        read.map_err(|e| e.or_at(node.at).within_entry(index))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

/// The fields of an object.
struct Fields<'a> {
    rest: std::slice::Iter<'a, (Key, Node)>,
    value: Option<(&'a Key, &'a Node)>,
}

impl<'a> Fields<'a> {
    fn of(fields: &'a [(Key, Node)]) -> Self {
        Self {
            rest: fields.iter(),
            value: None,
        }
    }
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some((key, value)) = self.rest.next() else {
            return Ok(None);
        };
        self.value = Some((key, value));
        let name: StrDeserializer<'_, Error> = key.name.as_str().into_deserializer();
        let read = seed.deserialize(name).map(Some);
        read.map_err(|e| e.or_at(key.at).within(&key.name))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let Some((key, node)) = self.value.take() else {
            return Err(de::Error::custom("a value without a name"));
        };
        let read = seed.deserialize(Reader::of(node));
        read.map_err(|e| e.or_at(node.at).within(&key.name))
    }
}
