//! Levels that are constants: the current of a code is a polynomial of its bits, `sum over masks of weight * [all bits of
//! the mask are set]`. The spikes are counted for each mask that has a weight, and tables of constants make the sum of
//! the counts: bit k of up to [`MASKS`] counts chooses an entry, which counts 2^k times (distributed arithmetic).
//!
//! Evenly spaced levels need a mask a bit and the empty one: 4 counts instead of 8 for codes of 3 bits. The integers are
//! those of a sum channel by channel, whatever the levels: all is exact modulo 2^[`sum_bits`], and the sum fits there.

use super::counts::{self, Question, count_bits};
use super::{Projection, injected, projections, sum_of, when_spiking};
use crate::generate::lists::vector;
use crate::narrow::COLUMNS;
use bruno_device::{Chip, Layer};
use std::fmt::Write;

/// Masks that share a table: a look-up table of an FPGA has four inputs.
pub const MASKS: usize = 4;

/// A mask and what a channel whose code has all its bits adds, LSB of I.
pub type Weight = (usize, i64);

/// The masks with a weight (Moebius transform of the levels).
pub fn weights(layer: &Layer, p: &Projection) -> Vec<Weight> {
    let levels = p.levels(layer).iter();
    let mut weights: Vec<i64> = levels.map(|l| i64::from(*l)).collect();
    for bit in 0..layer.bits {
        for mask in 0..weights.len() {
            if mask >> bit & 1 == 1 {
                weights[mask] -= weights[mask ^ (1 << bit)];
            }
        }
    }
    let all = weights.into_iter().enumerate();
    all.filter(|(_, weight)| *weight != 0).collect()
}

/// Full adders that the counts and the tables of a projection take: two a channel and mask, a row a bit of a count.
pub fn cost(layer: &Layer, p: &Projection) -> usize {
    let masks = weights(layer, p).len();
    let rows = masks.div_ceil(MASKS) * count_bits(p.channels);
    masks * 2 * p.channels + rows * sum_bits(layer)
}

/// The stage in which the sum is there.
pub fn stages(chip: &Chip, layer: &Layer) -> usize {
    counts::stages(layer, counts::group(chip)) + 2
}

/// Bits that hold the sum of every set of spikes; words of a datapath have 32.
pub fn sum_bits(layer: &Layer) -> usize {
    let of = |p: Projection| {
        let levels = p.levels(layer).iter().map(|l| i64::from(*l));
        let (low, high) = (levels.clone().min(), levels.max());
        let all = |end: Option<i64>| end.unwrap_or(0) * p.channels as i64;
        (all(low).min(0), all(high).max(0))
    };
    let ends = projections(layer).map(of);
    let (low, high) = ends.fold((0, 0), |sum, end| (sum.0 + end.0, sum.1 + end.1));
    let bits = |n: u64| 64 - n.leading_zeros() as usize;
    (1 + bits((-(low + 1)).max(0).unsigned_abs()).max(bits(high.unsigned_abs()))).min(32)
}

fn question(chip: &Chip, weights: &[Weight]) -> Question {
    Question {
        keys: weights.iter().map(|(mask, _)| *mask).collect(),
        answers: |code| format!("(({code} & code) == code)"),
        about: "have all these bits in their weight code",
        group: counts::group(chip),
    }
}

/// Names of a projection's terms.
fn terms<'a>(p: &'a Projection, weights: &[Weight]) -> impl Iterator<Item = String> + use<'a> {
    (0..weights.len().div_ceil(MASKS)).map(|term| format!("{}_term_{term}", p.name))
}

/// The sum; without a spike nothing is counted or added.
pub fn print(chip: &Chip, layer: &Layer) -> String {
    let bits = sum_bits(layer);
    let mut text = String::from(
        "  // Levels are constants, a polynomial of the code's bits: channels that spike are counted by\n  \
         // sets of bits of their code. Bit k of a few counts chooses what they add, 2^k times.\n",
    );
    let (mut functions, mut clocked, mut all) = (String::new(), String::new(), Vec::new());
    for p in projections(layer) {
        let weights = weights(layer, &p);
        let question = question(chip, &weights);
        text += &counts::declarations(layer, &p, &question);
        let (counters, counted) = counts::print(layer, &p, &question);
        functions += &counters;
        clocked += &counted;
        for (group, (term, some)) in terms(&p, &weights).zip(weights.chunks(MASKS)).enumerate() {
            let _ = writeln!(text, "  reg  {} {term}_q;", vector(bits));
            functions += &table(layer, &term, some);
            functions += &sets(&p, &term, group * MASKS, some.len());
            clocked += &sum(&p, &term);
            all.push(format!("{term}_q"));
        }
    }
    let _ = writeln!(text, "  reg  {} sum_q;\n", vector(bits));
    let _ = writeln!(clocked, "      sum_q <= {};", sum_of(layer, &all, bits));
    text + &functions + &when_spiking(&clocked) + &injected(layer, "sum_q")
}

/// What channels add of which one bit of each count is set.
pub fn table(layer: &Layer, term: &str, weights: &[Weight]) -> String {
    let (bits, inputs) = (sum_bits(layer), weights.len());
    let mut text = format!(
        "  function {} {term}_table; // of a bit of each count
    input {} set;
    case (set)\n",
        vector(bits),
        vector(inputs)
    );
    for set in 0..1usize << inputs {
        let chosen = weights.iter().enumerate();
        let value: i64 = (chosen
            .filter(|(at, _)| set >> at & 1 == 1)
            .map(|(_, w)| w.1))
        .sum();
        let value = value.rem_euclid(1 << bits);
        let _ = match set + 1 == 1 << inputs {
            false => writeln!(
                text,
                "      {inputs}'d{set}: {term}_table = {bits}'d{value};"
            ),
            true => writeln!(text, "      default: {term}_table = {bits}'d{value};"),
        };
    }
    text + "    endcase\n  endfunction\n\n"
}

/// Each bit of `masks` counts from `first` on.
fn sets(p: &Projection, term: &str, first: usize, masks: usize) -> String {
    let count = count_bits(p.channels);
    let mut text = String::new();
    for bit in 0..count {
        let of = |at| format!("{}_count_q[{}]", p.name, at * count + bit);
        let set: Vec<String> = (first..first + masks).rev().map(of).collect();
        let named = format!("  wire {} {term}_set_{bit} = ", vector(masks));
        let line = format!("{named}{{{}}};", set.join(", "));
        text += &match line.len() <= COLUMNS {
            true => line + "\n",
            false => format!("{named}{{\n    {}\n  }};\n", set.join(", ")),
        };
    }
    text + "\n"
}

/// The entries of all bits, each in its place.
fn sum(p: &Projection, term: &str) -> String {
    let entry = |bit| match bit {
        0 => format!("{term}_table({term}_set_0)"),
        _ => format!("({term}_table({term}_set_{bit}) << {bit})"),
    };
    let all: Vec<String> = (0..count_bits(p.channels)).map(entry).collect();
    format!("      {term}_q <= {};\n", all.join("\n        + "))
}
