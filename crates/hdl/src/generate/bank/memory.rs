//! The memories of a bank that a tick does not change: level tables and weight codes; and the recorder's output stage.

use super::Bank;
use super::names::{CODE, LEVEL, REC_LEVEL};
use crate::generate::{
    extend, index_bits, literal,
    ports::{low, range},
    readback,
};
use bruno_chip::neuron_bits;
use std::fmt::Write;

const WIDE_ADDRESS: &str = "  // Waiver: addresses are computed with 26 bits whatever the depth.\n  /* verilator lint_off UNUSEDSIGNAL */\n";
const END_WIDE_ADDRESS: &str = "  /* verilator lint_on UNUSEDSIGNAL */\n\n";

/// Width of a bank's index port: a level's index or `{channel, neuron}`.
pub(crate) fn index_width(layer: &bruno_device::Layer) -> usize {
    let level = if layer.frozen {
        0
    } else if layer.recurrent {
        9
    } else {
        layer.bits as usize
    };
    // At least two, so that a bit of it can always be selected.
    usize::max(level, code_index_width(layer)).max(2)
}

/// Width of a bank's data port: a level or a weight code. At least two, so that a bit of it can always be selected.
pub(crate) fn data_width(layer: &bruno_device::Layer) -> usize {
    match layer.frozen {
        true => usize::max(layer.bits as usize, 2),
        false => layer.current.bits as usize,
    }
}

pub(crate) fn code_index_width(layer: &bruno_device::Layer) -> usize {
    neuron_bits(layer.neurons) as usize + index_bits(layer.fan_in())
}

