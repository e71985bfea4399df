//! A real coefficient as an integer mantissa and a right shift.

use serde::{Deserialize, Serialize};

/// `mantissa * 2^-shift`; the datapath multiplies, adds the rounding half and shifts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coefficient {
    /// Unsigned mantissa, normalised where the value allows.
    pub mantissa: i32,
    /// Right shift, 0..=30.
    pub shift: u32,
}

/// Largest shift: `2^(s-1)` plus a 30-bit product stays within 32 bits.
pub(crate) const MAX_SHIFT: i32 = 30;

impl Coefficient {
    /// The nearest coefficient with a mantissa of `bits` bits; `None` where `value` is negative, not finite or too large.
    pub fn encode(value: f64, bits: u32) -> Option<Self> {
        if !(value.is_finite() && value >= 0.0) {
            return None;
        }
        if value == 0.0 {
            return Some(Self {
                mantissa: 0,
                shift: 0,
            });
        }
        let mut shift = (f64::from(bits) - 1.0 - value.log2().floor()) as i32;
        let full = f64::from(1u32 << bits);
        // Rounding up may carry out of the mantissa.
        if (value * f64::from(shift).exp2()).round() >= full {
            shift -= 1;
        }
        let shift = shift.min(MAX_SHIFT);
        (shift >= 0).then(|| Self {
            mantissa: (value * f64::from(shift).exp2()).round() as i32,
            shift: shift as u32,
        })
    }

    /// The value that is in force.
    pub fn value(self) -> f64 {
        f64::from(self.mantissa) * (-f64::from(self.shift)).exp2()
    }

    /// Every bit below one LSB of the result, `2^shift - 1`: a random word under this mask is a stochastic rounding offset.
    pub fn mask(self) -> i32 {
        (1 << self.shift) - 1
    }

    /// The rounding half `2^(shift-1)`, 0 without a shift.
    pub fn half(self) -> i32 {
        if self.shift == 0 {
            0
        } else {
            1 << (self.shift - 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: f64, bits: u32, relative: f64) {
        let c = Coefficient::encode(value, bits).unwrap();
        assert!((c.value() / value - 1.0).abs() <= relative, "{value} {c:?}");
        assert!(c.mantissa < 1 << bits);
    }

    #[test]
    fn carries() {
        check(0.9999, 7, 0.005);
    }
    #[test]
    fn small() {
        check(1e-6, 7, 0.005);
    }
    #[test]
    fn large() {
        check(700.0, 11, 0.001);
    }
    #[test]
    fn too_large() {
        assert_eq!(Coefficient::encode(5000.0, 11), None);
    }
}
