//! Which weight of a folded bank the bus writes or reads, and what it reads.

use super::Folded;
use crate::generate::bank::memory::{code_index_width, data_width, index_width};
use crate::generate::fold::slot_bits;
use crate::generate::lists::{declarations, line, unused, vector, wires};
use crate::generate::{extend_bits, level_tables, readback};
use crate::narrow::unread_parts;
use bruno_chip::neuron_bits;

/// Bits of a bank's port `base_i`.
const BASE_BITS: u32 = 26;

impl Folded<'_> {
    /// Bits of a neuron's number in the layer, and so of its number in the bank.
    fn neuron_bits(&self) -> usize {
        neuron_bits(self.layer.neurons) as usize
    }

    /// The fields of `index_i`, and a bit of `code_write` for each lane.
    pub(super) fn weight_address(&self) -> String {
        let (bits, width) = (self.neuron_bits(), code_index_width(self.layer));
        let channel = format!("weight_channel = index_i[{}:{bits}];", width - 1);
        let mut lines = vec![line(&wires(width - bits), &channel)];
        if bits > 0 {
            let own = vector(bits);
            let base = match self.split() {
                true => format!(" - base_i{own}"),
                false => String::new(),
            };
            let value = format!("weight_neuron = index_i{own}{base};");
            lines.push((wires(bits), value));
        }
        if self.split() {
            let mine = format!("mine = weight_neuron < {bits}'d{};", self.size);
            lines.push(line("wire", &format!("{mine} // it is in this bank")));
        }
        lines.push(self.of_lane("code_write", "codes_write_i"));
        if readback(self.chip) {
            lines.push(self.of_lane("code_read", "codes_read_i"));
        }
        format!(
            "  // The weight at index_i: {{channel, neuron}}.\n{}\n",
            declarations(&lines)
        )
    }

    /// A bit for each lane: `when` holds, and the lane has the weight.
    fn of_lane(&self, name: &str, when: &str) -> (String, String) {
        let mine = if self.split() { " & mine" } else { "" };
        match self.lanes.len() {
            1 => line("wire", &format!("{name} = {when}{mine};")),
            count => {
                let (zeros, lane) = (count - 1, self.weight_lane());
                let value = format!("{name} = {{{zeros}'d0, {when}{mine}}} << {lane};");
                (wires(count), value)
            }
        }
    }

    /// The lane that has the weight.
    fn weight_lane(&self) -> String {
        let (bits, slot) = (self.neuron_bits(), slot_bits(self.chip));
        format!("weight_neuron[{}:{slot}]", bits - 1)
    }

    /// The slot of the weight in a lane whose slots have numbers of so many bits.
    pub(super) fn weight_slot(&self, bits: usize) -> String {
        match self.neuron_bits() {
            0 => format!("{bits}'d0"),
            _ => format!("weight_neuron{}", vector(bits)),
        }
    }

    /// Levels and weights read over the bus: `index_i` stands still until the answer has been taken.
    pub(super) fn read_back(&self) -> String {
        if !readback(self.chip) {
            return String::new();
        }
        let codes = self.layer.bits as usize;
        let code = match self.lanes.len() {
            1 => "lane_code".to_string(),
            _ => format!("lane_code[{codes} * {} +: {codes}]", self.weight_lane()),
        };
        let value = match self.split() {
            true => format!("mine ? {{{}'d0, code}} : 32'd0", 32 - codes),
            false => format!("{{{}'d0, code}}", 32 - codes),
        };
        let code = format!(
            "  // Levels and weights, read over the bus.\n  wire {} code = {code};\n",
            vector(codes)
        );
        if self.layer.frozen {
            return format!("{code}\n  assign memory_o = {value};\n\n");
        }
        let levels = self.layer.current.bits as usize;
        let value = match self.split() {
            true => format!("({value})"),
            false => value,
        };
        format!(
            "{code}  wire {} level = {};
  reg         level_read_q; // a level is read, not a weight

  always @(posedge clk_i) begin
    if (levels_read_i | codes_read_i) begin
      level_read_q <= levels_read_i;
    end
  end

  assign memory_o = level_read_q ? {}
    : {value};

",
            vector(levels),
            level_tables::entry(self.layer),
            extend_bits("level", levels, 32),
        )
    }

    /// Ports that some chips have no use for.
    pub(super) fn unused(&self) -> String {
        let layer = self.layer;
        let low = |bits: usize| (1u64 << bits) - 1;
        let mut index = low(code_index_width(layer));
        let mut data = low(layer.bits as usize);
        if !layer.frozen {
            index |= low(layer.bits as usize) | u64::from(layer.recurrent) << 8;
            data = low(layer.current.bits as usize);
        }
        let mut parts = unread_parts("index_i", index_width(layer) as u32, index);
        parts.extend(unread_parts("data_i", data_width(layer) as u32, data));
        if self.split() && !layer.options.random() {
            parts.extend(unread_parts("base_i", BASE_BITS, low(self.neuron_bits())));
        }
        unused("unused_ports", &parts, "What this chip has no use for.")
    }
}
