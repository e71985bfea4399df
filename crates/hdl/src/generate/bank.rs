//! A bank: the neurons of one layer (or a part of it) as arrays and one loop, with their synapses and recorder lane.
//!
//! The loop body is composed from the rust-hdl kernels; this file adds the memories, the spike-gated synapse rows and
//! the recorder's double buffer. Arrays are private to one clocked block and use blocking assignments: a simulator
//! then runs the loop as vector code, a synthesiser sees plain registers.

mod loops;
pub(super) mod memory;
pub mod names;
mod ranges;
mod rows;
mod stages;
mod text;

pub use ranges::states_in_range;
pub(super) use stages::{saturations, stages};

use names::{CLIPPED, FIRED, INJECT};

use super::{
    header, index_bits, literal,
    ports::range,
    readback,
    register_file::value_type,
    register_map::{bank_registers, register_ports},
};
use crate::{Binding, HdlError, Printed, Stage};
use bruno_chip::Register;
use bruno_device::{Chip, GUARD_BITS, Gathers, Layer, RecordWord, RegisterId, Rest, State};
use std::fmt::Write;

/// Name of the module of a bank of `size` neurons.
pub fn bank_module(chip: &Chip, layer: &Layer, size: usize) -> String {
    format!("{}_{}_bank{size}", chip.name, layer.name)
}

/// One array of the bank.
#[derive(Clone)]
pub(super) struct Array {
    pub name: String,
    pub bits: u32,
    pub signed: bool,
    /// Its value at rest.
    pub rest: Rest,
    /// Value when a window opens, of what gathers over one.
    pub opens: Option<String>,
    /// The kernels' outputs that may hold its new value, the later one first.
    pub results: Vec<String>,
    /// What it holds, with its unit.
    pub about: String,
}

impl Array {
    fn of_state(state: &State, shortest: u32) -> Self {
        Self {
            name: state.name.clone(),
            bits: state.bits.max(shortest),
            signed: state.signed(),
            rest: state.rest,
            opens: None,
            results: std::iter::once(state.next())
                .chain(state.before_reset.clone())
                .collect(),
            about: match state.lsb_text() {
                Some(lsb) => format!("{}, LSB {lsb}", state.about),
                None => format!("{}, ticks", state.about),
            },
        }
    }

    fn of_word(word: &RecordWord, shortest: u32) -> Self {
        let bits = word.bits.max(shortest);
        let lsb = word.lsb.iter().map(|lsb| format!(", LSB {lsb}"));
        Self {
            name: word.name.clone(),
            bits,
            signed: word.signed,
            rest: Rest::Code(0),
            opens: Some(opens(word.gathers, bits, word.signed)),
            results: vec![format!("{}_next", word.name)],
            about: word.about.clone() + &lsb.collect::<String>(),
        }
    }

    /// Sign and range of an element's declaration.
    pub fn declared(&self) -> String {
        let sign = if self.signed { "signed " } else { "" };
        format!("{sign}{}", range(self.bits as usize))
    }

    /// The kernels' output that holds its value after the tick.
    pub fn next(&self) -> String {
        format!("{}_next", self.name)
    }

    /// Gathers over a window; the others are the states of the neuron.
    pub fn accumulates(&self) -> bool {
        self.opens.is_some()
    }
}

/// States that neurons of a layer keep from tick to tick: their array in a bank, the bits of an element, whether it is signed.
pub fn states(chip: &Chip, layer: &Layer) -> Vec<(String, u32, bool)> {
    let all = arrays(chip, layer).into_iter();
    let states = all.filter(|a| !a.accumulates());
    states.map(|a| (a.name, a.bits, a.signed)).collect()
}

/// What an array holds when a window opens: nothing, or what every state goes beyond.
fn opens(gathers: Gathers, bits: u32, signed: bool) -> String {
    let (least, most) = match signed {
        true => (-(1i64 << (bits - 1)), (1i64 << (bits - 1)) - 1),
        false => (0, (1i64 << bits) - 1),
    };
    let value = match gathers {
        Gathers::Least(_) => most,
        Gathers::Most(_) => least,
        Gathers::Last(_) | Gathers::Count(_) | Gathers::Sum(_) => 0,
    };
    literal(bits, signed, value as i32)
}

