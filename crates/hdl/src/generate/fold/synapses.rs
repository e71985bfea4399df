//! The synapses of a lane: a word of codes for each neuron, and the sum of the currents of the spiking channels.
//!
//! The sum is a tree of [`GROUP`] terms a node, a register after every level: a chain of adders over all channels would be
//! the longest path of the chip.

use crate::generate::{index_bits, ports::range};
use bruno_device::Layer;
use std::fmt::Write;

/// Terms that one node of the tree adds.
const GROUP: usize = 4;

/// Nodes of each level of the tree, from the channels on.
fn nodes(layer: &Layer) -> Vec<usize> {
    let mut nodes = vec![layer.fan_in().div_ceil(GROUP)];
    while let Some(&terms) = nodes.last().filter(|n| **n > 1) {
        nodes.push(terms.div_ceil(GROUP));
    }
    nodes
}

/// The stage in which the sum is there.
pub fn stages(layer: &Layer) -> usize {
    nodes(layer).len()
}

/// Bits of a flat level table.
pub fn table_bits(layer: &Layer) -> usize {
    (layer.current.bits as usize) << layer.bits
}

/// Code memory of `neurons` slots, the word read last, the tree of sums.
pub fn declarations(layer: &Layer, neurons: usize) -> String {
    let codes = range(layer.fan_in() * layer.bits as usize);
    let current = range(layer.current.bits as usize);
    let nodes = nodes(layer);
    let mut text = format!(
        "
  // Synapses: the codes of a neuron's channels, {} bits each, channel 0 lowest.
  reg {codes} codes [0:{}];
  reg {codes} codes_q;
  reg {} code;
  reg {current} current;
  reg {} terms; // current of each channel, 32 bits
",
        layer.bits,
        neurons - 1,
        range(layer.bits as usize),
        range(32 * GROUP * nodes[0]),
    );
    for (level, count) in (1..).zip(&nodes) {
        // Missing terms of the next level's last node are zero.
        let padded = nodes.get(level).map_or(*count, |next| next * GROUP);
        let _ = writeln!(text, "  reg {} sums_{level};", range(32 * padded));
    }
    text + "  // Waiver: of a channel's or node's number only the low bits are needed.
  /* verilator lint_off UNUSEDSIGNAL */
  reg [25:0] j;
  reg [25:0] node;
  /* verilator lint_on UNUSEDSIGNAL */

"
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
    text += &terms(layer);
    text += &tree(layer);
    if layer.fan_in() == 1 {
        text += "  wire unused = &{1'b0, code_channel_i}; // there is one channel\n\n";
    }
    text
}

/// The current of every channel that spikes, zero of the others.
fn terms(layer: &Layer) -> String {
    let mut text = format!(
        "  always @* begin
    terms = {}'d0;
    code = {}'d0;
    current = {}'d0;
    j = 26'd0;
    if (any_spike) begin
",
        32 * GROUP * nodes(layer)[0],
        layer.bits,
        layer.current.bits,
    );
    text += &row(layer, "pre_i", layer.inputs, 0, "levels_i");
    if layer.recurrent {
        let (n, inputs) = (layer.neurons, layer.inputs);
        text += &row(layer, "rec_spike_i", n, inputs, "rec_levels_i");
    }
    text + "    end\n  end\n\n"
}

/// The levels of the tree; `inject_q` is its root.
fn tree(layer: &Layer) -> String {
    let nodes = nodes(layer);
    let mut text = String::from("  always @(posedge clk_i) if (any_spike) begin\n");
    let mut terms = (String::from("terms"), nodes[0] * GROUP);
    for (level, count) in (1..).zip(&nodes) {
        let at = |k: usize, from: &str, of: usize| {
            let width = index_bits(32 * of);
            let base = match width {
                26 => "node".to_string(),
                _ => format!("node[{}:0]", width - 1),
            };
            if of == GROUP {
                return format!("{from}[{} +: 32]", 32 * k);
            }
            format!(
                "{from}[{base} * {width}'d{} + {width}'d{} +: 32]",
                32 * GROUP,
                32 * k
            )
        };
        let term = |k| at(k, &terms.0, terms.1);
        let padded = nodes.get(level).map_or(*count, |next| next * GROUP);
        let width = index_bits(32 * padded);
        let target = match padded {
            1 => format!("sums_{level}"),
            _ => format!("sums_{level}[node[{}:0] * {width}'d32 +: 32]", width - 1),
        };
        let _ = write!(
            text,
            "    sums_{level} <= {}'d0;
    for (node = 26'd0; node < 26'd{count}; node = node + 26'd1)
      {target} <= ({} + {}) + ({} + {});
",
            32 * padded,
            term(0),
            term(1),
            term(2),
            term(3),
        );
        terms = (format!("sums_{level}"), padded);
    }
    text + &format!(
        "  end\n\n  wire signed [31:0] inject_q = any_spike ? {} : 32'd0;\n\n",
        terms.0
    )
}

/// The terms of the channels of one projection.
fn row(layer: &Layer, spikes: &str, channels: usize, offset: usize, table: &str) -> String {
    let i_bits = layer.current.bits as usize;
    let select = |signal: &str, bits: usize| match bits {
        1 => format!("{signal}[0]"),
        bits => format!("{signal}[{}:0]", bits - 1),
    };
    let spike = match channels {
        1 => spikes.to_string(),
        _ => format!("{spikes}[{}]", select("j", index_bits(channels))),
    };
    let place = |width: usize| format!("({} + {width}'d{offset})", select("j", width));
    let (code, term) = (
        bit_index_width(layer),
        index_bits(32 * GROUP * nodes(layer)[0]),
    );
    let at = index_bits(table_bits(layer));
    format!(
        "      for (j = 26'd0; j < 26'd{channels}; j = j + 26'd1)
        if ({spike}) begin
          code = codes_q{};
          current = {table}[{{{}'d0, code}} * {at}'d{i_bits} +: {i_bits}];
          terms[{} * {term}'d32 +: 32] = {{{{{}{{current[{}]}}}}, current}};
        end
",
        part(layer, &place(code)),
        at - layer.bits as usize,
        place(term),
        32 - i_bits,
        i_bits - 1,
    )
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
