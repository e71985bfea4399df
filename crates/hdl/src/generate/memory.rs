//! Memories: a module a kind and shape, all in one file of the design, so that SRAM macros, block RAM or a memory compiler
//! take their place by that file.
//!
//! A module's name says its kind and shape. [`Memory::instance`] is all that a user of a memory writes; which modules the
//! file must hold is read from the instances.

use super::{DesignFile, header, index_bits, ports::range};
use bruno_device::Chip;
use std::collections::BTreeMap;
use std::fmt::Write;

/// How a memory is read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A port that reads at the clock, one that writes.
    TwoPorts,
    /// The same; a write changes one part of a word, of so many bits.
    Parts(usize),
    /// One port that reads or writes.
    OnePort,
    /// A port that writes; every word can be read at any time.
    Crossbar,
    /// A port that reads at the clock; a file says what it holds.
    Rom,
}

/// A memory's kind and shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Memory {
    pub kind: Kind,
    /// Bits of a word.
    pub bits: usize,
    /// Words.
    pub words: usize,
}

/// A pin and its net.
pub(super) type Pin<'a> = (&'a str, &'a str);

impl Memory {
    pub fn new(kind: Kind, bits: usize, words: usize) -> Self {
        Self { kind, bits, words }
    }

    /// An instance; every memory of a design is one. The pins beside the clock, those of a port on a line that has room.
    pub fn instance(&self, chip: &Chip, name: &str, ports: &[&[Pin]]) -> String {
        let line = |port: &&[Pin]| {
            let pins: Vec<String> = port.iter().map(|(p, net)| format!(".{p}({net})")).collect();
            match pins.join(", ") {
                row if row.len() <= COLUMNS => format!(",\n    {row}"),
                _ => format!(",\n    {}", pins.join(",\n    ")),
            }
        };
        let ports: String = ports.iter().map(line).collect();
        let parameters = match self.kind {
            Kind::Rom => format!(" #(.FILE({IMAGE_PARAMETER}))"),
            _ => String::new(),
        };
        format!(
            "  {}{parameters} {name} (\n    .clk_i(clk_i){ports}\n  );\n",
            self.module(&chip.name)
        )
    }

    fn module(&self, chip: &str) -> String {
        let Self { kind, bits, words } = self;
        let (stem, part) = match kind {
            Kind::TwoPorts => (TWO_PORTS, None),
            Kind::Parts(part) => (TWO_PORTS, Some(part)),
            Kind::OnePort => (ONE_PORT, None),
            Kind::Crossbar => (CROSSBAR, None),
            Kind::Rom => (ROM, None),
        };
        let part = part.map_or(String::new(), |part| format!("_by{part}"));
        format!("{chip}_{stem}_{bits}x{words}{part}")
    }

    /// The memory of a module of this name.
    fn named(chip: &str, module: &str) -> Option<Self> {
        let rest = module.strip_prefix(chip)?.strip_prefix('_')?;
        let all = [TWO_PORTS, ONE_PORT, CROSSBAR, ROM];
        let of = |stem: &&str| rest.strip_prefix(*stem)?.strip_prefix('_');
        let (stem, shape) = all.iter().find_map(|stem| Some((*stem, of(stem)?)))?;
        let (bits, words) = shape.split_once('x')?;
        let (words, part) = words.split_once("_by").unwrap_or((words, ""));
        let kind = match (stem, part) {
            (TWO_PORTS, "") => Kind::TwoPorts,
            (TWO_PORTS, part) => Kind::Parts(part.parse().ok()?),
            (ONE_PORT, _) => Kind::OnePort,
            (ROM, _) => Kind::Rom,
            _ => Kind::Crossbar,
        };
        Some(Self::new(kind, bits.parse().ok()?, words.parse().ok()?))
    }

