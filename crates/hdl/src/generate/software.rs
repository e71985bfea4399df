//! What software and tools need of a chip, beside its Verilog: the register map as SystemRDL, as IP-XACT and as a C header,
//! and drivers in C and Python.

mod c_header;
mod ip_xact;
mod system_rdl;

use super::{DesignFile, Window, shell};
use bruno_chip::ConfigInterface;
use bruno_device::Chip;

/// Drivers written by hand (`sw/`), carried along in the binary.
const DRIVERS: [(&str, &str); 3] = [
    ("bruno_driver.h", include_str!("../../sw/bruno_driver.h")),
    ("bruno_driver.c", include_str!("../../sw/bruno_driver.c")),
    ("bruno_driver.py", include_str!("../../sw/bruno_driver.py")),
];

/// The files; the drivers where there is a shell, whose registers they read.
pub(super) fn files(chip: &Chip) -> Vec<DesignFile> {
    let file = |name: String, text: String| DesignFile { name, text };
    let name = &chip.name;
    let mut files = vec![
        file(format!("{name}.rdl"), system_rdl::print(chip)),
        file(format!("{name}_ipxact.xml"), ip_xact::print(chip)),
        file(format!("{name}_registers.h"), c_header::print(chip)),
    ];
    if shell::wanted(chip).is_some() {
        files.extend(DRIVERS.map(|(name, text)| file(name.into(), text.into())));
    }
    files
}

/// Byte addresses: of the AXI4-Lite window, from its base, where the shell has one; otherwise four times the word address.
struct Bytes(Option<Window>);

impl Bytes {
    fn of(chip: &Chip) -> Self {
        let axi = shell::wanted(chip).filter(|i| i.config == ConfigInterface::Axi4Lite);
        Self(axi.map(|_| Window::of(chip)))
    }

    fn address(&self, word: u32) -> u64 {
        match &self.0 {
            Some(window) => window.byte_address(word),
            None => 4 * u64::from(word),
        }
    }

    fn about(&self) -> &'static str {
        match self.0 {
            Some(_) => "Byte addresses are those of the AXI4-Lite window, from its base.",
            None => "Byte addresses are four times the word addresses of the configuration bus.",
        }
    }
}
