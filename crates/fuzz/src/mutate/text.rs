//! Damage to words and lines.

use super::{STRANGE, bytes, name, number, pick};
use rand::{Rng, RngExt};
use std::ops::Range;

pub fn mutate(document: &[u8], rng: &mut impl Rng) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(document) else {
        return bytes::mutate(document, rng);
    };
    let damaged = match rng.random_range(0..3) {
        0 => lines(text, rng),
        _ => word(text, rng),
    };
    damaged.into_bytes()
}

/// Another word in place of one: an extreme number, a name, a word from elsewhere, nothing.
fn word(text: &str, rng: &mut impl Rng) -> String {
    let words = words(text);
    if words.is_empty() {
        return name(rng);
    }
    let place = words[rng.random_range(0..words.len())].clone();
    let old = &text[place.clone()];
    let new = match rng.random_range(0..10) {
        0..5 => number(old, rng),
        5 => pick(STRANGE, rng).into(),
        6 => name(rng),
        7 => text[words[rng.random_range(0..words.len())].clone()].into(),
        8 => format!("{old},{old}"),
        _ => String::new(),
    };
    let mut damaged = text.to_string();
    damaged.replace_range(place, &new);
    damaged
}

/// Words are what separators leave.
fn words(text: &str) -> Vec<Range<usize>> {
    let separates = |c: char| c.is_whitespace() || ",;=(){}:\"'+".contains(c);
    let pieces = text.split(separates).filter(|piece| !piece.is_empty());
    let start = |piece: &str| piece.as_ptr() as usize - text.as_ptr() as usize;
    pieces.map(|p| start(p)..start(p) + p.len()).collect()
}

/// A line that goes, comes again, moves, or comes very often.
fn lines(text: &str, rng: &mut impl Rng) -> String {
    let mut lines: Vec<&str> = text.split('\n').collect();
    let at = rng.random_range(0..lines.len());
    match rng.random_range(0..6) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, lines[at]),
        2 => {
            let other = rng.random_range(0..lines.len());
            lines.swap(at, other);
        }
        3 => {
            let many = vec![lines[at]; rng.random_range(2..300)];
            lines.splice(at..at, many);
        }
        4 => lines.truncate(at),
        _ => lines.insert(
            at,
            pick(
                &[
                    "", ",", ",,,,", "\"", "\u{feff}", "# x", "{", "}", "(", "+ ",
                ],
                rng,
            ),
        ),
    }
    lines.join("\n")
}
