//! Damage to the arrays of a NumPy archive: what their headers declare, and their numbers.

use super::{EXTREMES, bytes, name, pick};
use crate::archive::zipped;
use rand::{Rng, RngExt};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Bytes in front of a header's text: magic word, version, length.
const FRONT: usize = 10;

/// Words that stand in a header, and what may stand there instead.
const TYPES: &[&str] = &[
    "<i8", "<i4", "<i2", "|i1", "<u8", "<u4", "|u1", "|b1", "<f8", "<f2", ">i8", "|O", "<U5",
    "<c16",
];

pub fn mutate(document: &[u8], rng: &mut impl Rng) -> Vec<u8> {
    let Some(mut members) = members(document) else {
        return bytes::mutate(document, rng);
    };
    if members.is_empty() {
        return bytes::mutate(document, rng);
    }
    let at = rng.random_range(0..members.len());
    match rng.random_range(0..12) {
        0 => drop(members.remove(at)),
        1 => members[at].0 = name(rng),
        2 => {
            let other = rng.random_range(0..members.len());
            members[at].1 = members[other].1.clone();
        }
        3 => members[at].1.extend(vec![0; rng.random_range(1..1 << 20)]),
        4 | 5 => members[at].1 = bytes::mutate(&members[at].1, rng),
        6 => return bytes::mutate(document, rng),
        7..10 => header(&mut members[at].1, rng),
        _ => number(&mut members[at].1, rng),
    }
    zipped(&members).unwrap_or_default()
}

type Member = (String, Vec<u8>);

fn members(document: &[u8]) -> Option<Vec<Member>> {
    let mut archive = ZipArchive::new(Cursor::new(document)).ok()?;
    let mut members = Vec::new();
    for index in 0..archive.len() {
        let file = archive.by_index(index).ok()?;
        let (name, mut bytes) = (file.name().to_string(), Vec::new());
        file.take(1 << 20).read_to_end(&mut bytes).ok()?;
        members.push((name, bytes));
    }
    Some(members)
}

/// Another length, type or order in the header's text, which keeps its length where it can.
fn header(array: &mut Vec<u8>, rng: &mut impl Rng) {
    let Some(length) = array
        .get(8..FRONT)
        .map(|b| usize::from(u16::from_le_bytes([b[0], b[1]])))
    else {
        return;
    };
    let end = (FRONT + length).min(array.len());
    let Ok(text) = std::str::from_utf8(&array[FRONT..end]) else {
        return;
    };
    let changed = match rng.random_range(0..5) {
        0 => text.replace("False", "True"),
        1 => text.replace(
            ", }",
            &format!(", 'more': {}}}", "(".repeat(rng.random_range(1..4000))),
        ),
        2 => between(text, "'descr': '", "'", pick(TYPES, rng)),
        3 => {
            let dimension = pick(EXTREMES, rng);
            between(
                text,
                "'shape': (",
                ")",
                &format!("{dimension}, {dimension}, 3"),
            )
        }
        _ => between(
            text,
            "'shape': (",
            ")",
            &format!("{},", pick(EXTREMES, rng)),
        ),
    };
    let length = u16::try_from(changed.len()).unwrap_or(u16::MAX);
    array.splice(FRONT..end, changed.into_bytes());
    array[8..FRONT].copy_from_slice(&length.to_le_bytes());
}

/// The text with something else between two marks.
fn between(text: &str, open: &str, close: &str, new: &str) -> String {
    let Some((before, rest)) = text.split_once(open) else {
        return text.into();
    };
    let after = rest.split_once(close).map_or("", |(_, after)| after);
    format!("{before}{open}{new}{close}{after}")
}

/// Another number among the array's last ones, as if all were 64 bits long.
fn number(array: &mut [u8], rng: &mut impl Rng) {
    let count = array.len().saturating_sub(128) / 8;
    if count == 0 {
        return;
    }
    let value = pick(EXTREMES, rng).parse::<f64>().unwrap_or(0.0) as i64;
    let at = array.len() - 8 * rng.random_range(1..=count);
    array[at..at + 8].copy_from_slice(&value.to_le_bytes());
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::archive::{Array, archive};

    pub fn example() -> Vec<u8> {
        archive(&[("label", Array::of(&[1, 2])), ("split", Array::of(&[0, 2]))])
    }

    #[test]
    fn another_header() {
        let mut array = members(&example()).unwrap().remove(0).1;
        let length = array.len();
        let text = between(
            std::str::from_utf8(&array[FRONT..length - 16]).unwrap(),
            "'shape': (",
            ")",
            "9,",
        );
        array.splice(FRONT..length - 16, text.into_bytes());
        assert!(String::from_utf8_lossy(&array).contains("'shape': (9,)"));
    }
}