    /// What a user may expect of it.
    fn about(&self) -> &'static str {
        match self.kind {
            Kind::TwoPorts => "one read port, one write port",
            Kind::Parts(_) => "one read port, one write port that changes part of a word",
            Kind::OnePort => "one port that reads or writes",
            Kind::Crossbar => "one write port, all words are read at once",
            Kind::Rom => "one read port",
        }
    }

    /// What synthesis is told: no word is read in the cycle in which it is written; and an FPGA takes a block RAM, however
    /// short the memory, where flip-flops and their multiplexer would take more logic cells.
    fn attributes(&self) -> &'static str {
        match (self.kind, self.words) {
            (Kind::Crossbar, _) => "",
            (Kind::Rom, _) => "(* ram_style = \"block\" *) ",
            (_, 0..4) => "(* no_rw_check *) ",
            _ => "(* no_rw_check, ram_style = \"block\" *) ",
        }
    }

    /// The module: ports, and a behavioural model.
    fn print(&self, chip: &Chip) -> String {
        let Self { bits, words, .. } = *self;
        let (word, address) = (range(bits), range(index_bits(words)));
        let (ports, body) = match self.kind {
            Kind::TwoPorts => (
                two_ports(&word, &address, &word, ""),
                two_ports_body("memory[write_address_i] <= data_i;"),
            ),
            Kind::Parts(part) => {
                let at = index_bits(bits);
                let parts = index_bits(bits / part);
                let number = match at - parts {
                    0 => "part_i".to_string(),
                    gap => format!("{{{gap}'d0, part_i}}"),
                };
                let about = format!("  input  wire {} part_i,  // which {part} bits are written, 0 lowest\n", range(parts));
                let write = format!("memory[write_address_i][{number} * {at}'d{part} +: {part}] <= data_i;");
                (two_ports(&word, &address, &range(part), &about), two_ports_body(&write))
            }
            Kind::OnePort => (
                format!("  input  wire write_i,  // write data_i; otherwise data_o takes a word\n  input  wire {address} address_i,\n  input  wire {word} data_i,\n  output reg  {word} data_o\n"),
                "  always @(posedge clk_i) begin\n    if (write_i) memory[address_i] <= data_i;\n    else data_o <= memory[address_i];\n  end\n".into(),
            ),
            Kind::Crossbar => (
                format!("  output wire [{}:0] words_o,  // word 0 lowest\n  input  wire write_i,\n  input  wire {address} write_address_i,\n  input  wire {word} data_i\n", bits * words - 1),
                format!("  genvar k;\n  generate\n    for (k = 0; k < {words}; k = k + 1) begin : g_word\n      assign words_o[{bits} * k +: {bits}] = memory[k];\n    end\n  endgenerate\n\n  always @(posedge clk_i) begin\n    if (write_i) memory[write_address_i] <= data_i;\n  end\n"),
            ),
            Kind::Rom => (
                format!("  input  wire read_i,\n  input  wire {address} read_address_i,\n  output reg  {word} data_o\n"),
                "  initial $readmemh(FILE, memory);\n\n  always @(posedge clk_i) begin\n    if (read_i) data_o <= memory[read_address_i];\n  end\n".into(),
            ),
        };
        let parameters = match self.kind {
            Kind::Rom => format!(
                "#(\n  parameter FILE = \"{}\"  // what it holds\n) ",
                image_name(chip)
            ),
            _ => String::new(),
        };
        format!(
            "// {words} words of {bits} bits: {}.\nmodule {} {parameters}(\n  input  wire clk_i,\n{ports});\n\n  {}reg {word} memory [0:{}];\n\n{body}\nendmodule\n",
            self.about(),
            self.module(&chip.name),
            self.attributes(),
            words - 1,
        )
    }
}

/// Columns of a port's pins.
const COLUMNS: usize = 95;

const TWO_PORTS: &str = "ram_1r1w";
const ONE_PORT: &str = "ram_1rw";
const CROSSBAR: &str = "crossbar";
const ROM: &str = "rom";

/// The parameter of the shell that names the file of what a ROM holds.
pub(super) const IMAGE_PARAMETER: &str = "BOOT_FILE";

/// The file of what a ROM holds, where that parameter says nothing.
pub(super) fn image_name(chip: &Chip) -> String {
    format!("{}_program.hex", chip.name)
}

fn two_ports(word: &str, address: &str, data: &str, part: &str) -> String {
    format!(
        "  input  wire read_i,
  input  wire {address} read_address_i,
  output reg  {word} data_o,
  input  wire write_i,
  input  wire {address} write_address_i,
{part}  input  wire {data} data_i
"
    )
}

fn two_ports_body(write: &str) -> String {
    format!(
        "  always @(posedge clk_i) begin
    if (read_i) data_o <= memory[read_address_i];
    if (write_i) {write}
  end
"
    )
}

