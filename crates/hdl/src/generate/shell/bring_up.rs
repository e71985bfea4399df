//! The first steps with a chip, numbered, with the transfers of its own interface; and the protocols of its page.

use super::Window;
use crate::generate::{map_hash, memory::image_name, readback};
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
    let mut text = section("Configuration: the hub");
    match interfaces.config {
        ConfigInterface::Bus => {}
        ConfigInterface::Spi => text += &section("SPI"),
        ConfigInterface::Axi4Lite => text += &section("AXI4-Lite"),
    }
    if interfaces.spikes != SpikeInterface::Vector {
        text += &input_spikes(interfaces.spikes);
    }
    if !matches!(
        interfaces.spikes,
        SpikeInterface::Vector | SpikeInterface::Config
    ) {
        text += &section("Output spikes");
    }
    if interfaces.decision {
        text += &section("Decision");
    }
    if interfaces.boot {
        text += &section("Boot");
    }
    if interfaces.recorder == RecorderInterface::AxiStream {
        text += &section("Recorder as AXI4-Stream");
    }
    text
}

/// The section on input spikes, without its parts on other inputs than the chip's.
fn input_spikes(spikes: SpikeInterface) -> String {
    let section = section("The tick and input spikes");
    let mut parts = section.split("\n### ");
    let mut text: String = parts.next().unwrap_or_default().trim_end().into();
    let wanted: &[&str] = match spikes {
        SpikeInterface::Vector => &[],
        SpikeInterface::Aer => &["AER input"],
        SpikeInterface::Stream | SpikeInterface::AxiStream => {
            &["Events with a tick", "Stream input"]
        }
        SpikeInterface::Config => &["Events with a tick", "Events over the configuration bus"],
    };
    for part in parts.filter(|p| wanted.iter().any(|w| p.starts_with(w))) {
        text += &format!("\n\n### {}", part.trim_end());
    }
    text + "\n"
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
    let mut steps = vec![
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
        match interfaces.boot {
            true => boot(chip),
            false => load(chip, &example),
        },
    ];
    steps.extend(interfaces.decision.then(|| sample(&example, &shell)));
    steps.extend([
        format!("Clear the states: {}. Time is 0 then.", example.write(clear, 1)),
        events(interfaces, &example, &shell),
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
        decide(interfaces, &example, &shell),
    ]);
    let mut text = String::from("\n## Bring-up\n\n");
    text += &wire(chip, interfaces);
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
    let format = match example.config {
        ConfigInterface::Spi => " (`--format spi`: the command of a frame a line)",
        ConfigInterface::Axi4Lite => " (`--format axi`: offset and data a line)",
        ConfigInterface::Bus => "",
    };
    format!(
        "Load the program: `bruno program export` lists its words in their order{format}. All {weights} weights must be written, they are \
         undefined after a reset; registers and level tables hold the chip's card. The first weight with code 1: {}. {back}",
        example.write(address(Section::Codes(0), 0), 1)
    )
}

/// How a chip comes to its program by itself.
fn boot(chip: &Chip) -> String {
    format!(
        "The program is there: `boot_done_o` is high (until then no transfer is answered) and `boot_error_o` low. The ROM holds what \
         `bruno program export RUN --format hex --out {}` has written before synthesis.",
        image_name(chip)
    )
}

/// How transfers are written below, where the interface needs a word.
fn wire(chip: &Chip, interfaces: &Interfaces) -> String {
    if interfaces.config != ConfigInterface::Spi {
        return String::new();
    }
    let later = match chip.fold {
        1 => "",
        _ => {
            " A transfer of the core (not of the shell) waits for the end of a tick: more bytes `00` may then come before the `80`."
        }
    };
    format!(
        "A frame is written as the bytes of its command `+` those that are sent while the answer comes; `..` is any value.{later} \
         Where the `80` has not come by the end of a frame, send `05` and six bytes `00`, until it does.\n\n"
    )
}

/// What a chip that decides must know of a sample.
fn sample(example: &Example<'_>, shell: &impl Fn(&str) -> u32) -> String {
    format!(
        "Say how long samples are: `windows`, here 8, {}; and the first window that counts, `first`, {}. The biases are among \
         the words of the program.",
        example.write(shell("windows"), 8),
        example.write(shell("first"), 0)
    )
}

fn events(interfaces: &Interfaces, example: &Example<'_>, shell: &impl Fn(&str) -> u32) -> String {
    match interfaces.spikes {
        SpikeInterface::Vector => {
            "Offer a tick (`tick_i`) with its vector (`spike_i`) once a microsecond.".into()
        }
        SpikeInterface::Aer => {
            "Give each input spike as an address event when it happens; ticks run by themselves."
                .into()
        }
        SpikeInterface::Config => format!(
            "Write the sample's spikes in order of time: the tick to `event_time`, counted from 0, then each channel of it to `event`, \
             as long as there is room; ticks run by themselves. A spike of channel 0 in tick 200: {}; then {}.",
            example.write(shell("event_time"), 200),
            example.write(shell("event"), 0)
        ),
        SpikeInterface::Stream | SpikeInterface::AxiStream => {
            "Give the sample's spikes as events with their ticks, counted from 0, in order of time; ticks run by themselves."
                .into()
        }
    }
}

/// How outputs become a class.
fn decide(interfaces: &Interfaces, example: &Example<'_>, shell: &impl Fn(&str) -> u32) -> String {
    let next = "For the next sample go back to the clearing of the states.";
    if !interfaces.decision {
        return format!(
            "Add up the outputs over the windows of the sample, and decide by the program's rule. {next}"
        );
    }
    let class = match interfaces.config {
        ConfigInterface::Spi => {
            let read = format!("`03 {}` + `00 00 00 00 00 00`", bytes(shell("class")));
            format!("{read}, answer `00 80 80 00 ..`, the class in the last two bytes")
        }
        _ => example.read(shell("class"), 0x8000_0000) + ", the class in the low half",
    };
    format!(
        "When the sample's windows are over, read `class` until its bit 31 is set: {class}. {next}"
    )
}