/// Bits of the shortest array of an unfolded bank: a simulator keeps shorter ones in another storage class, and mixing
/// them would keep it from vectorising the loop.
const SHORTEST: u32 = 17;

/// Arrays of a layer: its states, and what its recorder gathers over a window.
pub(super) fn arrays(chip: &Chip, layer: &Layer) -> Vec<Array> {
    arrays_from(layer, if chip.fold > 1 { 1 } else { SHORTEST })
}

/// The same with no element shorter than `shortest`.
pub(super) fn arrays_from(layer: &Layer, shortest: u32) -> Vec<Array> {
    let model = &layer.model;
    let states = model.states.iter().map(|s| Array::of_state(s, shortest));
    let gathered = model.words.iter().filter(|w| w.accumulates());
    states
        .chain(gathered.map(|w| Array::of_word(w, shortest)))
        .collect()
}

/// The module of a bank of `size` neurons of layer `index`.
pub(super) fn print(
    chip: &Chip,
    layer: &Layer,
    index: usize,
    size: usize,
) -> Result<String, HdlError> {
    let bank = Bank {
        chip,
        layer,
        size,
        arrays: arrays(chip, layer),
    };
    let bodies = bank.bodies()?;
    let about = format!(
        "A bank of {size} neurons of layer `{}` (layer {index}).",
        layer.name
    );
    let mut text = header(chip, &about);
    let _ = writeln!(text, "module {} (", bank_module(chip, layer, size));
    text += &bank.port_list();
    text += &frozen_card(layer);
    text += &bank.declarations(&bodies);
    text += &bank.memory_block();
    text += &bank.array_block(&bodies)?;
    Ok(text + "endmodule\n")
}

/// Constants of a frozen card in place of the ports.
fn frozen_card(layer: &Layer) -> String {
    if !layer.frozen {
        return String::new();
    }
    let lines = bank_registers(layer).map(|(id, r)| {
        let value = literal(r.bits, r.signed, layer.codes.value(id));
        let kind = value_type(&r);
        format!("  wire {kind} {}_i = {value}; // {}\n", r.name, r.about)
    });
    format!(
        "  // The card, frozen. Waiver: a state shorter than its register takes the low bits.
  /* verilator lint_off UNUSEDSIGNAL */\n{}  /* verilator lint_on UNUSEDSIGNAL */\n\n",
        lines.collect::<String>()
    )
}

/// Inputs of the kernels that follow from a chip's formats, by name.
pub(super) fn constants(chip: &Chip) -> [(&'static str, i32); 9] {
    let k = &chip.constants;
    let half_guard = 1 << (GUARD_BITS - 1);
    [
        ("i_max", k.i_max),
        ("i_min", k.i_min),
        ("v_max", k.v_max),
        ("p_one", k.p_one),
        ("p_max", k.p_one - 1),
        ("pre", k.pre as i32),
        // Rounding to nearest; stochastic offsets take their place.
        ("v_round", half_guard),
        ("p_round", half_guard),
        ("flow_shift", k.flow_shift as i32),
    ]
}

pub(super) struct Bank<'a> {
    pub chip: &'a Chip,
    pub layer: &'a Layer,
    pub size: usize,
    pub arrays: Vec<Array>,
}

/// The bodies of a bank's loops over its neurons, by what `Stages` says.
struct Bodies {
    neurons: Printed,
    spikes: Printed,
    saturations: Printed,
    records: Printed,
}

impl Bodies {
    fn all(&self) -> [&Printed; 4] {
        [
            &self.neurons,
            &self.spikes,
            &self.saturations,
            &self.records,
        ]
    }
}

