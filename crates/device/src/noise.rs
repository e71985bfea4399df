//! Noise on the membrane's drive: from pA rms to the amplitude register and back.
//!
//! In every tick the datapath adds `+-((noise_m * u + 128) >> 8)` to the drive (LSB: 2^-8 of V's), sign and `u` (8 bits)
//! at random: a uniform, symmetric, white current. Its variance is that of `u`, times the amplitude squared.

use crate::codes::CodeError;
use crate::{Codes, Felif, GUARD_BITS, TICK_S};
use bruno_chip::Formats;

/// Bits of the amplitude register.
const BITS: u32 = 16;

/// Current that moves the membrane by one guard LSB in a tick, pA.
fn guard_lsb_pa(model: &Felif, formats: &Formats) -> f64 {
    let lsb_v = formats.v_lsb() / f64::from(1u32 << GUARD_BITS);
    lsb_v * model.capacitance_f / TICK_S * 1e12
}

/// Amplitude register for a noise current, pA rms a tick.
pub(crate) fn code(rms_pa: f64, model: &Felif, formats: &Formats) -> Result<i32, CodeError> {
    let per_amplitude = mean_square(1 << 12).sqrt() / f64::from(1 << 12);
    let amplitude = (rms_pa / guard_lsb_pa(model, formats) / per_amplitude).round();
    if amplitude < f64::from(1u32 << BITS) {
        return Ok(amplitude as i32);
    }
    Err(CodeError {
        field: "noise_pA_rms",
        coefficient: amplitude,
        bits: BITS,
    })
}

/// The noise current in force, pA rms a tick.
pub(crate) fn in_force(codes: &Codes, model: &Felif, formats: &Formats) -> f64 {
    mean_square(codes.noise_m).sqrt() * guard_lsb_pa(model, formats)
}

/// Mean square of the noise of a tick, over all of its values.
fn mean_square(amplitude: i32) -> f64 {
    let square = |u: i32| f64::from((amplitude * u + 128) >> 8).powi(2);
    (0..256).map(square).sum::<f64>() / 256.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_chip::{DeviceCard, Rounding};

    /// What is asked for is in force, to the register's resolution.
    fn check(rms_pa: f64) {
        let card = DeviceCard {
            noise_pa_rms: Some(rms_pa),
            ..DeviceCard::default()
        };
        let formats = Formats::default();
        let codes = Codes::new(&card, &formats, Rounding::Nearest).unwrap();
        let found = in_force(&codes, &Felif::new(&card), &formats);
        assert!((found - rms_pa).abs() < 0.01 * rms_pa + 1e-3, "{found} pA");
    }

    #[test]
    fn none() {
        check(0.0);
    }
    #[test]
    fn weak() {
        check(0.05);
    }
    #[test]
    fn strong() {
        check(100.0);
    }
    #[test]
    fn beyond_the_register() {
        let card = DeviceCard {
            noise_pa_rms: Some(1e5),
            ..DeviceCard::default()
        };
        let error = Codes::new(&card, &Formats::default(), Rounding::Nearest).unwrap_err();
        assert_eq!(error.field, "noise_pA_rms");
    }
}
