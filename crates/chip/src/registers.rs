//! The register map: one table, from which Verilog, software and documentation are generated.

use crate::window_bits;
use std::borrow::Cow;

/// One register of the chip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// Name, in Verilog and in software.
    pub name: Cow<'static, str>,
    /// Width in bits.
    pub bits: u32,
    /// Two's complement.
    pub signed: bool,
    /// Writable over the bus.
    pub writable: bool,
    /// What it holds, with its unit.
    pub about: Cow<'static, str>,
}

impl Register {
    /// Smallest and largest value.
    pub fn range(&self) -> (i64, i64) {
        match self.signed {
            true => (-(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1),
            false => (0, (1 << self.bits) - 1),
        }
    }

    /// Whether its width holds a value.
    pub fn holds(&self, value: i64) -> bool {
        let (low, high) = self.range();
        (low..=high).contains(&value)
    }
}

const fn register(
    name: &'static str,
    bits: u32,
    signed: bool,
    writable: bool,
    about: &'static str,
) -> Register {
    Register {
        name: Cow::Borrowed(name),
        bits,
        signed,
        writable,
        about: Cow::Borrowed(about),
    }
}

/// Registers of the whole chip, as windows of up to 4096 ticks need them; the index is the word address in section 0.
pub static GLOBAL_REGISTERS: [Register; 6] = [
    register(
        "id",
        32,
        false,
        false,
        "identification, 0x6272756e (\"brun\")",
    ),
    register("window", 13, false, true, "window length K, ticks of 1 us"),
    register(
        "clear",
        1,
        false,
        true,
        "write 1: reset every state in the next tick, keep the configuration",
    ),
    register(
        "tick",
        32,
        false,
        false,
        "ticks since the last reset of the states",
    ),
    register(
        "saturations",
        32,
        false,
        false,
        "saturated updates since the last reset, stops at 2^32-1",
    ),
    register(
        "overrun",
        1,
        false,
        false,
        "a recorder record was dropped since the last reset",
    ),
];

/// The same of a chip made for windows of so many ticks: a longer window has a wider register.
pub fn global_registers(window_ticks: u32) -> impl Iterator<Item = Register> {
    let all = GLOBAL_REGISTERS.iter().cloned();
    all.map(move |register| match register.name.as_ref() {
        "window" => Register {
            bits: window_bits(window_ticks),
            ..register
        },
        _ => register,
    })
}

/// Number of [`SHELL_COUNTERS`].
const COUNTERS: usize = 5;

/// Counters of the shell around the core, where a chip has one; the index is the word address in its section. They start
/// from zero at a reset of the states and stop at 2^32 - 1.
pub static SHELL_COUNTERS: [Register; COUNTERS] = [
    register(
        "late",
        32,
        false,
        false,
        "input events that came after their tick and acted at once",
    ),
    register(
        "unknown",
        32,
        false,
        false,
        "input events dropped: no such channel",
    ),
    register(
        "merged",
        32,
        false,
        false,
        "input events that fell on another one of their channel and tick",
    ),
    register(
        "lost",
        32,
        false,
        false,
        "output spikes dropped: the receiver was too slow",
    ),
    register(
        "missed",
        32,
        false,
        false,
        "ticks that did not take place: the core was not ready",
    ),
];

/// Bits of the interrupts: a complete record of the readout, then one a counter.
const INTERRUPTS: u32 = 1 + COUNTERS as u32;

/// Other registers of the shell; the index + [`SHELL_REGISTERS_AT`] is the word address in its section.
pub static SHELL_REGISTERS: [Register; 8] = [
    register("version", 32, false, false, "version of the register map"),
    register(
        "hash",
        32,
        false,
        false,
        "of the register map and the number formats: equal chips take the same programs",
    ),
    register("inputs", 32, false, false, "input channels"),
    register(
        "neurons",
        32,
        false,
        false,
        "spiking neurons, all hidden layers together",
    ),
    register("outputs", 32, false, false, "outputs of the readout"),
    register(
        "irq_enable",
        INTERRUPTS,
        false,
        true,
        "bits of irq_status that raise irq_o",
    ),
    register(
        "irq_status",
        INTERRUPTS,
        false,
        true,
        "bit 0: a record of the readout is complete; bit 1 + n: counter n moved; write 1 to clear",
    ),
    register(
        "records",
        32,
        false,
        false,
        "complete records of the readout since the last reset of the states",
    ),
];

/// Registers of a shell whose events come over the configuration bus; they follow [`SHELL_REGISTERS`].
pub static EVENT_REGISTERS: [Register; 2] = [
    register(
        "event_time",
        32,
        false,
        true,
        "tick of the events that are written next, counted from the last clear",
    ),
    register(
        "event",
        16,
        false,
        true,
        "write: an input event of this channel in tick event_time; read: 1 where there is room for one, else a write is refused",
    ),
];

/// Word address of the first of [`EVENT_REGISTERS`] in [`Section::Shell`].
pub const EVENT_REGISTERS_AT: u32 = SHELL_REGISTERS_AT + 8;

/// Registers of a shell that decides; they follow [`EVENT_REGISTERS`].
pub static DECISION_REGISTERS: [Register; 3] = [
    register(
        "windows",
        14,
        false,
        true,
        "windows of a sample; 0: nothing is decided",
    ),
    register(
        "first",
        14,
        false,
        true,
        "first window that counts, from 0; the last one always does",
    ),
    register(
        "class",
        32,
        false,
        false,
        "bit 31: decided since the last clear; bits 15..0: the class",
    ),
];

/// Word address of the first of [`DECISION_REGISTERS`] in [`Section::Shell`].
pub const DECISION_REGISTERS_AT: u32 = EVENT_REGISTERS_AT + 2;

/// Word address of the bias of output 0 in [`Section::Shell`]: added to its sum in every window that counts, LSB of I.
pub const SHELL_BIASES: u32 = 8192;

/// Bits of a bias, two's complement.
pub const BIAS_BITS: u32 = 24;

/// Word address of the score of output 0 in [`Section::Shell`]: its sum, LSB 256 of I.
pub const SHELL_SCORES: u32 = 16384;

/// Word address of the first of [`SHELL_REGISTERS`] in [`Section::Shell`].
pub const SHELL_REGISTERS_AT: u32 = 16;

/// Word address of the first result in [`Section::Shell`]: the current of output k at the end of the last window.
pub const SHELL_RESULTS: u32 = 256;

/// Version of the register map, as the shell's register says it.
pub const MAP_VERSION: u32 = 1;

/// The registers of layers as a type and as a table.
macro_rules! device_registers {
    ($($id: ident { $name: literal, $bits: literal, $signed: literal, $about: literal })*) => {
        /// A register of a layer. A coefficient is mantissa `_m`, rounding half `_h` = 2^(s-1) and right shift `_s`. Which
        /// of them a layer has, its neurons declare.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum DeviceRegister {
            $(#[doc = $about] $id,)*
        }

        impl DeviceRegister {
            /// All of them, in the order of their addresses.
            pub const ALL: &[Self] = &[$(Self::$id,)*];

            /// Its row of the table.
            pub const fn register(self) -> Register {
                match self {
                    $(Self::$id => register($name, $bits, $signed, true, $about),)*
                }
            }

            /// Its name, in Verilog and in software.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$id => $name,)*
                }
            }
        }
    };
}

