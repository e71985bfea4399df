//! Spikes counted by weight code: channels of one code inject the same current, so a neuron's sum is one product a code,
//! `count * level`, whatever the number of channels. The integers are those of a sum channel by channel.
//!
//! Behind the counts a register stands behind the products of [`CODES`] codes, and behind the sum of these.

use super::counts::{self, Question, count_bits, field};
use super::{Projection, injected, projections, sum_bits, sum_of, when_spiking};
use crate::generate::{extend_bits, lists::vector};
use bruno_device::{Chip, Layer};
use std::fmt::Write;

/// Codes whose products one stage adds.
const CODES: usize = 4;

/// Every code by itself.
fn question(chip: &Chip, layer: &Layer) -> Question {
    Question {
        keys: (0..1 << layer.bits).collect(),
        answers: |code| format!("({code} == code)"),
        about: "have this weight code",
        group: counts::group(chip),
    }
}

/// The stage in which the sum is there.
pub fn stages(chip: &Chip, layer: &Layer) -> usize {
    counts::stages(layer, counts::group(chip)) + 2
}

/// Products of a projection are added in so many terms.
fn terms(layer: &Layer) -> usize {
    (1usize << layer.bits).div_ceil(CODES)
}

/// The sum; without a spike nothing is counted or added.
pub fn print(chip: &Chip, layer: &Layer) -> String {
    let question = question(chip, layer);
    let bits = sum_bits(layer);
    let mut text = String::from(
        "  // Spiking channels of each code, code 0 lowest; products of a few codes; their sum.\n",
    );
    let (mut functions, mut clocked, mut all) = (String::new(), String::new(), Vec::new());
    for p in projections(layer) {
        text += &counts::declarations(layer, &p, &question);
        let (counters, counted) = counts::print(layer, &p, &question);
        functions += &counters;
        functions += &product(layer, &p);
        clocked += &counted;
        for term in 0..terms(layer) {
            let name = format!("{}_term_{term}_q", p.name);
            let _ = writeln!(text, "  reg  signed {} {name};", vector(bits));
            let _ = writeln!(clocked, "      {name} <= {};", term_of(layer, &p, term));
            all.push(name);
        }
    }
    let _ = writeln!(text, "  reg  signed {} sum_q;\n", vector(bits));
    let _ = writeln!(clocked, "      sum_q <= {};", sum_of(layer, &all, bits));
    text + &functions + &when_spiking(&clocked) + &injected(layer, "sum_q")
}

/// Bits of the product of a count and a level.
fn product_bits(layer: &Layer, p: &Projection) -> usize {
    (layer.current.bits as usize + count_bits(p.channels)).min(sum_bits(layer))
}

/// The function of a product: the channels that spike and have a code, times its level. What calls it is computed only
/// while a channel spikes; a wire would cost a simulator time in every cycle.
fn product(layer: &Layer, p: &Projection) -> String {
    let (levels, count, product) = (
        layer.current.bits as usize,
        count_bits(p.channels),
        product_bits(layer, p),
    );
    let (name, sum) = (format!("{}_product", p.name), sum_bits(layer));
    format!(
        "  function {} {name}; // channels of a code, times its level
    input {} count;
    input {} level;
    reg signed {} product;
    begin
      product = $signed({{1'b0, count}}) * $signed(level);
      {name} = {};
    end
  endfunction

",
        vector(sum),
        vector(count),
        vector(levels),
        vector(product),
        extend_bits("product", product, sum),
    )
}

/// The products of a few codes, added.
fn term_of(layer: &Layer, p: &Projection, term: usize) -> String {
    let (levels, count) = (layer.current.bits as usize, count_bits(p.channels));
    let codes = term * CODES..((term + 1) * CODES).min(1 << layer.bits);
    let call = |code| {
        format!(
            "{0}_product({0}_count_q{1}, {2}{3})",
            p.name,
            field(code, count),
            p.table,
            field(code, levels)
        )
    };
    let all: Vec<String> = codes.map(call).collect();
    all.join("\n        + ")
}
