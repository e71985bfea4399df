//! A power of two without a branch or a call, so that a loop over neurons becomes vector instructions. The standard library
//! calls libm's, number by number.

/// Added to a number below 2^51, leaves it rounded to the nearest integer, which is then in the low bits.
const ROUNDS: f64 = 1.5 * (1u64 << 52) as f64;
/// The exponent of the smallest normal number.
const LEAST: f64 = -1022.0;
/// `1/k!` from the highest power of the series of e^y on: its rest is below 2^-52 for `|y| <= ln(2)/2`.
const SERIES: [f64; 13] = {
    let mut series = [1.0; 13];
    let mut factorial = 1.0;
    let mut k = 1;
    while k < series.len() {
        factorial *= k as f64;
        series[series.len() - 1 - k] = 1.0 / factorial;
        k += 1;
    }
    series
};

/// `2^x` for x of at most 1023, to 4 units in the last place; below 2^-1022, that.
#[inline(always)]
pub(crate) fn power_of_two(x: f64) -> f64 {
    let x = x.max(LEAST);
    let rounded = x + ROUNDS;
    let y = (x - (rounded - ROUNDS)) * std::f64::consts::LN_2;
    let mantissa = SERIES.into_iter().fold(0.0, |sum, c| sum * y + c);
    // The integer goes to the exponent's place.
    f64::from_bits(mantissa.to_bits().wrapping_add(rounded.to_bits() << 52))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_the_standard_library(x in -1021.0f64..1022.0) {
            let error = power_of_two(x) / x.exp2() - 1.0;
            prop_assert!(error.abs() <= 4.0 * f64::EPSILON, "{error:e}");
        }
    }

    #[test]
    fn integers_are_exact() {
        (-1022..=1022).for_each(|k| assert_eq!(power_of_two(f64::from(k)), f64::from(k).exp2()));
    }

    #[test]
    fn it_ends_at_the_smallest_normal_number() {
        assert_eq!(power_of_two(-1e6), f64::MIN_POSITIVE);
    }
}
