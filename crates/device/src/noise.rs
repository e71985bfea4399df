//! Noise on the membrane's drive: from pA rms to the amplitude register and back.
//!
//! In every tick the datapath adds `+-((noise_m * u + 128) >> 8)` to the drive (LSB: 2^-8 of V's), sign and `u` (8 bits)
//! at random: a uniform, symmetric, white current. Its variance is that of `u`, times the amplitude squared. Neurons of a
//! file feel it in the state that their condition compares, in an LSB that follows from the state's word.

use crate::codes::CodeError;
use crate::{Codes, Felif, GUARD_BITS, TICK_S};
use bruno_chip::Formats;
use bruno_model::{Below, Derived};

/// Bits of the amplitude register.
const BITS: u32 = 16;

/// Current that moves the membrane by one guard LSB in a tick, pA.
fn guard_lsb_pa(model: &Felif, formats: &Formats) -> f64 {
    let lsb_v = formats.v_lsb() / f64::from(1u32 << GUARD_BITS);
    lsb_v * model.capacitance_f / TICK_S * 1e12
}

/// Amplitude register for a noise current, pA rms a tick.
pub(crate) fn code(rms_pa: f64, model: &Felif, formats: &Formats) -> Result<i32, CodeError> {
    amplitude(rms_pa / guard_lsb_pa(model, formats), &of_kind).map_err(|amplitude| CodeError {
        field: "noise_pA_rms",
        coefficient: amplitude,
        bits: BITS,
    })
}

/// Size of the noise of a tick of a `kind` by amplitude and `u`, guard LSB.
fn of_kind(amplitude: i32, u: i32) -> i32 {
    (amplitude * u + 128) >> 8
}

/// The amplitude for an rms in guard LSB; one that no register holds is the error.
fn amplitude(rms: f64, size: &dyn Fn(i32, i32) -> i32) -> Result<i32, f64> {
    let per_amplitude = mean_square(1 << 12, size).sqrt() / f64::from(1 << 12);
    let amplitude = (rms / per_amplitude).round();
    match amplitude < f64::from(1u32 << BITS) {
        true => Ok(amplitude as i32),
        false => Err(amplitude),
    }
}

/// The noise current in force, pA rms a tick.
pub(crate) fn in_force(codes: &Codes, model: &Felif, formats: &Formats) -> f64 {
    mean_square(codes.noise_m, &of_kind).sqrt() * guard_lsb_pa(model, formats)
}

/// Mean square of the noise of a tick, over all of its values.
fn mean_square(amplitude: i32, size: &dyn Fn(i32, i32) -> i32) -> f64 {
    let square = |u: i32| f64::from(size(amplitude, u)).powi(2);
    (0..256).map(square).sum::<f64>() / 256.0
}

/// Noise of neurons of a file.
pub(crate) struct OfFile {
    noise: bruno_model::Noise,
    /// Guard LSB of the state that feels it, in the unit of the file.
    guard_lsb: f64,
}

/// The noise of a program that has room for it.
pub(crate) fn of_file(derived: &Derived) -> Option<OfFile> {
    let noise = derived.noise?;
    let offset = &derived.offsets[noise.offset];
    let Below::Guard(bits) = offset.bits else {
        return None;
    };
    let scale = derived.model.states[offset.state].unit.1.scale;
    Some(OfFile {
        noise,
        guard_lsb: derived.words[offset.state].lsb / scale / f64::from(1u32 << bits),
    })
}

impl OfFile {
    /// Amplitude register for an rms a tick, in the unit of the file; none where it holds no such one.
    pub(crate) fn code(&self, rms: f64) -> Option<i32> {
        let size = |amplitude, u| self.noise.size(amplitude, u);
        amplitude(rms / self.guard_lsb, &size).ok()
    }

    /// The rms in force, in the unit of the file.
    pub(crate) fn in_force(&self, amplitude: i32) -> f64 {
        let size = |amplitude, u| self.noise.size(amplitude, u);
        mean_square(amplitude, &size).sqrt() * self.guard_lsb
    }

    /// The largest rms.
    pub(crate) fn most(&self) -> f64 {
        self.in_force((1 << BITS) - 1)
    }
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
