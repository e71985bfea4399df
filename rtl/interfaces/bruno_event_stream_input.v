// Input events with time stamps (valid/ready). An event waits at the head of a FIFO until the
// tick of its stamp is the next one; one that comes later acts at once and is reported. Stamps
// are compared modulo 2^32.

`default_nettype none

module bruno_event_stream_input #(
  parameter DEPTH_BITS = 6
) (
  input  wire                  clk_i,
  input  wire                  rst_i,                   // of the states too: empties the FIFO
  input  wire                  valid_i,
  output wire                  ready_o,
  input  wire [15:0]           addr_i,
  input  wire [31:0]           time_i,                  // us
  input  wire [31:0]           now_i,                   // number of the next tick
  output wire                  valid_o,                 // the event acts in the next tick
  output wire [15:0]           addr_o,
  output wire                  late_o,                  // it is too late for its own
  // The FIFO's memory.
  output wire                  memory_write_o,
  output wire [DEPTH_BITS-1:0] memory_write_address_o,
  output wire [47:0]           memory_data_o,
  output wire                  memory_read_o,
  output wire [DEPTH_BITS-1:0] memory_read_address_o,
  input  wire [47:0]           memory_data_i
);

  wire        waiting;
  wire [31:0] stamp;
  wire [31:0] ahead = stamp - now_i;

  assign valid_o = waiting & (ahead[31] | (ahead == 32'd0));
  assign late_o  = waiting & ahead[31];

  bruno_fifo #(.WIDTH(48), .DEPTH_BITS(DEPTH_BITS)) u_fifo (
    .clk_i(clk_i),
    .rst_i(rst_i),
    .valid_i(valid_i),
    .ready_o(ready_o),
    .data_i({time_i, addr_i}),
    .valid_o(waiting),
    .ready_i(valid_o),
    .data_o({stamp, addr_o}),
    .memory_write_o(memory_write_o),
    .memory_write_address_o(memory_write_address_o),
    .memory_data_o(memory_data_o),
    .memory_read_o(memory_read_o),
    .memory_read_address_o(memory_read_address_o),
    .memory_data_i(memory_data_i)
  );

endmodule

`default_nettype wire
