//! A lane: one datapath with the memories of the neurons that it serves.

use super::datapath::{Datapath, constant_declarations};
use super::{lane_module, saturation_bits, slot_bits, synapses};
use crate::HdlError;
use crate::generate::bank::{Array, saturations};
use crate::generate::{
    header, index_bits, literal,
    memory::{Kind, Memory, Pin},
    ports::range,
    readback,
    register_file::value_type,
    register_map::{bank_registers, register_constants, register_ports},
};
use bruno_device::{Chip, Layer, RecordWord, Rest};
use std::fmt::Write;

/// The arrays that a record holds, in its order.
pub fn recorded(layer: &Layer, arrays: &[Array]) -> Vec<Array> {
    let find = |word: &RecordWord| arrays.iter().find(|a| a.name == word.name).cloned();
    layer.model.words.iter().filter_map(find).collect()
}

/// Bits of a record of one neuron, every word at its own width.
pub fn record_bits(recorded: &[Array]) -> u32 {
    recorded.iter().map(|a| a.bits).sum()
}

/// The module of a lane of `neurons` neurons.
pub fn print(chip: &Chip, layer: &Layer, index: usize, neurons: usize) -> Result<String, HdlError> {
    let lane = Lane {
        chip,
        layer,
        neurons,
        path: Datapath::new(chip, layer)?,
    };
    let about = format!(
        "A lane: one datapath for {neurons} neurons of layer `{}` (layer {index}).",
        layer.name
    );
    let mut text = header(chip, &about);
    let _ = writeln!(text, "module {} (", lane_module(chip, layer, neurons));
    text += &lane.ports();
    text += &register_constants(layer, |_| true);
    text += &synapses::frozen_levels(layer);
    text += &lane.declarations()?;
    text += &lane.timing();
    text += &lane.reads();
    text += &synapses::print(chip, layer, neurons);
    text += &lane.path.pipeline.blocks();
    text += &lane.unused_registers();
    text += &lane.writes()?;
    Ok(text + "endmodule\n")
}

struct Lane<'a> {
    chip: &'a Chip,
    layer: &'a Layer,
    neurons: usize,
    path: Datapath,
}

