//! A folded bank: its lanes, level tables, weight writes, and the recorder's stream.

mod instances;
mod recorder;
mod weights;

use super::lane::recorded;
use super::{lanes, saturation_bits, slot_bits};
use crate::HdlError;
use crate::generate::bank::{Array, arrays};
use crate::generate::bank_ports::{Ports, bank_ports};
use crate::generate::lists::{assignments, declarations, line, list, port, vector, wires};
use crate::generate::{Text, bank_module, card, header, index_bits, level_tables};
use bruno_device::{Chip, Layer, RegisterId};

/// The module of a folded bank of `size` neurons of layer `index`.
pub fn print(chip: &Chip, layer: &Layer, index: usize, size: usize) -> Result<String, HdlError> {
    let bank = Folded {
        chip,
        layer,
        size,
        arrays: arrays(chip, layer),
        lanes: lanes(chip, size),
    };
    let about = format!(
        "A bank of {size} neurons of layer `{}` (layer {index}), {} to a datapath.",
        layer.name, chip.fold
    );
    Ok([
        header(chip, &about),
        format!(
            "module {} (\n{});\n\n",
            bank_module(chip, layer, size),
            list(&bank_ports(chip, layer, size, bank.timing_ports()))
        ),
        bank.constants(),
        bank.weight_address(),
        bank.level_tables(),
        bank.tick(),
        bank.lane_instances(),
        bank.recorder(),
        bank.read_back(),
        bank.unused(),
        "endmodule\n".into(),
    ]
    .concat())
}

struct Folded<'a> {
    chip: &'a Chip,
    layer: &'a Layer,
    size: usize,
    arrays: Vec<Array>,
    /// Neurons of each lane.
    lanes: Vec<usize>,
}

impl Folded<'_> {
    fn recorded(&self) -> Vec<Array> {
        recorded(self.layer, &self.arrays)
    }

    /// Whether the layer has several banks.
    fn split(&self) -> bool {
        self.size != self.layer.neurons
    }

    /// Bits of the saturated updates of all neurons in a tick.
    fn saturated_bits(&self) -> usize {
        let most = self.layer.model.most_saturations() as usize * self.size;
        index_bits(most + 1)
    }

    /// Arrays that rest at a register's value.
    fn resting(&self) -> impl Iterator<Item = (&Array, RegisterId)> {
        let all = self.arrays.iter();
        all.filter_map(|a| a.rest.register().map(|register| (a, register)))
    }

    fn timing_ports(&self) -> Ports {
        let slot = wires(slot_bits(self.chip));
        let done = "last cycle of the tick";
        vec![
            port("input", "wire", "start_i", "a tick begins"),
            port("input", "wire", "read_i", "lanes read slot_i"),
            port("input", &slot, "slot_i", ""),
            port("input", "wire", "done_i", done),
        ]
    }

    /// Of a frozen card, the registers that states rest at.
    fn constants(&self) -> String {
        let name = |id| self.layer.model.register(id).name.to_uppercase();
        let resting: Vec<String> = self.resting().map(|(_, id)| name(id)).collect();
        let read = |name: &str| resting.iter().any(|r| r == name);
        match card::declarations(self.chip, self.layer, Text::Delivered, &read) {
            text if text.is_empty() => text,
            text => text + "\n",
        }
    }

    fn level_tables(&self) -> String {
        match self.layer.frozen {
            true => String::new(),
            false => level_tables::print(self.layer),
        }
    }

    /// What happens at the start and at the end of a tick.
    fn tick(&self) -> String {
        let all = self.saturated_bits();
        let total = match 32 - all {
            0 => "total_q".to_string(),
            gap => format!("{{{gap}'d0, total_q}}"),
        };
        let mut outputs = vec![
            line("assign overrun_o", "overrun_q;"),
            line("assign saturated_o", &format!("{total};")),
        ];
        let mut ended = vec![
            line("fresh_q", "1'b0;"),
            line("capture_q", "1'b0;"),
            line("saturated_q", &format!("{all}'d0;")),
            line("total_q", "saturated_d;"),
        ];
        if self.layer.spikes() {
            ended.push(line("spike_q", "fired;"));
            outputs.push(line("assign spike_o", "spike_q;"));
        }
        format!(
            "{declared}
  always @(posedge clk_i) begin
    overrun_q <= 1'b0;
    if (clear_i) begin
{cleared}    end else if (start_i) begin
      capture_q <= last_i & !busy_q;
      overrun_q <= last_i & busy_q;
    end else if (done_i) begin
{ended}    end else begin
      saturated_q <= saturated_d;
    end
  end

{outputs}
",
            declared = self.tick_declarations(),
            cleared = assignments(&self.cleared(), 3, "<="),
            ended = assignments(&ended, 3, "<="),
            outputs = assignments(&outputs, 1, "="),
        )
    }

    fn tick_declarations(&self) -> String {
        let mut lines = vec![
            line("reg", "fresh_q; // no tick since the states' reset"),
            line("reg", "capture_q; // this tick's states become a record"),
            line("reg", "overrun_q;"),
            line("reg", "busy_q; // records are leaving"),
            line("reg", "loaded_q; // the next one was read from its lane"),
        ];
        if self.layer.spikes() {
            lines.push(line(&wires(self.size), "fired;"));
            lines.push(line(&format!("reg  {}", vector(self.size)), "spike_q;"));
        }
        for (a, _) in self.resting() {
            let about = "state at rest, as of the reset";
            let kind = format!("reg  {}", a.declared());
            lines.push(line(&kind, &format!("{}_rest_q; // {about}", a.name)));
        }
        let (bits, all) = (saturation_bits(self.layer), self.saturated_bits());
        let sum = [
            line(&wires(bits * self.lanes.len()), "lane_saturated;"),
            line(&format!("reg  {}", vector(all)), "saturated_q;"),
            line(&format!("reg  {}", vector(all)), "total_q;"),
            line(
                &wires(all),
                &format!("saturated_d = saturated_q{};", self.sum()),
            ),
        ];
        format!(
            "{}
  // Saturated updates: of the lanes in this cycle, in the tick until then, in the tick before.
{}",
            declarations(&lines),
            declarations(&sum)
        )
    }

    /// What a clear sets.
    fn cleared(&self) -> Vec<(String, String)> {
        let zero = format!("{}'d0;", self.saturated_bits());
        let mut lines = vec![
            line("fresh_q", "1'b1;"),
            line("capture_q", "1'b0;"),
            line("saturated_q", &zero),
            line("total_q", &zero),
        ];
        if self.layer.spikes() {
            lines.push(line("spike_q", &format!("{}'d0;", self.size)));
        }
        for (a, register) in self.resting() {
            let word = card::register_word(self.layer, &self.layer.model.register(register));
            let value = word.fitted(a.bits, &mut Default::default());
            lines.push(line(&format!("{}_rest_q", a.name), &format!("{value};")));
        }
        lines
    }

    /// The saturated updates of all lanes in this cycle, as further terms of a sum.
    fn sum(&self) -> String {
        let (bits, all) = (saturation_bits(self.layer), self.saturated_bits());
        let lane = |l| {
            let own = match self.lanes.len() {
                1 => "lane_saturated".to_string(),
                _ => format!("lane_saturated[{}:{}]", bits * (l + 1) - 1, bits * l),
            };
            match all - bits {
                0 => format!("\n    + {own}"),
                gap => format!("\n    + {{{gap}'d0, {own}}}"),
            }
        };
        (0..self.lanes.len()).map(lane).collect()
    }
}
