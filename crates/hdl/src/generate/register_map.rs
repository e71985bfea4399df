//! Which registers a layer has: those that its neurons declare.

use super::{literal, register_file::value_type};
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

/// Constants of a frozen card in place of the ports, of those registers that `read` names.
pub(super) fn register_constants(layer: &Layer, read: impl Fn(RegisterId) -> bool) -> String {
    if !layer.frozen {
        return String::new();
    }
    let all = bank_registers(layer).filter(|(id, _)| read(*id));
    let lines = all.map(|(id, r)| {
        let value = literal(r.bits, r.signed, layer.codes.value(id));
        let kind = value_type(&r);
        format!("  wire {kind} {}_i = {value}; // {}\n", r.name, r.about)
    });
    format!(
        "  // The card, frozen. Waiver: a state shorter than its register takes the low bits.
  /* verilator lint_off UNUSEDSIGNAL */\n{}  /* verilator lint_on UNUSEDSIGNAL */\n\n",
        lines.collect::<String>()
    )
}
