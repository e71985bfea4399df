//! A lane: one datapath with the memories of the neurons that it serves.

mod ports;

use super::datapath::Datapath;
use super::{lane_module, saturation_bits, slot_bits, synapses};
use crate::HdlError;
use crate::generate::bank::{Array, saturations};
use crate::generate::lists::{list, unused, vector};
use crate::generate::register_map::register_ports;
use crate::generate::{
    Text, card, header, index_bits, literal,
    memory::{Kind, Memory, Pin},
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

/// Before and behind the words of a lane that trains.
const WAIVER: &str =
    "  // Waiver: all are words of 32 bits, so the upper bits of some are never read.
  /* verilator lint_off UNUSEDSIGNAL */
";
const WAIVED: &str = "  /* verilator lint_on UNUSEDSIGNAL */\n";

/// The module of a lane of `neurons` neurons.
pub fn print(
    chip: &Chip,
    (layer, index): (&Layer, usize),
    neurons: usize,
    text: Text,
) -> Result<String, HdlError> {
    let lane = Lane {
        chip,
        layer,
        neurons,
        text,
        path: match text {
            Text::Delivered => Datapath::new(chip, layer)?,
            Text::Training => Datapath::to_train(chip, layer)?,
        },
    };
    let about = format!(
        "A lane: one datapath for {neurons} neurons of layer `{}` (layer {index}).",
        layer.name
    );
    Ok([
        header(chip, &about),
        format!("module {} (\n", lane_module(chip, layer, neurons)),
        list(&lane.ports()),
        ");\n\n".into(),
        lane.constants(),
        lane.timing(),
        synapses::print(chip, layer, neurons),
        lane.states(),
        lane.next_states(),
        lane.memories()?,
        lane.record()?,
        lane.results()?,
        "endmodule\n".into(),
    ]
    .concat())
}

struct Lane<'a> {
    chip: &'a Chip,
    layer: &'a Layer,
    neurons: usize,
    text: Text,
    path: Datapath,
}

