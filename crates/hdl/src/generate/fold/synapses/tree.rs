//! A term for every channel, chosen from the level table by its code, and a tree of [`GROUP`] terms a node with a register
//! after every level: a chain of adders over all channels would be the longest path of the chip.

use super::{bit_index_width, part, table_bits};
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

/// Terms and nodes.
pub fn declarations(layer: &Layer) -> String {
    let nodes = nodes(layer);
    let mut text = format!(
        "  reg {} code;
  reg {} current;
  reg {} terms; // current of each channel, 32 bits
",
        range(layer.bits as usize),
        range(layer.current.bits as usize),
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

/// The sum; without a spike nothing is added.
pub fn print(layer: &Layer) -> String {
    terms(layer) + &tree(layer)
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
