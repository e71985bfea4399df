//! The synapses of a lane: a word of codes for each neuron, and the sum of the currents of the spiking channels, in the
//! way that takes fewer cells.

pub(in crate::generate) mod constant;
mod counted;
pub(in crate::generate) mod counts;
mod tree;

use crate::generate::lists::vector;
use crate::generate::memory::{Kind, Memory, Pin};
use crate::generate::{extend_bits, literal, readback};
use crate::interval::Interval;
use bruno_device::{Chip, Layer};
use std::fmt::Write;

/// Channels that share a port of spikes and a level table.
pub(in crate::generate) struct Projection {
    /// Prefix of its signals.
    pub name: &'static str,
    pub spikes: &'static str,
    pub table: &'static str,
    pub channels: usize,
    /// Its first channel in a word of codes.
    pub offset: usize,
}

impl Projection {
    /// The current of each code, LSB of I.
    pub fn levels<'a>(&self, layer: &'a Layer) -> &'a [i32] {
        if self.offset == 0 {
            &layer.levels
        } else {
            &layer.recurrent_levels
        }
    }
}

pub(in crate::generate) fn projections(layer: &Layer) -> impl Iterator<Item = Projection> {
    let input = Projection {
        name: "pre",
        spikes: "pre_i",
        table: "levels_i",
        channels: layer.inputs,
        offset: 0,
    };
    let own = layer.recurrent.then_some(Projection {
        name: "rec",
        spikes: "rec_spike_i",
        table: "rec_levels_i",
        channels: layer.neurons,
        offset: layer.inputs,
    });
    std::iter::once(input).chain(own)
}

/// How the currents are summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::generate) enum Sum {
    /// A term a channel.
    Tree,
    /// A product a weight code.
    Counted,
    /// Tables of constants.
    Constant,
}

/// The ways there are, with what they cost in full adders.
///
/// A channel's term is the multiplexer of its current, about half an adder a bit and code, and a sum of 32 bits; a product
/// has as many rows of adders as its count has bits, and every channel is counted for every code.
fn ways(layer: &Layer) -> Vec<(Sum, usize)> {
    let (bits, codes) = (layer.current.bits as usize, 1usize << layer.bits);
    let total = |cost: &dyn Fn(&Projection) -> usize| -> usize {
        projections(layer).map(|p| cost(&p)).sum()
    };
    let terms = total(&|p| p.channels * (bits * (codes - 1) / 2 + 32));
    let products = total(&|p| codes * (counts::count_bits(p.channels) * bits + 2 * p.channels));
    let mut ways = vec![(Sum::Tree, terms), (Sum::Counted, products)];
    let silent = |p: Projection| p.levels(layer).iter().all(|l| *l == 0);
    if layer.frozen && !projections(layer).any(silent) {
        ways.insert(0, (Sum::Constant, total(&|p| constant::cost(layer, p))));
    }
    ways
}

/// The way that takes fewest cells (`docs/synthesis.md`, Synapses of a lane); the earlier one of two that cost the same.
fn cheapest(layer: &Layer) -> (Sum, usize) {
    let ways = ways(layer).into_iter();
    ways.min_by_key(|(_, cost)| *cost).unwrap_or((Sum::Tree, 0))
}

pub(in crate::generate) fn way(layer: &Layer) -> Sum {
    cheapest(layer).0
}

/// Full adders that the sum takes.
pub fn adders(layer: &Layer) -> usize {
    cheapest(layer).1
}

/// The stage in which the sum is there.
pub fn stages(chip: &Chip, layer: &Layer) -> usize {
    match way(layer) {
        Sum::Tree => tree::stages(layer),
        Sum::Counted => counted::stages(chip, layer),
        Sum::Constant => constant::stages(chip, layer),
    }
}

/// Bits that hold the sum over all channels; words of a datapath have 32.
pub(in crate::generate) fn sum_bits(layer: &Layer) -> usize {
    if layer.frozen {
        return constant::sum_bits(layer);
    }
    let level = Interval::of(layer.current.bits, true);
    let most = level.low * layer.fan_in() as i64;
    (Interval::point(most).signed_bits() as usize).min(32)
}

/// Bits of a flat level table.
pub fn table_bits(layer: &Layer) -> usize {
    (layer.current.bits as usize) << layer.bits
}

