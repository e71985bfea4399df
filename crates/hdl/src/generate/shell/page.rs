//! Ports and registers of a shell as a page for people.

use crate::generate::Port;
use bruno_chip::{ConfigInterface, Interfaces, SHELL_REGISTERS, Section, address};
use std::fmt::Write;

/// The page.
pub(super) fn print(name: &str, interfaces: &Interfaces, ports: &[Port]) -> String {
    let mut page = format!(
        "# {name}: ports and registers\n\nProtocols and rules: docs/interfaces.md. The core's registers keep their addresses.\n\n\
         ## Ports\n\n| port | bits | direction | what it carries |\n|---|---|---|---|\n"
    );
    for port in ports {
        let direction = if port.output { "out" } else { "in" };
        let _ = writeln!(
            page,
            "| `{}` | {} | {direction} | {} |",
            port.name, port.bits, port.about
        );
    }
    page += "\n## Registers of the shell\n\nRead only; from zero at a reset or clear of the states up to 2^32 - 1.\n\n";
    let axi = interfaces.config == ConfigInterface::Axi4Lite;
    page += if axi {
        "| word address | AXI byte address | register | counts |\n|---|---|---|---|\n"
    } else {
        "| address | register | counts |\n|---|---|---|\n"
    };
    for (index, register) in (0..).zip(&SHELL_REGISTERS) {
        let word = address(Section::Shell, index);
        let byte = if axi {
            format!("`0x{:08x}` | ", byte_address(word))
        } else {
            String::new()
        };
        let _ = writeln!(
            page,
            "| `0x{word:08x}` | {byte}`{}` | {} |",
            register.name, register.about
        );
    }
    if axi {
        page += "\nByte address of a word address `w` of the register map: `{w[31:26], w[23:0], 2'b00}`.\n";
    }
    page
}

/// AXI4-Lite byte address of a word address.
fn byte_address(word: u32) -> u32 {
    (word & 0xfc00_0000) | ((word & 0x00ff_ffff) << 2)
}
