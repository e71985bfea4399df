//! The synapses of a lane: a word of codes for each neuron, and the sum of the currents of the spiking channels.

use crate::generate::{index_bits, ports::range};
use bruno_device::{Chip, Layer};

/// Bits of a flat level table.
pub fn table_bits(chip: &Chip, layer: &Layer) -> usize {
    (chip.description.formats.i_bits as usize) << layer.bits
}

/// Code memory of `neurons` slots, the word read last, the sum.
pub fn declarations(chip: &Chip, layer: &Layer, neurons: usize) -> String {
    let codes = range(layer.fan_in() * layer.bits as usize);
    let current = range(chip.description.formats.i_bits as usize);
    format!(
        "
  // Synapses: the codes of a neuron's channels, {} bits each, channel 0 lowest.
  reg {codes} codes [0:{}];
  reg {codes} codes_q;
  reg {} code;
  reg {current} current;
  reg signed [31:0] inject_sum;
  reg signed [31:0] inject_q;
  // Waiver: of a channel's number only the low bits are needed.
  /* verilator lint_off UNUSEDSIGNAL */
  reg [25:0] j;
  /* verilator lint_on UNUSEDSIGNAL */

",
        layer.bits,
        neurons - 1,
        range(layer.bits as usize),
    )
}

/// Reads, writes and the sum; without a spike nothing is read.
pub fn print(chip: &Chip, layer: &Layer) -> String {
    let any = if layer.recurrent {
        "(|pre_i) | (|rec_spike_i)"
    } else {
        "|pre_i"
    };
    let channel = match bit_index_width(layer) - index_bits(layer.fan_in()) {
        0 => "code_channel_i".into(),
        gap => format!("{{{gap}'d0, code_channel_i}}"),
    };
    let mut text = format!(
        "  wire any_spike = {any};

  always @(posedge clk_i) begin
    if (enter & any_spike) codes_q <= codes[read_slot];
    if (code_write_i) codes[code_slot_i]{} <= code_i;
    inject_q <= inject_sum;
  end

  always @* begin
    inject_sum = 32'sd0;
    code = {bits}'d0;
    current = {}'d0;
    j = 26'd0;
    if (any_spike) begin
",
        part(layer, &channel),
        chip.description.formats.i_bits,
        bits = layer.bits,
    );
    text += &row(chip, layer, "pre_i", layer.inputs, 0, "levels_i");
    if layer.recurrent {
        text += &row(
            chip,
            layer,
            "rec_spike_i",
            layer.neurons,
            layer.inputs,
            "rec_levels_i",
        );
    }
    text += "    end\n  end\n\n";
    if layer.fan_in() == 1 {
        text += "  wire unused = &{1'b0, code_channel_i}; // there is one channel\n\n";
    }
    text
}

/// Adds the currents of the channels of one projection.
fn row(
    chip: &Chip,
    layer: &Layer,
    spikes: &str,
    channels: usize,
    offset: usize,
    table: &str,
) -> String {
    let i_bits = chip.description.formats.i_bits as usize;
    let select = |signal: &str, bits: usize| match bits {
        1 => format!("{signal}[0]"),
        bits => format!("{signal}[{}:0]", bits - 1),
    };
    let spike = match channels {
        1 => spikes.to_string(),
        _ => format!("{spikes}[{}]", select("j", index_bits(channels))),
    };
    let width = bit_index_width(layer);
    let channel = format!("({} + {width}'d{offset})", select("j", width));
    let at = index_bits(table_bits(chip, layer));
    format!(
        "      for (j = 26'd0; j < 26'd{channels}; j = j + 26'd1)
        if ({spike}) begin
          code = codes_q{};
          current = {table}[{{{}'d0, code}} * {at}'d{i_bits} +: {i_bits}];
          inject_sum = inject_sum + {{{{{}{{current[{}]}}}}, current}};
        end
",
        part(layer, &channel),
        at - layer.bits as usize,
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
