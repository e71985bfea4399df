//! A neuron: its synapses, states, and what the recorder keeps of it.

use super::neuron_module;
use super::synapses;
use crate::HdlError;
use crate::generate::bank::{Array, arrays_from, saturations, stages};
use crate::generate::card;
use crate::generate::fold::synapses::projections;
use crate::generate::lists::{list, port, unused, vector, wires};
use crate::generate::register_map::register_ports;
use crate::generate::{
    Text, extend_bits, header, index_bits, literal, readback, register_file::value_type,
};
use crate::narrow::{Statements, Word};
use bruno_chip::Register;
use bruno_device::{Chip, Layer, Rest};
use std::fmt::Write;

/// Bits of a neuron's saturated updates in a tick.
pub(super) fn saturation_bits(layer: &Layer) -> usize {
    index_bits(layer.model.most_saturations() as usize + 1)
}

/// Bits of the number of a record's word.
pub(super) fn word_bits(layer: &Layer) -> usize {
    index_bits(layer.model.words.len())
}

/// Bits of a channel's number.
pub(super) fn channel_bits(layer: &Layer) -> usize {
    index_bits(layer.fan_in())
}

/// The module.
pub(super) fn print(chip: &Chip, layer: &Layer, index: usize) -> Result<String, HdlError> {
    let neuron = Neuron::new(chip, layer)?;
    let about = format!(
        "A neuron of layer `{}` (layer {index}): synapses, states, recorder.",
        layer.name
    );
    Ok(format!(
        "{}module {} (\n{});\n\n{}{}{}{}{}endmodule\n",
        header(chip, &about),
        neuron_module(chip, layer),
        list(&neuron.ports()),
        neuron.constants(),
        synapses::print(chip, layer),
        neuron.next_states()?,
        neuron.registers()?,
        neuron.recorder(),
    ))
}

struct Neuron<'a> {
    chip: &'a Chip,
    layer: &'a Layer,
    arrays: Vec<Array>,
    kernels: Statements,
}

impl<'a> Neuron<'a> {
    fn new(chip: &'a Chip, layer: &'a Layer) -> Result<Self, HdlError> {
        let arrays = arrays_from(layer, 1);
        let mut outputs: Vec<(String, u32)> = arrays.iter().map(|a| (a.next(), a.bits)).collect();
        outputs.push((saturations(layer).into(), saturation_bits(layer) as u32));
        if layer.spikes() {
            outputs.push(("spike".into(), 1));
        }
        let kernels = Statements::narrow(
            &stages(chip, layer)?.in_a_row(),
            &|name| bind(chip, layer, &arrays, name),
            &outputs,
            2,
        )?;
        Ok(Self {
            chip,
            layer,
            arrays,
            kernels,
        })
    }

    fn ports(&self) -> Vec<(String, String)> {
        let layer = self.layer;
        let mut ports = vec![
            port("input", "wire", "clk_i", ""),
            port("input", "wire", "clear_i", "states to rest"),
            port("input", "wire", "tick_i", "this cycle is a tick"),
            port("input", "wire", "first_i", "first tick of a window"),
            port("input", &wires(layer.inputs), "pre_i", "presynaptic spikes"),
        ];
        if layer.recurrent {
            let about = "the layer's own spikes of the last tick";
            ports.push(port("input", &wires(layer.neurons), "rec_spike_i", about));
        }
        for p in projections(layer).filter(|_| !layer.frozen) {
            let bits = (layer.current.bits as usize) << layer.bits;
            let about = "currents of the codes, code 0 lowest";
            ports.push(port("input", &wires(bits), p.table, about));
        }
        if layer.options.random() {
            let about = "state of the layer's random numbers";
            ports.push(port("input", &wires(32), "random_i", about));
            let about = "number of the neuron in the layer (constant)";
            ports.push(port("input", &wires(32), "index_i", about));
        }
        ports.push(port(
            "input",
            "wire",
            "code_write_i",
            "write code_i to the channel's weight",
        ));
        ports.push(port(
            "input",
            &wires(channel_bits(layer)),
            "code_channel_i",
            "",
        ));
        ports.push(port("input", &wires(layer.bits as usize), "code_i", ""));
        if readback(self.chip) {
            let about = "the channel's weight";
            ports.push(port("output", &wires(layer.bits as usize), "code_o", about));
        }
        if layer.spikes() {
            ports.push(port(
                "output",
                "wire",
                "spike_o",
                "it fired in the last tick",
            ));
        }
        let about = "saturated updates of the last tick";
        ports.push(port(
            "output",
            &wires(saturation_bits(layer)),
            "saturated_o",
            about,
        ));
        ports.push(port(
            "input",
            "wire",
            "capture_i",
            "this tick's states become a record",
        ));
        ports.push(port(
            "input",
            &wires(word_bits(layer)),
            "word_i",
            "word of the record",
        ));
        ports.push(port("output", "reg  [31:0]", "record_o", ""));
        for r in register_ports(layer) {
            let kind = format!("wire {}", value_type(&r));
            ports.push(port(
                "input",
                kind.trim_end(),
                &format!("{}_i", r.name),
                &r.about,
            ));
        }
        ports
    }

