//! The rule of every decision in bruno: the largest; of equals the first, as NumPy's `argmax` has it.

/// Place of the largest value, the first of equals; none of nothing.
pub fn first_largest<T: PartialOrd + Copy>(values: impl IntoIterator<Item = T>) -> Option<usize> {
    let mut best: Option<(usize, T)> = None;
    for (at, value) in values.into_iter().enumerate() {
        if best.is_none_or(|(_, largest)| value > largest) {
            best = Some((at, value));
        }
    }
    best.map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f32], expected: Option<usize>) {
        assert_eq!(first_largest(values.iter().copied()), expected);
    }

    #[test]
    fn the_largest() {
        check(&[1.0, 3.0, 2.0], Some(1));
    }
    #[test]
    fn the_first_of_equals() {
        check(&[0.0, 2.0, 2.0], Some(1));
        check(&[0.0, -0.0], Some(0));
    }
    #[test]
    fn nothing() {
        check(&[], None);
    }
}
