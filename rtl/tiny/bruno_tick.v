// The chip's microsecond: one tick every CLOCK_MHZ cycles of clk_i, and the number of the tick
// that comes next.

`default_nettype none

module bruno_tick #(
  parameter [9:0] CLOCK_MHZ = 10'd1  // 1..1000
) (
  input  wire        clk_i,
  input  wire        rst_i,
  input  wire        hold_i,   // ticks that fall due or wait now do not take place
  input  wire        clear_i,  // time starts again
  input  wire        ready_i,  // the chip takes a tick
  output wire        start_o,  // the next tick begins to be offered with the next edge
  output reg         tick_o,   // a tick is offered, until it is taken
  output reg  [31:0] now_o,    // ticks offered so far = number of the next one
  output wire        missed_o  // a tick fell due while one still waited to be offered
);

  reg  [9:0] divider_q;
  reg        waiting_q;  // a tick is due and the one before not taken

  wire due = divider_q == CLOCK_MHZ - 10'd1;

  assign start_o  = (due | waiting_q) & (!tick_o | ready_i) & !hold_i;
  assign missed_o = due & waiting_q & !hold_i & !start_o;

  always @(posedge clk_i) begin
    if (rst_i) begin
      divider_q <= 10'd0;
      waiting_q <= 1'b0;
      tick_o    <= 1'b0;
      now_o     <= 32'd0;
    end else begin
      divider_q <= due ? 10'd0 : divider_q + 10'd1;
      waiting_q <= (due | waiting_q) & !hold_i & (!start_o | (due & waiting_q));
      tick_o    <= start_o | (tick_o & !ready_i & !hold_i);
      if (clear_i) begin
        now_o <= 32'd0;
      end else if (start_o) begin
        now_o <= now_o + 32'd1;
      end
    end
  end

endmodule

`default_nettype wire
