//! Values for pictures: with the prefix that makes them short.

/// Prefixes and their powers of ten, ascending.
const PREFIXES: [(&str, f64); 6] = [
    ("f", 1e-15),
    ("p", 1e-12),
    ("n", 1e-9),
    ("µ", 1e-6),
    ("m", 1e-3),
    ("", 1.0),
];

/// The prefix under which a size is 1 to 1000, and its power of ten.
pub(crate) fn prefix(size: f64) -> (&'static str, f64) {
    // A hair, so that a power of ten keeps its prefix in spite of rounding.
    let fits = PREFIXES
        .iter()
        .rev()
        .find(|(_, power)| size * (1.0 + 1e-9) >= *power);
    fits.copied().unwrap_or(PREFIXES[0])
}

/// A value in a unit with a prefix, e.g. 10 µs.
pub(crate) fn with_prefix(value: f64, unit: &str) -> String {
    let (prefix, power) = prefix(value.abs());
    format!(
        "{} {prefix}{unit}",
        crate::model_card::shortest((value / power * 1e3).round() / 1e3)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: f64, expected: &str) {
        assert_eq!(with_prefix(value, "s"), expected);
    }

    #[test]
    fn values() {
        check(1e-6, "1 µs");
        check(0.1, "100 ms");
        check(2.5e-10, "250 ps");
        check(3.0, "3 s");
        check(1e-17, "0.01 fs");
    }
}
