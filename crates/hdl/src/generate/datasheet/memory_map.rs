//! Registers, level tables and weights by address.

use crate::generate::{readback, register_map::registers};
use bruno_chip::{RECURRENT_LEVELS, Register, Section, address, global_registers, neuron_bits};
use bruno_device::{Chip, Layer};
use std::fmt::Write;

const TABLE_HEAD: &str =
    "| address | register | bits | access | after reset | meaning |\n|---|---|---|---|---|---|\n";

/// The section.
pub(super) fn print(chip: &Chip) -> String {
    let mut page = String::from(
        "## Address map\n\nOne 32-bit word an address; `[31:28]` is 0 for the chip, 1 and up for its layers, `[27:26]` registers (0), level tables (1)\n\
         or weights (2). Whatever is not listed is answered with an error and changes nothing.\n\n### Chip\n\n",
    );
    page += TABLE_HEAD;
    for (index, register) in (0..).zip(global_registers(chip.window_ticks)) {
        let reset = match register.name.as_ref() {
            "id" => "0x6272756e".into(),
            "window" => chip.window_ticks.to_string(),
            _ => "0".into(),
        };
        page += &row(address(Section::Global, index), &register, &reset);
    }
    for (index, layer) in chip.layers.iter().enumerate() {
        page += &layer_section(chip, index, layer);
    }
    page + "\n"
}

fn row(address: u32, r: &Register, reset: &str) -> String {
    let kind = if r.signed { "signed " } else { "" };
    let access = if r.writable { "read, write" } else { "read" };
    format!(
        "| `0x{address:08x}` | `{}` | {kind}{} | {access} | {reset} | {} |\n",
        r.name, r.bits, r.about
    )
}

fn layer_section(chip: &Chip, index: usize, layer: &Layer) -> String {
    let access = match readback(chip) {
        true => "read, write",
        false => "write only",
    };
    let mut text = format!(
        "\n### Layer `{}` ({} neurons)\n\n{TABLE_HEAD}",
        layer.name, layer.neurons
    );
    for (id, register) in registers(layer) {
        let reset = layer.codes.value(id).to_string();
        let at = address(Section::Device(index), layer.model.address(id));
        text += &row(at, &register, &reset);
    }
    if layer.frozen {
        return text + &frozen(layer) + &weights(index, layer, access);
    }
    text += "\nA coefficient is `_m` * 2^-`_s`; `_h` must be 2^(`_s` - 1), or 0 for `_s` = 0.\n";
    let levels = address(Section::Levels(index), 0);
    let _ = writeln!(
        text,
        "\nLevel table: `0x{levels:08x}` + code (0..{}), {access}, signed LSB of I, after reset {}.",
        (1 << layer.bits) - 1,
        list(&layer.levels)
    );
    if layer.recurrent {
        let _ = writeln!(
            text,
            "\nLevel table of the recurrence: `0x{:08x}` + code, after reset {}.",
            levels + RECURRENT_LEVELS,
            list(&layer.recurrent_levels)
        );
    }
    text + &weights(index, layer, access)
}

/// What stands in the Verilog of a layer whose card is frozen.
fn frozen(layer: &Layer) -> String {
    let registers = layer.model.registers.iter();
    let registers = registers.map(|r| {
        let name = layer.model.register(*r).name;
        format!("`{name}` {}", layer.codes.value(*r))
    });
    let registers: Vec<String> = registers.collect();
    let mut text = format!(
        "\nThe card is frozen: constants without an address. Registers: {}. Levels by code: {}.",
        registers.join(", "),
        list(&layer.levels)
    );
    if layer.recurrent {
        let _ = write!(
            text,
            " Of the recurrence: {}.",
            list(&layer.recurrent_levels)
        );
    }
    text + "\n"
}

fn weights(index: usize, layer: &Layer, access: &str) -> String {
    let codes = address(Section::Codes(index), 0);
    let mut text = String::new();
    let _ = writeln!(
        text,
        "\nWeight codes: `0x{codes:08x}` + (channel << {}) + neuron, {access}, {} bits, undefined until written; \
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

/// A short table in full, a long one by its ends.
fn list(levels: &[i32]) -> String {
    let text = |l: &[i32]| l.iter().map(i32::to_string).collect::<Vec<_>>().join(", ");
    match levels.len() {
        0..=16 => text(levels),
        n => format!("{}, ..., {}", text(&levels[..4]), text(&levels[n - 4..])),
    }
}
