//! Widths of letters (Helvetica, from Adobe's font metrics) and raised digits.

/// Widths of the letters from space to tilde, thousandths of the size.
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// Digits that stand above the line, and what they are below it.
const RAISED: [(char, char); 11] = [
    ('⁰', '0'),
    ('¹', '1'),
    ('²', '2'),
    ('³', '3'),
    ('⁴', '4'),
    ('⁵', '5'),
    ('⁶', '6'),
    ('⁷', '7'),
    ('⁸', '8'),
    ('⁹', '9'),
    ('⁻', '-'),
];

/// Size of raised digits, share of the others'.
pub(crate) const RAISED_SIZE: f64 = 0.7;

/// What a raised digit is on the line.
pub(crate) fn lowered(letter: char) -> Option<char> {
    let pair = RAISED.iter().find(|(raised, _)| *raised == letter)?;
    Some(pair.1)
}

/// A whole number as raised digits.
pub(crate) fn raised(number: i32) -> String {
    let letters = number.to_string();
    let raised = letters.chars().map(|letter| {
        let pair = RAISED.iter().find(|(_, low)| *low == letter);
        pair.map_or(letter, |(raised, _)| *raised)
    });
    raised.collect()
}

/// Width of a text at a size.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    let of = |letter: char| match lowered(letter) {
        Some(low) => RAISED_SIZE * plain(low),
        None => plain(letter),
    };
    size * text.chars().map(of).sum::<f64>()
}

/// Width of a letter on the line, share of the size.
fn plain(letter: char) -> f64 {
    let place = (letter as usize).checked_sub(' ' as usize);
    let known = place.and_then(|place| WIDTHS.get(place));
    f64::from(known.copied().unwrap_or(556)) / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_raised() {
        assert_eq!(raised(-12), "⁻¹²");
        assert_eq!(lowered('⁷'), Some('7'));
        assert_eq!(lowered('7'), None);
    }
    #[test]
    fn widths_add_up() {
        assert!((width("AV", 10.0) - 13.34).abs() < 1e-9);
        assert!((width("2²", 10.0) - (5.56 + 0.7 * 5.56)).abs() < 1e-9);
    }
}
