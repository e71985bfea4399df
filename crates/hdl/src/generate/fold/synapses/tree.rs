//! A term for every channel, chosen from the level table by its code, and a tree of [`GROUP`] terms a node with a register
//! after every level: a chain of adders over all channels would be the longest path of the chip.

use super::{Projection, code_of, injected, projections, sum_bits, when_spiking};
use crate::generate::{extend_bits, lists::vector};
use crate::narrow::short_lines;
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

/// The sum; without a spike nothing is added.
pub fn print(layer: &Layer) -> String {
    terms(layer) + &tree(layer)
}

/// The current of every channel that spikes, zero of the others and of those that fill the last node.
fn terms(layer: &Layer) -> String {
    let (levels, sum) = (layer.current.bits as usize, sum_bits(layer));
    let all = sum * GROUP * nodes(layer)[0];
    let mut text = format!(
        "  // The current of each channel that spikes.
  reg  {} level;
  reg  {} terms;
  reg  [31:0] j;

  always @* begin
    level = {levels}'d0;
    terms = {all}'d0;
    j = 32'd0;
    if (any_spike) begin
",
        vector(levels),
        vector(all),
    );
    for p in projections(layer) {
        text += &row(layer, &p);
    }
    text + "    end\n  end\n\n"
}

/// The terms of the channels of one projection.
fn row(layer: &Layer, p: &Projection) -> String {
    let (levels, sum) = (layer.current.bits as usize, sum_bits(layer));
    let place = match p.offset {
        0 => "j".to_string(),
        offset => format!("(j + {offset})"),
    };
    format!(
        "      for (j = 32'd0; j < 32'd{}; j = j + 32'd1) begin
        if ({}[j]) begin
          level = {}[{levels} * {} +: {levels}];
          terms[{sum} * {place} +: {sum}] = {};
        end
      end
",
        p.channels,
        p.spikes,
        p.table,
        code_of(layer, "j", p.offset),
        extend_bits("level", levels, sum),
    )
}

/// The levels of the tree; `inject_q` is its root.
fn tree(layer: &Layer) -> String {
    let (nodes, sum) = (nodes(layer), sum_bits(layer));
    let (mut text, mut clocked) = (String::new(), String::new());
    let mut terms = String::from("terms");
    for (level, count) in (1..).zip(&nodes) {
        let _ = writeln!(text, "  reg  {} sums_{level}_q;", vector(sum * count));
        let at = |k: usize| match count {
            1 => format!("{terms}[{} +: {sum}]", sum * k),
            _ => format!("{terms}[{sum} * ({GROUP} * node + {k}) +: {sum}]"),
        };
        let added = format!("({} + {})\n", at(0), at(1));
        let added = |indent: &str| format!("{added}{indent}+ ({} + {})", at(2), at(3));
        clocked += &match count {
            1 => format!("      sums_{level}_q <= {};\n", added("        ")),
            _ => format!(
                "      for (node = 32'd0; node < 32'd{count}; node = node + 32'd1) begin
        sums_{level}_q[{sum} * node +: {sum}] <= {};
      end
",
                added("          ")
            ),
        };
        terms = format!("sums_{level}_q");
        // What is missing in the next level's last node is zero.
        let missing = nodes.get(level).map_or(0, |next| next * GROUP - count);
        if missing > 0 {
            let _ = writeln!(
                text,
                "  wire {} sums_{level} = {{{}'d0, {terms}}};",
                vector(sum * (count + missing)),
                sum * missing
            );
            terms = format!("sums_{level}");
        }
    }
    if nodes.len() > 1 {
        text += "  reg  [31:0] node;\n";
    }
    text + "\n" + &when_spiking(&short_lines(&clocked)) + &injected(layer, &terms)
}
