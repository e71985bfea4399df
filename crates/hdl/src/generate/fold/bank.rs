//! A folded bank: its lanes, level tables, weight writes, and the recorder's stream.

use super::lane::{record_bits, recorded};
use super::{lane_module, lanes, saturation_bits, slot_bits};
use crate::HdlError;
use crate::generate::bank::{Array, Bank, arrays};
use crate::generate::{
    bank_module, extend, header, index_bits,
    ports::range,
    readback,
    register_map::{register_constants, register_ports},
};
use bruno_device::{Chip, Layer, RegisterId};
use std::fmt::Write;

/// The module of a folded bank of `size` neurons of layer `index`.
pub fn print(chip: &Chip, layer: &Layer, index: usize, size: usize) -> Result<String, HdlError> {
    let bank = Folded {
        bank: Bank {
            chip,
            layer,
            size,
            arrays: arrays(chip, layer),
        },
        lanes: lanes(chip, size),
    };
    let about = format!(
        "A bank of {size} neurons of layer `{}` (layer {index}), {} to a datapath.",
        layer.name, chip.fold
    );
    let mut text = header(chip, &about);
    let _ = writeln!(text, "module {} (", bank_module(chip, layer, size));
    text += &bank.ports();
    let resting: Vec<RegisterId> = bank.resting().map(|(_, register)| register).collect();
    text += &register_constants(layer, |id| resting.contains(&id));
    text += &bank.declarations();
    text += &bank.bank.weight_address_block();
    text += &bank.weight_fields();
    if !layer.frozen {
        text += &bank.level_block();
    }
    text += &bank.tick_block();
    text += &bank.lane_instances();
    text += &bank.recorder();
    if readback(chip) {
        text += &bank.read_block();
    }
    Ok(text + "endmodule\n")
}

struct Folded<'a> {
    bank: Bank<'a>,
    /// Neurons of each lane.
    lanes: Vec<usize>,
}

