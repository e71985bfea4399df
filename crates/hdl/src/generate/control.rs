//! The control module: configuration bus, chip registers, tick and window counters, registered inputs.

mod decoder;

use super::lists::{assignments, declarations, line, list, port, unused, vector, wires};
use super::{header, readback};
use crate::kernels::Decimator;
use crate::narrow::{Statements, Word};
use crate::{HdlError, Stage};
use bruno_chip::window_bits;
use bruno_device::Chip;
use std::fmt::Write;

type Ports = Vec<(String, String)>;

pub(super) fn module_name(chip: &Chip) -> String {
    format!("{}_control", chip.name)
}

/// The module. A bus transfer is registered, decoded, carried out and answered, a cycle each; every step is gated, so
/// that an idle bus costs a simulator nothing.
pub(super) fn print(chip: &Chip) -> Result<String, HdlError> {
    let about = "Configuration bus, chip registers, tick and window counters.";
    let bits = window_bits(chip.window_ticks);
    Ok([
        header(chip, about),
        format!(
            "module {} (\n{});\n\n",
            module_name(chip),
            list(&ports(chip))
        ),
        constants(chip),
        state(chip),
        if chip.fold > 1 { FOLDED } else { UNFOLDED }.into(),
        decoder::print(chip),
        decimator(bits)?,
        sequential(bits),
        answer(chip),
        "endmodule\n".into(),
    ]
    .concat())
}

fn ports(chip: &Chip) -> Ports {
    let mut ports = bus_ports();
    ports.extend(tick_ports(chip));
    ports.extend(layer_ports(chip));
    ports.extend([
        port(
            "input",
            "wire [31:0]",
            "saturated_i",
            "saturated updates of the last tick",
        ),
        port("input", "wire", "overrun_i", "a record was dropped"),
    ]);
    ports
}

fn bus_ports() -> Ports {
    vec![
        port("input", "wire", "clk_i", ""),
        port("input", "wire", "rst_i", ""),
        port("input", "wire", "cfg_valid_i", ""),
        port("input", "wire", "cfg_write_i", ""),
        port("input", "wire [31:0]", "cfg_addr_i", ""),
        port("input", "wire [31:0]", "cfg_wdata_i", ""),
        port("output", "wire", "cfg_ready_o", ""),
        port("output", "reg", "cfg_rvalid_o", ""),
        port("output", "reg  [31:0]", "cfg_rdata_o", ""),
        port("output", "reg", "cfg_error_o", ""),
    ]
}

fn tick_ports(chip: &Chip) -> Ports {
    let spikes = wires(chip.inputs);
    let folded = chip.fold > 1;
    let tick = if folded {
        "a tick begins"
    } else {
        "this cycle is a tick"
    };
    let done = port("input", "wire", "done_i", "last cycle of a tick");
    let mut ports = vec![
        port("input", "wire", "tick_i", ""),
        port("input", &spikes, "spike_i", ""),
        port("output", "reg", "clear_o", "states go to rest"),
        port("output", "wire", "tick_ready_o", ""),
    ];
    ports.extend(folded.then_some(done));
    ports.extend([
        port("output", "wire", "tick_o", tick),
        port("output", "reg", "event_o", "the cycle before ended a tick"),
        port(
            "output",
            "reg  [31:0]",
            "event_tick_o",
            "and this was its time, us",
        ),
        port("output", "wire", "first_o", "first tick of a window"),
        port("output", "wire", "last_o", "last tick of a window"),
        port("output", &spikes, "spike_o", "registered input spikes"),
    ]);
    ports
}

