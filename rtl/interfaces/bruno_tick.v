// The chip's microsecond: one tick every CLOCK_MHZ cycles of clk_i, and the number of the tick that comes next.

module bruno_tick #(
  parameter [9:0] CLOCK_MHZ = 10'd1  // 1..1000
) (
  input             clk_i,
  input             rst_i,
  input             hold_i,    // ticks that fall due now do not take place
  input             clear_i,   // time starts again
  input             ready_i,   // the chip can start a tick
  output            start_o,   // tick_o rises with the next edge
  output reg        tick_o,
  output reg [31:0] now_o,     // ticks started so far = number of the next tick
  output            missed_o   // a tick fell due while one still waited for the chip
);

  reg  [9:0] divider_q;
  reg        waiting_q;  // a tick is due and the chip not ready

  wire due  = divider_q == CLOCK_MHZ - 10'd1;
  // A chip that needs several cycles a tick shows so one cycle after tick_o.
  wire free = ready_i & ((CLOCK_MHZ == 10'd1) | !tick_o);

  assign start_o  = (due | waiting_q) & free & !hold_i;
  assign missed_o = due & waiting_q & !hold_i & !start_o;

  always @(posedge clk_i) begin
    if (rst_i) begin
      divider_q <= 10'd0;
      waiting_q <= 1'b0;
      tick_o    <= 1'b0;
      now_o     <= 32'd0;
    end else begin
      divider_q <= due ? 10'd0 : divider_q + 10'd1;
      waiting_q <= (due | waiting_q) & !start_o & !hold_i;
      tick_o    <= start_o;
      if (clear_i) now_o <= 32'd0;
      else if (start_o) now_o <= now_o + 32'd1;
    end
  end

endmodule
