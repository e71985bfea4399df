//! Which registers a layer has: those that its neurons declare.

use bruno_chip::{DeviceRegister, Register};
use bruno_device::{Layer, RegisterId};

/// Registers that a layer has, in the order of their addresses, with their rows of the map.
pub fn registers(layer: &Layer) -> impl Iterator<Item = (RegisterId, Register)> + '_ {
    let all = layer.model.registers.iter();
    all.map(|r| (*r, layer.model.register(*r)))
}

/// Registers that a bank reads: all but the seed, which the generator takes.
pub(super) fn bank_registers(layer: &Layer) -> impl Iterator<Item = (RegisterId, Register)> + '_ {
    registers(layer).filter(|(id, _)| *id != DeviceRegister::Seed.into())
}
