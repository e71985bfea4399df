// Loads a program into the chip after a reset: writes the words of a ROM in their order, then
// clears the states. The host's transfers wait until then; afterwards they pass.
//
// The ROM, beside the module, is read in one cycle and used in the next: even words are
// addresses, each followed by its data.

`default_nettype none

module bruno_boot #(
  parameter        WORDS = 2,     // of the program
  parameter        BITS  = 2,     // of an address of the ROM
  parameter [31:0] CLEAR = 32'd0  // address of the chip's register `clear`
) (
  input  wire            clk_i,
  input  wire            rst_i,

  input  wire            host_valid_i,
  output wire            host_ready_o,
  input  wire            host_write_i,
  input  wire [31:0]     host_addr_i,
  input  wire [31:0]     host_wdata_i,
  output wire            host_rvalid_o,
  output wire [31:0]     host_rdata_o,
  output wire            host_error_o,

  output wire            hub_valid_o,
  input  wire            hub_ready_i,
  output wire            hub_write_o,
  output wire [31:0]     hub_addr_o,
  output wire [31:0]     hub_wdata_o,
  input  wire            hub_rvalid_i,
  input  wire [31:0]     hub_rdata_i,
  input  wire            hub_error_i,

  output wire            rom_read_o,
  output wire [BITS-1:0] rom_address_o,
  input  wire [31:0]     rom_data_i,     // read last
  output wire            boot_done_o,
  output wire            boot_error_o
);

  // A word: its address is read, its data are read, it is offered, its answer comes.
  localparam [1:0] ADDRESS = 2'd0;
  localparam [1:0] DATA    = 2'd1;
  localparam [1:0] OFFER   = 2'd2;
  localparam [1:0] ANSWER  = 2'd3;

  reg  [1:0]      state_q;
  reg  [BITS-1:0] word_q;     // number of the word; behind the last one the clear
  reg  [31:0]     address_q;
  reg             done_q, error_q;

  wire clears = word_q == WORDS[BITS-1:0];

  assign rom_read_o    = !state_q[1] & !clears;
  assign rom_address_o = {word_q[BITS-2:0], state_q[0]};

  assign hub_valid_o = done_q ? host_valid_i : state_q == OFFER;
  assign hub_write_o = !done_q | host_write_i;
  assign hub_addr_o  = done_q ? host_addr_i : clears ? CLEAR : address_q;
  assign hub_wdata_o = done_q ? host_wdata_i : clears ? 32'd1 : rom_data_i;

  assign host_ready_o  = done_q & hub_ready_i;
  assign host_rvalid_o = done_q & hub_rvalid_i;
  assign host_rdata_o  = hub_rdata_i;
  assign host_error_o  = hub_error_i;

  assign boot_done_o  = done_q;
  assign boot_error_o = error_q;

  always @(posedge clk_i) begin
    case (state_q)
      ADDRESS: state_q <= DATA;
      DATA: begin
        address_q <= rom_data_i;
        state_q   <= OFFER;
      end
      OFFER: if (hub_ready_i) state_q <= ANSWER;
      ANSWER: if (hub_rvalid_i & !done_q) begin
        word_q  <= word_q + {{(BITS-1){1'b0}}, 1'b1};
        error_q <= error_q | hub_error_i;
        done_q  <= clears;
        state_q <= clears ? ANSWER : ADDRESS;
      end
    endcase
    if (rst_i) begin
      state_q <= ADDRESS;
      word_q  <= {BITS{1'b0}};
      done_q  <= 1'b0;
      error_q <= 1'b0;
    end
  end

endmodule

`default_nettype wire
