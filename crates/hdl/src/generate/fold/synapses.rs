//! The synapses of a lane: a word of codes for each neuron, and the sum of the currents of the spiking channels, in the
//! way that takes fewer cells.

mod counted;
mod tree;

use crate::generate::{index_bits, literal, ports::range};
use bruno_device::Layer;
use std::fmt::Write;

/// Channels that share a port of spikes and a level table.
struct Projection {
    /// Prefix of its signals.
    name: &'static str,
    spikes: &'static str,
    table: &'static str,
    channels: usize,
    /// Its first channel in a word of codes.
    offset: usize,
}

fn projections(layer: &Layer) -> impl Iterator<Item = Projection> {
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

/// Whether products of counts take fewer cells than terms of channels (`docs/synthesis.md`, Synapses of a lane).
///
/// In full adders: a channel's term is the multiplexer of its current, about half an adder a bit and code, and a sum of 32
/// bits; a product has as many rows of adders as its count has bits, and every channel is counted for every code.
fn counted(layer: &Layer) -> bool {
    let (bits, codes) = (layer.current.bits as usize, 1usize << layer.bits);
    let of = |p: Projection| {
        let terms = p.channels * (bits * (codes - 1) / 2 + 32);
        let products = codes * (counted::count_bits(p.channels) * bits + 2 * p.channels);
        (terms, products)
    };
    let (terms, products): (Vec<usize>, Vec<usize>) = projections(layer).map(of).unzip();
    products.iter().sum::<usize>() < terms.iter().sum()
}

/// The stage in which the sum is there.
pub fn stages(layer: &Layer) -> usize {
    match counted(layer) {
        true => counted::stages(layer),
        false => tree::stages(layer),
    }
}

/// Bits of a flat level table.
pub fn table_bits(layer: &Layer) -> usize {
    (layer.current.bits as usize) << layer.bits
}

/// The tables of a frozen card, in place of the ports.
pub fn frozen_levels(layer: &Layer) -> String {
    let mut text = String::new();
    for p in projections(layer).filter(|_| layer.frozen) {
        let levels = if p.offset == 0 {
            &layer.levels
        } else {
            &layer.recurrent_levels
        };
        let levels = levels.iter().rev();
        let all: Vec<String> = levels
            .map(|l| literal(layer.current.bits, true, *l))
            .collect();
        let _ = writeln!(
            text,
            "  // The currents of the codes, code 0 lowest.\n  wire {} {} = {{{}}};\n",
            range(table_bits(layer)),
            p.table,
            all.join(", ")
        );
    }
    text
}

/// Code memory of `neurons` slots, the word read last, what sums.
pub fn declarations(layer: &Layer, neurons: usize) -> String {
    let codes = range(layer.fan_in() * layer.bits as usize);
    let text = format!(
        "
  // Synapses: the codes of a neuron's channels, {} bits each, channel 0 lowest.
  reg {codes} codes [0:{}];
  reg {codes} codes_q;
",
        layer.bits,
        neurons - 1,
    );
    text + &match counted(layer) {
        true => counted::declarations(layer),
        false => tree::declarations(layer),
    }
}

/// Reads, writes and the sum; without a spike nothing is read or added. With `readback` the port that a tick reads codes by
/// serves the bus between two ticks.
pub fn print(layer: &Layer, readback: bool) -> String {
    let any = if layer.recurrent {
        "(|pre_i) | (|rec_spike_i)"
    } else {
        "|pre_i"
    };
    let channel = match bit_index_width(layer) - index_bits(layer.fan_in()) {
        0 => "code_channel_i".into(),
        gap => format!("{{{gap}'d0, code_channel_i}}"),
    };
    let (when, slot) = match readback {
        true => (
            "(enter & any_spike) | code_read_i",
            "code_read_i ? code_slot_i : read_slot",
        ),
        false => ("enter & any_spike", "read_slot"),
    };
    let mut text = format!(
        "  wire any_spike = {any};

  always @(posedge clk_i) begin
    if ({when}) codes_q <= codes[{slot}];
    if (code_write_i) codes[code_slot_i]{} <= code_i;
  end

",
        part(layer, &channel),
    );
    if readback {
        let _ = writeln!(
            text,
            "  assign code_o = codes_q{};\n",
            part(layer, &channel)
        );
    }
    text += &match counted(layer) {
        true => counted::print(layer),
        false => tree::print(layer),
    };
    if layer.fan_in() == 1 {
        text += "  wire unused = &{1'b0, code_channel_i}; // there is one channel\n\n";
    }
    text
}

/// The low bits of a channel's number that count `channels`.
fn channel_index(signal: &str, channels: usize) -> String {
    match index_bits(channels) {
        1 => format!("{signal}[0]"),
        bits => format!("{signal}[{}:0]", bits - 1),
    }
}

/// Bits of the number of a bit in a word of codes.
fn bit_index_width(layer: &Layer) -> usize {
    index_bits(layer.fan_in() * layer.bits as usize)
}

/// The part of a word that is a channel's code; the whole word where there is one channel.
fn part(layer: &Layer, channel: &str) -> String {
    match layer.fan_in() {
        1 => String::new(),
        _ => format!(
            "[{channel} * {}'d{bits} +: {bits}]",
            bit_index_width(layer),
            bits = layer.bits
        ),
    }
}
