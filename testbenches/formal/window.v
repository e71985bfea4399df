// Windows of a bank. Proved, with every input and state free: in a window's first tick the saturated updates are counted
// from nothing, in the others on top of those before, and all of them are; between ticks the counts hold.
// Assumed: counts below their end (counter.v is about that). Cut: products.
// The bank is the readout of the chip `proof`: current and saturations of two neurons. Its other ports are free.

module window (input clk);
  localparam END = 1048575;
  (* anyseq *) reg clear, tick, first;
  wire [31:0] saturated; // of the last tick

  (* keep *) proof_readout_bank2 dut (.clk_i(clk), .clear_i(clear), .tick_i(tick), .first_i(first), .saturated_o(saturated));
  (* hierconn *) wire [19:0] \dut.n_sat[0] ;
  (* hierconn *) wire [19:0] \dut.n_sat[1] ;
  wire [20:0] counted = \dut.n_sat[0] + \dut.n_sat[1] ;

  reg        ticked = 0; // there was a tick in the cycle before
  reg        held = 0;   // there was neither a tick nor a clear
  reg [20:0] before;     // what it counted on top of

  always @(posedge clk) begin
    ticked <= tick & !clear;
    held <= !tick & !clear;
    before <= tick & first ? 0 : counted;
  end

  always @* assume (\dut.n_sat[0] < END && \dut.n_sat[1] < END);
  always @* if (ticked) assert (counted == before + saturated);
  always @* if (held) assert (counted == before);
endmodule
