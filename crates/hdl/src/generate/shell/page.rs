//! Ports and registers of a shell as a page for people.

use super::{Window, bring_up};
use crate::generate::Port;
use bruno_chip::{
    ConfigInterface, DECISION_REGISTERS, DECISION_REGISTERS_AT, EVENT_REGISTERS,
    EVENT_REGISTERS_AT, Interfaces, Register, SHELL_BIASES, SHELL_COUNTERS, SHELL_REGISTERS,
    SHELL_REGISTERS_AT, SHELL_RESULTS, SHELL_SCORES, Section, SpikeInterface, address,
};
use bruno_device::Chip;
use std::fmt::Write;

/// The page.
pub(super) fn print(chip: &Chip, name: &str, interfaces: &Interfaces, ports: &[Port]) -> String {
    let mut page = format!(
        "# {name}: ports, registers, protocols\n\nWhat is inside the core: {}_datasheet.md. Its registers keep their addresses.\n\n\
         ## Ports\n\n| port | bits | direction | what it carries |\n|---|---|---|---|\n",
        chip.name
    );
    for port in ports {
        let direction = if port.output { "out" } else { "in" };
        let _ = writeln!(
            page,
            "| `{}` | {} | {direction} | {} |",
            port.name, port.bits, port.about
        );
    }
    let window = (interfaces.config == ConfigInterface::Axi4Lite).then(|| Window::of(chip));
    page += &registers(chip, interfaces, window);
    if let Some(window) = window {
        let (page_bits, index_bits) = (window.page_bits, window.index_bits);
        let _ = writeln!(
            page,
            "\nThe AXI4-Lite window has {}; its base is a multiple of that. Byte address of a word address `w` of the register\n\
             map, from the base: `{{w[{}:26], w[{}:0], 2'b00}}`.",
            window.size_text(),
            25 + page_bits,
            index_bits - 1
        );
    }
    page += &bring_up::print(chip, interfaces);
    page + &bring_up::protocols(interfaces)
}

fn registers(chip: &Chip, interfaces: &Interfaces, window: Option<Window>) -> String {
    let mut text = String::from(
        "\n## Registers of the shell\n\nThe first five count, from zero at a reset or clear of the states up to 2^32 - 1.\n\n",
    );
    text += match window {
        Some(_) => {
            "| word address | AXI byte address | register | access | meaning |\n|---|---|---|---|---|\n"
        }
        None => "| address | register | access | meaning |\n|---|---|---|---|\n",
    };
    let mut row = |index: u32, name: &str, writable: bool, about: &str| {
        let word = address(Section::Shell, index);
        let byte = window.map_or(String::new(), |w| {
            format!("`0x{:08x}` | ", w.byte_address(word))
        });
        let access = if writable { "read, write" } else { "read" };
        let _ = writeln!(
            text,
            "| `0x{word:08x}` | {byte}`{name}` | {access} | {about} |"
        );
    };
    let counters = (0..).zip(&SHELL_COUNTERS);
    let all = counters.chain((SHELL_REGISTERS_AT..).zip(&SHELL_REGISTERS));
    all.for_each(|(index, r): (u32, &Register)| row(index, &r.name, r.writable, &r.about));
    if interfaces.spikes == SpikeInterface::Config {
        let events = (EVENT_REGISTERS_AT..).zip(&EVENT_REGISTERS);
        events.for_each(|(index, r)| row(index, &r.name, r.writable, &r.about));
    }
    if interfaces.decision {
        let registers = (DECISION_REGISTERS_AT..).zip(&DECISION_REGISTERS);
        registers.for_each(|(index, r)| row(index, &r.name, r.writable, &r.about));
        row(
            SHELL_BIASES,
            "bias",
            true,
            "bias of output 0 a window, signed 24 bits, LSB of I; the next outputs follow",
        );
        row(
            SHELL_SCORES,
            "score",
            false,
            "sum of output 0, signed, LSB 256 of I; the next outputs follow",
        );
    }
    let outputs = chip.layers[chip.readout()].neurons;
    let about = "current of output 0 at the end of the last window, signed LSB of I; the next outputs follow";
    row(
        SHELL_RESULTS,
        "result",
        false,
        &format!("{about}, {outputs} in all"),
    );
    text
}
