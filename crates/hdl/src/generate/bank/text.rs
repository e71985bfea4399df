//! The text of a bank's blocks; `bank.rs` says what they are for.

use super::names::{CLIPPED, CODE, FIRED, INJECT, LEVEL, REC_LEVEL};
use super::{Array, Bank, Bodies, constants};
use crate::HdlError;
use crate::atoms::Type;
use crate::generate::{extend, index_bits, literal, ports::range, register_map::bank_registers};
use bruno_device::{RegisterId, Rest};
use std::fmt::Write;

impl Bank<'_> {
    /// Local parameters, arrays, temporaries.
    pub(super) fn declarations(&self, bodies: &Bodies) -> String {
        let mut text = String::new();
        let printed = bodies.all().map(|body| body.text()).concat();
        // Names of a file may be these; its program has none of them.
        let by_hand = self.layer.model.program.is_none();
        let used = |name: &str| by_hand && printed.contains(&name.to_uppercase());
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
        text += &self.temporaries(bodies);
        text
    }

    fn memory_declarations(&self) -> String {
        let mut text = format!(
            "\n  // Synapses: weight code [channel][neuron], and the currents of the codes.\n  reg {} {CODE} [0:{}][0:{}];\n",
            range(self.layer.bits as usize),
            self.layer.fan_in() - 1,
            self.size - 1
        );
        text += &self.level_declarations();
        text += "\n  // Recorder: the last window's words while they leave.\n";
        for word in &self.layer.model.words {
            let _ = writeln!(
                text,
                "  reg [31:0] out_{} [0:{}];",
                word.name,
                self.size - 1
            );
        }
        text
    }

    /// The currents of the codes.
    pub(in crate::generate) fn level_declarations(&self) -> String {
        let level = range(self.layer.current.bits as usize);
        let last = (1 << self.layer.bits) - 1;
        let kind = if self.layer.frozen { "wire" } else { "reg" };
        let mut text = format!("  {kind} signed {level} {LEVEL} [0:{last}];\n");
        if self.layer.recurrent {
            let _ = writeln!(text, "  {kind} signed {level} {REC_LEVEL} [0:{last}];");
        }
        text
    }

    fn temporaries(&self, bodies: &Bodies) -> String {
        let mut text = String::from(
            "\n  // Temporaries of one tick; no value is kept in them. Waiver: all are words of 32 bits (one storage class keeps\n  \
             // the loop vectorisable), so the upper bits of some are never read.\n  /* verilator lint_off UNUSEDSIGNAL */\n",
        );
        let last = self.size - 1;
        let _ = writeln!(
            text,
            "  reg signed [31:0] {INJECT} [0:{last}];\n  reg signed [31:0] {CLIPPED} [0:{last}];"
        );
        if self.spiking() {
            let _ = writeln!(
                text,
                "  reg signed [31:0] {FIRED} [0:{last}];\n  reg [31:0] spikes;"
            );
        }
        let happened = match self.spiking() {
            true => "not zero: a neuron fired or saturated; negative: fired",
            false => "not zero: a neuron saturated",
        };
        let _ = writeln!(
            text,
            "  reg signed [31:0] happened; // {happened}\n  reg signed [31:0] n_saturated;"
        );
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
        for copy in self.copied() {
            let _ = writeln!(text, "  reg signed [31:0] {copy};");
        }
        let top = self.layer.bits - 1;
        let _ = writeln!(text, "  reg [{top}:0] pick; // a weight code");
        text += &bodies.all().map(|body| body.declarations(1)).concat();
        text += "  /* verilator lint_on UNUSEDSIGNAL */\n";
        text += &self.group_declarations();
        text += &self.output_declarations();
        text + "\n"
    }

    /// Bits of a loop index that must reach the bank's size.
    pub(super) fn size_bits(&self) -> usize {
        // At least two, so that a bit of it can always be selected.
        usize::max(2, index_bits(self.size + 1))
    }

    /// The clocked block: copies, synapse rows, the loops over neurons, the record.
    pub(super) fn array_block(&self, bodies: &Bodies) -> Result<String, HdlError> {
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
        if self.spiking() {
            text += "    spikes = 32'd0;\n";
        }
        text +=
            "    happened = 32'sd0;\n    n_saturated = 32'sd0;\n    row = 26'd0;\n    j = 26'd0;\n";
        if self.grouped().next().is_some() {
            text += "    g = 26'd0;\n";
        }
        for copy in self.copied() {
            let _ = writeln!(text, "    {copy} = 32'sd0;");
        }
        let _ = writeln!(text, "    pick = {}'d0;", self.layer.bits);
        text += &bodies.all().map(|body| body.zeroes(2)).concat();
        text += "    if (clear_i) begin\n";
        text += &self.rest();
        text += "    end else if (tick_i) begin\n";
        text += &self.rows();
        text += &self.opening();
        text += &self.registers();
        text += &self.loops(bodies)?;
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
                Rest::Register(id) => self.rest_of(id, a),
                Rest::Code(code) => literal(a.bits, a.signed, code),
            };
            let _ = writeln!(text, "        {}[{}] = {value};", a.name, self.k());
        }
        text += "      end\n";
        if self.spiking() {
            let _ = writeln!(text, "      spike_o <= {}'d0;", self.size);
        }
        text + "      saturated_o <= 32'd0;\n"
    }

    /// A register's value in the bits of an array. Those of the table have as many as any state.
    fn rest_of(&self, id: RegisterId, a: &Array) -> String {
        let r = self.register(id);
        let port = format!("{}_i", r.name);
        match r.bits >= a.bits {
            true => format!("{port}{}", low_of(a.bits, r.bits)),
            false => crate::expression::resized(
                &port,
                Type {
                    bits: r.bits,
                    signed: r.signed,
                },
                a.bits,
            ),
        }
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
}

/// The lower `bits` of a register of `of`, `[n:0]`. A register of the table keeps its range even where it is whole.
fn low_of(bits: u32, of: u32) -> String {
    match (bits, of) {
        (1, 1) => String::new(),
        _ => format!("[{}:0]", bits - 1),
    }
}

/// Zero-extension of a `from`-bit signal.
pub(super) fn extend_to(bits: usize, signal: &str, from: usize) -> String {
    match bits - from {
        0 => signal.to_string(),
        gap => format!("{{{gap}'d0, {signal}}}"),
    }
}
