//! The interfaces of a chip: which wrappers the shell around the core holds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Choice of wrappers; the defaults are the core's own ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Interfaces {
    /// Configuration.
    pub config: ConfigInterface,
    /// Input and output spikes.
    pub spikes: SpikeInterface,
    /// Recorder words.
    pub recorder: RecorderInterface,
    /// Frequency of the clock, MHz: cycles a tick of 1 us.
    pub clock_mhz: u32,
    /// Weights and level tables can be read over the configuration bus.
    pub readback: bool,
    /// The shell decides the class of a sample.
    pub decision: bool,
    /// The shell loads a program from a ROM after a reset.
    pub boot: bool,
}

/// Configuration interfaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConfigInterface {
    /// The core's bus (valid, ready, answer).
    #[default]
    Bus,
    /// SPI slave, mode 0.
    Spi,
    /// AXI4-Lite slave.
    #[serde(rename = "axi4-lite")]
    Axi4Lite,
}

/// Spike interfaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SpikeInterface {
    /// The core's vectors, with a tick from outside.
    #[default]
    Vector,
    /// Address events by four-phase handshakes.
    Aer,
    /// Streams of address and time stamp.
    Stream,
    /// The same as AXI4-Streams of 64 bits.
    AxiStream,
    /// Writes to registers; output spikes are not sent.
    Config,
}

/// Recorder interfaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RecorderInterface {
    /// The core's streams, one a bank.
    #[default]
    Bank,
    /// One AXI4-Stream.
    AxiStream,
    /// None: words go to the result registers alone.
    None,
}

impl Default for Interfaces {
    fn default() -> Self {
        Self {
            config: ConfigInterface::default(),
            spikes: SpikeInterface::default(),
            recorder: RecorderInterface::default(),
            clock_mhz: 1,
            readback: false,
            decision: false,
            boot: false,
        }
    }
}

impl Interfaces {
    /// Whether the core needs a shell around it: its memories are read through the core's own bus.
    pub fn need_shell(&self) -> bool {
        let bare = Self {
            clock_mhz: self.clock_mhz,
            readback: self.readback,
            ..Self::default()
        };
        *self != bare
    }
}
