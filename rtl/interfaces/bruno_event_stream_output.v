// Output spikes as a stream (valid/ready) of neuron and tick: takes the vector of a tick apart,
// lowest neuron first, one event a cycle, through a FIFO. Spikes still in the vector when the
// next one comes are lost and reported: that happens when the FIFO is full, or when more neurons
// fire in a tick than it has cycles.

`default_nettype none

module bruno_event_stream_output #(
  parameter NEURONS    = 1,
  parameter DEPTH_BITS = 6
) (
  input  wire                  clk_i,
  input  wire                  rst_i,
  input  wire                  event_valid_i,
  input  wire [31:0]           event_tick_i,            // us
  input  wire [NEURONS-1:0]    event_spikes_i,
  output wire                  valid_o,
  input  wire                  ready_i,
  output wire [15:0]           addr_o,
  output wire [31:0]           time_o,                  // us
  output wire                  last_o,                  // the last spike of its tick
  output reg  [15:0]           lost_o,                  // spikes lost in this cycle
  // The FIFO's memory.
  output wire                  memory_write_o,
  output wire [DEPTH_BITS-1:0] memory_write_address_o,
  output wire [48:0]           memory_data_o,
  output wire                  memory_read_o,
  output wire [DEPTH_BITS-1:0] memory_read_address_o,
  input  wire [48:0]           memory_data_i
);

  reg  [NEURONS-1:0] vector_q;
  reg  [31:0]        tick_q;
  reg  [15:0]        lowest;
  wire               room;
  integer            n;

  wire               some = |vector_q;
  // v & ~(-v) = v & (v - 1): all but the lowest one.
  wire [NEURONS-1:0] others = vector_q & ~(-vector_q);
  wire [NEURONS-1:0] rest   = (some & room) ? others : vector_q;
  wire               last   = !(|others) | event_valid_i;

  always @* begin
    lowest = 16'd0;
    lost_o = 16'd0;
    for (n = NEURONS - 1; n >= 0; n = n - 1) begin
      if (vector_q[n]) lowest = n[15:0];
      lost_o = lost_o + {15'd0, rest[n] & event_valid_i};
    end
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      vector_q <= {NEURONS{1'b0}};
      tick_q   <= 32'd0;
    end else if (event_valid_i) begin
      vector_q <= event_spikes_i;
      tick_q   <= event_tick_i;
    end else begin
      vector_q <= rest;
    end
  end

  bruno_fifo #(.WIDTH(49), .DEPTH_BITS(DEPTH_BITS)) u_fifo (
    .clk_i(clk_i),
    .rst_i(rst_i),
    .valid_i(some),
    .ready_o(room),
    .data_i({last, tick_q, lowest}),
    .valid_o(valid_o),
    .ready_i(ready_i),
    .data_o({last_o, time_o, addr_o}),
    .memory_write_o(memory_write_o),
    .memory_write_address_o(memory_write_address_o),
    .memory_data_o(memory_data_o),
    .memory_read_o(memory_read_o),
    .memory_read_address_o(memory_read_address_o),
    .memory_data_i(memory_data_i)
  );

endmodule

`default_nettype wire
