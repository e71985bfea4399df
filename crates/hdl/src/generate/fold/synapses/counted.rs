//! Spikes counted by weight code: channels of one code inject the same current, so a neuron's sum is one product a code,
//! `count * level`, whatever the number of channels. The integers are those of a sum channel by channel.
//!
//! Behind the counts a register stands behind the products of [`CODES`] codes, and behind the sum of these.

use super::counts::{self, Question, count_bits, field};
use super::{Projection, projections};
use crate::generate::ports::range;
use bruno_device::Layer;
use std::fmt::Write;

/// Codes whose products one stage adds.
const CODES: usize = 4;

/// Every code by itself.
fn question(layer: &Layer) -> Question {
    Question {
        keys: (0..1 << layer.bits).collect(),
        answers: |code| format!("({code} == code)"),
        about: "have this weight code",
    }
}

/// The stage in which the sum is there.
pub fn stages(layer: &Layer) -> usize {
    counts::stages(layer) + 2
}

/// Products of a projection are added in so many terms.
fn terms(layer: &Layer) -> usize {
    (1usize << layer.bits).div_ceil(CODES)
}

/// Counts, products, their sum.
pub fn declarations(layer: &Layer) -> String {
    let mut text = String::from(
        "  // Spiking channels of each code, code 0 lowest; products of a few codes; their sum.\n",
    );
    for p in projections(layer) {
        text += &counts::declarations(layer, &p, 1 << layer.bits);
        for term in 0..terms(layer) {
            let _ = writeln!(text, "  reg signed [31:0] {}_term_{term}_q;", p.name);
        }
    }
    text + "  reg signed [31:0] sum_q;\n\n"
}

/// The sum; without a spike nothing is counted or added.
pub fn print(layer: &Layer) -> String {
    let (mut text, mut clocked) = (String::new(), String::new());
    for p in projections(layer) {
        let (functions, counted) = counts::print(layer, &p, &question(layer));
        text += &functions;
        clocked += &counted;
    }
    for p in projections(layer) {
        text += &levels(layer, &p);
        clocked += &products(layer, &p);
    }
    let all: Vec<String> = projections(layer)
        .flat_map(|p| (0..terms(layer)).map(move |term| format!("{}_term_{term}_q", p.name)))
        .collect();
    let _ = writeln!(clocked, "    sum_q <= {};", all.join(" + "));
    text + &format!(
        "  always @(posedge clk_i) if (any_spike) begin\n{clocked}  end\n
  wire signed [31:0] inject_q = any_spike ? sum_q : 32'sd0;\n\n"
    )
}

/// The currents of a projection's codes by name, with their sign.
fn levels(layer: &Layer, p: &Projection) -> String {
    let bits = layer.current.bits as usize;
    let line = |code| {
        format!(
            "  wire signed {} {}_level_{code} = {}{};\n",
            range(bits),
            p.name,
            p.table,
            field(code, bits)
        )
    };
    (0..1 << layer.bits).map(line).collect::<String>() + "\n"
}

fn products(layer: &Layer, p: &Projection) -> String {
    let bits = count_bits(p.channels);
    let mut text = String::new();
    for term in 0..terms(layer) {
        let codes = term * CODES..((term + 1) * CODES).min(1 << layer.bits);
        let product = |code| {
            let count = format!("{}_count_q{}", p.name, field(code, bits));
            format!("$signed({{1'b0, {count}}}) * {}_level_{code}", p.name)
        };
        let all: Vec<String> = codes.map(product).collect();
        let _ = writeln!(
            text,
            "    {}_term_{term}_q <= {};",
            p.name,
            all.join("\n      + ")
        );
    }
    text
}
