//! A bank: its neurons, their level tables, and the recorder's stream.

use super::neuron::{channel_bits, saturation_bits, word_bits};
use super::neuron_module;
use crate::generate::bank::memory::{data_width, index_width};
use crate::generate::bank_ports::bank_ports;
use crate::generate::fold::synapses::projections;
use crate::generate::lists::{connections, list, port, unused, vector};
use crate::generate::register_map::register_ports;
use crate::generate::{bank_module, extend_bits, header, index_bits, level_tables, readback};
use bruno_chip::neuron_bits;
use bruno_device::{Chip, Layer};
use std::fmt::Write;

/// The module of a bank of `size` neurons.
pub(super) fn print(chip: &Chip, layer: &Layer, index: usize, size: usize) -> String {
    let bank = Bank { chip, layer, size };
    let timing = vec![port("input", "wire", "tick_i", "this cycle is a tick")];
    let levels = match layer.frozen {
        true => String::new(),
        false => level_tables::print(layer),
    };
    let about = format!(
        "A bank of {size} neurons of layer `{}` (layer {index}).",
        layer.name
    );
    [
        header(chip, &about),
        format!(
            "module {} (\n{});\n\n",
            bank_module(chip, layer, size),
            list(&bank_ports(chip, layer, size, timing))
        ),
        levels,
        bank.addresses(),
        bank.neurons(),
        bank.recorder(),
        bank.read_back(),
        bank.unused(),
        "endmodule\n".into(),
    ]
    .concat()
}

struct Bank<'a> {
    chip: &'a Chip,
    layer: &'a Layer,
    size: usize,
}