impl Bank<'_> {
    fn bodies(&self) -> Result<Bodies, HdlError> {
        let stages = stages(self.chip, self.layer)?;
        let print = |stages: &[Stage], depth| crate::print(stages, &|name| self.bind(name), depth);
        Ok(Bodies {
            neurons: print(&stages.neurons, 4)?,
            spikes: print(&stages.spikes, 5)?,
            saturations: print(&stages.saturations, 5)?,
            records: print(&stages.records, 4)?,
        })
    }

    /// Index of a neuron in the loop, as wide as the arrays need.
    fn k(&self) -> String {
        match index_bits(self.size) {
            1 => "k[0]".into(),
            bits => format!("k[{}:0]", bits - 1),
        }
    }

    /// The array that holds a kernel's input: a state, or what an earlier loop computed.
    fn array(&self, name: &str) -> Option<&Array> {
        let mut all = self.arrays.iter();
        all.find(|a| a.name == name || a.results.iter().any(|r| r == name))
    }

    /// What a kernel's input is in a loop.
    fn bind(&self, name: &str) -> Option<Binding> {
        if let Some(array) = self.array(name) {
            return Some(Binding::new(
                &format!("{}[{}]", array.name, self.k()),
                array.bits,
                array.signed,
            ));
        }
        let temporary = |name: &str| Some(Binding::new(name, 32, true));
        match name {
            INJECT => temporary(&format!("{INJECT}[{}]", self.k())),
            "spike" => Some(Binding::new(&format!("{FIRED}[{}][0]", self.k()), 1, false)),
            "saturated" | "i_sat" => temporary(&format!("{CLIPPED}[{}]", self.k())),
            "random" => Some(Binding::new("c_random", 32, false)),
            "index" => Some(Binding::new("index", 32, false)),
            _ if self.constant(name).is_some() => temporary(&name.to_uppercase()),
            _ if bank_registers(self.layer).any(|(_, r)| r.name == name) => {
                temporary(&format!("c_{name}"))
            }
            _ => None,
        }
    }

    /// Constants that follow from the formats.
    fn constant(&self, name: &str) -> Option<i32> {
        let mut all = constants(self.chip).into_iter();
        all.find(|c| c.0 == name).map(|c| c.1)
    }

    /// A register's row of the map.
    pub fn register(&self, id: RegisterId) -> Register {
        self.layer.model.register(id)
    }

    /// Whether the layer has several banks.
    fn split(&self) -> bool {
        self.size != self.layer.neurons
    }

    /// Bits of the data port: a level or a weight code.
    fn data_bits(&self) -> usize {
        memory::data_width(self.layer)
    }

    pub fn spiking(&self) -> bool {
        self.layer.spikes()
    }

    fn port_list(&self) -> String {
        let mut text = format!(
            "  input             clk_i,
  input             rst_i,           // level tables to the chip's card
  input             clear_i,         // states to rest
  input             tick_i,          // this cycle is a tick
  input             first_i,         // first tick of a window
  input             last_i,          // last tick of a window
  input      {} pre_i,           // presynaptic spikes
",
            range(self.layer.inputs)
        );
        let index = range(memory::index_width(self.layer));
        let data = range(self.data_bits());
        if self.layer.recurrent {
            let _ = writeln!(
                text,
                "  input      {} rec_spike_i,     // the layer's own spikes of the last tick",
                range(self.layer.neurons)
            );
        }
        if self.split() {
            text += "  input      [25:0] base_i,          // first neuron of the bank (constant)\n";
        }
        if self.layer.options.random() {
            text += "  input      [31:0] random_i,        // state of the layer's random numbers\n";
        }
        if self.spiking() {
            let _ = writeln!(
                text,
                "  output reg {} spike_o,         // spikes of the last tick",
                range(self.size)
            );
        }
        if !self.layer.frozen {
            text += "  input             levels_write_i,  // write data_i to level index_i\n";
        }
        let _ = write!(
            text,
            "  input             codes_write_i,   // write data_i to weight index_i
  input      {index} index_i,
  input      {data} data_i,
  output reg [31:0] saturated_o,     // saturated updates of the last tick
  output reg        overrun_o,       // a record was dropped
  output reg        rec_valid_o,
  output reg        rec_last_o,
  output reg [31:0] rec_data_o,
  input             rec_ready_i"
        );
        if readback(self.chip) {
            if !self.layer.frozen {
                text +=
                    ",\n  input             levels_read_i,   // read level index_i into memory_o";
            }
            let _ = write!(
                text,
                ",
  input             codes_read_i,    // read weight index_i into memory_o; 0 for one of another bank
  output reg [31:0] memory_o"
            );
        }
        for r in register_ports(self.layer) {
            let _ = write!(text, ",\n  input {} {}_i", value_type(&r), r.name);
        }
        text + "\n);\n\n"
    }
}