impl Lane<'_> {
    fn recorded(&self) -> Vec<Array> {
        recorded(self.layer, &self.path.arrays)
    }

    /// Bits of an address of the lane's memories.
    fn address_bits(&self) -> usize {
        index_bits(self.neurons)
    }

    /// Constants of the formats and of a frozen card, and its level tables.
    fn constants(&self) -> String {
        let read = |name: &str| self.path.kernels.reads(name);
        let mut text = card::declarations(self.chip, self.layer, self.text, &read);
        if !text.is_empty() {
            text.push('\n');
        }
        text + &synapses::frozen_levels(self.layer)
    }

    /// Which stages hold a neuron, and the slot that is written next.
    fn timing(&self) -> String {
        let (last, address) = (self.path.last(), self.address_bits());
        let mut text = format!(
            "  // Stages that hold a neuron; the slots of those whose states are read and written.\n  reg  {} valid_q;\n",
            vector(last + 1)
        );
        let counters: Vec<(&str, usize)> = self.slot_counters().collect();
        for (name, _) in &counters {
            let _ = writeln!(text, "  reg  {} {name};", vector(address));
        }
        text += &self.entering();
        let shift = match last {
            0 => "enter".to_string(),
            1 => "{valid_q[0], enter}".into(),
            _ => format!("{{valid_q[{}:0], enter}}", last - 1),
        };
        let width = "write_slot_q".len();
        let _ = writeln!(
            text,
            "  always @(posedge clk_i) begin\n    if (rst_i) begin\n      {:<width$} <= {}'d0;",
            "valid_q",
            last + 1
        );
        for (name, _) in &counters {
            let _ = writeln!(text, "      {name:<width$} <= {address}'d0;");
        }
        let _ = writeln!(text, "    end else begin\n      valid_q <= {shift};");
        for (name, stage) in &counters {
            let _ = writeln!(
                text,
                "      if (done_i) begin
        {name} <= {address}'d0;
      end else if (valid_q[{stage}]) begin
        {name} <= {name} + {address}'d1;
      end"
            );
        }
        text + "    end\n  end\n\n"
    }

    /// Whether a neuron enters, and which.
    fn entering(&self) -> String {
        let (slots, address) = (slot_bits(self.chip), self.address_bits());
        let (comment, enter) = match self.neurons == self.chip.fold {
            true => ("", "read_i".to_string()),
            false => (
                "  // Slots beyond the lane's neurons pass without effect.\n",
                format!("read_i & (slot_i < {slots}'d{})", self.neurons),
            ),
        };
        let slot = match slots - address {
            0 => "slot_i".to_string(),
            _ => format!("slot_i[{}:0]", address - 1),
        };
        format!(
            "\n{comment}  wire enter = {enter};\n  wire {} read_slot = {slot};\n\n",
            vector(address)
        )
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

    /// The states of the neuron read last, at rest in the first tick, and what gathers over a window.
    fn states(&self) -> String {
        let mut text =
            String::from("  // States of the neuron read last, and what gathers over a window.\n");
        for a in &self.path.arrays {
            let kind = format!("{:<14}", a.declared());
            let _ = writeln!(text, "  wire {kind} {}_q; // {}", a.name, a.about);
        }
        text.push('\n');
        for a in &self.path.arrays {
            let (when, anew) = match (&a.opens, a.rest) {
                (Some(value), _) => ("first_i", value.clone()),
                (None, Rest::Register(_)) => ("fresh_i", format!("{}_rest_i", a.name)),
                (None, Rest::Code(code)) => ("fresh_i", literal(a.bits, a.signed, code)),
            };
            let value = format!("{0}_now = {when} ? {anew} : {0}_q", a.name);
            let _ = writeln!(text, "  wire {:<14} {value};", a.declared());
        }
        text.push('\n');
        if self.layer.options.random() {
            let (when, slot) = self.early_read();
            let gap = 32 - self.address_bits();
            let _ = writeln!(
                text,
                "  reg  [31:0] index_q; // of the neuron in the layer

  always @(posedge clk_i) begin
    if ({when}) begin
      index_q <= base_i + {{{gap}'d0, {slot}}};
    end
  end
"
            );
        }
        text
    }

    /// Memories of the states, read a cycle before their stage; of what gathers over a window, read a cycle before the
    /// last stage needs it.
    fn memories(&self) -> Result<String, HdlError> {
        let (when, slot) = self.early_read();
        let gathered = format!("valid_q[{}]", self.path.late - 1);
        let valid = format!("valid_q[{}]", self.path.last());
        let mut text = String::from("  // A word a slot, written in the last stage.\n");
        for a in &self.path.arrays {
            let read = match a.accumulates() {
                true => (&*gathered, "late_slot_q"),
                false => (&*when, slot),
            };
            text += &self.memory(&a.name, a, read, &valid)?;
        }
        text.push('\n');
        Ok(text)
    }

    /// The kernels, a block a stage.
    fn next_states(&self) -> String {
        let Datapath {
            kernels, pipeline, ..
        } = &self.path;
        let mut text = String::from("  // What happens in a tick (docs/semantics.md).\n");
        let mut words = kernels.declarations();
        let registers = pipeline.declarations();
        if !registers.is_empty() {
            words += "\n  // The same in the stage of the number.\n";
            words += &registers;
        }
        text += &match self.text {
            Text::Delivered => words,
            Text::Training => format!("{WAIVER}{words}{WAIVED}"),
        };
        text.push('\n');
        text += &pipeline.blocks();
        text + &self.unused()
    }

    /// Bits that nothing reads.
    fn unused(&self) -> String {
        let mut others: Vec<(String, u32)> = register_ports(self.layer)
            .map(|r| (format!("{}_i", r.name), r.bits))
            .collect();
        if self.layer.options.random() {
            others.extend([("random_i".into(), 32), ("index_q".into(), 32)]);
        }
        let Datapath {
            kernels, pipeline, ..
        } = &self.path;
        unused(
            "unused_bits",
            &pipeline.unread(kernels, &others),
            "Bits that rounding drops, and registers that no kernel reads.",
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
        let value = self.path.output(&a.next(), a.bits)?;
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
        Ok(memory.instance(self.chip, &format!("u_{name}"), &ports))
    }

    /// The last window's record while it leaves.
    fn record(&self) -> Result<String, HdlError> {
        let read = ("record_read_i", "record_slot_i");
        let write = format!("valid_q[{}] & capture_i", self.path.last());
        let mut text = String::from("  // The last window's record while it leaves.\n");
        for a in self.recorded() {
            let _ = writeln!(text, "  wire {:<14} out_{}_q;", a.declared(), a.name);
        }
        text.push('\n');
        for a in self.recorded() {
            text += &self.memory(&format!("out_{}", a.name), &a, read, &write)?;
        }
        let recorded = self.recorded();
        let words = recorded.iter().rev();
        let words: Vec<String> = words.map(|a| format!("out_{}_q", a.name)).collect();
        let _ = writeln!(
            text,
            "\n  assign record_o = {{\n    {}\n  }};\n",
            words.join(",\n    ")
        );
        Ok(text)
    }

    /// Spike and saturations of the neuron in the last stage.
    fn results(&self) -> Result<String, HdlError> {
        let (last, bits) = (self.path.last(), saturation_bits(self.layer));
        let clips = self.path.output(saturations(self.layer), bits as u32)?;
        let mut text = format!(
            "  always @(posedge clk_i) begin
    saturated_o <= valid_q[{last}] ? {clips} : {bits}'d0;
"
        );
        if self.layer.spikes() {
            let spike = self.path.output("spike", 1)?;
            let target = match self.neurons {
                1 => "fired_o",
                _ => "fired_o[write_slot_q]",
            };
            let _ = writeln!(
                text,
                "    if (valid_q[{last}]) begin\n      {target} <= {spike};\n    end"
            );
        }
        Ok(text + "  end\n\n")
    }
}
