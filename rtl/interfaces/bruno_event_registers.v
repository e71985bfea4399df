// Input events as writes to two of the shell's registers: `event_time` (24) holds the tick, a
// write to `event` (25) is an event of the channel written. Reading `event` says whether there is
// room for one; without room a write is answered by an error.

`default_nettype none

module bruno_event_registers (
  input  wire        clk_i,
  input  wire        rst_i,
  input  wire        valid_i,  // a transfer, for one cycle
  input  wire        write_i,
  input  wire [25:0] index_i,
  input  wire [31:0] data_i,
  output wire [31:0] value_o,  // 0 where another register is meant
  output wire        known_o,
  output wire        valid_o,  // an event
  input  wire        ready_i,  // there is room for it
  output wire [15:0] addr_o,
  output wire [31:0] time_o
);

  reg  [31:0] time_q;
  wire        is_time  = index_i == 26'd24;
  wire        is_event = index_i == 26'd25;

  assign value_o = is_time ? time_q : {31'd0, is_event & ready_i};
  assign known_o = is_time | (is_event & (!write_i | ready_i));
  assign valid_o = valid_i & write_i & is_event;
  assign addr_o  = data_i[15:0];
  assign time_o  = time_q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      time_q <= 32'd0;
    end else if (valid_i & write_i & is_time) begin
      time_q <= data_i;
    end
  end

endmodule

`default_nettype wire
