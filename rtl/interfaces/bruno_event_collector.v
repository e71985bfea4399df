// Collects input events into the spike vector of the next tick. An event taken in the very cycle in which start_i
// is high still acts in that tick. Two events of one channel in one tick are one spike.

module bruno_event_collector #(
  parameter INPUTS = 1
) (
  input                   clk_i,
  input                   rst_i,
  input                   clear_i,   // forgets what waits
  input                   valid_i,   // an event, always taken
  input      [15:0]       addr_i,    // its channel
  input                   start_i,   // a tick is offered from the next edge on
  output reg [INPUTS-1:0] spike_o,   // vector of that tick, until the next one
  output                  unknown_o, // there is no such channel: the event is dropped
  output                  merged_o   // the channel has its spike already
);

  reg  [INPUTS-1:0] waiting_q, event_now;
  integer           n;

  always @*
    for (n = 0; n < INPUTS; n = n + 1) event_now[n] = valid_i & (addr_i == n[15:0]);

  assign unknown_o = valid_i & !(|event_now);
  assign merged_o  = |(event_now & waiting_q);

  always @(posedge clk_i) begin
    if (rst_i | clear_i) waiting_q <= {INPUTS{1'b0}};
    else waiting_q <= start_i ? {INPUTS{1'b0}} : waiting_q | event_now;
    if (rst_i) spike_o <= {INPUTS{1'b0}};
    else if (start_i) spike_o <= waiting_q | event_now;
  end

endmodule