    /// Constants of the formats and of a frozen card, and its level tables.
    fn constants(&self) -> String {
        let resting = self.arrays.iter().filter_map(|a| a.rest.register());
        let resting: Vec<String> = resting
            .map(|id| self.register(id).name.to_uppercase())
            .collect();
        let read = |name: &str| self.kernels.reads(name) || resting.iter().any(|r| r == name);
        let mut text = card::declarations(self.chip, self.layer, Text::Delivered, &read);
        if self.layer.frozen && synapses::reads_levels(self.layer) {
            for p in projections(self.layer) {
                let bits = self.layer.current.bits;
                let all: Vec<String> = (p.levels(self.layer).iter().rev())
                    .map(|l| literal(bits, true, *l))
                    .collect();
                let _ = writeln!(
                    text,
                    "  // Currents of the codes, code 0 lowest.\n  wire {} {} = {{\n    {}\n  }};",
                    vector((bits as usize) << self.layer.bits),
                    p.table,
                    all.join(",\n    ")
                );
            }
        }
        match text.is_empty() {
            true => text,
            false => text + "\n",
        }
    }

    fn register(&self, id: bruno_device::RegisterId) -> Register {
        self.layer.model.register(id)
    }

    /// States, and the kernels that give their next values.
    fn next_states(&self) -> Result<String, HdlError> {
        let mut text = String::from("  // States, and what gathers over a window.\n");
        let mut fitted = String::new();
        let mut reads = Default::default();
        for a in &self.arrays {
            let kind = format!("{:<14}", a.declared());
            let _ = writeln!(text, "  reg  {kind} {}_q; // {}", a.name, a.about);
            let value = self.kernels.output(&a.next())?.fitted(a.bits, &mut reads);
            let _ = writeln!(fitted, "  wire {kind} {}_d = {value};", a.name);
        }
        text.push('\n');
        for a in &self.arrays {
            if let Some(value) = &a.opens {
                let kind = a.declared();
                let _ = writeln!(
                    text,
                    "  wire {kind} {0}_now = first_i ? {value} : {0}_q;",
                    a.name
                );
            }
        }
        text += "\n  // What happens in a tick (docs/semantics.md).\n";
        text += &self.kernels.declarations();
        let _ = write!(
            text,
            "\n  always @* begin\n{}  end\n\n{fitted}",
            self.kernels.text()
        );
        let bits = saturation_bits(self.layer) as u32;
        let clips = self
            .kernels
            .output(saturations(self.layer))?
            .fitted(bits, &mut reads);
        let _ = writeln!(
            text,
            "  wire {:<14} saturated_d = {clips};",
            vector(bits as usize)
        );
        if self.layer.spikes() {
            let spike = self.kernels.output("spike")?.fitted(1, &mut reads);
            let _ = writeln!(text, "  wire {:<14} spike_d = {spike};", "");
        }
        text.push('\n');
        Ok(text + &self.unused())
    }

    /// Bits that nothing reads.
    fn unused(&self) -> String {
        let mut others = Vec::new();
        for r in register_ports(self.layer) {
            let rests = |a: &Array| {
                let rest = a.rest.register().map(|id| self.register(id).name);
                rest.is_some_and(|name| name == r.name) && a.bits >= r.bits
            };
            if !self.arrays.iter().any(rests) {
                others.push((format!("{}_i", r.name), r.bits));
            }
        }
        if self.layer.options.random() {
            others.extend([("random_i".into(), 32), ("index_i".into(), 32)]);
        }
        let parts = self.kernels.unread(&others);
        unused(
            "unused_bits",
            &parts,
            "Bits that rounding drops, and registers that no kernel reads.",
        )
    }

