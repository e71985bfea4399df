//! A real coefficient as an integer mantissa and a right shift, as in the registers of a chip.

/// Largest shift: half of `2^30` beside a product below `2^30` stays within 32 bits.
pub(crate) const MAX_SHIFT: i32 = 30;

/// `mantissa * 2^-shift`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mantissa {
    /// The mantissa, not negative.
    pub mantissa: i32,
    /// The right shift, 0..=30.
    pub shift: i32,
}

impl Mantissa {
    /// The nearest one with a mantissa of `bits` bits; `None` where `value` is negative, not finite or too large.
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
        let mut shift = (f64::from(bits) - 1.0 - value.log2().floor()).min(1000.0) as i32;
        // Rounding up may carry out of the mantissa.
        if (value * f64::from(shift).exp2()).round() >= f64::from(bits).exp2() {
            shift -= 1;
        }
        let shift = shift.min(MAX_SHIFT);
        (shift >= 0).then(|| Self {
            mantissa: (value * f64::from(shift).exp2()).round() as i32,
            shift,
        })
    }

    /// The value in force.
    pub fn value(self) -> f64 {
        f64::from(self.mantissa) * (-f64::from(self.shift)).exp2()
    }

    /// The rounding half, `2^(shift-1)`, 0 without a shift.
    pub fn half(self) -> i32 {
        if self.shift == 0 {
            0
        } else {
            1 << (self.shift - 1)
        }
    }
}
