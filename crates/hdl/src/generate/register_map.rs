//! Which registers a layer has: the table of `bruno-chip`, as far as its kind needs it.

use bruno_chip::{DEVICE_REGISTERS, Register, device_register};
use bruno_device::{Chip, Layer, LayerKind};
use std::ops::RangeInclusive;

/// Registers that a layer has, with their index.
pub fn registers(layer: &Layer) -> impl Iterator<Item = (u32, &'static Register)> + use<> {
    let last = match layer.kind {
        LayerKind::Felif => "keep_p",
        LayerKind::Lif => "t_ref",
        LayerKind::Readout => "i_dec_s",
    };
    let last = device_register(last);
    let options = layer.options;
    (0..)
        .zip(&DEVICE_REGISTERS)
        .filter(move |(at, r)| match r.name {
            "seed" => options.random(),
            "noise_m" => options.noise,
            "sur_w" => options.jacobian,
            _ => Some(*at) <= last,
        })
}

/// What a register of a chip may hold: what its bits do, and of those that a state takes over, what the state's bits do.
pub fn register_range(chip: &Chip, register: &Register) -> RangeInclusive<i64> {
    let formats = &chip.description.formats;
    let bits = match register.name {
        "v_th" | "v_reset" | "v_floor" => formats.v_bits,
        "p_reset" => formats.p_bits,
        _ => register.bits,
    };
    let half = 1i64 << (bits - 1);
    match register.signed {
        true => -half..=half - 1,
        false => 0..=2 * half - 1,
    }
}

/// Registers that a bank reads: all but the seed, which the generator takes.
pub(super) fn bank_registers(layer: &Layer) -> impl Iterator<Item = (u32, &'static Register)> {
    registers(layer).filter(|(_, r)| r.name != "seed")
}
