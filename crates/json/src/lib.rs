//! JSON that people write: comments are allowed, and a mistake is told with its field, line and column.
//!
//! What is read is stricter than what serde takes by itself: a name may stand in an object once only, and a list is no
//! object whose names were left out. `$schema` at the root is for editors and is passed over.

#![deny(clippy::print_stdout, clippy::print_stderr)]
// Files of strangers are read here: nothing of them may end in a panic.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod enumeration;
mod mistake;
mod nearest;
mod node;
mod place;
mod reader;

pub use mistake::Mistake;
pub use nearest::nearest;
pub use place::{Place, place_of};
pub use reader::{Error, Reader};

use node::Node;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a value from a text.
///
/// # Errors
/// The first mistake: no JSON, a name that stands twice in an object, or an unknown, missing or mistyped field.
pub fn from_text<T: DeserializeOwned>(text: &str) -> Result<T, Mistake> {
    from_text_by(text, |reader| T::deserialize(reader))
}

/// Reads a value from a text by a function of its type other than `Deserialize::deserialize`.
///
/// # Errors
/// Those of [`from_text`].
pub fn from_text_by<T>(
    text: &str,
    read: impl FnOnce(Reader<'_>) -> Result<T, Error>,
) -> Result<T, Mistake> {
    let found = Node::of_text(text).and_then(|node| read(Reader::of(&node)));
    found.map_err(|error| error.in_text(text))
}

/// Reads a value from JSON that was read before, by the same rules; the mistake has no line.
///
/// # Errors
/// An unknown, missing or mistyped field.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, Mistake> {
    let node = Node::of_value(value);
    T::deserialize(Reader::of(&node)).map_err(Error::in_value)
}
