//! The window of AXI4-Lite: the register map in as few bytes as its pages need.

use crate::generate::{bank, index_bits, register_file};
use bruno_chip::{RECURRENT_LEVELS, SHELL_RESULTS, SHELL_SCORES};
use bruno_device::Chip;

/// Byte address in the window: a page of the register map (bits 31..26 of a word address) above an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Bits of an index, those of the longest section.
    pub index_bits: usize,
    /// Bits of a page: `{layer + 1, kind}`.
    pub page_bits: usize,
}

impl Window {
    /// The window of a chip.
    pub fn of(chip: &Chip) -> Self {
        let layer = |l: &bruno_device::Layer| {
            let levels = if l.recurrent {
                RECURRENT_LEVELS as usize
            } else {
                0
            } + (1 << l.bits);
            let codes = bank::memory::code_index_width(l);
            codes
                .max(index_bits(levels))
                .max(register_file::index_bits(l))
        };
        let decides = chip.description.interfaces.is_some_and(|i| i.decision);
        let last = if decides { SHELL_SCORES } else { SHELL_RESULTS };
        let results = last as usize + chip.layers[chip.readout()].neurons;
        let layers = chip.layers.iter().map(layer);
        Self {
            index_bits: layers.fold(index_bits(results), usize::max),
            page_bits: index_bits(4 * (chip.layers.len() + 1)),
        }
    }

    /// Its size, bytes: a power of two.
    pub fn bytes(&self) -> u64 {
        4 << (self.page_bits + self.index_bits)
    }

    /// Its size in words of a data sheet.
    pub fn size_text(&self) -> String {
        match self.bytes() {
            bytes if bytes < 1 << 20 => format!("{} KiB", bytes >> 10),
            bytes => format!("{} MiB", bytes >> 20),
        }
    }

    /// Byte address in the window of a word address of the register map.
    pub fn byte_address(&self, word: u32) -> u64 {
        let (page, index) = (u64::from(word >> 26), u64::from(word & 0x03ff_ffff));
        (page << (self.index_bits + 2)) | (index << 2)
    }
}