impl Bank<'_> {
    /// Writes of level tables and weight codes.
    pub(super) fn memory_block(&self) -> String {
        let mut text = String::from(WIDE_ADDRESS);
        text += &self.weight_address();
        text += &self.unused_index();
        text += END_WIDE_ADDRESS;
        text += &self.level_block();
        let _ = write!(
            text,
            "  always @(posedge clk_i)
    if (codes_write_i & mine) {CODE}[weight_channel][local_neuron{}] <= data_i{};\n\n",
            low(index_bits(self.size)),
            low(self.layer.bits as usize)
        );
        if readback(self.chip) {
            text += &self.read_block();
        }
        text
    }

    /// Reads over the bus: levels with their sign, codes of this bank.
    fn read_block(&self) -> String {
        let entry = |table: &str| {
            let code = low(self.layer.bits as usize);
            extend(
                &format!("{table}[index_i{code}]"),
                self.layer.current.bits,
                true,
            )
        };
        let level = match self.layer.recurrent {
            true => format!("index_i[8] ? {} : {}", entry(REC_LEVEL), entry(LEVEL)),
            false => entry(LEVEL),
        };
        let level = match self.layer.frozen {
            true => String::new(),
            false => format!("if (levels_read_i) memory_o <= {level};\n    else "),
        };
        format!(
            "  always @(posedge clk_i)
    {level}if (codes_read_i) memory_o <= mine ? {{{}'d0, {CODE}[weight_channel][local_neuron{}]}} : 32'd0;\n\n",
            32 - self.layer.bits,
            low(index_bits(self.size)),
        )
    }

    /// What some chips have no use for.
    fn unused_index(&self) -> String {
        let mut text = String::new();
        if index_width(self.layer) > code_index_width(self.layer) {
            text += "  wire unused = &{1'b0, index_i}; // a level's index is the wider one\n";
        }
        if self.layer.frozen && self.layer.bits == 1 {
            text += "  wire unused_bit = data_i[1];\n";
        }
        text
    }

    /// The level tables: reset to the card, written over the bus.
    fn level_block(&self) -> String {
        if self.layer.frozen {
            return self.frozen_levels();
        }
        let data = format!("data_i{}", range(self.layer.current.bits as usize));
        let code = low(self.layer.bits as usize);
        let write = |table: &str| format!("{table}[index_i{code}] <= {data};");
        let mut text = String::from("  always @(posedge clk_i) begin\n    if (rst_i) begin\n");
        text += &self.level_reset(LEVEL, &self.layer.levels);
        if self.layer.recurrent {
            text += &self.level_reset(REC_LEVEL, &self.layer.recurrent_levels);
        }
        text += "    end else if (levels_write_i) begin\n";
        let (level, rec_level) = (write(LEVEL), write(REC_LEVEL));
        if self.layer.recurrent {
            let _ = writeln!(
                text,
                "      if (index_i[8]) {rec_level}\n      else {level}"
            );
        } else {
            let _ = writeln!(text, "      {level}");
        }
        text + "    end\n  end\n\n"
    }

    fn frozen_levels(&self) -> String {
        let bits = self.layer.current.bits;
        let entry = |table: &str, (code, level): (usize, &i32)| {
            format!(
                "  assign {table}[{code}] = {};\n",
                literal(bits, true, *level)
            )
        };
        let own = self.layer.levels.iter().enumerate();
        let recurrent = self.layer.recurrent_levels.iter().enumerate();
        let own = own.map(|level| entry(LEVEL, level));
        let all = own.chain(recurrent.map(|level| entry(REC_LEVEL, level)));
        all.collect::<String>() + "  wire unused_reset = &{1'b0, rst_i}; // no table to reset\n\n"
    }

    /// `weight_channel` and `local_neuron` of the weight at index_i; `mine`: it is in this bank.
    fn weight_address(&self) -> String {
        let bits = neuron_bits(self.layer.neurons) as usize;
        let width = code_index_width(self.layer);
        let channel = format!(
            "  wire {} weight_channel = index_i[{}:{bits}];\n",
            range(width - bits),
            width - 1
        );
        let neuron = match bits {
            0 => "26'd0".into(),
            _ => super::text::extend_to(26, &format!("index_i{}", low(bits)), bits),
        };
        if self.size == self.layer.neurons {
            return format!(
                "{channel}  wire [25:0] local_neuron = {neuron};\n  wire mine = 1'b1;\n"
            );
        }
        format!(
            "{channel}  wire [25:0] local_neuron = {neuron} - base_i;\n  wire mine = local_neuron < 26'd{};\n",
            self.size
        )
    }

    fn level_reset(&self, table: &str, levels: &[i32]) -> String {
        let bits = self.layer.current.bits;
        let line = |(code, level): (usize, &i32)| {
            let address = literal(self.layer.bits, false, code as i32);
            format!(
                "      {table}[{address}] <= {};\n",
                literal(bits, true, *level)
            )
        };
        levels.iter().enumerate().map(line).collect()
    }

    /// The recorder's output stage, inside the clocked block: it must read a word before a new record overwrites it.
    pub(super) fn output_stage(&self) -> String {
        let words = &self.layer.model.words;
        let (wb, nb) = (index_bits(words.len()), index_bits(self.size));
        let mut text = format!(
            "
    // A word moves to the output register when that is free.
    send = !rec_valid_o | rec_ready_i;
    final_neuron = out_neuron == {nb}'d{};
    final_word = out_word == {wb}'d{};
    overrun_o <= 1'b0;
    if (clear_i) begin
      busy <= 1'b0;
      rec_valid_o <= 1'b0;
      rec_last_o <= 1'b0;
      rec_data_o <= 32'd0;
      out_word <= {wb}'d0;
      out_neuron <= {nb}'d0;
    end else begin
      if (send) begin
        rec_valid_o <= busy;
        rec_last_o <= busy & final_neuron & final_word;
        case (out_word)
",
            self.size - 1,
            words.len() - 1
        );
        for (index, word) in words.iter().enumerate().skip(1) {
            let _ = writeln!(
                text,
                "          {wb}'d{index}: rec_data_o <= out_{}[out_neuron];",
                word.name
            );
        }
        let _ = write!(
            text,
            "          default: rec_data_o <= out_{}[out_neuron];
        endcase
        if (busy) begin
          out_word <= final_word ? {wb}'d0 : out_word + {wb}'d1;
          if (final_word) out_neuron <= final_neuron ? {nb}'d0 : out_neuron + {nb}'d1;
          if (final_word & final_neuron) busy <= 1'b0;
        end
      end
      if (tick_i & last_i) begin
        if (busy & !(send & final_word & final_neuron)) overrun_o <= 1'b1;
        else begin
          busy <= 1'b1;
          {} begin
",
            words[0].name,
            self.loop_head()
        );
        for word in words {
            let _ = writeln!(
                text,
                "            out_{}[{}] = {};",
                word.name,
                self.k(),
                self.recorded(&word.name)
            );
        }
        text + "          end\n        end\n      end\n    end\n"
    }

    /// The array that a record word is taken from, extended.
    fn recorded(&self, word: &str) -> String {
        let array = self.arrays.iter().find(|a| a.name == word);
        let (bits, signed) = array.map_or((32, false), |a| (a.bits, a.signed));
        let element = format!("{word}[{}]", self.k());
        match (32 - bits, signed) {
            // Not as `extend` does it: clang would share its constants with the loop over neurons, and spill there.
            (gap, true) if gap > 0 => {
                format!("{{{{{gap}{{{element}[{}]}}}}, {element}}}", bits - 1)
            }
            _ => extend(&element, bits, signed),
        }
    }

    pub(super) fn output_declarations(&self) -> String {
        let words = self.layer.model.words.len();
        format!(
            "  reg busy;\n  reg send, final_word, final_neuron;\n  reg {} out_word;\n  reg {} out_neuron;\n",
            range(index_bits(words)),
            range(index_bits(self.size))
        )
    }
}