/// The tables of a frozen card, in place of the ports; where the sum is made of tables of its own there are none.
pub fn frozen_levels(layer: &Layer) -> String {
    let mut text = String::new();
    if !layer.frozen || way(layer) == Sum::Constant {
        return text;
    }
    for p in projections(layer) {
        let levels = p.levels(layer).iter().rev();
        let all: Vec<String> = levels
            .map(|l| literal(layer.current.bits, true, *l))
            .collect();
        let _ = writeln!(
            text,
            "  // Currents of the codes, code 0 lowest.\n  wire {} {} = {{\n    {}\n  }};\n",
            vector(table_bits(layer)),
            p.table,
            all.join(",\n    ")
        );
    }
    text
}

/// Memory of codes and the sum; without a spike nothing is read or added. Where weights are read back the port that a tick
/// reads codes by serves the bus between two ticks.
pub fn print(chip: &Chip, layer: &Layer, neurons: usize) -> String {
    let any = if layer.recurrent {
        "(|pre_i) | (|rec_spike_i)"
    } else {
        "|pre_i"
    };
    let (when, slot) = match readback(chip) {
        true => (
            "(enter & any_spike) | code_read_i",
            "code_read_i ? code_slot_i : read_slot",
        ),
        false => ("enter & any_spike", "read_slot"),
    };
    let mut text = format!(
        "  // Synapses: the codes of a neuron's channels, {bits} bits each, channel 0 lowest.
  wire {} codes_q;
  wire any_spike = {any};

{}
",
        vector(layer.fan_in() * layer.bits as usize),
        code_memory(chip, layer, neurons, (when, slot)),
        bits = layer.bits,
    );
    if readback(chip) {
        let code = code_of(layer, "code_channel_i", 0);
        let _ = writeln!(text, "  assign code_o = {code};\n");
    }
    text += &match way(layer) {
        Sum::Tree => tree::print(layer),
        Sum::Counted => counted::print(chip, layer),
        Sum::Constant => constant::print(chip, layer),
    };
    if layer.fan_in() == 1 {
        text += "  wire unused_channel = &{1'b0, code_channel_i}; // there is one channel\n\n";
    }
    text
}

/// What is clocked while a channel spikes.
fn when_spiking(clocked: &str) -> String {
    format!(
        "  always @(posedge clk_i) begin\n    if (any_spike) begin\n{clocked}    end\n  end\n\n"
    )
}

/// `inject_q`: a sum's register, zero without a spike.
fn injected(layer: &Layer, sum: &str) -> String {
    let bits = sum_bits(layer);
    format!(
        "  wire signed {} inject_q = any_spike ? {sum} : {bits}'d0;\n\n",
        vector(bits)
    )
}

/// A sum of terms of `bits` bits, each with its sign, in an assignment to the sum's register.
fn sum_of(layer: &Layer, terms: &[String], bits: usize) -> String {
    let wide = |term: &String| extend_bits(term, bits, sum_bits(layer));
    let all: Vec<String> = terms.iter().map(wide).collect();
    all.join("\n        + ")
}

/// The codes of a slot are a word; one of them is written at a time.
fn code_memory(chip: &Chip, layer: &Layer, neurons: usize, read: Pin) -> String {
    let bits = layer.bits as usize;
    let one = layer.fan_in() == 1;
    let kind = match one {
        true => Kind::TwoPorts,
        false => Kind::Parts(bits),
    };
    let reads: [Pin; 3] = [
        ("read_i", read.0),
        ("read_address_i", read.1),
        ("data_o", "codes_q"),
    ];
    let mut writes: Vec<Pin> = vec![
        ("write_i", "code_write_i"),
        ("write_address_i", "code_slot_i"),
    ];
    if !one {
        writes.push(("part_i", "code_channel_i"));
    }
    writes.push(("data_i", "code_i"));
    let memory = Memory::new(kind, layer.fan_in() * bits, neurons);
    memory.instance(chip, "u_codes", &[&reads, &writes])
}

/// The code of channel `j` of the projection whose first channel is `offset`.
fn code_of(layer: &Layer, j: &str, offset: usize) -> String {
    let bits = layer.bits;
    match (layer.fan_in(), offset) {
        (1, _) => "codes_q".into(),
        (_, 0) => format!("codes_q[{bits} * {j} +: {bits}]"),
        _ => format!("codes_q[{bits} * ({j} + {offset}) +: {bits}]"),
    }
}
