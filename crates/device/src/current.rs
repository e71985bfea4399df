//! The word of a layer's synaptic current, which its level tables are coded in.

use bruno_chip::Formats;
use serde::Serialize;

/// Word of a synaptic current: two's complement.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurrentWord {
    /// Bits.
    pub bits: u32,
    /// One LSB, pA.
    pub lsb_pa: f64,
}

impl CurrentWord {
    /// Full scale, pA.
    pub fn range_pa(&self) -> f64 {
        self.lsb_pa * f64::from(1u32 << (self.bits - 1))
    }

    /// Nearest code of a current in pA, saturated.
    pub fn code(&self, pa: f64) -> i32 {
        let [least, most] = self.ends();
        let code = (pa / self.lsb_pa).round();
        code.clamp(f64::from(least), f64::from(most)) as i32
    }

    /// Smallest and largest code.
    pub fn ends(&self) -> [i32; 2] {
        let full = 1i32 << (self.bits - 1);
        [-full, full - 1]
    }

    /// Largest sum of level codes in one tick: 32-bit words hold it beside a full current and its step
    /// (`testbenches/formal/current.v` proves it).
    pub fn largest_sum(&self) -> i64 {
        (1 << 31) - 1 - (1 << self.bits)
    }
}

impl From<&Formats> for CurrentWord {
    fn from(formats: &Formats) -> Self {
        Self {
            bits: formats.i_bits,
            lsb_pa: formats.i_lsb_pa(),
        }
    }
}
