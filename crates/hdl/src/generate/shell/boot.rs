//! What loads a chip after a reset: a ROM of its program, and the unit that writes the ROM's words as a host would.

use super::{HOST, HUB, instance, output, owned, pins};
use crate::generate::memory::{IMAGE_PARAMETER, Kind, Memory, image_name};
use crate::generate::{DesignFile, Port, index_bits, ports::range};
use bruno_chip::{Section, address, global_register};
use bruno_device::Chip;

/// Words of a program of a chip: what `bruno program export` lists, with the biases of a chip that decides.
pub fn program_words(chip: &Chip) -> usize {
    let window = 1;
    let decides = chip.description.interfaces.is_some_and(|i| i.decision);
    let biases = match decides {
        true => chip.layers[chip.readout()].neurons,
        false => 0,
    };
    let layers = chip.layers.iter().map(|layer| {
        let levels = match layer.frozen {
            true => 0,
            false => layer.levels.len() + layer.recurrent_levels.len(),
        };
        layer.bus_registers().count() + levels + layer.fan_in() * layer.neurons
    });
    window + layers.sum::<usize>() + biases
}

/// The ROM: a word of a program is its address, then its data.
pub(in crate::generate) fn rom(chip: &Chip) -> Memory {
    Memory::new(Kind::Rom, 32, 2 * program_words(chip))
}

/// Address of the register that puts the states to rest.
pub(super) fn clear() -> u32 {
    global_register("clear").map_or(0, |index| address(Section::Global, index))
}

/// Ports of the shell.
pub(super) fn ports() -> Vec<Port> {
    vec![
        output(
            "boot_done_o",
            1,
            "the program of the ROM is loaded, the states are at rest; the host's transfers wait until then",
        ),
        output(
            "boot_error_o",
            1,
            "the chip refused a word of it, so it is another chip's program",
        ),
    ]
}

/// The unit between the host's transfers, whose nets are named by `host`, and the hub.
pub(super) fn body(chip: &Chip, core: &[Port], host: impl Fn(&Port) -> String) -> String {
    let memory = rom(chip);
    let bits = index_bits(memory.words);
    let parameters = [
        ("WORDS", program_words(chip).to_string()),
        ("BITS", bits.to_string()),
        ("CLEAR", format!("32'd{}", clear())),
    ];
    let mut all = pins(&[], &[]);
    for port in core {
        let stem = &port.name["cfg_".len()..port.name.len() - 2];
        let (to_host, to_hub) = if port.output { ("o", "i") } else { ("i", "o") };
        all.push((format!("{HOST}_{stem}_{to_host}"), host(port)));
        all.push((format!("{HUB}_{stem}_{to_hub}"), format!("{HUB}_{stem}")));
    }
    all.extend(owned(&[
        ("rom_read_o", "rom_read"),
        ("rom_address_o", "rom_address"),
        ("rom_data_i", "rom_data"),
        ("boot_done_o", "boot_done_o"),
        ("boot_error_o", "boot_error_o"),
    ]));
    let read = [
        ("read_i", "rom_read"),
        ("read_address_i", "rom_address"),
        ("data_o", "rom_data"),
    ];
    let wires = format!(
        "  wire rom_read;\n  wire {} rom_address;\n  wire [31:0] rom_data;\n",
        range(bits)
    );
    wires
        + &instance("bruno_boot", &parameters, "boot", &all)
        + &memory.instance(chip, "boot_rom", &[&read])
        + "\n"
}

/// The parameter of the shell that names the ROM's file.
pub(super) fn parameter(chip: &Chip) -> String {
    format!(
        "#(\n  // The program, as `bruno program export --format hex` writes it.\n  parameter {IMAGE_PARAMETER} = \"{}\"\n) ",
        image_name(chip)
    )
}

/// How the file of a ROM without a program begins.
const NO_PROGRAM: &str = "// No program of chip";

/// Whether a ROM's file is the one that is generated, without a program.
pub fn is_blank_program(file: &[u8]) -> bool {
    file.starts_with(NO_PROGRAM.as_bytes())
}

/// What the ROM holds before there is a program: it clears the states, again and again.
pub(super) fn blank(chip: &Chip) -> DesignFile {
    let word = format!("{:08x} 00000001\n", clear());
    DesignFile {
        name: image_name(chip),
        text: format!(
            "{NO_PROGRAM} {}: word address, data. `bruno program export RUN --format hex` writes one.\n{}",
            chip.name,
            word.repeat(program_words(chip))
        ),
    }
}
