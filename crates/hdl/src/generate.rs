//! From a resolved chip to its design: Verilog modules (one a file), file list, timing constraints, data sheet.

mod address_map;
mod bank;
mod bank_ports;
mod card;
mod constraints;
mod control;
mod datasheet;
mod delivered;
mod fold;
mod fusesoc;
mod level_tables;
mod lists;
mod map_hash;
mod memory;
mod nets;
mod ports;
mod random;
mod register_file;
mod register_map;
mod shell;
mod size;
mod software;
mod speed;
mod top;

use crate::atoms::Type;
use bruno_device::{Chip, Layer};

pub use bank::{bank_module, names as bank_names, states, states_in_range};
pub use datasheet::{ANSWER_CYCLES, EVENT_CYCLES, RECORD_CYCLES};
pub use delivered::delivered;
pub use fold::cycles_per_tick;
pub use map_hash::map_hash;
pub use ports::{Port, hidden_neurons, ports, streams};
pub use register_map::registers;
pub use shell::{Window, is_blank_program, program_words, shell_module};
pub use size::{LayerSize, Ram, Size, size};
pub use speed::clock_finding;

/// One file of a design.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesignFile {
    /// File name.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl DesignFile {
    /// Whether it is the file of a design's memories, with a module a kind and shape.
    pub fn holds_memories(&self) -> bool {
        self.name.ends_with(memory::FILE_ENDING)
    }
}

/// Everything generated for a chip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Design {
    /// Name of the top module.
    pub top: String,
    /// Cycles of the clock that a tick of 1 us takes.
    pub cycles_per_tick: usize,
    /// Verilog files, the top module last.
    pub verilog: Vec<DesignFile>,
    /// Verilog of the shell around the top module and of its parts, the shell last; empty where the description asks
    /// for no interfaces.
    pub shell: Vec<DesignFile>,
    /// File list, constraints and data sheet.
    pub companions: Vec<DesignFile>,
}

impl Design {
    /// The modules of its memories.
    pub fn memories(&self) -> impl Iterator<Item = &str> {
        let files = self.verilog.iter().filter(|f| f.holds_memories());
        let modules = files.flat_map(|f| f.text.lines().filter_map(|l| l.strip_prefix("module ")));
        modules.filter_map(|rest| rest.split_whitespace().next())
    }

    /// Puts files in the place of the first of those with their names.
    fn replace(&mut self, files: Vec<DesignFile>) {
        let named = |f: &DesignFile| files.iter().any(|other| other.name == f.name);
        let at = self.verilog.iter().position(named);
        self.verilog.retain(|f| !named(f));
        let at = at.unwrap_or(self.verilog.len());
        self.verilog.splice(at..at, files);
    }

    /// Adds what follows from the other Verilog: the memories that it instantiates, and the pages that name files and
    /// memories, in the place of those that are there.
    fn complete(&mut self, chip: &Chip) -> Result<(), crate::HdlError> {
        self.verilog.retain(|f| !f.holds_memories());
        let memories = memory::file(chip, self.verilog.iter().chain(&self.shell));
        self.verilog.splice(0..0, memories);
        let files: Vec<&DesignFile> = self.verilog.iter().chain(&self.shell).collect();
        let pages = [
            DesignFile {
                name: format!("{}.f", chip.name),
                text: files.iter().map(|f| format!("{}\n", f.name)).collect(),
            },
            fusesoc::print(chip, &files),
            DesignFile {
                name: format!("{}_datasheet.md", chip.name),
                text: datasheet::print(chip, &files)?,
            },
        ];
        self.companions
            .retain(|c| !pages.iter().any(|p| p.name == c.name));
        self.companions.splice(0..0, pages);
        Ok(())
    }
}

/// Which of the two texts of a neuron's datapath is printed (docs/verilog_style.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    /// What is delivered: words as narrow as their values.
    Delivered,
    /// What is verilated to train: words that a simulator need not mask.
    Training,
}

/// Generates a chip's design as it trains.
pub fn generate(chip: &Chip) -> Result<Design, crate::HdlError> {
    let mut verilog = vec![file(&control::module_name(chip), control::print(chip)?)];
    let folded = chip.fold > 1;
    if folded {
        verilog.push(fold::sequencer(chip)?);
        verilog.extend(fold::lane_files(chip, Text::Training)?);
    }
    for (index, layer) in chip.layers.iter().enumerate() {
        if registers(layer).next().is_some() {
            let name = register_file::module_name(chip, layer);
            verilog.push(file(&name, register_file::print(chip, layer, index)));
        }
        if layer.options.random() {
            let name = random::module_name(chip, layer);
            verilog.push(file(&name, random::print(chip, layer, index)?));
        }
        for size in bank_sizes(layer) {
            let name = bank_module(chip, layer, size);
            let text = if folded {
                fold::print_bank(chip, layer, index, size)?
            } else {
                bank::print(chip, layer, index, size)?
            };
            verilog.push(file(&name, text));
        }
    }
    verilog.push(file(&chip.name, top::print(chip)));
    let shell = shell::files(chip);
    let mut companions = vec![DesignFile {
        name: format!("{}.sdc", chip.name),
        text: constraints::print(chip)?,
    }];
    companions.extend(shell::companions(chip));
    companions.extend(software::files(chip));
    let mut design = Design {
        top: chip.name.clone(),
        cycles_per_tick: fold::cycles_per_tick(chip)?,
        verilog,
        shell,
        companions,
    };
    design.complete(chip)?;
    Ok(design)
}

fn file(module: &str, text: String) -> DesignFile {
    DesignFile {
        name: format!("{module}.v"),
        text: nets::declared(&text),
    }
}

/// Whether weights and level tables can be read over the bus.
fn readback(chip: &Chip) -> bool {
    chip.description.interfaces.is_some_and(|i| i.readback)
}

/// The different bank sizes of a layer, ascending.
fn bank_sizes(layer: &Layer) -> Vec<usize> {
    let mut sizes = layer.banks.clone();
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}

/// First lines of every file.
fn header(chip: &Chip, about: &str) -> String {
    format!(
        "// {about}\n// Generated by bruno {} for chip `{}`; semantics: docs/semantics.md. Do not edit.\n\n",
        env!("CARGO_PKG_VERSION"),
        chip.name
    )
}

/// Bits that hold the numbers `0..n`, at least 1.
fn index_bits(n: usize) -> usize {
    (usize::BITS - n.saturating_sub(1).leading_zeros()).max(1) as usize
}

/// `width'd value`, or a negated signed constant: a sized literal of a register's reset value.
fn literal(bits: u32, signed: bool, value: i32) -> String {
    match (signed, value < 0) {
        (true, true) => format!("-{bits}'sd{}", -i64::from(value)),
        (true, false) => format!("{bits}'sd{value}"),
        (false, _) => format!("{bits}'d{value}"),
    }
}

/// Zero- or sign-extension of a named signal to 32 bits.
fn extend(signal: &str, bits: u32, signed: bool) -> String {
    crate::expression::resized(signal, Type { bits, signed }, 32)
}

/// Sign-extension of a named signal by repeating its sign bit, or its low bits.
fn extend_bits(signal: &str, bits: usize, to: usize) -> String {
    match to.checked_sub(bits) {
        None => format!("{signal}[{}:0]", to - 1),
        Some(0) => signal.into(),
        Some(1) => format!("{{{signal}[{}], {signal}}}", bits - 1),
        Some(gap) => format!("{{{{{gap}{{{signal}[{}]}}}}, {signal}}}", bits - 1),
    }
}
