//! Lines and columns of a text.

use crate::node::{Content, Node};
use std::fmt;

/// A place in a text, both from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character in it.
    pub column: usize,
}

impl Place {
    /// That of a byte.
    pub(crate) fn of(text: &str, byte: usize) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line_begins = before.rfind('\n').map_or(0, |end| end + 1);
        Self {
            line: 1 + before.matches('\n').count(),
            column: 1 + before
                .get(line_begins..)
                .unwrap_or_default()
                .chars()
                .count(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} column {}", self.line, self.column)
    }
}

/// Where a field stands in a text, by its path as in a [`crate::Mistake`] or with dots alone (`layers.0.neurons`).
pub fn place_of(text: &str, path: &str) -> Option<Place> {
    let root = Node::of_text(text).ok()?;
    let dotted = path.replace('[', ".").replace(']', "");
    let mut node = &root;
    for name in dotted.split('.').filter(|name| !name.is_empty()) {
        node = match &node.content {
            Content::Object(fields) => &fields.iter().find(|(key, _)| key.name == name)?.1,
            Content::List(entries) => entries.get(name.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    node.at.map(|byte| Place::of(text, byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{\n  // a layer\n  \"layers\": [{\"neurons\": 3}]\n}";

    fn check(path: &str, expected: Option<(usize, usize)>) {
        let found = place_of(TEXT, path);
        let expected = expected.map(|(line, column)| Place { line, column });
        assert_eq!(found, expected);
    }

    #[test]
    fn of_a_field() {
        check("layers[0].neurons", Some((3, 26)));
    }
    #[test]
    fn of_a_field_by_dots() {
        check("layers.0.neurons", Some((3, 26)));
    }
    #[test]
    fn of_the_whole() {
        check("", Some((1, 1)));
    }
    #[test]
    fn of_none() {
        check("layers[1].neurons", None);
    }
    #[test]
    fn after_letters_of_several_bytes() {
        assert_eq!(Place::of("\u{b5}m\u{b5}x", 5), Place { line: 1, column: 4 });
    }
}
