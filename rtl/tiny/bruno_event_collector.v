// Collects input events into the spike vector of the next tick. An event taken in the very cycle
// in which start_i is high still acts in that tick. Two events of one channel in one tick are one
// spike.

`default_nettype none

module bruno_event_collector #(
  parameter INPUTS = 1
) (
  input  wire              clk_i,
  input  wire              rst_i,
  input  wire              clear_i,    // forgets what waits
  input  wire              valid_i,    // an event, always taken
  input  wire [15:0]       addr_i,     // its channel
  input  wire              start_i,    // a tick is offered from the next edge on
  output reg  [INPUTS-1:0] spike_o,    // vector of that tick, until the next one
  output wire              unknown_o,  // there is no such channel: the event is dropped
  output wire              merged_o    // the channel has its spike already
);

  reg  [INPUTS-1:0] waiting_q, event_now;
  integer           n;

  always @* begin
    for (n = 0; n < INPUTS; n = n + 1) begin
      event_now[n] = valid_i & (addr_i == n[15:0]);
    end
  end

  assign unknown_o = valid_i & !(|event_now);
  assign merged_o  = |(event_now & waiting_q);

  always @(posedge clk_i) begin
    if (rst_i | clear_i) begin
      waiting_q <= {INPUTS{1'b0}};
    end else begin
      waiting_q <= start_i ? {INPUTS{1'b0}} : waiting_q | event_now;
    end
    if (rst_i) begin
      spike_o <= {INPUTS{1'b0}};
    end else if (start_i) begin
      spike_o <= waiting_q | event_now;
    end
  end

endmodule

`default_nettype wire
