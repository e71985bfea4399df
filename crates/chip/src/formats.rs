//! Physical values to codes and back.

use crate::Formats;

impl Formats {
    /// One LSB of the membrane, V.
    pub fn v_lsb(&self) -> f64 {
        self.v_range_v / f64::from(1u32 << (self.v_bits - 1))
    }

    /// One LSB of the occupation.
    pub fn p_lsb(&self) -> f64 {
        1.0 / f64::from(1u32 << self.p_bits)
    }

    /// One LSB of the current, pA.
    pub fn i_lsb_pa(&self) -> f64 {
        self.i_range_pa / f64::from(1u32 << (self.i_bits - 1))
    }

    /// Nearest membrane code, saturated.
    pub fn v_code(&self, volts: f64) -> i32 {
        signed_code(volts / self.v_lsb(), self.v_bits)
    }

    /// Nearest current code, saturated.
    pub fn i_code(&self, picoamperes: f64) -> i32 {
        signed_code(picoamperes / self.i_lsb_pa(), self.i_bits)
    }

    /// Nearest occupation code, saturated at `1 - LSB`.
    pub fn p_code(&self, occupation: f64) -> i32 {
        let largest = f64::from((1u32 << self.p_bits) - 1);
        (occupation / self.p_lsb()).round().clamp(0.0, largest) as i32
    }
}

fn signed_code(lsbs: f64, bits: u32) -> i32 {
    let full = f64::from(1u32 << (bits - 1));
    lsbs.round().clamp(-full, full - 1.0) as i32
}
