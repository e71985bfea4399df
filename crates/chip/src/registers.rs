//! The register map: one table, from which Verilog, software and documentation are generated.

/// One register of the chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Register {
    /// Name, in Verilog and in software.
    pub name: &'static str,
    /// Width in bits.
    pub bits: u32,
    /// Two's complement.
    pub signed: bool,
    /// Writable over the bus.
    pub writable: bool,
    /// What it holds, with its unit.
    pub about: &'static str,
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
        name,
        bits,
        signed,
        writable,
        about,
    }
}

/// Registers of the whole chip; the index is the word address in section 0.
pub const GLOBAL_REGISTERS: [Register; 6] = [
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

/// Registers of the shell around the core, where a chip has one; the index is the word address in its section. All are
/// counters that start from zero at a reset of the states and stop at 2^32 - 1.
pub const SHELL_REGISTERS: [Register; 5] = [
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

/// Registers of one layer; the index is the word address in the layer's register section.
/// A coefficient is mantissa `_m`, rounding half `_h` = 2^(s-1) and right shift `_s`. The last three exist where the
/// description asks for random numbers, noise and the recorder level `jacobian`.
pub const DEVICE_REGISTERS: [Register; 29] = [
    register("i_dec_m", 7, false, true, "1 - exp(-1us/tau_syn), mantissa"),
    register(
        "i_dec_h",
        30,
        false,
        true,
        "its rounding half; with stochastic rounding 2^s - 1, the mask of its random offset",
    ),
    register("i_dec_s", 5, false, true, "its shift"),
    register(
        "in_m",
        11,
        false,
        true,
        "1us/C in LSB of V by LSB of I, mantissa",
    ),
    register("in_h", 30, false, true, "its rounding half"),
    register("in_s", 5, false, true, "its shift"),
    register("leak_m", 11, false, true, "g*1us/C, mantissa"),
    register("leak_h", 30, false, true, "its rounding half"),
    register("leak_s", 5, false, true, "its shift"),
    register("v_th", 20, true, true, "threshold, LSB of V"),
    register(
        "v_reset",
        20,
        true,
        true,
        "membrane after a spike, LSB of V",
    ),
    register(
        "v_floor",
        20,
        true,
        true,
        "lower clamp of the membrane, LSB of V",
    ),
    register("t_ref", 20, false, true, "refractory time, ticks"),
    register(
        "xv_m",
        11,
        false,
        true,
        "log2 of the switching rate by V, mantissa",
    ),
    register("xv_h", 30, false, true, "its rounding half"),
    register("xv_s", 5, false, true, "its shift"),
    register(
        "xp_m",
        10,
        false,
        true,
        "log2 of the switching rate by p, mantissa",
    ),
    register("xp_h", 30, false, true, "its rounding half"),
    register("xp_s", 5, false, true, "its shift"),
    register(
        "x0",
        24,
        true,
        true,
        "log2 of the upward rate at V = p = 0, LSB 2^-12",
    ),
    register("xc", 24, true, true, "sum of both log2 rates, LSB 2^-12"),
    register(
        "kap_m",
        10,
        false,
        true,
        "2 p_s/c_fe in LSB of V by LSB of p, mantissa",
    ),
    register("kap_h", 30, false, true, "its rounding half"),
    register("kap_s", 5, false, true, "its shift"),
    register(
        "p_reset",
        20,
        false,
        true,
        "occupation after a spike, LSB of p",
    ),
    register("keep_p", 1, false, true, "1: a spike keeps the occupation"),
    register(
        "seed",
        30,
        false,
        true,
        "start of the layer's random numbers, taken at the reset of the states",
    ),
    register(
        "noise_m",
        16,
        false,
        true,
        "noise on the membrane's drive, largest value a tick, 2^-8 LSB of V",
    ),
    register(
        "sur_w",
        17,
        false,
        true,
        "width of the recorder's surrogate, LSB of V",
    ),
];

/// Bits of a word address on the configuration bus.
pub const ADDRESS_BITS: u32 = 32;

/// The parts of the address space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Registers of the whole chip.
    Global,
    /// Registers of the shell, see [`SHELL_REGISTERS`].
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

/// Index of a chip register by name.
pub fn global_register(name: &str) -> Option<u32> {
    let at = GLOBAL_REGISTERS.iter().position(|r| r.name == name)?;
    Some(at as u32)
}

/// Index of a device register by name.
pub fn device_register(name: &str) -> Option<u32> {
    let at = DEVICE_REGISTERS.iter().position(|r| r.name == name)?;
    Some(at as u32)
}
