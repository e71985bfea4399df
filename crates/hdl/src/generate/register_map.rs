//! The register map and the ports as a page for people, from the same tables as Verilog and software.

use super::{hidden_neurons, ports, streams};
use bruno_chip::{
    DEVICE_REGISTERS, GLOBAL_REGISTERS, RECURRENT_LEVELS, Register, Section, address,
    device_register, neuron_bits,
};
use bruno_device::{Chip, Layer, LayerKind};
use std::fmt::Write;

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

/// The page.
pub(super) fn print(chip: &Chip) -> String {
    let mut page = format!("# {}: ports and register map\n\n", chip.name);
    page += "One 32-bit word an address; transfers are taken in every cycle and answered four cycles later.\n\n";
    page += "## Ports\n\n| port | bits | direction | what it carries |\n|---|---|---|---|\n";
    for port in ports(chip) {
        let direction = if port.output { "out" } else { "in" };
        let _ = writeln!(
            page,
            "| `{}` | {} | {direction} | {} |",
            port.name, port.bits, port.about
        );
    }
    let _ = writeln!(
        page,
        "\n{} recorder stream(s), {} spiking neurons.\n\n## Chip\n",
        streams(chip),
        hidden_neurons(chip)
    );
    page += TABLE_HEAD;
    for (index, register) in (0..).zip(&GLOBAL_REGISTERS) {
        page += &row(address(Section::Global, index), register, "");
    }
    for (index, layer) in chip.layers.iter().enumerate() {
        page += &layer_section(index, layer);
    }
    page
}

const TABLE_HEAD: &str =
    "| address | register | bits | access | after reset | meaning |\n|---|---|---|---|---|---|\n";

fn row(address: u32, r: &Register, reset: &str) -> String {
    let kind = if r.signed { "signed " } else { "" };
    let access = if r.writable { "read, write" } else { "read" };
    format!(
        "| `0x{address:08x}` | `{}` | {kind}{} | {access} | {reset} | {} |\n",
        r.name, r.bits, r.about
    )
}

fn layer_section(index: usize, layer: &Layer) -> String {
    let mut text = format!(
        "\n## Layer `{}` ({} neurons)\n\n{TABLE_HEAD}",
        layer.name, layer.neurons
    );
    for (at, register) in registers(layer) {
        let reset = layer.codes.register(register.name).unwrap_or(0).to_string();
        text += &row(address(Section::Device(index), at), register, &reset);
    }
    let levels = address(Section::Levels(index), 0);
    let codes = address(Section::Codes(index), 0);
    let _ = writeln!(
        text,
        "\nLevel table: `0x{levels:08x}` + code (0..{}), write only, signed LSB of I, reset to the card's levels.",
        (1 << layer.bits) - 1
    );
    if layer.recurrent {
        let _ = writeln!(
            text,
            "Level table of the recurrence: `0x{:08x}` + code.",
            levels + RECURRENT_LEVELS
        );
    }
    let _ = writeln!(
        text,
        "Weight codes: `0x{codes:08x}` + (channel << {}) + neuron, write only, {} bits, undefined until written; \
         channels 0..{} are the inputs{}.",
        neuron_bits(layer.neurons),
        layer.bits,
        layer.inputs - 1,
        if layer.recurrent {
            ", then one channel a neuron of the layer"
        } else {
            ""
        }
    );
    text
}
