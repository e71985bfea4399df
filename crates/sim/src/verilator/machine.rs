//! The processor that models are compiled for, and the options that fit them to it.

use super::{names, tool};
use crate::SimError;
use bruno_device::{Chip, LayerKind};
use std::process::Command;

/// Environment variable that names another processor than this machine's (`-march`).
const MARCH: &str = "BRUNO_MARCH";

/// A processor as the C++ compiler knows it.
pub(super) struct Machine {
    /// Compiler options.
    pub options: Vec<String>,
    /// What the compiler predefines for it: which instructions there are.
    pub predefined: String,
    /// Whether loops may take two vectors at once.
    pairs: bool,
    /// Whether models are for this machine, so that they can be compared.
    native: bool,
}

/// Words of a vector of AVX2.
const WORDS: usize = 8;
/// Neurons from which a second build is worth its time.
const CONTEST: usize = 32;

impl Machine {
    /// `BRUNO_MARCH`, else the machine that this runs on.
    pub fn find(compiler: &str) -> Result<Self, SimError> {
        let asked = std::env::var(MARCH).ok();
        let remedy = match &asked {
            Some(_) => format!("{MARCH} must name a processor that {compiler} knows"),
            None => names::INSTALL_COMPILER.into(),
        };
        let native = asked.is_none();
        let march = asked.unwrap_or_else(|| names::THIS_MACHINE.into());
        let mut options = vec![format!("-march={march}")];
        if cfg!(target_arch = "x86_64") {
            options.push(names::WHOLE_VECTORS.into());
        }
        let mut command = Command::new(compiler);
        command.args(&options).args(names::PREDEFINED);
        let predefined = tool::run(&mut command, &remedy)?;
        let narrow =
            predefined.contains(names::VECTORS) && !predefined.contains(names::WIDE_VECTORS);
        Ok(Self {
            options,
            predefined,
            pairs: narrow && compiler == names::COMPILERS[0],
            native,
        })
    }

    /// Adds what depends on the chip: two vectors at once, where that leaves no more neurons over than one does.
    pub fn fit(&mut self, chip: &Chip) {
        let spiking = chip.layers.iter().filter(|l| l.kind != LayerKind::Readout);
        let mut banks = spiking.flat_map(|l| &l.banks);
        let whole = |size: &usize| *size >= 2 * WORDS && size % (2 * WORDS) < WORDS;
        if self.pairs && chip.fold == 1 && banks.all(whole) {
            self.options.extend(names::INTERLEAVED.map(String::from));
        }
    }

    /// Options that are worth a comparison for a chip, beside those that every model of it gets.
    pub fn choices(&self, chip: &Chip) -> &'static [&'static [&'static str]] {
        let large = chip.layers.iter().any(|l| l.neurons >= CONTEST);
        match self.pairs && self.native && chip.fold == 1 && large {
            true => &[&[], &names::NO_HOISTING],
            false => &[&[]],
        }
    }

    /// Width of its vectors, bits.
    pub fn vector_bits(&self) -> u32 {
        let has = |name: &str| self.predefined.contains(name);
        match (has(names::WIDE_VECTORS), has(names::VECTORS)) {
            (true, _) => 512,
            (false, true) => 256,
            _ => 128,
        }
    }
}
