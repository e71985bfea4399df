//! A bank: the neurons of one layer (or a part of it) as arrays and one loop, with their synapses and recorder lane.
//!
//! The loop body is composed from the rust-hdl kernels; this file adds the memories, the spike-gated synapse rows and
//! the recorder's double buffer. Arrays are private to one clocked block and use blocking assignments: a simulator
//! then runs the loop as vector code, a synthesiser sees plain registers.

pub(super) mod memory;
mod text;

use super::{header, index_bits, ports::range, register_file::value_type, register_map::registers};
use crate::kernels::{Felif, Lif, LifTruncate, Synapse, SynapseTruncate, WindowCount, WindowSum};
use crate::{Binding, HdlError, Printed, Stage};
use bruno_chip::Rounding;
use bruno_device::{Chip, Layer, LayerKind};
use std::fmt::Write;

/// Name of the module of a bank of `size` neurons.
pub fn bank_module(chip: &Chip, layer: &Layer, size: usize) -> String {
    format!("{}_{}_bank{size}", chip.name, layer.name)
}

/// One array of the bank.
#[derive(Clone)]
pub(super) struct Array {
    pub name: &'static str,
    pub bits: u32,
    pub signed: bool,
    /// Value at rest: a register or zero.
    pub rest: Option<&'static str>,
    /// What it holds, with its unit.
    pub about: String,
}

impl Array {
    /// Sign and range of an element's declaration.
    pub fn declared(&self) -> String {
        let sign = if self.signed { "signed " } else { "" };
        format!("{sign}{}", range(self.bits as usize))
    }

    /// Gathers over a window, from nothing in its first tick; the others are the states of the neuron.
    pub fn accumulates(&self) -> bool {
        !["v", "p", "i", "refr"].contains(&self.name)
    }
}

/// State arrays of a layer. Counters and the refractory time have 20 bits although fewer would do: mixing storage
/// classes would keep a simulator from vectorising the loop.
pub(super) fn arrays(chip: &Chip, layer: &Layer) -> Vec<Array> {
    let f = &chip.description.formats;
    let words = layer.record_words(chip.recorder);
    let (v, i) = (
        format!("{:.4e} V", f.v_lsb()),
        format!("{:.4e} pA", f.i_lsb_pa()),
    );
    let p = format!("2^-{}", f.p_bits);
    let all = [
        (
            "v",
            f.v_bits,
            true,
            Some("v_reset"),
            format!("membrane, LSB {v}"),
        ),
        (
            "p",
            f.p_bits,
            false,
            Some("p_reset"),
            format!("occupation of the down state, LSB {p}"),
        ),
        (
            "i",
            f.i_bits,
            true,
            None,
            format!("synaptic current, LSB {i}"),
        ),
        (
            "refr",
            20,
            false,
            None,
            "refractory time left, ticks".into(),
        ),
        ("n_spike", 20, false, None, "spikes in the window".into()),
        (
            "n_sat",
            20,
            false,
            None,
            "saturated updates in the window".into(),
        ),
        (
            "sum_v",
            32,
            true,
            None,
            format!("sum of v over the window, LSB {v}"),
        ),
        (
            "sum_p",
            32,
            false,
            None,
            format!("sum of p over the window, LSB {p}"),
        ),
    ];
    let spiking = layer.kind != LayerKind::Readout;
    let present = |name: &str| words.contains(&name) || (name == "refr" && spiking);
    let own = all.into_iter().filter(|a| present(a.0));
    own.map(|(name, bits, signed, rest, about)| Array {
        name,
        bits,
        signed,
        rest,
        about,
    })
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
    let body = bank.body()?;
    let about = format!(
        "A bank of {size} neurons of layer `{}` (layer {index}).",
        layer.name
    );
    let mut text = header(chip, &about);
    let _ = writeln!(text, "module {} (", bank_module(chip, layer, size));
    text += &bank.port_list("  input             tick_i,          // this cycle is a tick\n");
    text += &bank.declarations(&body);
    text += &bank.memory_block();
    text += &bank.array_block(&body)?;
    Ok(text + "endmodule\n")
}

/// The kernels of a layer, in order of evaluation.
pub(super) fn stages(chip: &Chip, layer: &Layer, arrays: &[Array]) -> Result<Vec<Stage>, HdlError> {
    let nearest = chip.rounding == Rounding::Nearest;
    let mut stages = vec![if nearest {
        Stage::new("syn", &Synapse::default())?
    } else {
        Stage::new("syn", &SynapseTruncate::default())?
    }];
    match (layer.kind, nearest) {
        (LayerKind::Felif, _) => stages.push(Stage::new("neuron", &Felif::default())?),
        (LayerKind::Lif, true) => stages.push(Stage::new("neuron", &Lif::default())?),
        (LayerKind::Lif, false) => stages.push(Stage::new("neuron", &LifTruncate::default())?),
        (LayerKind::Readout, _) => {}
    }
    for array in arrays {
        stages.extend(lane(layer, array.name)?);
    }
    Ok(stages)
}

