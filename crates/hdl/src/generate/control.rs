//! The control module: configuration bus, chip registers, tick and window counters, registered inputs.

use super::{header, ports::range};
use crate::kernels::Decimator;
use crate::{Binding, Stage};
use bruno_device::Chip;
use std::fmt::Write;

pub(super) fn module_name(chip: &Chip) -> String {
    format!("{}_control", chip.name)
}

/// The module. Bus transfers are registered, decoded in the next cycle and answered in the one after.
pub(super) fn print(chip: &Chip) -> Result<String, crate::HdlError> {
    let layers = chip.layers.len();
    let mut text = header(
        chip,
        "Configuration bus, chip registers, tick and window counters.",
    );
    let _ = writeln!(text, "module {} (", module_name(chip));
    text += &port_list(chip, layers);
    text += DECLARATIONS;
    text += &decode(chip, layers);
    text += &decimator()?;
    text += SEQUENTIAL;
    text += &answer(chip);
    Ok(text + "endmodule\n")
}

fn port_list(chip: &Chip, layers: usize) -> String {
    let m = range(chip.inputs);
    let l = range(layers);
    let words = range(32 * layers);
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
  output            clear_o,         // states go to rest
  output            tick_o,          // this cycle is a tick
  output reg        event_o,         // the cycle before was a tick
  output reg [31:0] event_tick_o,    // and this was its time, us
  output            first_o,         // first tick of a window
  output            last_o,          // last tick of a window
  output     {m} spike_o,         // registered input spikes
  output reg {l} device_write_o,  // write data_o to index_o of a layer's registers
  output reg {l} levels_write_o,  // level tables
  output reg {l} codes_write_o,   // weight codes
  output     [25:0] index_o,
  output     [29:0] data_o,
  input      {words} device_read_i,   // register index_o of each layer
  input      {l} device_known_i,
  input      [31:0] saturated_i,     // saturated updates of the last tick
  input             overrun_i        // a record was dropped
);

  localparam [12:0] WINDOW = 13'd{}; // default window, ticks
",
        chip.window_ticks
    )
}