/// A bit, or a word, for each layer.
fn layer_ports(chip: &Chip) -> Ports {
    let layers = chip.layers.len();
    let bits = format!("reg  {}", vector(layers));
    let index = format!("reg  {}", vector(index_width(chip)));
    let words = wires(32 * layers);
    let write = "write data_o to index_o of a layer's registers";
    let mut ports = vec![
        port("output", &bits, "device_write_o", write),
        port("output", &bits, "device_read_o", "read register index_o"),
        port("output", &bits, "levels_write_o", "level tables"),
        port("output", &bits, "codes_write_o", "weight codes"),
    ];
    if readback(chip) {
        ports.extend([
            port("output", &bits, "levels_read_o", "read level index_o"),
            port("output", &bits, "codes_read_o", "read weight index_o"),
        ]);
    }
    let value = "register read from each layer";
    ports.extend([
        port("output", &index, "index_o", ""),
        port("output", "reg  [29:0]", "data_o", ""),
        port("input", &words, "device_value_i", value),
    ]);
    if readback(chip) {
        let value = "level or weight read from each layer";
        ports.push(port("input", &words, "memory_value_i", value));
    }
    ports
}

fn constants(chip: &Chip) -> String {
    let bits = window_bits(chip.window_ticks);
    let window = vector(bits as usize);
    format!(
        "  localparam {window} WINDOW = {bits}'d{}; // default window, ticks
  localparam [31:0] ID = 32'h6272756e; // \"brun\"

",
        chip.window_ticks
    )
}

