//! The control module: configuration bus, chip registers, tick and window counters, registered inputs.

use super::{
    header,
    ports::{low, range},
    readback,
};
use crate::kernels::Decimator;
use crate::{Binding, Stage};
use bruno_chip::window_bits;
use bruno_device::Chip;
use std::fmt::Write;

pub(super) fn module_name(chip: &Chip) -> String {
    format!("{}_control", chip.name)
}

/// The module. A bus transfer is registered, decoded, carried out and answered, a cycle each; every step is gated, so
/// that an idle bus costs a simulator nothing.
pub(super) fn print(chip: &Chip) -> Result<String, crate::HdlError> {
    let layers = chip.layers.len();
    let window = range(window_bits(chip.window_ticks) as usize);
    let mut text = header(
        chip,
        "Configuration bus, chip registers, tick and window counters.",
    );
    let _ = writeln!(text, "module {} (", module_name(chip));
    text += &port_list(chip, layers);
    text += &declarations(&window);
    if readback(chip) {
        text += MEMORY_DECLARATIONS;
    }
    text += if chip.fold > 1 { FOLDED } else { UNFOLDED };
    text += &decode(chip, layers);
    text += &decimator(window_bits(chip.window_ticks))?;
    text += &sequential(window_bits(chip.window_ticks));
    text += &answer(chip);
    Ok(text + "endmodule\n")
}

fn port_list(chip: &Chip, layers: usize) -> String {
    let m = range(chip.inputs);
    let l = range(layers);
    let words = range(32 * layers);
    let index = range(index_width(chip));
    format!(
        "  input             clk_i,
  input             rst_i,
  input             cfg_valid_i,
  input             cfg_write_i,
  input      [31:0] cfg_addr_i,
  input      [31:0] cfg_wdata_i,
  output            cfg_ready_o,
  output reg        cfg_rvalid_o,
  output reg [31:0] cfg_rdata_o,
  output reg        cfg_error_o,
  input             tick_i,
  input      {m} spike_i,
  output reg        clear_o,         // states go to rest
  output            tick_ready_o,
{done}  output            tick_o,          // {tick}
  output reg        event_o,         // the cycle before ended a tick
  output reg [31:0] event_tick_o,    // and this was its time, us
  output            first_o,         // first tick of a window
  output            last_o,          // last tick of a window
  output     {m} spike_o,         // registered input spikes
  output reg {l} device_write_o,  // write data_o to index_o of a layer's registers
  output reg {l} device_read_o,   // read register index_o
  output reg {l} levels_write_o,  // level tables
  output reg {l} codes_write_o,   // weight codes
{read}  output reg {index} index_o,
  output reg [29:0] data_o,
  input      {words} device_value_i,  // register read from each layer
{value}  input      [31:0] saturated_i,     // saturated updates of the last tick
  input             overrun_i        // a record was dropped
);

  localparam {window} WINDOW = {bits}'d{ticks}; // default window, ticks
",
        window = range(window_bits(chip.window_ticks) as usize),
        bits = window_bits(chip.window_ticks),
        ticks = chip.window_ticks,
        read = if readback(chip) {
            format!(
                "  output reg {l} levels_read_o,   // read level index_o
  output reg {l} codes_read_o,    // read weight index_o\n"
            )
        } else {
            String::new()
        },
        value = if readback(chip) {
            format!(
                "  input      {words} memory_value_i,  // level or weight read from each layer\n"
            )
        } else {
            String::new()
        },
        done = if chip.fold > 1 {
            "  input             done_i,          // last cycle of a tick\n"
        } else {
            ""
        },
        tick = if chip.fold > 1 {
            "a tick begins"
        } else {
            "this cycle is a tick"
        },
    )
}