impl Bank<'_> {
    /// Whether the layer has several banks.
    fn split(&self) -> bool {
        self.size != self.layer.neurons
    }

    /// Which neuron's weight is written or read.
    fn addresses(&self) -> String {
        let bits = neuron_bits(self.layer.neurons) as usize;
        let channel = channel_bits(self.layer);
        let neuron = match bits {
            0 => "26'd0".into(),
            26 => "index_i[25:0]".into(),
            _ => format!("{{{}'d0, index_i{}}}", 26 - bits, vector(bits)),
        };
        let neuron = match self.split() {
            true => format!("{neuron} - base_i"),
            false => neuron,
        };
        let enable = match self.size {
            1 => "codes_write_i".into(),
            size => format!("{{{}'d0, codes_write_i}}", size - 1),
        };
        format!(
            "  // The weight at index_i: {{channel, neuron}}.
  wire {} weight_channel = index_i[{}:{bits}];
  wire [25:0] weight_neuron = {neuron};
  wire {} code_write = {enable} << weight_neuron;

",
            vector(channel),
            bits + channel - 1,
            vector(self.size),
        )
    }

    /// The neurons, and what the bank hears of them.
    fn neurons(&self) -> String {
        let (clips, codes) = (saturation_bits(self.layer), self.layer.bits as usize);
        let mut text = String::new();
        let _ = writeln!(text, "  wire {} saturated;", vector(clips * self.size));
        let _ = writeln!(text, "  wire {} records;", vector(32 * self.size));
        let _ = writeln!(text, "  wire        capture;");
        let _ = writeln!(text, "  reg  {} out_word_q;", vector(word_bits(self.layer)));
        if readback(self.chip) {
            let _ = writeln!(text, "  wire {} codes;", vector(codes * self.size));
        }
        let mut wiring: Vec<(String, String)> = Vec::new();
        let mut connect = |port: &str, wire: &str| wiring.push((port.into(), wire.into()));
        for port in ["clk_i", "clear_i", "tick_i", "first_i", "pre_i"] {
            connect(port, port);
        }
        if self.layer.recurrent {
            connect("rec_spike_i", "rec_spike_i");
        }
        for p in projections(self.layer).filter(|_| !self.layer.frozen) {
            connect(p.table, &level_tables::register(&p));
        }
        if self.layer.options.random() {
            connect("random_i", "random_i");
            connect("index_i", "number");
        }
        connect("code_write_i", "code_write[k]");
        connect("code_channel_i", "weight_channel");
        connect("code_i", &format!("data_i{}", vector(codes)));
        if readback(self.chip) {
            connect("code_o", &format!("codes[{codes} * k +: {codes}]"));
        }
        if self.layer.spikes() {
            connect("spike_o", "spike_o[k]");
        }
        connect("saturated_o", &format!("saturated[{clips} * k +: {clips}]"));
        connect("capture_i", "capture");
        connect("word_i", "out_word_q");
        connect("record_o", "records[32 * k +: 32]");
        for r in register_ports(self.layer) {
            let port = format!("{}_i", r.name);
            connect(&port, &port);
        }
        let _ = write!(
            text,
            "
  genvar k;
  generate
    for (k = 0; k < {}; k = k + 1) begin : g_neuron
{}      {} u_neuron (
{}      );
    end
  endgenerate

",
            self.size,
            self.number(),
            neuron_module(self.chip, self.layer),
            connections(&wiring, 4),
        );
        let _ = write!(
            text,
            "  reg  [31:0] total;
  integer j;

  always @* begin
    total = 32'd0;
    for (j = 0; j < {}; j = j + 1) begin
      total = total + {{{}'d0, saturated[{clips} * j +: {clips}]}};
    end
  end

  assign saturated_o = total;

",
            self.size,
            32 - clips,
        );
        text
    }

    /// A neuron's number in the layer, for its random words.
    fn number(&self) -> &str {
        match (self.layer.options.random(), self.split()) {
            (false, _) => "",
            (true, false) => "      wire [31:0] number = k;\n",
            (true, true) => "      wire [31:0] number = {6'd0, base_i} + k;\n",
        }
    }

    /// The stream of records: a word a cycle, neuron by neuron, when the reader takes it.
    fn recorder(&self) -> String {
        let (words, neurons) = (word_bits(self.layer), index_bits(self.size));
        let (last_word, last_neuron) = (self.layer.model.words.len() - 1, self.size - 1);
        format!(
            "  // Recorder: the words of a window leave one by one; a window that ends meanwhile is dropped.
  reg         busy_q, busy_d;
  reg         overrun_q;
  reg         rec_valid_q, rec_last_q;
  reg  [31:0] rec_data_q;
  reg  {word} out_word_d;
  reg  {neuron} out_neuron_q, out_neuron_d;

  wire send         = !rec_valid_q | rec_ready_i;
  wire final_word   = out_word_q == {words}'d{last_word};
  wire final_neuron = out_neuron_q == {neurons}'d{last_neuron};
  wire leaves       = send & final_word & final_neuron;
  wire ends         = tick_i & last_i;

  assign capture = ends & !clear_i & (!busy_q | leaves);

  always @* begin
    busy_d       = busy_q;
    out_word_d   = out_word_q;
    out_neuron_d = out_neuron_q;
    if (send & busy_q) begin
      out_word_d = out_word_q + {words}'d1;
      if (final_word) begin
        out_word_d   = {words}'d0;
        out_neuron_d = out_neuron_q + {neurons}'d1;
      end
      if (leaves) begin
        busy_d       = 1'b0;
        out_neuron_d = {neurons}'d0;
      end
    end
    if (capture) begin
      busy_d = 1'b1;
    end
  end

  always @(posedge clk_i) begin
    if (clear_i) begin
      busy_q       <= 1'b0;
      out_word_q   <= {words}'d0;
      out_neuron_q <= {neurons}'d0;
      rec_valid_q  <= 1'b0;
      rec_last_q   <= 1'b0;
      rec_data_q   <= 32'd0;
      overrun_q    <= 1'b0;
    end else begin
      busy_q       <= busy_d;
      out_word_q   <= out_word_d;
      out_neuron_q <= out_neuron_d;
      overrun_q    <= ends & busy_q & !leaves;
      if (send) begin
        rec_valid_q <= busy_q;
        rec_last_q  <= busy_q & final_word & final_neuron;
        rec_data_q  <= {record};
      end
    end
  end

  assign overrun_o   = overrun_q;
  assign rec_valid_o = rec_valid_q;
  assign rec_last_o  = rec_last_q;
  assign rec_data_o  = rec_data_q;

",
            record = match self.size {
                1 => "records",
                _ => "records[{out_neuron_q, 5'd0} +: 32]",
            },
            word = vector(words),
            neuron = vector(neurons),
        )
    }

    /// Levels and weights read over the bus.
    fn read_back(&self) -> String {
        if !readback(self.chip) {
            return String::new();
        }
        let codes = self.layer.bits as usize;
        let levels = self.layer.current.bits as usize;
        let mut text =
            String::from("  // Levels and weights, read over the bus.\n  reg  [31:0] memory_q;\n");
        let mut first = String::new();
        if !self.layer.frozen {
            let _ = writeln!(text, "  reg  {} level;", vector(levels));
            let value = level_tables::entry(self.layer);
            let _ = write!(text, "\n  always @* begin\n    level = {value};\n  end\n");
            let wide = extend_bits("level", levels, 32);
            first =
                format!("    if (levels_read_i) begin\n      memory_q <= {wide};\n    end else ");
        } else {
            first += "    ";
        }
        let _ = writeln!(text, "  reg  {} code;", vector(codes));
        let _ = write!(
            text,
            "  integer n;

  always @* begin
    code = {codes}'d0;
    for (n = 0; n < {size}; n = n + 1) begin
      if (weight_neuron == n[25:0]) code = codes[{codes} * n +: {codes}];
    end
  end

  always @(posedge clk_i) begin
{first}if (codes_read_i) begin
      memory_q <= {{{}'d0, code}};
    end
  end

  assign memory_o = memory_q;

",
            32 - codes,
            size = self.size,
        );
        text
    }

    /// Ports that some chips have no use for.
    fn unused(&self) -> String {
        let mut parts = Vec::new();
        let bits = neuron_bits(self.layer.neurons) as usize + channel_bits(self.layer);
        if index_width(self.layer) > bits {
            parts.push(format!("index_i[{}:{bits}]", index_width(self.layer) - 1));
        }
        if self.layer.frozen {
            parts.push("rst_i".into());
            if data_width(self.layer) > self.layer.bits as usize {
                parts.push(format!(
                    "data_i[{}:{}]",
                    data_width(self.layer) - 1,
                    self.layer.bits
                ));
            }
        }
        unused("unused_ports", &parts, "What this chip has no use for.")
    }
}
