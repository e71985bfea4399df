//! Numbers with engineering suffixes, whose meaning differs between simulators: `M` is milli in ngspice and mega in Spectre
//! and VACASK, `meg` is mega in ngspice and VACASK and milli (with a unit `eg`) in Spectre.

use super::Format;

/// Decimal exponents of suffixes where case tells (Spectre, VACASK).
const SENSITIVE: [(&str, i32); 11] = [
    ("T", 12),
    ("G", 9),
    ("M", 6),
    ("K", 3),
    ("k", 3),
    ("m", -3),
    ("u", -6),
    ("n", -9),
    ("p", -12),
    ("f", -15),
    ("a", -18),
];

/// The same where it does not (ngspice); longer ones first.
const INSENSITIVE: [(&str, i32); 10] = [
    ("meg", 6),
    ("t", 12),
    ("g", 9),
    ("k", 3),
    ("m", -3),
    ("u", -6),
    ("n", -9),
    ("p", -12),
    ("f", -15),
    ("a", -18),
];

/// The shortest text that reads back as the same double, in every simulator.
pub(crate) fn shortest(value: f64) -> String {
    match value.abs() {
        0.0 => "0".into(),
        1e-3..1e5 => value.to_string(),
        _ => format!("{value:e}"),
    }
}

/// Value of a number such as `9.8n`, `625e-12` or, with a unit that means nothing, `1.5nm`; `None`: it is no number.
///
/// The suffix is joined to the digits as an exponent, so that `9.8n` and `9.8e-9` are the same double.
pub fn number(text: &str, format: Format) -> Option<f64> {
    let digits = digits(text);
    let (number, rest) = text.split_at(digits);
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (number, 0),
    };
    let scale = scale(rest, format)?;
    let value: f64 = format!("{mantissa}e{}", exponent.checked_add(scale)?)
        .parse()
        .ok()?;
    value.is_finite().then_some(value)
}

/// Decimal exponent of a suffix and its unit.
fn scale(rest: &str, format: Format) -> Option<i32> {
    if rest.is_empty() {
        return Some(0);
    }
    if !rest.chars().all(|c| c.is_ascii_alphabetic()) {
        return None;
    }
    let lower = rest.to_ascii_lowercase();
    if format != Format::Spectre && lower.starts_with("mil") {
        return None; // a thousandth of an inch: no power of ten
    }
    if format == Format::Vacask && lower.starts_with("meg") {
        return Some(6);
    }
    let found = match format {
        Format::Ngspice => INSENSITIVE.iter().find(|(s, _)| lower.starts_with(s)),
        _ => SENSITIVE.iter().find(|(s, _)| rest.starts_with(s)),
    };
    found.map(|(_, exponent)| *exponent)
}

/// How many bytes of the text belong to sign, digits, point and exponent.
fn digits(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digit = |k: usize| bytes.get(k).is_some_and(u8::is_ascii_digit);
    let sign = |k: usize| usize::from(matches!(bytes.get(k), Some(b'+' | b'-')));
    let mut end = sign(0);
    while digit(end) || bytes.get(end) == Some(&b'.') {
        end += 1;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let start = end + 1 + sign(end + 1);
        if digit(start) {
            end = start;
            while digit(end) {
                end += 1;
            }
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, ngspice: Option<f64>, spectre: Option<f64>, vacask: Option<f64>) {
        assert_eq!(number(text, Format::Ngspice), ngspice, "ngspice {text}");
        assert_eq!(number(text, Format::Spectre), spectre, "Spectre {text}");
        assert_eq!(number(text, Format::Vacask), vacask, "VACASK {text}");
    }

    #[test]
    fn suffixes() {
        let same = |text, value| check(text, Some(value), Some(value), Some(value));
        same("9.8n", 9.8e-9);
        same("625e-12", 625e-12);
        same("-9.8E-2", -9.8e-2);
        same("1.5e3k", 1.5e6);
        same("+.5u", 0.5e-6);
        same("20", 20.0);
        same("1f", 1e-15);
        check("20meg", Some(2e7), Some(0.02), Some(2e7));
        check("20MEG", Some(2e7), Some(2e7), Some(2e7));
        check("20M", Some(0.02), Some(2e7), Some(2e7));
        check("2K", Some(2e3), Some(2e3), Some(2e3));
        check("2N", Some(2e-9), None, None);
        check("2mil", None, Some(2e-3), None);
        same("1.5nm", 1.5e-9);
    }

    #[test]
    fn what_is_no_number() {
        let none = |text| check(text, None, None, None);
        for text in [
            "", "-", ".", "e5", "area", "1e", "1.2.3", "2*3", "inf", "nan", "1e999",
        ] {
            none(text);
        }
    }
}