impl Folded<'_> {
    fn chip(&self) -> &Chip {
        self.bank.chip
    }

    fn layer(&self) -> &Layer {
        self.bank.layer
    }

    fn recorded(&self) -> Vec<Array> {
        recorded(self.layer(), &self.bank.arrays)
    }

    /// Bits of the saturated updates of all neurons in a tick.
    fn saturated_bits(&self) -> usize {
        let most = self.layer().model.most_saturations() as usize * self.bank.size;
        index_bits(most + 1)
    }

    fn record_bits(&self) -> usize {
        record_bits(&self.recorded()) as usize
    }

    /// Arrays that rest at a register's value.
    fn resting(&self) -> impl Iterator<Item = (&Array, RegisterId)> {
        let all = self.bank.arrays.iter();
        all.filter_map(|a| a.rest.register().map(|register| (a, register)))
    }

    fn ports(&self) -> String {
        let slot = range(slot_bits(self.chip()));
        let timing = format!(
            "  input             start_i,         // a tick begins
  input             read_i,          // lanes read slot_i
  input      {slot} slot_i,
  input             done_i,          // last cycle of the tick
"
        );
        self.bank.port_list(&timing)
    }

    fn declarations(&self) -> String {
        let count = self.lanes.len();
        let slot = slot_bits(self.chip());
        let bits = self.record_bits();
        let mut text = format!(
            "  reg fresh_q;   // no tick since the states' reset
  reg capture_q; // this tick's states become a record
  reg {} saturated_q;
  wire {} lane_saturated;
  wire {} record;
",
            range(self.saturated_bits()),
            range(saturation_bits(self.layer()) * count),
            range(bits * count),
        );
        if self.bank.spiking() {
            let _ = writeln!(text, "  wire {} fired;", range(self.bank.size));
        }
        if readback(self.chip()) {
            let codes = range(self.layer().bits as usize * count);
            let _ = writeln!(text, "  wire {codes} lane_code; // weight read last");
            if !self.layer().frozen {
                text += "  reg level_now_q; // a level is read, not a weight\n";
            }
        }
        for (a, _) in self.resting() {
            let _ = writeln!(
                text,
                "  reg {} {}_rest_q; // state at rest, as of the reset",
                a.declared(),
                a.name
            );
        }
        let words = self.recorded().len();
        let _ = write!(
            text,
            "
  // Recorder: lane, slot and word that leave next.
  reg busy_q, loaded_q;
  reg {} out_lane_q;
  reg {} out_slot_q;
  reg {} out_word_q;
",
            range(index_bits(count)),
            range(slot),
            range(index_bits(words)),
        );
        text + "\n"
    }

    /// `weight_lane`, `weight_slot`, `weight_channel` of the weight at `index_i`.
    fn weight_fields(&self) -> String {
        let slot = slot_bits(self.chip());
        format!(
            "  // Waiver: fields are cut from 26 bits whatever the size.\n  /* verilator lint_off UNUSEDSIGNAL */
  wire [25:0] weight_lane = local_neuron >> {slot};
  wire {} weight_slot = local_neuron[{}:0];
  /* verilator lint_on UNUSEDSIGNAL */
  wire weight_write = codes_write_i & mine;\n\n",
            range(slot),
            slot - 1,
        )
    }

    /// The level tables, flat, for the lanes.
    fn level_block(&self) -> String {
        let bits = self.layer().current.bits as usize;
        let codes = self.layer().bits as usize;
        let size = bits << codes;
        let mut text = format!(
            "  // The currents of the codes, {bits} bits each, code 0 lowest.\n  reg {} level;\n",
            range(size)
        );
        if self.layer().recurrent {
            let _ = writeln!(text, "  reg {} rec_level;", range(size));
        }
        text += "  // Waiver: of a code's number only the low bits are needed.\n  /* verilator lint_off UNUSEDSIGNAL */\n  reg [8:0] c;\n  /* verilator lint_on UNUSEDSIGNAL */\n\n";
        let (at, gap) = (index_bits(size), index_bits(size) - codes);
        let entry = |table: &str, code: &str| {
            format!("{table}[{{{gap}'d0, {code}}} * {at}'d{bits} +: {bits}]")
        };
        let code = crate::generate::ports::low(codes);
        let write = |table: &str| {
            format!(
                "begin
        for (c = 9'd0; c < 9'd{}; c = c + 9'd1)
          if (index_i{code} == c{code}) {} <= data_i{};
      end",
                1 << codes,
                entry(table, &format!("c{code}")),
                range(bits)
            )
        };
        text + &self.bank.level_writes(&entry, &write)
    }

    /// What happens at the start and at the end of a tick.
    fn tick_block(&self) -> String {
        let lanes = 0..self.lanes.len();
        let (bits, all) = (saturation_bits(self.layer()), self.saturated_bits());
        let lane = |l| {
            let own = format!("lane_saturated[{}:{}]", bits * (l + 1) - 1, bits * l);
            match all - bits {
                0 => own,
                gap => format!("{{{gap}'d0, {own}}}"),
            }
        };
        let terms: Vec<String> = lanes.map(lane).collect();
        let mut text = format!(
            "  wire {} saturated_sum = saturated_q + {};

  always @(posedge clk_i) begin
    overrun_o <= 1'b0;
    if (clear_i) begin
      fresh_q     <= 1'b1;
      capture_q   <= 1'b0;
      saturated_q <= {all}'d0;
      saturated_o <= 32'd0;
",
            range(all),
            terms.join("\n    + ")
        );
        if self.bank.spiking() {
            let _ = writeln!(text, "      spike_o     <= {}'d0;", self.bank.size);
        }
        for (a, register) in self.resting() {
            let register = self.bank.register(register);
            let port = format!("{}_i", register.name);
            let value = low_bits(&port, a.bits as usize, register.bits as usize);
            let _ = writeln!(text, "      {}_rest_q    <= {value};", a.name);
        }
        let _ = write!(
            text,
            "    end else if (start_i) begin
      capture_q <= last_i & !busy_q;
      overrun_o <= last_i & busy_q;
    end else if (done_i) begin
      fresh_q     <= 1'b0;
      capture_q   <= 1'b0;
      saturated_q <= {all}'d0;
      saturated_o <= {};
",
            extend("saturated_sum", all as u32, false)
        );
        if self.bank.spiking() {
            text += "      spike_o     <= fired;\n";
        }
        text + "    end else saturated_q <= saturated_sum;\n  end\n\n"
    }

    fn lane_instances(&self) -> String {
        let full = self
            .lanes
            .iter()
            .filter(|n| **n == self.chip().fold)
            .count();
        let mut text = String::new();
        if full > 0 {
            let _ = write!(
                text,
                "  genvar g;\n  generate\n    for (g = 0; g < {full}; g = g + 1) begin : lane\n{}    end\n  endgenerate\n\n",
                self.lane_instance("unit", "g", self.chip().fold, "      ")
            );
        }
        if let Some(rest) = self.lanes.iter().find(|n| **n != self.chip().fold) {
            text += &self.lane_instance("rest", &full.to_string(), *rest, "  ");
            text += "\n";
        }
        text
    }

    fn lane_instance(&self, name: &str, lane: &str, neurons: usize, indent: &str) -> String {
        let fold = self.chip().fold;
        let layer = self.layer();
        let address = low_bits("weight_slot", index_bits(neurons), slot_bits(self.chip()));
        let out = low_bits("out_slot_q", index_bits(neurons), slot_bits(self.chip()));
        let mut ports: Vec<(String, String)> = Vec::new();
        let mut port = |name: &str, value: String| ports.push((name.into(), value));
        for name in [
            "clk_i", "rst_i", "read_i", "slot_i", "first_i", "done_i", "pre_i",
        ] {
            port(name, name.into());
        }
        port("fresh_i", "fresh_q".into());
        port("capture_i", "capture_q".into());
        if layer.recurrent {
            port("rec_spike_i", "rec_spike_i".into());
        }
        if !layer.frozen {
            port("levels_i", "level".into());
        }
        if layer.recurrent && !layer.frozen {
            port("rec_levels_i", "rec_level".into());
        }
        let mut first = String::new();
        if layer.options.random() {
            let base = if self.bank.size == layer.neurons {
                "32'd0"
            } else {
                "{6'd0, base_i}"
            };
            first = format!("{indent}wire [31:0] {name}_base = {base} + {lane} * {fold};\n");
            port("random_i", "random_i".into());
            port("base_i", format!("{name}_base"));
        }
        if self.bank.spiking() {
            let all = self.bank.size == 1;
            let part = format!("[{lane} * {fold} +: {neurons}]");
            port("fired_o", format!("fired{}", if all { "" } else { &part }));
        }
        for (a, _) in self.resting() {
            port(&format!("{}_rest_i", a.name), format!("{}_rest_q", a.name));
        }
        let saturations = saturation_bits(layer);
        port(
            "saturated_o",
            format!("lane_saturated[{lane} * {saturations} +: {saturations}]"),
        );
        port(
            "code_write_i",
            format!("weight_write & (weight_lane == {lane})"),
        );
        port("code_slot_i", address);
        port("code_channel_i", "weight_channel".into());
        port(
            "code_i",
            format!("data_i{}", crate::generate::ports::low(layer.bits as usize)),
        );
        if readback(self.chip()) {
            let bits = layer.bits;
            port(
                "code_read_i",
                format!("codes_read_i & mine & (weight_lane == {lane})"),
            );
            let one = bits as usize * self.lanes.len() == 1;
            let part = format!("[{lane} * {bits} +: {bits}]");
            port(
                "code_o",
                format!("lane_code{}", if one { "" } else { &part }),
            );
        }
        // A lane with fewer slots than another one is not read where it has none.
        port(
            "record_read_i",
            format!("busy_q & !loaded_q & (out_lane_q == {lane})"),
        );
        port("record_slot_i", out);
        port(
            "record_o",
            format!("record[{lane} * {0} +: {0}]", self.record_bits()),
        );
        for r in register_ports(layer) {
            port(&format!("{}_i", r.name), format!("{}_i", r.name));
        }
        let lines: Vec<String> = ports
            .iter()
            .map(|(p, v)| format!("{indent}  .{p}({v})"))
            .collect();
        format!(
            "{first}{indent}{} {name} (\n{}\n{indent});\n",
            lane_module(self.chip(), layer, neurons),
            lines.join(",\n")
        )
    }

    /// Reads over the bus: index_i stands still until the answer has been taken.
    fn read_block(&self) -> String {
        let layer = self.layer();
        let (bits, codes) = (layer.current.bits as usize, layer.bits as usize);
        let size = bits << codes;
        let (at, gap) = (index_bits(size), index_bits(size) - codes);
        let code = crate::generate::ports::low(codes);
        let entry =
            |table: &str| format!("{table}[{{{gap}'d0, index_i{code}}} * {at}'d{bits} +: {bits}]");
        let level = match layer.recurrent {
            true => format!("index_i[8] ? {} : {}", entry("rec_level"), entry("level")),
            false => entry("level"),
        };
        let count = self.lanes.len();
        let lane = index_bits(codes * count);
        let selected = match count {
            1 => "lane_code".to_string(),
            _ => format!(
                "lane_code[weight_lane[{}:0] * {lane}'d{codes} +: {codes}]",
                lane - 1
            ),
        };
        if layer.frozen {
            return format!(
                "  wire {} code_word = {selected};
  assign memory_o = mine ? {{{}'d0, code_word}} : 32'd0;

",
                range(codes),
                32 - codes,
            );
        }
        format!(
            "  wire {levels} level_word = {level};
  wire {words} code_word = {selected};
  assign memory_o = level_now_q ? {wide} : mine ? {{{pad}'d0, code_word}} : 32'd0;

  always @(posedge clk_i) if (levels_read_i | codes_read_i) level_now_q <= levels_read_i;

",
            levels = range(bits),
            words = range(codes),
            wide = extend("level_word", bits as u32, true),
            pad = 32 - codes,
        )
    }

    /// One neuron's record at a time is read from its lane and leaves word by word.
    fn recorder(&self) -> String {
        let recorded = self.recorded();
        let (bits, slot) = (self.record_bits(), slot_bits(self.chip()));
        let (count, words) = (self.lanes.len(), recorded.len());
        let (lb, wb) = (index_bits(count), index_bits(words));
        let rb = index_bits(bits * count);
        let rest = self.lanes[count - 1];
        let lane = match rb.checked_sub(lb) {
            Some(0) => "out_lane_q".to_string(),
            Some(gap) => format!("{{{gap}'d0, out_lane_q}}"),
            None => format!("out_lane_q[{}:0]", rb - 1),
        };
        let selected = if count == 1 {
            "record".into()
        } else {
            format!("record[{lane} * {rb}'d{bits} +: {bits}]")
        };
        let mut text = format!(
            "  wire {} selected = {selected};
  reg [31:0] word;
  always @* begin
    case (out_word_q)
",
            range(bits)
        );
        let mut at = 0;
        let last = recorded.len() - 1;
        for (index, a) in recorded.iter().enumerate() {
            let high = at + a.bits - 1;
            let value = match (32 - a.bits, a.signed) {
                (0, _) => format!("selected[{high}:{at}]"),
                (gap, true) => format!("{{{{{gap}{{selected[{high}]}}}}, selected[{high}:{at}]}}"),
                (gap, false) => format!("{{{gap}'d0, selected[{high}:{at}]}}"),
            };
            let case = if index == last {
                "default".into()
            } else {
                format!("{wb}'d{index}")
            };
            let _ = writeln!(text, "      {case}: word = {value}; // {}", a.name);
            at += a.bits;
        }
        text += "    endcase\n  end\n\n";
        let last_slot = |neurons: usize| neurons - 1;
        let full = last_slot(self.chip().fold.min(self.bank.size));
        let _ = write!(
            text,
            "  wire send         = !rec_valid_o | rec_ready_i;
  wire final_word   = out_word_q == {wb}'d{last};
  wire final_lane   = out_lane_q == {lb}'d{};
  wire final_slot   = out_slot_q == (final_lane ? {slot}'d{} : {slot}'d{full});
  wire leave        = busy_q & loaded_q & send;

  always @(posedge clk_i) begin
    if (clear_i) begin
      busy_q      <= 1'b0;
      loaded_q    <= 1'b0;
      rec_valid_o <= 1'b0;
      rec_last_o  <= 1'b0;
      rec_data_o  <= 32'd0;
      out_word_q  <= {wb}'d0;
      out_lane_q  <= {lb}'d0;
      out_slot_q  <= {slot}'d0;
    end else begin
      if (done_i & capture_q) busy_q <= 1'b1;
      if (busy_q & !loaded_q) loaded_q <= 1'b1;
      if (send) begin
        rec_valid_o <= leave;
        rec_last_o  <= leave & final_word & final_slot & final_lane;
        rec_data_o  <= word;
      end
      if (leave) out_word_q <= final_word ? {wb}'d0 : out_word_q + {wb}'d1;
      if (leave & final_word) begin
        loaded_q   <= 1'b0;
        out_slot_q <= final_slot ? {slot}'d0 : out_slot_q + {slot}'d1;
        if (final_slot) begin
          out_lane_q <= final_lane ? {lb}'d0 : out_lane_q + {lb}'d1;
          busy_q     <= !final_lane;
        end
      end
    end
  end

",
            count - 1,
            last_slot(rest),
        );
        text
    }
}

/// The low `bits` of a signal of `of` bits.
fn low_bits(signal: &str, bits: usize, of: usize) -> String {
    match (bits, of) {
        (1, 1) => signal.into(),
        (1, _) => format!("{signal}[0]"),
        _ if bits == of => signal.into(),
        _ => format!("{signal}[{}:0]", bits - 1),
    }
}