impl Lane<'_> {
    fn spiking(&self) -> bool {
        self.layer.spikes()
    }

    fn recorded(&self) -> Vec<Array> {
        recorded(self.layer, &self.path.arrays)
    }

    /// Bits of an address of the lane's memories.
    fn address_bits(&self) -> usize {
        index_bits(self.neurons)
    }

    fn ports(&self) -> String {
        let slot = range(slot_bits(self.chip));
        let levels = range(synapses::table_bits(self.layer));
        let mut text = format!(
            "  input             clk_i,
  input             rst_i,
  input             read_i,          // slot_i enters the pipeline
  input      {slot} slot_i,
  input             fresh_i,         // first tick since the states' reset: they count as at rest
  input             first_i,         // first tick of a window
  input             capture_i,       // last tick of a window: keep a record
  input             done_i,          // last cycle of a tick
  input      {} pre_i,           // presynaptic spikes
",
            range(self.layer.inputs)
        );
        if self.layer.recurrent {
            let _ = writeln!(
                text,
                "  input      {} rec_spike_i,     // the layer's own spikes of the last tick",
                range(self.layer.neurons)
            );
        }
        if !self.layer.frozen {
            let _ = writeln!(
                text,
                "  input      {levels} levels_i,        // currents of the codes"
            );
        }
        if self.layer.recurrent && !self.layer.frozen {
            let _ = writeln!(text, "  input      {levels} rec_levels_i,");
        }
        if self.layer.options.random() {
            text += "  input      [31:0] random_i,        // state of the layer's random numbers\n  input      [31:0] base_i,          // first neuron of the lane (constant)\n";
        }
        if self.spiking() {
            let _ = writeln!(
                text,
                "  output reg {} fired_o,         // neurons that fired in this tick",
                range(self.neurons)
            );
        }
        for a in self
            .path
            .arrays
            .iter()
            .filter(|a| a.rest.register().is_some())
        {
            let _ = writeln!(text, "  input      {} {}_rest_i,", a.declared(), a.name);
        }
        let _ = write!(
            text,
            "  output reg {} saturated_o,     // saturated updates in this cycle
  input             code_write_i,    // write code_i to the weight of code_slot_i and code_channel_i
  input      {} code_slot_i,
  input      {} code_channel_i,
  input      {} code_i,
{}  input             record_read_i,   // read the record of record_slot_i
  input      {} record_slot_i,
  output     {} record_o",
            format_args!("{:<6}", range(saturation_bits(self.layer))),
            range(self.address_bits()),
            range(index_bits(self.layer.fan_in())),
            range(self.layer.bits as usize),
            self.read_ports(),
            range(self.address_bits()),
            range(record_bits(&self.recorded()) as usize),
        );
        for r in register_ports(self.layer) {
            let _ = write!(text, ",\n  input {} {}_i", value_type(&r), r.name);
        }
        text + "\n);\n\n"
    }

    /// Ports by which a weight is read over the bus.
    fn read_ports(&self) -> String {
        if !readback(self.chip) {
            return String::new();
        }
        let code = range(self.layer.bits as usize);
        format!(
            "  input             code_read_i,     // read it, between two ticks\n  output     {code} code_o,\n"
        )
    }

    fn declarations(&self) -> Result<String, HdlError> {
        let mut text = constant_declarations(self.chip, self.layer, &self.path.printed);
        text += "  // States of the neuron read last.\n";
        for a in &self.path.arrays {
            let _ = writeln!(text, "  wire {} {}_q; // {}", a.declared(), a.name, a.about);
        }
        if self.layer.options.random() {
            text += "  reg [31:0] index_q; // of the neuron in the layer\n";
        }
        text += "\n  // The last window's record of the neuron read last.\n";
        for a in self.recorded() {
            let _ = writeln!(text, "  wire {} out_{}_q;", a.declared(), a.name);
        }
        text += &synapses::declarations(self.layer);
        text += "  // Values of the pipeline. Waiver: all are words of 32 bits, so the upper bits of some are never read.\n";
        text += "  /* verilator lint_off UNUSEDSIGNAL */\n";
        text += &self.path.printed.declarations(1);
        text += &self.path.pipeline.declarations();
        text += "  /* verilator lint_on UNUSEDSIGNAL */\n";
        let counters: Vec<&str> = self.slot_counters().map(|(name, _)| name).collect();
        let (depth, address) = (
            range(self.path.pipeline.depth()),
            range(self.address_bits()),
        );
        let _ = writeln!(
            text,
            "  reg {depth} valid_q; // stages that hold a neuron\n  reg {address} {};\n",
            counters.join(", ")
        );
        Ok(text)
    }

    /// Which stages hold a neuron, and the slot that is written next.
    fn timing(&self) -> String {
        let (last, address) = (self.path.last(), self.address_bits());
        let gap = slot_bits(self.chip) - address;
        let mut text = String::from("  // Slots beyond the lane's neurons pass without effect.\n");
        let enter = if self.neurons == self.chip.fold {
            "read_i".to_string()
        } else {
            let slots = slot_bits(self.chip);
            format!("read_i & (slot_i < {slots}'d{})", self.neurons)
        };
        let _ = writeln!(text, "  wire enter = {enter};");
        let slot = match (gap, address) {
            (0, _) => "slot_i".to_string(),
            (_, 1) => "slot_i[0]".to_string(),
            _ => format!("slot_i[{}:0]", address - 1),
        };
        let _ = writeln!(text, "  wire {} read_slot = {slot};\n", range(address));
        let shift = if last == 0 {
            "enter".to_string()
        } else if last == 1 {
            "{valid_q[0], enter}".into()
        } else {
            format!("{{valid_q[{}:0], enter}}", last - 1)
        };
        let counters: Vec<(&str, usize)> = self.slot_counters().collect();
        let width = "write_slot_q".len();
        let _ = writeln!(
            text,
            "  always @(posedge clk_i) begin\n    if (rst_i) begin\n      valid_q      <= {}'d0;",
            last + 1
        );
        for (name, _) in &counters {
            let _ = writeln!(text, "      {name:<width$} <= {address}'d0;");
        }
        let _ = writeln!(text, "    end else begin\n      valid_q <= {shift};");
        for (name, stage) in &counters {
            let _ = writeln!(
                text,
                "      if (done_i) {name} <= {address}'d0;
      else if (valid_q[{stage}]) {name} <= {name} + {address}'d1;"
            );
        }
        text + "    end\n  end\n\n"
    }

    /// Slots that are counted, and the stage that a neuron is in meanwhile.
    fn slot_counters(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let Datapath { early, late, .. } = self.path;
        let between = (early > 0 && early < late).then(|| ("early_slot_q", early - 1));
        let both = [
            ("late_slot_q", late - 1),
            ("write_slot_q", self.path.last()),
        ];
        between.into_iter().chain(both)
    }

    /// When the states are read, and which slot's.
    fn early_read(&self) -> (String, &'static str) {
        let Datapath { early, late, .. } = self.path;
        match early {
            0 => ("enter".into(), "read_slot"),
            _ if early < late => (format!("valid_q[{}]", early - 1), "early_slot_q"),
            _ => (format!("valid_q[{}]", early - 1), "late_slot_q"),
        }
    }

    /// The states a cycle before their stage, at rest in the first tick; what gathers over a window, a cycle before the last
    /// stage needs it.
    fn reads(&self) -> String {
        let (late, early): (Vec<&Array>, Vec<&Array>) =
            self.path.arrays.iter().partition(|a| a.accumulates());
        let mut text = String::new();
        if self.layer.options.random() {
            let (when, slot) = self.early_read();
            let gap = 32 - self.address_bits();
            let _ = writeln!(
                text,
                "  always @(posedge clk_i) if ({when}) index_q <= base_i + {{{gap}'d0, {slot}}};\n"
            );
        }
        for a in late.into_iter().chain(early) {
            let (when, anew) = match (&a.opens, a.rest) {
                (Some(value), _) => ("first_i", value.clone()),
                (None, Rest::Register(_)) => ("fresh_i", format!("{}_rest_i", a.name)),
                (None, Rest::Code(code)) => ("fresh_i", literal(a.bits, a.signed, code)),
            };
            let _ = writeln!(
                text,
                "  wire {} {1}_now = {when} ? {anew} : {1}_q;",
                a.declared(),
                a.name
            );
        }
        text + "\n"
    }

    /// Registers that the bank hands on and the kernels of this rounding do not read.
    fn unused_registers(&self) -> String {
        let read = |name: &String| {
            let mut reads = self.path.printed.statements.iter().flat_map(|s| &s.reads);
            reads.any(|r| r == name)
        };
        let ports = bank_registers(self.layer).map(|(_, r)| format!("{}_i", r.name));
        let unused: Vec<String> = ports.filter(|name| !read(name)).collect();
        if unused.is_empty() {
            return String::new();
        }
        format!(
            "  wire unused_registers = &{{1'b0, {}}};\n\n",
            unused.join(", ")
        )
    }

    /// A memory of a word a slot, written in the last stage.
    fn memory(
        &self,
        name: &str,
        a: &Array,
        read: (&str, &str),
        write: &str,
    ) -> Result<String, HdlError> {
        let value = self.path.output(&a.next())?;
        let value = match a.bits {
            32 => value,
            bits => format!("{value}{}", range(bits as usize)),
        };
        let memory = Memory::new(Kind::TwoPorts, a.bits as usize, self.neurons);
        let word = format!("{name}_q");
        let ports: [&[Pin]; 2] = [
            &[
                ("read_i", read.0),
                ("read_address_i", read.1),
                ("data_o", &word),
            ],
            &[
                ("write_i", write),
                ("write_address_i", "write_slot_q"),
                ("data_i", &value),
            ],
        ];
        Ok(memory.instance(self.chip, name, &ports))
    }

    /// States, record, spike and saturations of the neuron in the last stage.
    fn writes(&self) -> Result<String, HdlError> {
        let last = self.path.last();
        let valid = format!("valid_q[{last}]");
        let mut text = String::from("  // States, one word a slot.\n");
        let (when, slot) = self.early_read();
        let gathered = format!("valid_q[{}]", self.path.late - 1);
        for a in &self.path.arrays {
            let read = match a.accumulates() {
                true => (&*gathered, "late_slot_q"),
                false => (&*when, slot),
            };
            text += &self.memory(&a.name, a, read, &valid)?;
        }
        text += "\n  // The last window's record while it leaves.\n";
        let (read, write) = (
            ("record_read_i", "record_slot_i"),
            format!("{valid} & capture_i"),
        );
        for a in self.recorded() {
            text += &self.memory(&format!("out_{}", a.name), &a, read, &write)?;
        }
        text += "\n";
        let words: Vec<String> = self
            .recorded()
            .iter()
            .rev()
            .map(|a| format!("out_{}_q", a.name))
            .collect();
        let _ = writeln!(text, "  assign record_o = {{{}}};\n", words.join(", "));
        let (clips, bits) = (
            self.path.output(saturations(self.layer))?,
            saturation_bits(self.layer),
        );
        let _ = write!(
            text,
            "  always @(posedge clk_i) begin\n    saturated_o <= valid_q[{last}] ? {clips}{} : {bits}'d0;\n",
            range(bits)
        );
        if self.spiking() {
            let target = if self.neurons == 1 {
                "fired_o".into()
            } else {
                "fired_o[write_slot_q]".to_string()
            };
            let _ = writeln!(
                text,
                "    if (valid_q[{last}]) {target} <= {}[0];",
                self.path.output("spike")?
            );
        }
        Ok(text + "  end\n\n")
    }
}