device_registers! {
    IDecM { "i_dec_m", 7, false, "1 - exp(-1us/tau_syn), mantissa" }
    IDecH { "i_dec_h", 30, false, "its rounding half; with stochastic rounding 2^s - 1, the mask of its random offset" }
    IDecS { "i_dec_s", 5, false, "its shift" }
    InM { "in_m", 11, false, "1us/C in LSB of V by LSB of I, mantissa" }
    InH { "in_h", 30, false, "its rounding half" }
    InS { "in_s", 5, false, "its shift" }
    LeakM { "leak_m", 11, false, "g*1us/C, mantissa" }
    LeakH { "leak_h", 30, false, "its rounding half" }
    LeakS { "leak_s", 5, false, "its shift" }
    VTh { "v_th", 20, true, "threshold, LSB of V" }
    VReset { "v_reset", 20, true, "membrane after a spike, LSB of V" }
    VFloor { "v_floor", 20, true, "lower clamp of the membrane, LSB of V" }
    TRef { "t_ref", 20, false, "refractory time, ticks" }
    XvM { "xv_m", 11, false, "log2 of the switching rate by V, mantissa" }
    XvH { "xv_h", 30, false, "its rounding half" }
    XvS { "xv_s", 5, false, "its shift" }
    XpM { "xp_m", 10, false, "log2 of the switching rate by p, mantissa" }
    XpH { "xp_h", 30, false, "its rounding half" }
    XpS { "xp_s", 5, false, "its shift" }
    X0 { "x0", 24, true, "log2 of the upward rate at V = p = 0, LSB 2^-12" }
    Xc { "xc", 24, true, "sum of both log2 rates, LSB 2^-12" }
    KapM { "kap_m", 10, false, "2 p_s/c_fe in LSB of V by LSB of p, mantissa" }
    KapH { "kap_h", 30, false, "its rounding half" }
    KapS { "kap_s", 5, false, "its shift" }
    PReset { "p_reset", 20, false, "occupation after a spike, LSB of p" }
    KeepP { "keep_p", 1, false, "1: a spike keeps the occupation" }
    Seed { "seed", 30, false, "start of the layer's random numbers, taken at the reset of the states" }
    NoiseM { "noise_m", 16, false, "noise on the membrane's drive, largest value a tick, 2^-8 LSB of V" }
    SurW { "sur_w", 17, false, "width of the recorder's surrogate, LSB of V" }
}

