// Stands between a configuration wrapper and the chip: leads transfers to the shell's own
// registers, passes everything else on, one transfer at a time, and tells the rest of the shell
// when the chip's states are cleared.
//
// A transfer is taken when host_valid_i and host_ready_o are high; host_rvalid_o answers it for
// one cycle.

`default_nettype none

module bruno_config_hub #(
  parameter [5:0]  PAGE  = 6'd0,   // address bits 31..26 of the shell's registers
  parameter [31:0] CLEAR = 32'd0   // address of the chip's register `clear`
) (
  input  wire        clk_i,
  input  wire        rst_i,

  input  wire        host_valid_i,
  output wire        host_ready_o,
  input  wire        host_write_i,
  input  wire [31:0] host_addr_i,
  input  wire [31:0] host_wdata_i,
  output reg         host_rvalid_o,
  output reg  [31:0] host_rdata_o,
  output reg         host_error_o,

  output reg         chip_valid_o,
  input  wire        chip_ready_i,
  output reg         chip_write_o,
  output reg  [31:0] chip_addr_o,
  output reg  [31:0] chip_wdata_o,
  input  wire        chip_rvalid_i,
  input  wire [31:0] chip_rdata_i,
  input  wire        chip_error_i,

  output wire        look_o,         // a transfer (chip_write_o, ...) for the shell, for two cycles
  output wire        own_o,          // the second of them: it takes place
  input  wire [31:0] value_i,        // what the register addressed holds, in the second cycle
  input  wire        known_i,        // there is one that takes such a transfer
  output reg         hold_o,         // a clear comes: no tick may start, up to and with clear_o
  output reg         clear_o         // the states are at rest; for one cycle
);

  reg         busy_q;   // from a transfer's acceptance to its answer
  reg         own_q;    // it is for the shell
  reg         looked_q; // and in its second cycle

  wire take     = host_valid_i & host_ready_o;
  wire own      = host_addr_i[31:26] == PAGE;
  wire clearing = host_write_i & (host_addr_i == CLEAR) & host_wdata_i[0];

  assign host_ready_o = !busy_q;
  assign look_o       = busy_q & own_q;
  assign own_o        = look_o & looked_q;

  always @(posedge clk_i) begin
    host_rvalid_o <= 1'b0;
    clear_o       <= 1'b0;
    looked_q      <= look_o & !looked_q;
    if (clear_o) hold_o <= 1'b0;
    if (take) begin
      chip_write_o <= host_write_i;
      chip_addr_o  <= host_addr_i;
      chip_wdata_o <= host_wdata_i;
      own_q        <= own;
      busy_q       <= 1'b1;
      chip_valid_o <= !own;
      hold_o       <= clearing;
    end
    if (chip_valid_o & chip_ready_i) chip_valid_o <= 1'b0;
    if (own_o | (busy_q & chip_rvalid_i)) begin
      busy_q        <= 1'b0;
      clear_o       <= hold_o;
      host_rvalid_o <= 1'b1;
      host_rdata_o  <= own_q ? value_i : chip_rdata_i;
      host_error_o  <= own_q ? !known_i : chip_error_i;
    end
    if (rst_i) begin
      busy_q        <= 1'b0;
      own_q         <= 1'b0;
      looked_q      <= 1'b0;
      chip_valid_o  <= 1'b0;
      chip_write_o  <= 1'b0;
      chip_addr_o   <= 32'd0;
      chip_wdata_o  <= 32'd0;
      hold_o        <= 1'b0;
      clear_o       <= 1'b0;
      host_rvalid_o <= 1'b0;
      host_rdata_o  <= 32'd0;
      host_error_o  <= 1'b0;
    end
  end

endmodule

`default_nettype wire
