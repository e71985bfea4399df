//! Counting spikes: for each of a few questions about a weight code, the channels that spike and whose code answers it.
//!
//! A register stands behind the counts of a group of channels, and behind their sums where there are several groups.

use super::{Projection, code_of, projections};
use crate::generate::{index_bits, lists::vector};
use bruno_chip::STAGE_NS;
use bruno_device::{Chip, Layer};
use std::fmt::Write;

/// Channels that one stage counts, of `stage_ns` by default or longer, and that a shorter one does.
const GROUP: usize = 64;
const SHORT_GROUP: usize = 16;

/// What is asked of a code: `key`s, one a count, and whether a code answers to one.
pub struct Question {
    /// The keys, in the order of the counts.
    pub keys: Vec<usize>,
    /// `code` is the channel's.
    pub answers: fn(code: &str) -> String,
    /// After "how many spike and".
    pub about: &'static str,
    /// Channels of a group.
    pub group: usize,
}

/// Channels that a chip counts in one stage.
pub fn group(chip: &Chip) -> usize {
    match chip.stage_ns < STAGE_NS {
        true => SHORT_GROUP,
        false => GROUP,
    }
}

/// Bits of a count of channels: they may all spike.
pub fn count_bits(channels: usize) -> usize {
    index_bits(channels + 1)
}

/// First channel and size of each group.
fn groups(p: &Projection, group: usize) -> Vec<(usize, usize)> {
    let starts = (0..p.channels).step_by(group);
    starts
        .map(|first| (first, group.min(p.channels - first)))
        .collect()
}

/// Whether a projection has several groups, so that all counts take one more stage.
fn grouped(layer: &Layer, group: usize) -> bool {
    projections(layer).any(|p| p.channels > group)
}

/// The stage in which the counts are there.
pub fn stages(layer: &Layer, group: usize) -> usize {
    1 + usize::from(grouped(layer, group))
}

/// Registers of a projection's counts.
pub fn declarations(layer: &Layer, p: &Projection, question: &Question) -> String {
    let counts = question.keys.len();
    let mut text = String::new();
    if grouped(layer, question.group) {
        for (group, (_, size)) in groups(p, question.group).iter().enumerate() {
            let bits = vector(count_bits(*size) * counts);
            let _ = writeln!(text, "  reg  {bits} {}_group_{group}_q;", p.name);
        }
    }
    let bits = vector(count_bits(p.channels) * counts);
    let _ = writeln!(text, "  reg  {bits} {}_count_q;", p.name);
    text
}

/// Functions, and what is clocked.
pub fn print(layer: &Layer, p: &Projection, question: &Question) -> (String, String) {
    let (mut text, mut clocked) = (String::new(), String::new());
    for (group, (first, size)) in groups(p, question.group).into_iter().enumerate() {
        text += &counter(layer, p, question, group, first, size);
        clocked += &counts(layer, p, question, group, size);
    }
    if grouped(layer, question.group) {
        clocked += &sums_of_groups(p, question);
    }
    (text, clocked)
}

/// A function that counts the channels of a group that spike and answer to a key.
fn counter(
    layer: &Layer,
    p: &Projection,
    question: &Question,
    group: usize,
    first: usize,
    size: usize,
) -> String {
    let (name, bits) = (format!("{}_count_{group}", p.name), count_bits(size));
    let (last, end) = (first + size - 1, first + size);
    let answers = (question.answers)(&code_of(layer, "j", p.offset));
    let one = widened(&format!("{}[j] & {answers}", p.spikes), 1, bits);
    let which = match size {
        1 => format!("Channel {first}"),
        _ => format!("Channels {first} to {last}"),
    };
    format!(
        "  // {which} of {}: how many spike and {}.
  function {} {name};
    input {} code;
    reg [31:0] j;
    begin
      {name} = {bits}'d0;
      for (j = 32'd{first}; j < 32'd{end}; j = j + 32'd1) begin
        {name} = {name}
          + {one};
      end
    end
  endfunction

",
        p.spikes,
        question.about,
        vector(bits),
        vector(layer.bits as usize),
    )
}

/// The counts of a group, a key each.
fn counts(layer: &Layer, p: &Projection, question: &Question, group: usize, size: usize) -> String {
    let bits = count_bits(size);
    let target = match grouped(layer, question.group) {
        true => format!("{}_group_{group}_q", p.name),
        false => format!("{}_count_q", p.name),
    };
    let line = |(at, key): (usize, &usize)| {
        let call = format!("{}_count_{group}({}'d{key})", p.name, layer.bits);
        format!("      {target}{} <= {call};\n", field(at, bits))
    };
    question.keys.iter().enumerate().map(line).collect()
}

fn sums_of_groups(p: &Projection, question: &Question) -> String {
    let bits = count_bits(p.channels);
    let mut text = String::new();
    for at in 0..question.keys.len() {
        let groups = groups(p, question.group).into_iter().enumerate();
        let all = groups.map(|(group, (_, size))| {
            let own = count_bits(size);
            let count = format!("{}_group_{group}_q{}", p.name, field(at, own));
            widened(&count, own, bits)
        });
        let all: Vec<String> = all.collect();
        let _ = writeln!(
            text,
            "      {}_count_q{} <= {};",
            p.name,
            field(at, bits),
            all.join("\n        + ")
        );
    }
    text
}

/// A count's part of a vector with `bits` bits a count.
pub fn field(at: usize, bits: usize) -> String {
    match bits {
        1 => format!("[{at}]"),
        _ => format!("[{}:{}]", bits * (at + 1) - 1, bits * at),
    }
}

/// An unsigned value of `from` bits in `to` bits.
fn widened(value: &str, from: usize, to: usize) -> String {
    match to - from {
        0 => value.into(),
        gap => format!("{{{gap}'d0, {value}}}"),
    }
}