/// The memories that these files instantiate, and how often they do so.
fn used<'a>(chip: &Chip, files: impl Iterator<Item = &'a DesignFile>) -> BTreeMap<Memory, usize> {
    let mut used = BTreeMap::new();
    for line in files.flat_map(|f| f.text.lines()) {
        let module = line.split_whitespace().next();
        if let Some(memory) = module.and_then(|name| Memory::named(&chip.name, name)) {
            *used.entry(memory).or_default() += 1;
        }
    }
    used
}

fn file_name(chip: &Chip) -> String {
    format!("{}{FILE_ENDING}", chip.name)
}

/// What its name ends in.
pub(super) const FILE_ENDING: &str = "_memories.v";

/// `NAME_memories.v`: the modules of the memories of these files; none where there are no memories.
pub(super) fn file<'a>(
    chip: &Chip,
    files: impl Iterator<Item = &'a DesignFile>,
) -> Option<DesignFile> {
    let used = used(chip, files);
    if used.is_empty() {
        return None;
    }
    let modules: Vec<String> = used.keys().map(|m| m.print(chip)).collect();
    let mut text = header(chip, "The memories, a module a kind and shape.");
    for line in rules(&used) {
        let _ = writeln!(text, "// {line}");
    }
    text += "\n// Waiver: a file is replaced as a whole, so it holds several modules.\n/* verilator lint_off DECLFILENAME */\n";
    text += "\n`default_nettype none\n\n";
    text += &modules.join("\n");
    text += "\n`default_nettype wire\n\n/* verilator lint_on DECLFILENAME */\n";
    Some(DesignFile {
        name: file_name(chip),
        text,
    })
}

/// What every memory keeps to.
const RULES: [&str; 12] = [
    "To use SRAM macros, block RAM or a memory compiler, replace this file by one with the same",
    "modules and ports.",
    "- Writes happen at the rising edge of clk_i at which write_i is high.",
    "- A clocked read (read_i high, or write_i low where there is one port) shows its word at data_o",
    "  after that edge; data_o holds it until the next read.",
    "- No word that is used is read at the edge at which it is written: what such a read gives is",
    "  free.",
    "- Content and data_o are arbitrary at power-up, no reset touches them: nothing is used before it",
    "  was written.",
    "- The words of a crossbar follow its content at once.",
    "- An address beyond the last word may occur; what it reads is not used, and nothing is written",
    "  there.",
];

/// And what a ROM keeps to.
const OF_ROM: [&str; 2] = [
    "- A ROM is never written: from power-up on it holds what the file FILE says, as $readmemh reads",
    "  it.",
];

/// The rules of these memories.
fn rules(used: &BTreeMap<Memory, usize>) -> impl Iterator<Item = &'static str> {
    let rom = used.keys().any(|m| m.kind == Kind::Rom);
    let of_rom = OF_ROM.into_iter().filter(move |_| rom);
    RULES.into_iter().chain(of_rom)
}

/// The section of the data sheet.
pub(super) fn section<'a>(chip: &Chip, files: impl Iterator<Item = &'a DesignFile>) -> String {
    let used = used(chip, files);
    if used.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "## Memories\n\nEvery memory is an instance of a module of `{}`:\n\n| module | words | bits | kind | instances in the text |\n|---|---|---|---|---|\n",
        file_name(chip)
    );
    for (memory, instances) in &used {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {instances} |",
            memory.module(&chip.name),
            memory.words,
            memory.bits,
            memory.about()
        );
    }
    text +=
        "\nA module that stands in a lane or neuron is there once in each of them. The rules:\n\n";
    for line in rules(&used) {
        let _ = writeln!(text, "{line}");
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::{Kind, Memory};

    fn check(kind: Kind) {
        let memory = Memory::new(kind, 12, 64);
        assert_eq!(Memory::named("chip", &memory.module("chip")), Some(memory));
    }

    #[test]
    fn a_bank_is_no_memory() {
        assert_eq!(Memory::named("chip", "chip_ram_1r1w_1x2_bank4"), None);
    }
    #[test]
    fn two_ports_are_named() {
        check(Kind::TwoPorts);
    }
    #[test]
    fn parts_are_named() {
        check(Kind::Parts(3));
    }
    #[test]
    fn one_port_is_named() {
        check(Kind::OnePort);
    }
    #[test]
    fn a_crossbar_is_named() {
        check(Kind::Crossbar);
    }
    #[test]
    fn a_rom_is_named() {
        check(Kind::Rom);
    }
}
