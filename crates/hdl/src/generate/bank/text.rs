//! The text of a bank's blocks; `bank.rs` says what they are for.

use super::{Bank, constants};
use crate::generate::{extend, index_bits, literal, ports::range, register_map::bank_registers};
use crate::{HdlError, Printed};
use std::fmt::Write;

/// Above so many channels a simulator first asks which groups have a spike: asking each channel would take longer than
/// the rows.
const GROUPED: usize = 128;
/// Channels of a group: a word of a simulator.
const GROUP: usize = 32;

impl Bank<'_> {
    /// Local parameters, arrays, temporaries.
    pub(super) fn declarations(&self, body: &Printed) -> String {
        let mut text = String::new();
        let printed = body.text();
        let used = |name: &str| printed.contains(&name.to_uppercase());
        for (name, value) in constants(self.chip).into_iter().filter(|c| used(c.0)) {
            let _ = writeln!(
                text,
                "  localparam signed [31:0] {} = {};",
                name.to_uppercase(),
                literal(32, true, value)
            );
        }
        text += "\n  // States, one element a neuron.\n";
        for a in &self.arrays {
            let sign = if a.signed { "signed " } else { "" };
            let _ = writeln!(
                text,
                "  reg {sign}{} {} [0:{}]; // {}",
                range(a.bits as usize),
                a.name,
                self.size - 1,
                a.about
            );
        }
        text += &self.memory_declarations();
        text += &self.temporaries(body);
        text
    }

    fn memory_declarations(&self) -> String {
        let mut text = format!(
            "\n  // Synapses: weight code [channel * {size} + neuron], and the currents of the codes.\n  reg {} code [0:{}];\n",
            range(self.layer.bits as usize),
            self.layer.fan_in() * self.size - 1,
            size = self.size
        );
        text += &self.level_declarations();
        text += "\n  // Recorder: the last window's words while they leave.\n";
        for word in self.layer.record_words(self.chip.recorder) {
            let _ = writeln!(text, "  reg [31:0] out_{word} [0:{}];", self.size - 1);
        }
        text
    }

    /// The currents of the codes.
    pub(in crate::generate) fn level_declarations(&self) -> String {
        let level = range(self.chip.description.formats.i_bits as usize);
        let last = (1 << self.layer.bits) - 1;
        let mut text = format!("  reg signed {level} level [0:{last}];\n");
        if self.layer.recurrent {
            let _ = writeln!(text, "  reg signed {level} rec_level [0:{last}];");
        }
        text
    }

    fn temporaries(&self, body: &Printed) -> String {
        let mut text = String::from(
            "\n  // Temporaries of one tick; no value is kept in them. Waiver: all are words of 32 bits (one storage class keeps\n  \
             // the loop vectorisable), so the upper bits of some are never read.\n  /* verilator lint_off UNUSEDSIGNAL */\n",
        );
        let _ = writeln!(text, "  reg signed [31:0] inject [0:{}];", self.size - 1);
        if self.spiking() {
            let _ = writeln!(text, "  reg [31:0] fired [0:{}];", self.size - 1);
        }
        text += "  reg signed [31:0] carry; // all ones, zero in a window's first tick\n  reg signed [31:0] n_fired;\n  reg signed [31:0] n_saturated;\n";
        let _ = writeln!(
            text,
            "  reg {} k;\n  reg [25:0] j;\n  reg [25:0] row;",
            range(self.size_bits())
        );
        if self.grouped().next().is_some() {
            text += "  reg [25:0] g;\n";
        }
        for (_, r) in bank_registers(self.layer) {
            let _ = writeln!(text, "  reg signed [31:0] c_{};", r.name);
        }
        if self.layer.options.random() {
            text += "  reg [31:0] c_random;\n  reg [31:0] c_base;\n  reg [31:0] index; // of the neuron in the layer\n";
        }
        text += &body.declarations(1);
        text += "  /* verilator lint_on UNUSEDSIGNAL */\n";
        text += &self.group_declarations();
        text += &self.output_declarations();
        text + "\n"
    }

    /// Bits of a loop index that must reach the bank's size.
    fn size_bits(&self) -> usize {
        // At least two, so that a bit of it can always be selected.
        usize::max(2, index_bits(self.size + 1))
    }

    /// The clocked block: copies, synapse rows, the loop over neurons, spikes, the record.
    pub(super) fn array_block(&self, body: &Printed) -> Result<String, HdlError> {
        let mut text = String::from(
            "  // Waiver: the arrays and temporaries are private to this block, so the order of blocking assignments is the\n  \
             // order of the tick; what leaves the block is assigned with `<=`.\n  /* verilator lint_off BLKSEQ */\n  \
             always @(posedge clk_i) begin\n",
        );
        for (_, r) in bank_registers(self.layer) {
            let _ = writeln!(text, "    c_{} = 32'sd0;", r.name);
        }
        if self.layer.options.random() {
            let base = if self.split() {
                "{6'd0, base_i}"
            } else {
                "32'd0"
            };
            let _ = writeln!(
                text,
                "    c_random = random_i;\n    c_base = {base};\n    index = 32'd0;"
            );
        }
        text += "    carry = first_i ? 32'sd0 : -32'sd1;\n    n_fired = 32'sd0;\n    n_saturated = 32'sd0;\n    row = 26'd0;\n    j = 26'd0;\n";
        if self.grouped().next().is_some() {
            text += "    g = 26'd0;\n";
        }
        text += &body.zeroes(2);
        text += "    if (clear_i) begin\n";
        text += &self.rest();
        text += "    end else if (tick_i) begin\n";
        text += &self.rows();
        text += &self.registers();
        text += &self.neurons(body)?;
        text += &self.spikes();
        text += "    end\n";
        text += &self.output_stage();
        text += "  end\n  /* verilator lint_on BLKSEQ */\n\n";
        Ok(text)
    }

    pub(super) fn loop_head(&self) -> String {
        format!(
            "for (k = {0}'d0; k < {0}'d{1}; k = k + {0}'d1)",
            self.size_bits(),
            self.size
        )
    }

    fn rest(&self) -> String {
        let mut text = format!("      {} begin\n", self.loop_head());
        for a in &self.arrays {
            let value = match a.rest {
                Some(register) => format!("{register}_i[{}:0]", a.bits - 1),
                None => literal(a.bits, a.signed, 0),
            };
            let _ = writeln!(text, "        {}[{}] = {value};", a.name, self.k());
        }
        text += "      end\n";
        if self.spiking() {
            let _ = writeln!(text, "      spike_o <= {}'d0;", self.size);
        }
        text + "      saturated_o <= 32'd0;\n"
    }

    /// Currents of the spiking channels; a tick without spikes costs one comparison.
    fn rows(&self) -> String {
        let mut text = format!(
            "      {} inject[{}] = 32'sd0;\n",
            self.loop_head(),
            self.k()
        );
        text += &self.row("pre_i", self.layer.inputs, 0, "level");
        if self.layer.recurrent {
            text += &self.row(
                "rec_spike_i",
                self.layer.neurons,
                self.layer.inputs,
                "rec_level",
            );
        }
        text
    }

    /// Adds the rows of the channels that spike: `spikes` are those of `channels`, whose rows begin at `offset`.
    fn row(&self, spikes: &str, channels: usize, offset: usize, table: &str) -> String {
        let any = if channels == 1 {
            spikes.to_string()
        } else {
            format!("|{spikes}")
        };
        let mut text = format!("      if ({any})\n");
        if channels > GROUPED {
            let groups = channels.next_multiple_of(GROUP);
            let low = range(index_bits(groups));
            let _ = write!(
                text,
                "        for (g = 26'd0; g < 26'd{groups}; g = g + 26'd{GROUP})
          if (|{spikes}_groups[g{low} +: {GROUP}])
            for (j = g; j < g + 26'd{GROUP}; j = j + 26'd1)
              if ({spikes}_groups[j{low}])
"
            );
        } else {
            let j = match index_bits(channels) {
                _ if channels == 1 => String::new(),
                1 => "[j[0]]".into(),
                bits => format!("[j[{}:0]]", bits - 1),
            };
            let _ = write!(
                text,
                "        for (j = 26'd0; j < 26'd{channels}; j = j + 26'd1)
          if ({spikes}{j})
"
            );
        }
        text + &self.row_of_channel(offset, table)
    }

    /// Adds the row of channel `j`.
    fn row_of_channel(&self, offset: usize, table: &str) -> String {
        let i_bits = self.chip.description.formats.i_bits;
        let depth = index_bits(self.layer.fan_in() * self.size);
        let k = self.k();
        let level = format!("{table}[code[row[{}:0]]]", depth - 1);
        let value = format!(
            "{{{{{}{{{level}[{}]}}}}, {level}}}",
            32 - i_bits,
            i_bits - 1
        );
        format!(
            "            {} begin
              row = (j + 26'd{offset}) * 26'd{} + {};
              inject[{k}] = inject[{k}] + {value};
            end
",
            self.loop_head(),
            self.size,
            extend_to(26, "k", self.size_bits())
        )
    }

    /// Spikes of many channels, filled up to whole groups.
    fn group_declarations(&self) -> String {
        let mut text = String::new();
        for (spikes, channels) in self.grouped() {
            let groups = channels.next_multiple_of(GROUP);
            let filled = extend_to(groups, spikes, channels);
            let _ = writeln!(text, "  wire {} {spikes}_groups = {filled};", range(groups));
        }
        text
    }

    /// Ports whose spikes are looked at by groups, with their width.
    fn grouped(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let own = if self.layer.recurrent {
            self.layer.neurons
        } else {
            0
        };
        let all = [("pre_i", self.layer.inputs), ("rec_spike_i", own)];
        all.into_iter().filter(|port| port.1 > GROUPED)
    }

    /// The registers that the loop over neurons reads, as its words: just before it, so that a simulator spreads them
    /// into vectors from where they stand.
    fn registers(&self) -> String {
        let mut text = String::from("      // Registers, extended once for all neurons.\n");
        for (_, r) in bank_registers(self.layer) {
            let value = extend(&format!("{}_i", r.name), r.bits, r.signed);
            let _ = writeln!(text, "      c_{} = {value};", r.name);
        }
        text
    }

    fn neurons(&self, body: &Printed) -> Result<String, HdlError> {
        let mut text = format!("      {} begin\n", self.loop_head());
        if self.layer.options.random() {
            let k = extend_to(32, "k", self.size_bits());
            let _ = writeln!(text, "        index = c_base + {k};");
        }
        text += &body.text();
        for a in &self.arrays {
            let next = body.output(&format!("{}_next", a.name))?;
            let slice = if a.bits == 32 {
                String::new()
            } else {
                range(a.bits as usize)
            };
            let _ = writeln!(text, "        {}[{}] = {next}{slice};", a.name, self.k());
        }
        if self.spiking() {
            let spike = body.output("spike")?;
            let _ = writeln!(
                text,
                "        fired[{}] = {spike};\n        n_fired = n_fired + {spike};",
                self.k()
            );
        }
        let clips = body.output(if self.spiking() { "saturated" } else { "i_sat" })?;
        let _ = writeln!(
            text,
            "        n_saturated = n_saturated + {clips};\n      end"
        );
        // A neuron counts two at most: what is wider is zero, and no register.
        let bits = index_bits(2 * self.size + 1);
        let counted = format!("n_saturated[{}:0]", bits - 1);
        let _ = writeln!(
            text,
            "      saturated_o <= {};",
            extend_to(32, &counted, bits)
        );
        Ok(text)
    }

    fn spikes(&self) -> String {
        if !self.spiking() {
            return String::new();
        }
        let target = if self.size == 1 {
            "spike_o".into()
        } else {
            format!("spike_o[{}]", self.k())
        };
        format!(
            "      if (n_fired != 32'sd0) {} {target} <= fired[{}][0];\n      else spike_o <= {}'d0;\n",
            self.loop_head(),
            self.k(),
            self.size
        )
    }
}

/// Zero-extension of a `from`-bit signal.
pub(super) fn extend_to(bits: usize, signal: &str, from: usize) -> String {
    match bits - from {
        0 => signal.to_string(),
        gap => format!("{{{gap}'d0, {signal}}}"),
    }
}