const DECLARATIONS: &str = "  localparam [31:0] ID = 32'h6272756e; // \"brun\"

  reg        valid_q, write_q;
  reg [31:0] addr_q;
  reg [29:0] data_q;
  reg        tick_q, clear_q;
  reg [12:0] window_q;
  reg [12:0] count_q;
  reg [31:0] time_q;
  reg [31:0] saturations_q;
  reg        overrun_q;
  reg        known;   // the address exists and takes this kind of transfer
  reg [31:0] value;
  reg [32:0] saturations_sum;

  wire unused = &{1'b0, cfg_wdata_i[31:30]};

  assign cfg_ready_o = 1'b1;
  assign tick_o      = tick_q;
  assign clear_o     = rst_i | clear_q;
  assign index_o     = addr_q[25:0];
  assign data_o      = data_q;

";

/// Address decoder: `known`, `value` and the write strobes of every section.
fn decode(chip: &Chip, layers: usize) -> String {
    let zero = format!("{layers}'d0");
    let mut text = format!(
        "  always @* begin
    known          = 1'b0;
    value          = 32'd0;
    device_write_o = {zero};
    levels_write_o = {zero};
    codes_write_o  = {zero};
    case (addr_q[31:26])
      6'd0: begin
        case (addr_q[25:0])
          26'd0: begin known = !write_q; value = ID; end
          26'd1: begin known = 1'b1; value = {{19'd0, window_q}}; end
          26'd2: begin known = 1'b1; value = {{31'd0, clear_q}}; end
          26'd3: begin known = !write_q; value = time_q; end
          26'd4: begin known = !write_q; value = saturations_q; end
          26'd5: begin known = !write_q; value = {{31'd0, overrun_q}}; end
          default: ;
        endcase
      end
"
    );
    for (index, layer) in chip.layers.iter().enumerate() {
        let bit = if layers == 1 {
            String::new()
        } else {
            format!("[{index}]")
        };
        let at = |kind: usize| 4 * (index + 1) + kind;
        let (low, high) = (32 * index, 32 * index + 31);
        let _ = write!(
            text,
            "      6'd{}: begin // registers of `{}`
        known = device_known_i{bit};
        value = device_read_i[{high}:{low}];
        device_write_o{bit} = valid_q & write_q & device_known_i{bit};
      end
      6'd{}: begin // its level tables
        known = write_q & {};
        levels_write_o{bit} = valid_q & known;
      end
      6'd{}: begin // its weight codes
        known = write_q & {};
        codes_write_o{bit} = valid_q & known;
      end
",
            at(0),
            layer.name,
            at(1),
            level_exists(layer),
            at(2),
            code_exists(layer),
        );
    }
    text + "      default: ;\n    endcase\n  end\n\n"
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
        if bits == 1 { "[0]".into() } else { range(bits) },
        layer.neurons - 1
    )
}

/// The decimator kernel, inlined: `first_o`, `last_o` and the next count.
fn decimator() -> Result<String, crate::HdlError> {
    let stages = [Stage::new("decimator", &Decimator::default())?];
    let bind = |name: &str| match name {
        "count" => Some(Binding::new("count_q", 13, false)),
        "window" => Some(Binding::new("window_q", 13, false)),
        _ => None,
    };
    let printed = crate::print(&stages, &bind, 2)?;
    let mut text = String::from(
        "  // Waiver: the kernel's words have 32 bits, of the results only the low ones are used.\n  /* verilator lint_off UNUSEDSIGNAL */\n",
    );
    text += &printed.declarations(1);
    text += "  /* verilator lint_on UNUSEDSIGNAL */\n\n";
    text += "  always @* begin\n";
    text += &printed.statements;
    text += "  end\n\n";
    let local = |name: &str| printed.output(name);
    let _ = write!(
        text,
        "  assign first_o = {}[0];\n  assign last_o = {}[0];\n  wire [12:0] count_d = {}[12:0];\n\n",
        local("first")?,
        local("last")?,
        local("count_next")?
    );
    Ok(text)
}

const SEQUENTIAL: &str = "  // Saturations stop at the counter's end.
  always @* saturations_sum = {1'b0, saturations_q} + {1'b0, saturated_i};

  always @(posedge clk_i) begin
    tick_q  <= tick_i & !rst_i;
    valid_q <= cfg_valid_i & !rst_i;
    write_q <= cfg_write_i;
    addr_q  <= cfg_addr_i;
    data_q  <= cfg_wdata_i[29:0]; // no register is wider
    clear_q <= valid_q & write_q & (addr_q == 32'd2) & data_q[0] & !rst_i;
    if (rst_i) window_q <= WINDOW;
    else if (valid_q & write_q & (addr_q == 32'd1)) window_q <= data_q[12:0];
    event_o <= tick_q & !clear_o;
    event_tick_o <= time_q;
    if (clear_o) begin
      count_q       <= 13'd0;
      time_q        <= 32'd0;
      saturations_q <= 32'd0;
      overrun_q     <= 1'b0;
    end else begin
      if (tick_q) count_q <= count_d;
      if (tick_q) time_q <= time_q + 32'd1;
      if (event_o) saturations_q <= saturations_sum[32] ? 32'hffffffff : saturations_sum[31:0];
      if (overrun_i) overrun_q <= 1'b1;
    end
  end

";

fn answer(chip: &Chip) -> String {
    let spikes = range(chip.inputs);
    format!(
        "  reg {spikes} spike_q;
  assign spike_o = spike_q;

  always @(posedge clk_i) begin
    spike_q      <= spike_i;
    cfg_rvalid_o <= valid_q & !rst_i;
    cfg_rdata_o  <= write_q ? 32'd0 : value;
    cfg_error_o  <= !known;
  end

"
    )
}