    /// The states' registers.
    fn registers(&self) -> Result<String, HdlError> {
        let spiking = self.layer.spikes();
        let bits = saturation_bits(self.layer);
        let mut text = format!("  reg {} saturated_q;\n", vector(bits));
        if spiking {
            text += "  reg       spike_q;\n";
        }
        text += "\n  always @(posedge clk_i) begin\n    if (clear_i) begin\n";
        for a in &self.arrays {
            let _ = writeln!(text, "      {}_q <= {};", a.name, self.rest(a));
        }
        let _ = writeln!(text, "      saturated_q <= {bits}'d0;");
        if spiking {
            text += "      spike_q <= 1'b0;\n";
        }
        text += "    end else if (tick_i) begin\n";
        for a in &self.arrays {
            let _ = writeln!(text, "      {0}_q <= {0}_d;", a.name);
        }
        text += "      saturated_q <= saturated_d;\n";
        if spiking {
            text += "      spike_q <= spike_d;\n";
        }
        text += "    end\n  end\n\n  assign saturated_o = saturated_q;\n";
        if spiking {
            text += "  assign spike_o = spike_q;\n";
        }
        if readback(self.chip) {
            let bits = self.layer.bits;
            let _ = writeln!(
                text,
                "  assign code_o = code[{bits} * code_channel_i +: {bits}];"
            );
        }
        Ok(text + "\n")
    }

    /// The value of a state at rest.
    fn rest(&self, a: &Array) -> String {
        let id = match a.rest {
            Rest::Code(code) => return literal(a.bits, a.signed, code),
            Rest::Register(id) => id,
        };
        let r = self.register(id);
        let word = card::register_word(self.layer, &r);
        word.fitted(a.bits, &mut Default::default())
    }

    /// The last window's words while they leave.
    fn recorder(&self) -> String {
        let words = &self.layer.model.words;
        let find = |name: &str| self.arrays.iter().find(|a| a.name == name);
        let recorded: Vec<&Array> = words.iter().filter_map(|w| find(&w.name)).collect();
        let mut text = String::from("  // The last window's record while it leaves.\n");
        for a in &recorded {
            let _ = writeln!(text, "  reg  {:<14} out_{}_q;", a.declared(), a.name);
        }
        text += "\n  always @(posedge clk_i) begin\n    if (capture_i) begin\n";
        for a in &recorded {
            let _ = writeln!(text, "      out_{0}_q <= {0}_d;", a.name);
        }
        text += "    end\n  end\n\n  always @* begin\n    case (word_i)\n";
        let bits = word_bits(self.layer);
        for (at, a) in recorded.iter().enumerate().skip(1) {
            let _ = writeln!(text, "      {bits}'d{at}: record_o = {};", out_word(a));
        }
        if let Some(first) = recorded.first() {
            let _ = writeln!(text, "      default: record_o = {};", out_word(first));
        }
        text += "    endcase\n  end\n\n";
        if recorded.len() == 1 {
            text += "  wire unused_word = &{1'b0, word_i}; // there is one word\n\n";
        }
        text
    }
}

/// A word of the record, extended.
fn out_word(a: &Array) -> String {
    let name = format!("out_{}_q", a.name);
    match a.signed {
        true => extend_bits(&name, a.bits as usize, 32),
        false => match 32 - a.bits {
            0 => name,
            gap => format!("{{{gap}'d0, {name}}}"),
        },
    }
}

/// What a kernel's input is in a neuron.
fn bind(chip: &Chip, layer: &Layer, arrays: &[Array], name: &str) -> Option<Word> {
    if let Some(a) = arrays.iter().find(|a| a.name == name) {
        let suffix = if a.accumulates() { "now" } else { "q" };
        return Some(Word::new(&format!("{name}_{suffix}"), a.bits, a.signed));
    }
    match name {
        "inject" => Some(synapses::injected(layer)),
        "random" => Some(Word::new("random_i", 32, false)),
        "index" => Some(Word::new("index_i", 32, false)),
        _ => card::word(chip, layer, name),
    }
}