fn declarations(window: &str) -> String {
    format!(
        "  localparam [31:0] ID = 32'h6272756e; // \"brun\"

  // A transfer on its way: registered, decoded, carried out.
  reg        valid_q, decoded_q, done_q;
  reg        write_q;
  reg [31:0] addr_q;
  reg [29:0] data_q;
  reg        known_q;         // the address exists and takes this kind of transfer
  reg [31:0] value_q;         // value of a chip register
  reg [3:0]  layer_q;         // layer + 1 of a device register, 0: none
  // The same one cycle later: transfers may follow each other in every cycle.
  reg        known_done_q;
  reg [31:0] value_done_q;
  reg [3:0]  layer_done_q;

  reg        tick_q, clear_q;
  reg {window} window_q;
  reg {window} count_q;
  reg [31:0] time_q;
  reg [31:0] saturations_q;
  reg        overrun_q;
  reg [32:0] saturations_sum;

  wire unused = &{{1'b0, cfg_wdata_i[31:30]}};

  assign tick_o = tick_q;

"
    )
}

const MEMORY_DECLARATIONS: &str = "  reg memory_q, memory_done_q; // a level or weight is read

";

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
    if (rst_i) busy_q <= 1'b0;
    else if (start) busy_q <= 1'b1;
    else if (done_i) busy_q <= 1'b0;
  end

";

/// Address decoder, clocked: `known_q`, `value_q` and the strobes of every section.
fn decode(chip: &Chip, layers: usize) -> String {
    let index = range(index_width(chip));
    let bits = window_bits(chip.window_ticks);
    let mut text = format!(
        "  always @(posedge clk_i) begin
    device_write_o <= {layers}'d0;
    device_read_o  <= {layers}'d0;
    levels_write_o <= {layers}'d0;
    codes_write_o  <= {layers}'d0;
    clear_q        <= 1'b0;
{strobes}    if (rst_i) window_q <= WINDOW;
    else if (go) begin
      index_o <= addr_q{index};
      data_o  <= data_q;
{memory}      known_q <= 1'b0;
      value_q <= 32'd0;
      layer_q <= 4'd0;
      case (addr_q[31:26])
        6'd0: begin
          case (addr_q[25:0])
            26'd0: begin known_q <= !write_q; value_q <= ID; end
            26'd1: begin
              known_q <= 1'b1;
              value_q <= {{{above}'d0, window_q}};
              if (write_q) window_q <= data_q{window};
            end
            26'd2: begin known_q <= 1'b1; clear_q <= write_q & data_q[0]; end
            26'd3: begin known_q <= !write_q; value_q <= time_q; end
            26'd4: begin known_q <= !write_q; value_q <= saturations_q; end
            26'd5: begin known_q <= !write_q; value_q <= {{31'd0, overrun_q}}; end
            default: ;
          endcase
        end
",
        above = 32 - bits,
        window = range(bits as usize),
        strobes = if readback(chip) {
            format!("    levels_read_o  <= {layers}'d0;\n    codes_read_o   <= {layers}'d0;\n")
        } else {
            String::new()
        },
        memory = if readback(chip) {
            "      memory_q <= 1'b0;\n"
        } else {
            ""
        },
    );
    for (index, layer) in chip.layers.iter().enumerate() {
        let bit = if layers == 1 {
            String::new()
        } else {
            format!("[{index}]")
        };
        if super::registers(layer).next().is_some() {
            let _ = write!(
                text,
                "        6'd{}: if ({}) begin // registers of `{}`
          known_q <= 1'b1;
          layer_q <= write_q ? 4'd0 : 4'd{};
          device_write_o{bit} <= write_q;
          device_read_o{bit} <= !write_q;
        end
",
                4 * (index + 1),
                register_exists(layer),
                layer.name,
                index + 1,
            );
        }
        let page = 4 * (index + 1);
        let memories = [
            (page + 1, level_exists(layer), "its level tables", "levels"),
            (page + 2, code_exists(layer), "its weight codes", "codes"),
        ];
        // Levels of a frozen card have no address.
        let absent = usize::from(layer.frozen);
        for (page, exists, about, memory) in memories.into_iter().skip(absent) {
            text += &if readback(chip) {
                format!(
                    "        6'd{page}: if ({exists}) begin // {about}
          known_q <= 1'b1;
          layer_q <= write_q ? 4'd0 : 4'd{};
          memory_q <= !write_q;
          {memory}_write_o{bit} <= write_q;
          {memory}_read_o{bit} <= !write_q;
        end\n",
                    index + 1
                )
            } else {
                format!(
                    "        6'd{page}: if (write_q & {exists}) begin // {about}
          known_q <= 1'b1;
          {memory}_write_o{bit} <= 1'b1;
        end\n"
                )
            };
        }
    }
    text + "        default: ;\n      endcase\n    end\n  end\n\n"
}

/// Bits of an index that any register file or bank looks at.
pub(super) fn index_width(chip: &Chip) -> usize {
    let widths = chip.layers.iter().map(|layer| {
        let registers = super::register_file::index_bits(layer);
        super::bank::memory::index_width(layer).max(registers)
    });
    widths.max().unwrap_or(0)
}

/// Condition on `addr_q` that a register exists: the first ones without a gap, then single ones.
fn register_exists(layer: &bruno_device::Layer) -> String {
    let all: Vec<u32> = super::registers(layer)
        .map(|(id, _)| layer.model.address(id))
        .collect();
    let first = (0..).zip(&all).take_while(|(n, at)| n == *at).count();
    let low = (first > 0).then(|| format!("addr_q[25:0] < 26'd{first}"));
    let rest = all[first..]
        .iter()
        .map(|at| format!("addr_q[25:0] == 26'd{at}"));
    let conditions: Vec<String> = low.into_iter().chain(rest).collect();
    match &conditions[..] {
        [only] => only.clone(),
        several => format!("({})", several.join(") | (")),
    }
}

/// Condition on `addr_q` that a level exists.
fn level_exists(layer: &bruno_device::Layer) -> String {
    let high = format!(
        "(addr_q[25:9] == 17'd0) & (addr_q[7:0] <= 8'd{})",
        (1 << layer.bits) - 1
    );
    let high = if layer.bits == 8 {
        "(addr_q[25:9] == 17'd0)".to_string()
    } else {
        high
    };
    if layer.recurrent {
        high
    } else {
        format!("{high} & !addr_q[8]")
    }
}

/// Condition on `addr_q` that a weight exists.
fn code_exists(layer: &bruno_device::Layer) -> String {
    let bits = bruno_chip::neuron_bits(layer.neurons) as usize;
    let channel_bits = 26 - bits;
    let channel = format!(
        "(addr_q[25:{bits}] <= {channel_bits}'d{})",
        layer.fan_in() - 1
    );
    if layer.neurons == 1 << bits {
        return channel;
    }
    format!(
        "{channel} & (addr_q{} <= {bits}'d{})",
        low(bits),
        layer.neurons - 1
    )
}

/// The decimator kernel, inlined: `first_o`, `last_o` and the next count.
fn decimator(bits: u32) -> Result<String, crate::HdlError> {
    let stages = [Stage::new("decimator", &Decimator::default())?];
    let bind = |name: &str| match name {
        "count" => Some(Binding::new("count_q", bits, false)),
        "window" => Some(Binding::new("window_q", bits, false)),
        _ => None,
    };
    let printed = crate::print(&stages, &bind, 2)?;
    let mut text = String::from(
        "  // Waiver: the kernel's words have 32 bits, of the results only the low ones are used.\n  /* verilator lint_off UNUSEDSIGNAL */\n",
    );
    text += &printed.declarations(1);
    text += "  /* verilator lint_on UNUSEDSIGNAL */\n\n";
    text += "  always @* begin\n";
    text += &printed.text();
    text += "  end\n\n";
    let local = |name: &str| printed.output(name);
    let _ = write!(
        text,
        "  assign first_o = {}[0];\n  assign last_o = {}[0];\n  wire {window} count_d = {}{window};\n\n",
        local("first")?,
        local("last")?,
        local("count_next")?,
        window = range(bits as usize)
    );
    Ok(text)
}

fn sequential(bits: u32) -> String {
    format!(
        "  // Saturations stop at the counter's end.
  always @* saturations_sum = {{1'b0, saturations_q}} + {{1'b0, saturated_i}};

  always @(posedge clk_i) begin
    clear_o <= rst_i | clear_q;
    tick_q  <= start & !rst_i;
    valid_q <= (take | (valid_q & !go)) & !rst_i;
    if (take) begin
      write_q <= cfg_write_i;
      addr_q  <= cfg_addr_i;
      data_q  <= cfg_wdata_i[29:0]; // no register is wider
    end
    event_o <= advance & !clear_o;
    event_tick_o <= time_q;
    if (clear_o) begin
      count_q       <= {bits}'d0;
      time_q        <= 32'd0;
      saturations_q <= 32'd0;
      overrun_q     <= 1'b0;
    end else begin
      if (advance) count_q <= count_d;
      if (advance) time_q <= time_q + 32'd1;
      if (event_o) saturations_q <= saturations_sum[32] ? 32'hffffffff : saturations_sum[31:0];
      if (overrun_i) overrun_q <= 1'b1;
    end
  end

"
    )
}

/// The answer, two cycles after the decoder; input spikes.
fn answer(chip: &Chip) -> String {
    let spikes = range(chip.inputs);
    let mut text = format!(
        "  reg {spikes} spike_q;
  assign spike_o = spike_q;

  always @(posedge clk_i) begin
    if (sample) spike_q <= spike_i;
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
",
        memory = if readback(chip) {
            "      memory_done_q <= memory_q;\n"
        } else {
            ""
        },
    );
    for index in 0..chip.layers.len() {
        let (high, low) = (32 * index + 31, 32 * index);
        let device = format!("device_value_i[{high}:{low}]");
        let value = match readback(chip) {
            true => format!("memory_done_q ? memory_value_i[{high}:{low}] : {device}"),
            false => device,
        };
        let _ = writeln!(text, "        4'd{}: cfg_rdata_o <= {value};", index + 1);
    }
    text + "        default: cfg_rdata_o <= value_done_q;\n      endcase\n    end\n  end\n\n"
}
