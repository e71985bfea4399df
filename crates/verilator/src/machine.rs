//! The processor that models are compiled for, and the options that fit them to it.

use crate::choices::{self, Choice};
use crate::{names, sanitisers, tool};
use bruno_device::Chip;
use bruno_sim::SimError;

/// Environment variable that names another processor than this machine's (`-march`).
const MARCH: &str = "BRUNO_MARCH";

/// A processor as the C++ compiler knows it.
pub(crate) struct Machine {
    /// Compiler options.
    pub options: Vec<String>,
    /// Compiler options for the sources of a model.
    pub loops: &'static [&'static str],
    /// What the compiler predefines for it: which instructions there are.
    pub predefined: String,
    /// Whether the compiler is clang, whose options are known here.
    clang: bool,
    /// Whether models are for this machine, so that they can be compared.
    native: bool,
}

/// Neurons from which several builds are worth their time.
const CONTEST: usize = 32;

impl Machine {
    /// `BRUNO_MARCH`, else the machine that this runs on.
    pub fn find(compiler: &str) -> Result<Self, SimError> {
        let asked = std::env::var(MARCH).ok().filter(|march| !march.is_empty());
        let native = asked.is_none();
        Ok(Self {
            native,
            ..Self::of(compiler, asked)?
        })
    }

    /// A processor that this machine's is one of, or this machine's.
    pub fn of(compiler: &str, asked: Option<String>) -> Result<Self, SimError> {
        let remedy = match &asked {
            Some(_) => format!("{MARCH} must name a processor that {compiler} knows"),
            None => names::INSTALL_COMPILER.into(),
        };
        let march = asked.unwrap_or_else(|| names::THIS_MACHINE.into());
        let mut options = vec![format!("-march={march}")];
        if cfg!(target_arch = "x86_64") {
            options.extend([names::WHOLE_VECTORS, names::KEEP_UPPER_HALVES].map(String::from));
        }
        options.extend(sanitisers::options().iter().map(ToString::to_string));
        let mut command = tool::command(compiler);
        command.args(&options).args(names::PREDEFINED);
        let predefined = tool::run(&mut command, &remedy)?;
        Ok(Self {
            options,
            loops: &[],
            predefined,
            clang: compiler == names::COMPILERS[0],
            native: true,
        })
    }

    /// Adds what depends on the chip: two vectors of AVX2 at once.
    pub fn fit(&mut self, chip: &Chip) {
        if self.vector_bits() == 256 && self.pairs(chip) {
            self.loops = &names::INTERLEAVED;
        }
    }

    /// Builds that are worth a comparison for a chip; the first is what other machines get.
    pub fn choices(&self, chip: &Chip) -> &'static [Choice] {
        let large = chip.layers.iter().any(|l| l.neurons >= CONTEST);
        match self.vector_bits() {
            _ if !(self.native && self.clang && large && chip.fold == 1) => &choices::ONE,
            256 => &choices::AVX2,
            512 if self.pairs(chip) => &choices::AVX512_PAIRS,
            512 => &choices::AVX512,
            _ => &choices::ONE,
        }
    }

    /// Whether two vectors at once leave no more neurons of a bank over than one does.
    fn pairs(&self, chip: &Chip) -> bool {
        let words = (self.vector_bits() / 32) as usize;
        let spiking = chip.layers.iter().filter(|l| l.spikes());
        let mut banks = spiking.flat_map(|l| &l.banks);
        let whole = |size: &usize| *size >= 2 * words && size % (2 * words) < words;
        self.clang && chip.fold == 1 && banks.all(whole)
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
