//! Which registers a layer has: the table of `bruno-chip`, as far as its kind needs it.

use bruno_chip::{DEVICE_REGISTERS, Register, device_register};
use bruno_device::{Layer, LayerKind};

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

/// Registers that a bank reads: all but the seed, which the generator takes.
pub(super) fn bank_registers(layer: &Layer) -> impl Iterator<Item = (u32, &'static Register)> {
    registers(layer).filter(|(_, r)| r.name != "seed")
}