impl DeviceRegister {
    /// Word address in the register section of a layer.
    pub const fn address(self) -> u32 {
        self as u32
    }
}

/// Bits of a word address on the configuration bus.
pub const ADDRESS_BITS: u32 = 32;

/// The parts of the address space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Registers of the whole chip.
    Global,
    /// Registers of the shell: [`SHELL_COUNTERS`], [`SHELL_REGISTERS`], then the results.
    Shell,
    /// Registers of a layer (the readout is the last layer).
    Device(usize),
    /// Level tables of a layer: the input's, then at offset 256 the recurrence's.
    Levels(usize),
    /// Weight codes of a layer, see [`code_index`].
    Codes(usize),
}

/// Offset of the recurrence's level table in [`Section::Levels`].
pub const RECURRENT_LEVELS: u32 = 256;

/// Word address of an index in a section: `[31:28]` layer + 1 (0: chip), `[27:26]` kind, `[25:0]` index.
pub fn address(section: Section, index: u32) -> u32 {
    let base = |layer: usize, kind: u32| ((layer as u32 + 1) << 28) | (kind << 26);
    match section {
        Section::Global => index,
        Section::Shell => (3 << 26) | index,
        Section::Device(layer) => base(layer, 0) | index,
        Section::Levels(layer) => base(layer, 1) | index,
        Section::Codes(layer) => base(layer, 2) | index,
    }
}

/// Bits of the neuron field of a weight's index.
pub fn neuron_bits(neurons: usize) -> u32 {
    usize::BITS - (neurons - 1).leading_zeros()
}

/// Index of a weight in [`Section::Codes`]: `{channel, neuron}` as bit fields, so that no bank needs a divider.
/// Recurrent channels follow the inputs.
pub fn code_index(channel: usize, neuron: usize, neurons: usize) -> u32 {
    ((channel << neuron_bits(neurons)) | neuron) as u32
}

/// Index of a shell's register or counter by name, those of one port's events and of the decision among them.
pub fn shell_register(name: &str) -> Option<u32> {
    let mut all = (0..)
        .zip(&SHELL_COUNTERS[..])
        .chain((SHELL_REGISTERS_AT..).zip(&SHELL_REGISTERS[..]))
        .chain((EVENT_REGISTERS_AT..).zip(&EVENT_REGISTERS[..]))
        .chain((DECISION_REGISTERS_AT..).zip(&DECISION_REGISTERS[..]));
    all.find(|(_, r)| r.name == name).map(|(at, _)| at)
}

/// Index of a chip register by name.
pub fn global_register(name: &str) -> Option<u32> {
    let at = GLOBAL_REGISTERS.iter().position(|r| r.name == name)?;
    Some(at as u32)
}
