//! Which registers a layer has: those that its neurons declare.

use bruno_chip::{DeviceRegister, Register};
use bruno_device::Layer;

/// Registers that a layer has, in the order of their addresses, with their rows of the table.
pub fn registers(layer: &Layer) -> impl Iterator<Item = (DeviceRegister, Register)> + '_ {
    layer.model.registers.iter().map(|r| (*r, r.register()))
}

/// Registers that a bank reads: all but the seed, which the generator takes.
pub(super) fn bank_registers(
    layer: &Layer,
) -> impl Iterator<Item = (DeviceRegister, Register)> + '_ {
    registers(layer).filter(|(id, _)| *id != DeviceRegister::Seed)
}
