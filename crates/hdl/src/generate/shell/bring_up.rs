//! The first steps with a chip, numbered, with the transfers of its own interface; and the protocols of its page.

use super::Window;
use crate::generate::{map_hash, readback};
use bruno_chip::{
    ConfigInterface, Interfaces, MAP_VERSION, RecorderInterface, SHELL_RESULTS, Section,
    SpikeInterface, address, global_register, shell_register,
};
use bruno_device::Chip;
use std::fmt::Write;

/// The wrappers' page: what is said there once is carried along with every chip that has them.
const PROTOCOLS: &str = include_str!("../../../interfaces.md");

/// The sections of the page that are about the chip's wrappers.
pub(super) fn protocols(interfaces: &Interfaces) -> String {
    let mut headings = vec!["Configuration: the hub"];
    match interfaces.config {
        ConfigInterface::Bus => {}
        ConfigInterface::Spi => headings.push("SPI"),
        ConfigInterface::Axi4Lite => headings.push("AXI4-Lite"),
    }
    match interfaces.spikes {
        SpikeInterface::Vector => {}
        SpikeInterface::Config => headings.push("The tick and input spikes"),
        _ => headings.extend(["The tick and input spikes", "Output spikes"]),
    }
    if interfaces.decision {
        headings.push("Decision");
    }
    if interfaces.recorder == RecorderInterface::AxiStream {
        headings.push("Recorder as AXI4-Stream");
    }
    headings.iter().map(|h| section(h)).collect()
}

/// A section of the wrappers' page, with its heading.
fn section(heading: &str) -> String {
    let start = format!("\n## {heading}");
    let Some((_, rest)) = PROTOCOLS.split_once(&start) else {
        return String::new();
    };
    let body = rest.split_once("\n## ").map_or(rest, |(body, _)| body);
    format!("{start}{}\n", body.trim_end())
}

/// One transfer in words of the chip's interface.
struct Example<'a> {
    chip: &'a Chip,
    config: ConfigInterface,
}

impl Example<'_> {
    fn read(&self, word: u32, answer: u32) -> String {
        match self.config {
            ConfigInterface::Spi => format!(
                "`03 {}` + `00 00 00 00 00 00`, answer `00 80 {}`",
                bytes(word),
                bytes(answer)
            ),
            ConfigInterface::Axi4Lite => format!(
                "read offset `{:#x}`, answer `{answer:#010x}`",
                self.offset(word)
            ),
            ConfigInterface::Bus => format!("read `{word:#010x}`, answer `{answer:#010x}`"),
        }
    }

    fn write(&self, word: u32, data: u32) -> String {
        match self.config {
            ConfigInterface::Spi => format!(
                "`02 {} {}` + `00 00 00 00 00 00`, answer `00 80 ..`",
                bytes(word),
                bytes(data)
            ),
            ConfigInterface::Axi4Lite => {
                format!("write `{data:#010x}` to offset `{:#x}`", self.offset(word))
            }
            ConfigInterface::Bus => format!("write `{data:#010x}` to `{word:#010x}`"),
        }
    }

    fn offset(&self, word: u32) -> u64 {
        Window::of(self.chip).byte_address(word)
    }
}

/// Four bytes, the highest first.
fn bytes(word: u32) -> String {
    let bytes = word.to_be_bytes().map(|b| format!("{b:02x}"));
    bytes.join(" ")
}

/// The section.
pub(super) fn print(chip: &Chip, interfaces: &Interfaces) -> String {
    let example = Example {
        chip,
        config: interfaces.config,
    };
    let shell = |name: &str| address(Section::Shell, shell_register(name).unwrap_or(0));
    let clear = address(Section::Global, global_register("clear").unwrap_or(0));
    let steps = [
        format!(
            "`clk_i` runs at {} MHz. Hold `rst_i` high for three cycles or more, then wait four.",
            interfaces.clock_mhz
        ),
        format!("The chip is there: {}.", example.read(0, 0x6272_756e)),
        format!(
            "Its map is the expected one: `version`, {}.",
            example.read(shell("version"), MAP_VERSION)
        ),
        format!(
            "It takes the programs of this description: `hash`, {}.",
            example.read(shell("hash"), map_hash(chip))
        ),
        load(chip, &example),
        format!("Clear the states: {}. Time is 0 then.", example.write(clear, 1)),
        events(interfaces).into(),
        format!(
            "A window of {} us later the first record is complete: `records`, {}. {}",
            chip.window_ticks,
            example.read(shell("records"), 1),
            "Or wait for `irq_o`, if bit 0 of `irq_enable` was set."
        ),
        format!(
            "Read the outputs of that window from `result` on: output 0, {}; then `records` again: it is unchanged.",
            example.read(address(Section::Shell, SHELL_RESULTS), 0)
        ),
        "Add up the outputs over the windows of the sample, and decide by the program's rule. For the next sample go back to \
         the clearing of the states."
            .into(),
    ];
    let mut text = String::from("\n## Bring-up\n\n");
    for (number, step) in (1..).zip(&steps) {
        let _ = writeln!(text, "{number}. {step}");
    }
    text + "\nThe drivers `bruno_driver.c` and `bruno_driver.py` take these steps. Values of `result` depend on the program: 0 \
            stands for them above.\n"
}

/// How the program comes into the chip.
fn load(chip: &Chip, example: &Example<'_>) -> String {
    let weights: usize = chip.layers.iter().map(|l| l.fan_in() * l.neurons).sum();
    let back = match readback(chip) {
        true => "Registers, level tables and weights can be read back.",
        false => "Registers can be read back, weights and level tables cannot.",
    };
    format!(
        "Load the program: `bruno program export` lists its words in their order. All {weights} weights must be written, they are \
         undefined after a reset; registers and level tables hold the chip's card. The first weight with code 1: {}. {back}",
        example.write(address(Section::Codes(0), 0), 1)
    )
}

fn events(interfaces: &Interfaces) -> &'static str {
    match interfaces.spikes {
        SpikeInterface::Vector => {
            "Offer a tick (`tick_i`) with its vector (`spike_i`) once a microsecond."
        }
        SpikeInterface::Aer => {
            "Give each input spike as an address event when it happens; ticks run by themselves."
        }
        SpikeInterface::Config => {
            "Write the sample's spikes in order of time: the tick to `event_time`, counted from 0, then each channel of it to `event`, \
             as long as there is room; ticks run by themselves."
        }
        SpikeInterface::Stream | SpikeInterface::AxiStream => {
            "Give the sample's spikes as events with their ticks, counted from 0, in order of time; ticks run by themselves."
        }
    }
}