fn state(chip: &Chip) -> String {
    let window = format!("reg  {}", vector(window_bits(chip.window_ticks) as usize));
    let spikes = format!("reg  {}", vector(chip.inputs));
    let mut transfer = vec![
        line("reg", "valid_q, decoded_q, done_q;"),
        line("reg", "write_q;"),
        line("reg  [31:0]", "addr_q;"),
        line("reg  [29:0]", "data_q; // no register is wider"),
        line(
            "reg",
            "known_q; // the address exists and takes this kind of transfer",
        ),
        line("reg  [31:0]", "value_q; // value of a chip register"),
        line(
            "reg  [3:0]",
            "layer_q; // layer + 1 of a device register, 0: none",
        ),
    ];
    let mut done = vec![
        line("reg", "known_done_q;"),
        line("reg  [31:0]", "value_done_q;"),
        line("reg  [3:0]", "layer_done_q;"),
    ];
    if readback(chip) {
        transfer.push(line("reg", "memory_q; // a level or weight is read"));
        done.push(line("reg", "memory_done_q;"));
    }
    let counters = [
        line("reg", "tick_q, clear_q;"),
        line(&spikes, "spike_q;"),
        line(&window, "window_q;"),
        line(&window, "count_q;"),
        line("reg  [31:0]", "time_q;"),
        line("reg  [31:0]", "saturations_q;"),
        line("reg", "overrun_q;"),
    ];
    format!(
        "  // A transfer on its way: registered, decoded, carried out.
{}
  // The same one cycle later: transfers may follow each other in every cycle.
{}
{}
  wire unused_data = &{{1'b0, cfg_wdata_i[31:30]}};

  assign tick_o  = tick_q;
  assign spike_o = spike_q;

",
        declarations(&transfer),
        declarations(&done),
        declarations(&counters)
    )
}

/// One cycle a tick: transfers and ticks are taken whenever they come.
const UNFOLDED: &str = "  assign cfg_ready_o  = 1'b1;
  assign tick_ready_o = 1'b1;

  wire take    = cfg_valid_i;
  wire go      = valid_q;
  wire start   = tick_i;
  wire sample  = 1'b1;
  wire advance = tick_q;

";

/// Several cycles a tick: a transfer waits until the array rests, so that a tick sees one configuration; a tick waits for
/// the transfer before it. When both wait they take turns.
const FOLDED: &str = "  reg busy_q; // from a tick's start to its end

  assign cfg_ready_o  = !valid_q & !decoded_q & !done_q;
  assign tick_ready_o = !busy_q & cfg_ready_o;

  wire take    = cfg_valid_i & cfg_ready_o;
  wire go      = valid_q & !busy_q;
  wire start   = tick_i & tick_ready_o;
  wire sample  = start;
  wire advance = done_i;

  always @(posedge clk_i) begin
    if (rst_i) begin
      busy_q <= 1'b0;
    end else if (start) begin
      busy_q <= 1'b1;
    end else if (done_i) begin
      busy_q <= 1'b0;
    end
  end

";

/// Bits of an index that any register file or bank looks at.
pub(super) fn index_width(chip: &Chip) -> usize {
    let widths = chip.layers.iter().map(|layer| {
        let registers = super::register_file::index_bits(layer);
        super::bank::memory::index_width(layer).max(registers)
    });
    widths.max().unwrap_or(0)
}

/// The decimator kernel, inlined: `first_o`, `last_o` and the next count.
fn decimator(bits: u32) -> Result<String, HdlError> {
    let stages = [Stage::new("decimator", &Decimator::default())?];
    let bind = |name: &str| match name {
        "count" => Some(Word::new("count_q", bits, false)),
        "window" => Some(Word::new("window_q", bits, false)),
        _ => None,
    };
    let outputs = [("first", 1), ("last", 1), ("count_next", bits)];
    let outputs = outputs.map(|(name, bits)| (name.to_string(), bits));
    let kernel = Statements::narrow(&stages, &bind, &outputs, 2)?;
    let value = |name: &str, bits| -> Result<String, HdlError> {
        let word = kernel.output(name)?;
        Ok(format!("{};", word.fitted(bits, &mut Default::default())))
    };
    let results = [
        line("assign first_o", &value("first", 1)?),
        line("assign last_o", &value("last", 1)?),
        line(
            &format!("wire {} count_d", vector(bits as usize)),
            &value("count_next", bits)?,
        ),
    ];
    Ok(format!(
        "  // Where a tick stands in its window (docs/semantics.md).
{}
  always @* begin
{}  end

{}
{}",
        kernel.declarations(),
        kernel.text(),
        assignments(&results, 1, "="),
        unused(
            "unused_bits",
            &kernel.unread(&[]),
            "Bits of it that nothing reads."
        )
    ))
}

fn sequential(bits: u32) -> String {
    format!(
        "  // Saturations stop at the counter's end.
  wire [32:0] saturations_sum = {{1'b0, saturations_q}} + {{1'b0, saturated_i}};

  always @(posedge clk_i) begin
    clear_o <= rst_i | clear_q;
    tick_q  <= start & !rst_i;
    valid_q <= (take | (valid_q & !go)) & !rst_i;
    if (take) begin
      write_q <= cfg_write_i;
      addr_q  <= cfg_addr_i;
      data_q  <= cfg_wdata_i[29:0];
    end
    event_o      <= advance & !clear_o;
    event_tick_o <= time_q;
    if (clear_o) begin
      count_q       <= {bits}'d0;
      time_q        <= 32'd0;
      saturations_q <= 32'd0;
      overrun_q     <= 1'b0;
    end else begin
      if (advance) begin
        count_q <= count_d;
        time_q  <= time_q + 32'd1;
      end
      if (event_o) begin
        saturations_q <= saturations_sum[32] ? 32'hffffffff : saturations_sum[31:0];
      end
      if (overrun_i) begin
        overrun_q <= 1'b1;
      end
    end
  end

"
    )
}

/// The answer, two cycles after the decoder; input spikes.
fn answer(chip: &Chip) -> String {
    let memory = match readback(chip) {
        true => "      memory_done_q <= memory_q;\n",
        false => "",
    };
    let mut values = String::new();
    for index in 0..chip.layers.len() {
        let part = format!("[{}:{}]", 32 * index + 31, 32 * index);
        let device = format!("device_value_i{part}");
        let value = match readback(chip) {
            true => format!("memory_done_q ? memory_value_i{part} : {device}"),
            false => device,
        };
        let _ = writeln!(values, "        4'd{}: cfg_rdata_o <= {value};", index + 1);
    }
    format!(
        "  always @(posedge clk_i) begin
    if (sample) begin
      spike_q <= spike_i;
    end
    decoded_q    <= go & !rst_i;
    done_q       <= decoded_q & !rst_i;
    cfg_rvalid_o <= done_q & !rst_i;
    if (decoded_q) begin
      known_done_q <= known_q;
      value_done_q <= value_q;
      layer_done_q <= layer_q;
{memory}    end
    if (done_q) begin
      cfg_error_o <= !known_done_q;
      case (layer_done_q)
{values}        default: cfg_rdata_o <= value_done_q;
      endcase
    end
  end

"
    )
}
