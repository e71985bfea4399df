//! Damage that gets past the outer parser: a document keeps its form, and something in it is wrong.

mod archive;
mod bytes;
mod json;
mod text;

use rand::{Rng, RngExt};

/// What a document looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One JSON value.
    Json,
    /// A JSON value a line.
    Lines,
    /// Words and lines: CSV, model cards, address events.
    Text,
    /// A NumPy archive.
    Archive,
    /// Numbers in binary, maybe behind a text: results of circuit simulators, HDF5.
    Bytes,
}

impl Form {
    /// The form of a file, by its name.
    pub fn of(name: &str) -> Self {
        match name.rsplit('.').next() {
            Some("json") => Self::Json,
            Some("jsonl") => Self::Lines,
            Some("npz") => Self::Archive,
            Some("raw" | "nir") => Self::Bytes,
            _ => Self::Text,
        }
    }
}

/// Largest document that damage may make, bytes: a few repeated blocks must not fill the disk.
const LARGEST: usize = 4 << 20;

/// The document with one to four pieces of damage; every choice is the generator's.
pub fn mutate(form: Form, document: &[u8], rng: &mut impl Rng) -> Vec<u8> {
    let mut damaged = document.to_vec();
    // Mostly one: the first mistake that a reader meets hides the others.
    let pieces = [1, 1, 1, 1, 1, 2, 2, 3, 4][rng.random_range(0..9)];
    for _ in 0..pieces {
        // Bytes at random find what the form's own damage leaves out: bad UTF-8, cut files, broken syntax.
        let form = match rng.random_range(0..10) {
            0 => Form::Bytes,
            _ => form,
        };
        damaged = match form {
            Form::Json => json::mutate(&damaged, rng),
            Form::Lines => json::mutate_line(&damaged, rng),
            Form::Text => text::mutate(&damaged, rng),
            Form::Archive => archive::mutate(&damaged, rng),
            Form::Bytes => bytes::mutate(&damaged, rng),
        };
        damaged.truncate(LARGEST);
    }
    damaged
}

/// Numbers at the edges of what integers and doubles hold, as a text may write them.
const EXTREMES: &[&str] = &[
    "0",
    "-0",
    "1",
    "-1",
    "2",
    "0.5",
    "-0.0",
    "1e-320",
    "5e-324",
    "2.2250738585072014e-308",
    "1e-12",
    "1e-6",
    "1e6",
    "1e12",
    "1e30",
    "1e38",
    "3.5e38",
    "1e300",
    "1e308",
    "1e309",
    "-1e300",
    "-1e309",
    "7",
    "8",
    "9",
    "32",
    "33",
    "64",
    "127",
    "128",
    "255",
    "256",
    "1000",
    "4096",
    "32767",
    "32768",
    "65535",
    "65536",
    "1000000",
    "2147483647",
    "2147483648",
    "-2147483648",
    "4294967295",
    "4294967296",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "340282366920938463463374607431768211456",
    "1e999",
    "1.7976931348623157e308",
];

/// Numbers that only some texts may hold.
const STRANGE: &[&str] = &[
    "nan", "NaN", "inf", "-inf", "Infinity", "1e", "0x10", "1_000", "+5", ".5", "5.", "", "1,5",
    "٣",
];

/// Names that are no names: paths, control characters, words of Verilog, very long ones.
const NAMES: &[&str] = &[
    "",
    " ",
    ".",
    "..",
    "../../x",
    "/tmp/x",
    "a/b",
    "a\0b",
    "a\nb",
    "\u{1b}[31mred",
    "module",
    "always_ff",
    "logic",
    "-x",
    "\u{202e}abc",
    "\u{fffd}",
    "💥",
    "é",
    "$x",
    "`x",
    "a b",
    "\"",
    "\\",
    "{}",
    "null",
    "NaN",
];

fn pick<'a, T: ?Sized>(list: &[&'a T], rng: &mut impl Rng) -> &'a T {
    list[rng.random_range(0..list.len())]
}

/// An extreme number, or a neighbour or a multiple of the one that was there.
fn number(old: &str, rng: &mut impl Rng) -> String {
    let scaled = |factor: f64| old.parse::<f64>().map(|v| (v * factor).to_string());
    let moved = |by: i128| old.parse::<i128>().map(|v| (v + by).to_string());
    let near = match rng.random_range(0..8) {
        0 => moved(1).ok(),
        1 => moved(-1).ok(),
        2 => scaled(-1.0).ok(),
        3 => scaled(10.0).ok(),
        4 => scaled(0.1).ok(),
        5 => scaled(1000.0).ok(),
        _ => None,
    };
    near.unwrap_or_else(|| pick(EXTREMES, rng).into())
}

/// A strange name, or a long one; names in an archive have at most 65535 bytes.
fn name(rng: &mut impl Rng) -> String {
    match rng.random_range(0..8) {
        0 => "x".repeat(rng.random_range(1..60_000)),
        _ => pick(NAMES, rng).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    /// The same seed damages alike, and many seeds rarely leave a document as it is.
    fn check(form: Form, document: &[u8]) {
        let damaged = |seed| mutate(form, document, &mut ChaCha8Rng::seed_from_u64(seed));
        let changed = (0..500).filter(|&seed| damaged(seed) != document).count();
        assert!(changed > 400, "{changed} of 500");
        assert!((0..20).all(|seed| damaged(seed) == damaged(seed)));
    }

    #[test]
    fn json() {
        check(
            Form::Json,
            br#"{"name":"x","list":[1,2.5,{"deep":null}],"flag":true}"#,
        );
    }
    #[test]
    fn lines() {
        check(Form::Lines, b"{\"a\":1}\n{\"chip\":0,\"accuracy\":0.5}\n");
    }
    #[test]
    fn text() {
        check(Form::Text, b"t_us,channel\n5,0\n7,1\n");
    }
    #[test]
    fn archive() {
        check(Form::Archive, &archive::tests::example());
    }
    #[test]
    fn bytes() {
        check(Form::Bytes, b"Variables: 2\nBinary:\n\0\0\0\0\0\0\0\0");
    }
    #[test]
    fn nothing_to_damage() {
        for form in [
            Form::Json,
            Form::Lines,
            Form::Text,
            Form::Archive,
            Form::Bytes,
        ] {
            let mut rng = ChaCha8Rng::seed_from_u64(1);
            (0..200).for_each(|_| drop(mutate(form, b"", &mut rng)));
        }
    }
}
