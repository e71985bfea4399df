//! Lengths of the recorder's window, and the bits that they ask for.

/// Longest window, ticks of 1 us.
pub const LONGEST_WINDOW: u32 = 1 << 15;

/// Ticks whose sums of words of 20 bits stay within 32 bits, as a power of two: what every recorder is made for.
const LEAST_GROWTH: u32 = 12;

/// Bits by which the sums of a recorder outgrow their summands, when it is made for windows of so many ticks.
pub fn sum_growth(window_ticks: u32) -> u32 {
    let whole = 32 - window_ticks.saturating_sub(1).leading_zeros();
    whole.max(LEAST_GROWTH)
}

/// Longest window of a chip that is made for windows of so many ticks: what a program may set.
pub fn longest_window(window_ticks: u32) -> u32 {
    1u32.checked_shl(sum_growth(window_ticks))
        .unwrap_or(u32::MAX)
}

/// Bits of the chip's register `window`.
pub fn window_bits(window_ticks: u32) -> u32 {
    sum_growth(window_ticks) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(window_ticks: u32, longest: u32, bits: u32) {
        assert_eq!(longest_window(window_ticks), longest);
        assert_eq!(window_bits(window_ticks), bits);
        assert!(window_ticks <= longest);
    }

    #[test]
    fn up_to_4096_ticks_as_ever() {
        for window_ticks in [1, 2, 1000, 4096] {
            check(window_ticks, 4096, 13);
        }
    }
    #[test]
    fn one_tick_more() {
        check(4097, 8192, 14);
    }
    #[test]
    fn twenty_milliseconds() {
        check(20_000, 32_768, 16);
    }
    #[test]
    fn the_longest() {
        check(LONGEST_WINDOW, LONGEST_WINDOW, 16);
    }
}
