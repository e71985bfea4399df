// First in, first out: 2^DEPTH_BITS words in a memory and one more at its output, valid/ready on
// both sides. A word written to an empty one is offered two cycles later.

`default_nettype none

module bruno_fifo #(
  parameter WIDTH      = 32,
  parameter DEPTH_BITS = 4
) (
  input  wire                  clk_i,
  input  wire                  rst_i,                   // empties it
  input  wire                  valid_i,
  output wire                  ready_o,
  input  wire [WIDTH-1:0]      data_i,
  output wire                  valid_o,
  input  wire                  ready_i,
  output wire [WIDTH-1:0]      data_o,
  // Its memory, beside the module.
  output wire                  memory_write_o,
  output wire [DEPTH_BITS-1:0] memory_write_address_o,
  output wire [WIDTH-1:0]      memory_data_o,
  output wire                  memory_read_o,
  output wire [DEPTH_BITS-1:0] memory_read_address_o,
  input  wire [WIDTH-1:0]      memory_data_i
);

  // One bit more than an address needs: the counters differ by the depth when the memory is full.
  reg [DEPTH_BITS:0] write_q, read_q;
  reg                offered_q;  // the memory's output holds a word that waits to be taken

  assign ready_o = (write_q ^ read_q) != {1'b1, {DEPTH_BITS{1'b0}}};
  assign valid_o = offered_q;
  assign data_o  = memory_data_i;

  assign memory_write_o         = valid_i & ready_o;
  assign memory_write_address_o = write_q[DEPTH_BITS-1:0];
  assign memory_data_o          = data_i;
  assign memory_read_o          = (write_q != read_q) & (!offered_q | ready_i);
  assign memory_read_address_o  = read_q[DEPTH_BITS-1:0];

  always @(posedge clk_i) begin
    if (rst_i) begin
      write_q   <= {(DEPTH_BITS+1){1'b0}};
      read_q    <= {(DEPTH_BITS+1){1'b0}};
      offered_q <= 1'b0;
    end else begin
      if (memory_write_o) write_q <= write_q + {{DEPTH_BITS{1'b0}}, 1'b1};
      if (memory_read_o) read_q <= read_q + {{DEPTH_BITS{1'b0}}, 1'b1};
      offered_q <= memory_read_o | (offered_q & !ready_i);
    end
  end

endmodule

`default_nettype wire