/// The recorder lane of one window accumulator, `None` for a state.
fn lane(layer: &Layer, name: &str) -> Result<Option<Stage>, HdlError> {
    let saturated = match layer.kind {
        LayerKind::Readout => "i_sat",
        _ => "saturated",
    };
    let (input, sum) = match name {
        "n_spike" => ("spike", false),
        "n_sat" => (saturated, false),
        "sum_v" => ("v_next", true),
        "sum_p" => ("p_next", true),
        _ => return Ok(None),
    };
    let next = format!("{name}_next");
    let stage = if sum {
        let stage = Stage::new(name, &WindowSum::default())?;
        stage
            .rename("sum", name)
            .rename("state", input)
            .rename("sum_next", &next)
    } else {
        let stage = Stage::new(name, &WindowCount::default())?;
        stage
            .rename("count", name)
            .rename("add", input)
            .rename("count_next", &next)
    };
    Ok(Some(stage))
}

pub(super) struct Bank<'a> {
    pub chip: &'a Chip,
    pub layer: &'a Layer,
    pub size: usize,
    pub arrays: Vec<Array>,
}

impl Bank<'_> {
    fn body(&self) -> Result<Printed, HdlError> {
        let stages = stages(self.chip, self.layer, &self.arrays)?;
        crate::print(&stages, &|name| self.bind(name), 4)
    }

    /// Index of a neuron in the loop, as wide as the arrays need.
    fn k(&self) -> String {
        match index_bits(self.size) {
            1 => "k[0]".into(),
            bits => format!("k[{}:0]", bits - 1),
        }
    }

    /// What a kernel's input is in the loop.
    fn bind(&self, name: &str) -> Option<Binding> {
        if let Some(array) = self.arrays.iter().find(|a| a.name == name) {
            return Some(Binding::new(
                &format!("{name}[{}]", self.k()),
                array.bits,
                array.signed,
            ));
        }
        let temporary = |name: &str| Some(Binding::new(name, 32, true));
        match name {
            "inject" => temporary(&format!("inject[{}]", self.k())),
            "carry" => temporary("carry"),
            _ if self.constant(name).is_some() => temporary(&name.to_uppercase()),
            _ if registers(self.layer.kind).any(|(_, r)| r.name == name) => {
                temporary(&format!("c_{name}"))
            }
            _ => None,
        }
    }

    /// Constants that follow from the formats.
    fn constant(&self, name: &str) -> Option<i32> {
        let k = &self.chip.constants;
        match name {
            "i_max" => Some(k.i_max),
            "i_min" => Some(k.i_min),
            "v_max" => Some(k.v_max),
            "p_one" => Some(k.p_one),
            "p_max" => Some(k.p_one - 1),
            "pre" => Some(k.pre as i32),
            _ => None,
        }
    }

    /// Whether the layer has several banks.
    fn split(&self) -> bool {
        self.size != self.layer.neurons
    }

    /// Bits of the data port: a level or a weight code.
    fn data_bits(&self) -> usize {
        self.chip.description.formats.i_bits as usize
    }

    pub fn spiking(&self) -> bool {
        self.layer.kind != LayerKind::Readout
    }

    /// The ports; `timing` are those that say when a tick is computed.
    pub fn port_list(&self, timing: &str) -> String {
        let mut text = format!(
            "  input             clk_i,
  input             rst_i,           // level tables to the chip's card
  input             clear_i,         // states to rest
{timing}  input             first_i,         // first tick of a window
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
        if self.spiking() {
            let _ = writeln!(
                text,
                "  output reg {} spike_o,         // spikes of the last tick",
                range(self.size)
            );
        }
        let _ = write!(
            text,
            "  input             levels_write_i,  // write data_i to level index_i
  input             codes_write_i,   // write data_i to weight index_i
  input      {index} index_i,
  input      {data} data_i,
  output reg [31:0] saturated_o,     // saturated updates of the last tick
  output reg        overrun_o,       // a record was dropped
  output reg        rec_valid_o,
  output reg        rec_last_o,
  output reg [31:0] rec_data_o,
  input             rec_ready_i"
        );
        for (_, r) in registers(self.layer.kind) {
            let _ = write!(text, ",\n  input {} {}_i", value_type(r), r.name);
        }
        text + "\n);\n\n"
    }
}
