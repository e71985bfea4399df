//! Numbers and foreign words as text of a page.

/// Most characters of a name or label.
const LONGEST: usize = 60;

/// A foreign text without what steers a page: control characters but for ends of lines, and those that turn the direction
/// of writing.
pub(crate) fn visible(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let steers = |c: char| c.is_control() && c != '\n' || turns(c);
    { text.chars() }
        .map(|c| if steers(c) { '\u{fffd}' } else { c })
        .collect()
}

/// A foreign name or label, visible and of a length that a table holds.
pub(crate) fn name(text: &str) -> String {
    cut(text, LONGEST)
}

/// The first characters of a foreign text, with a sign where some are left out.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let mut short: String = text.chars().take(most).collect();
    if short.len() < text.len() {
        short.push('\u{2026}');
    }
    visible(&short)
}

/// A number with four significant digits.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        return "0".into();
    }
    if !(1e-3..1e7).contains(&size) {
        return format!("{value:.3e}");
    }
    let decimals = (3.0 - size.log10().floor()).clamp(0.0, 6.0) as usize;
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').into(),
        false => text,
    }
}

/// A number where there is one, else a dash.
pub(crate) fn optional(value: Option<f64>) -> String {
    value.map_or_else(|| "\u{2013}".into(), number)
}

/// A share as per cent.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// What is shown of a list and what is left out of it, with the file that holds the rest; none where nothing is.
pub(crate) fn left_out(shown: usize, all: usize, file: &str) -> Option<String> {
    (shown < all).then(|| format!("The first {shown} of {all}; {file} holds all."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: f64, expected: &str) {
        assert_eq!(number(value), expected);
    }

    #[test]
    fn numbers_of_many_sizes() {
        check(0.0, "0");
        check(0.98765, "0.9877");
        check(-12.5, "-12.5");
        check(123_456.0, "123456");
        check(1e-9, "1.000e-9");
        check(f64::MAX, "1.798e308");
    }
    #[test]
    fn whole_numbers_keep_their_zeros() {
        check(100.0, "100");
    }
    #[test]
    fn a_label_that_turns_the_writing() {
        assert_eq!(name("a\u{202e}\u{1b}b"), "a\u{fffd}\u{fffd}b");
    }
    #[test]
    fn a_long_label() {
        let short = name(&"\u{e4}".repeat(100_000));
        assert_eq!(short.chars().count(), LONGEST + 1);
    }
}
