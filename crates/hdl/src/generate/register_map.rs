//! Which registers a layer has: those that its neurons declare.

use bruno_chip::{DeviceRegister, Register};
use bruno_device::{Layer, RegisterId};

/// Registers that the bus writes and reads, in the order of their addresses, with their rows of the map.
pub fn registers(layer: &Layer) -> impl Iterator<Item = (RegisterId, Register)> + '_ {
    layer.bus_registers().map(|r| (r, layer.model.register(r)))
}

/// Registers that a bank reads: all but the seed, which the generator takes.
pub(super) fn bank_registers(layer: &Layer) -> impl Iterator<Item = (RegisterId, Register)> + '_ {
    let seed = RegisterId::from(DeviceRegister::Seed);
    let all = layer.model.registers.iter().filter(move |r| **r != seed);
    all.map(|r| (*r, layer.model.register(*r)))
}

/// Those that are ports of a bank: none where the card is frozen.
pub(super) fn register_ports(layer: &Layer) -> impl Iterator<Item = Register> + '_ {
    let all = bank_registers(layer).filter(|_| !layer.frozen);
    all.map(|(_, register)| register)
}
