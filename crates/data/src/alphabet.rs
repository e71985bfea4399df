//! The Braille alphabet (Louis Braille's, as in English): which of a cell's six dots make a letter, and where they are.

/// Distance of dots along and across the movement, mm.
const DOTS_MM: (f64, f64) = (2.5, 2.3);

/// Dots of a letter as (along, across) in mm from the cell's centre; dots 1, 2, 3 stand left, 4, 5, 6 right.
/// Anything but A..Z is a space, without dots.
pub(crate) fn dots(letter: char) -> Vec<(f64, f64)> {
    let numbers: &[usize] = match letter {
        'A' => &[1],
        'B' => &[1, 2],
        'C' => &[1, 4],
        'D' => &[1, 4, 5],
        'E' => &[1, 5],
        'F' => &[1, 2, 4],
        'G' => &[1, 2, 4, 5],
        'H' => &[1, 2, 5],
        'I' => &[2, 4],
        'J' => &[2, 4, 5],
        'K' => &[1, 3],
        'L' => &[1, 2, 3],
        'M' => &[1, 3, 4],
        'N' => &[1, 3, 4, 5],
        'O' => &[1, 3, 5],
        'P' => &[1, 2, 3, 4],
        'Q' => &[1, 2, 3, 4, 5],
        'R' => &[1, 2, 3, 5],
        'S' => &[2, 3, 4],
        'T' => &[2, 3, 4, 5],
        'U' => &[1, 3, 6],
        'V' => &[1, 2, 3, 6],
        'W' => &[2, 4, 5, 6],
        'X' => &[1, 3, 4, 6],
        'Y' => &[1, 3, 4, 5, 6],
        'Z' => &[1, 3, 5, 6],
        _ => &[],
    };
    let place = |n: &usize| {
        let along = if *n <= 3 { -0.5 } else { 0.5 };
        let across = ((n - 1) % 3) as f64 - 1.0;
        (along * DOTS_MM.0, across * DOTS_MM.1)
    };
    numbers.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(letter: char, expected: &[(f64, f64)]) {
        assert_eq!(dots(letter), expected);
    }

    #[test]
    fn a_space_is_flat() {
        check('_', &[]);
    }
    #[test]
    fn b_is_the_upper_two_of_the_left() {
        check('B', &[(-1.25, -2.3), (-1.25, 0.0)]);
    }
    #[test]
    fn i_rises_to_the_right() {
        check('I', &[(-1.25, 0.0), (1.25, -2.3)]);
    }
    #[test]
    fn letters_differ() {
        let cells: std::collections::BTreeSet<String> =
            ('A'..='Z').map(|l| format!("{:?}", dots(l))).collect();
        assert_eq!(cells.len(), 26);
    }
}
