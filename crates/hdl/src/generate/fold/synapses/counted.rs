//! Spikes counted by weight code: channels of one code inject the same current, so a neuron's sum is one product a code,
//! `count * level`, whatever the number of channels. The integers are those of a sum channel by channel.
//!
//! A register stands behind the counts of [`GROUP`] channels, behind their sums where there are several groups, behind
//! the products of [`CODES`] codes, and behind the sum of these.

use super::{Projection, bit_index_width, channel_index, part, projections};
use crate::generate::{index_bits, ports::range};
use bruno_device::Layer;
use std::fmt::Write;

/// Channels that one stage counts.
const GROUP: usize = 64;
/// Codes whose products one stage adds.
const CODES: usize = 4;

/// Bits of a count of channels: they may all spike.
pub fn count_bits(channels: usize) -> usize {
    index_bits(channels + 1)
}

/// First channel and size of each group.
fn groups(p: &Projection) -> Vec<(usize, usize)> {
    let starts = (0..p.channels).step_by(GROUP);
    starts
        .map(|first| (first, GROUP.min(p.channels - first)))
        .collect()
}

/// Whether a projection has several groups, so that all counts take one more stage.
fn grouped(layer: &Layer) -> bool {
    projections(layer).any(|p| p.channels > GROUP)
}

/// The stage in which the sum is there.
pub fn stages(layer: &Layer) -> usize {
    3 + usize::from(grouped(layer))
}

/// Products of a projection are added in so many terms.
fn terms(layer: &Layer) -> usize {
    (1usize << layer.bits).div_ceil(CODES)
}

/// Counts, products, their sum.
pub fn declarations(layer: &Layer) -> String {
    let codes = 1 << layer.bits;
    let mut text = String::from(
        "  // Spiking channels of each code, code 0 lowest; products of a few codes; their sum.\n",
    );
    for p in projections(layer) {
        if grouped(layer) {
            for (group, (_, size)) in groups(&p).iter().enumerate() {
                let bits = range(count_bits(*size) * codes);
                let _ = writeln!(text, "  reg {bits} {}_group_{group}_q;", p.name);
            }
        }
        let bits = range(count_bits(p.channels) * codes);
        let _ = writeln!(text, "  reg {bits} {}_count_q;", p.name);
        for term in 0..terms(layer) {
            let _ = writeln!(text, "  reg signed [31:0] {}_term_{term}_q;", p.name);
        }
    }
    text + "  reg signed [31:0] sum_q;\n\n"
}

/// The sum; without a spike nothing is counted or added.
pub fn print(layer: &Layer) -> String {
    let mut text = String::new();
    let mut clocked = String::new();
    for p in projections(layer) {
        for (group, (first, size)) in groups(&p).into_iter().enumerate() {
            text += &counter(layer, &p, group, first, size);
            clocked += &counts(layer, &p, group, size);
        }
        if grouped(layer) {
            clocked += &sums_of_groups(layer, &p);
        }
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

/// A function that counts the channels of a group that spike and have a code.
fn counter(layer: &Layer, p: &Projection, group: usize, first: usize, size: usize) -> String {
    let (name, bits) = (format!("{}_count_{group}", p.name), count_bits(size));
    let index = bit_index_width(layer);
    let spike = match p.channels {
        1 => p.spikes.to_string(),
        channels => format!("{}[{}]", p.spikes, channel_index("j", channels)),
    };
    let at = format!(
        "({} + {index}'d{})",
        channel_index("j", 1 << index),
        p.offset
    );
    let (code, last) = (range(layer.bits as usize), first + size - 1);
    let which = match size {
        1 => format!("Channel {first}"),
        _ => format!("Channels {first} to {last}"),
    };
    format!(
        "  // {which} of {}: how many spike and have this weight code.
  function {} {name};
    input {code} code;
    // Waiver: of a channel's number only the low bits are needed.
    /* verilator lint_off UNUSEDSIGNAL */
    reg [25:0] j;
    /* verilator lint_on UNUSEDSIGNAL */
    begin
      {name} = {bits}'d0;
      for (j = 26'd{first}; j <= 26'd{last}; j = j + 26'd1)
        {name} = {name} + {};
    end
  endfunction

",
        p.spikes,
        range(bits),
        widened(
            &format!("{spike} & (codes_q{} == code)", part(layer, &at)),
            1,
            bits
        ),
    )
}

/// The counts of a group, a code each.
fn counts(layer: &Layer, p: &Projection, group: usize, size: usize) -> String {
    let bits = count_bits(size);
    let target = match grouped(layer) {
        true => format!("{}_group_{group}_q", p.name),
        false => format!("{}_count_q", p.name),
    };
    let line = |code| {
        let call = format!("{}_count_{group}({}'d{code})", p.name, layer.bits);
        format!("    {target}{} <= {call};\n", field(code, bits))
    };
    (0..1 << layer.bits).map(line).collect()
}

fn sums_of_groups(layer: &Layer, p: &Projection) -> String {
    let bits = count_bits(p.channels);
    let mut text = String::new();
    for code in 0..1 << layer.bits {
        let groups = groups(p).into_iter().enumerate();
        let all = groups.map(|(group, (_, size))| {
            let own = count_bits(size);
            let count = format!("{}_group_{group}_q{}", p.name, field(code, own));
            widened(&count, own, bits)
        });
        let all: Vec<String> = all.collect();
        let _ = writeln!(
            text,
            "    {}_count_q{} <= {};",
            p.name,
            field(code, bits),
            all.join(" + ")
        );
    }
    text
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

/// A code's part of a vector with `bits` bits a code.
fn field(code: usize, bits: usize) -> String {
    match bits {
        1 => format!("[{code}]"),
        _ => format!("[{}:{}]", bits * (code + 1) - 1, bits * code),
    }
}

/// An unsigned value of `from` bits in `to` bits.
fn widened(value: &str, from: usize, to: usize) -> String {
    match to - from {
        0 => value.into(),
        gap => format!("{{{gap}'d0, {value}}}"),
    }
}
