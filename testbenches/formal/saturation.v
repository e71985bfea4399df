// Counts of saturations, on the whole chip `counts` with every input free. Proved, for any number of cycles:
// - what the banks report of a tick is what the neurons' window counters gain in it, 0..2 a neuron (readout: 0..1);
// - the status register is the sum of all of them since the last clear, and stops at 2^32 - 1;
// so, with membrane.v, current.v and window_count.v, every clamp is counted until a counter stops at its end.
// Assumed: no window counter stands at its end (it would need a window of 2^19 ticks; the longest has 8191).

module saturation (input clk);
  (* keep *) counts dut (.clk_i(clk));
  (* hierconn *) wire [19:0] \dut.hidden_0.n_sat[0] ;
  (* hierconn *) wire [19:0] \dut.hidden_0.n_sat[1] ;
  (* hierconn *) wire [19:0] \dut.readout_0.n_sat[0] ;
  (* hierconn *) wire [31:0] \dut.control.saturations_q ;
  (* hierconn *) wire [31:0] \dut.saturated_sum ;
  (* hierconn *) wire \dut.tick ;
  (* hierconn *) wire \dut.first ;
  (* hierconn *) wire \dut.clear ;

  wire [59:0] counts = {\dut.readout_0.n_sat[0] , \dut.hidden_0.n_sat[1] , \dut.hidden_0.n_sat[0] };
  reg [59:0] before;           // counts before the tick, 0 where a window begins
  reg        ticked = 0;       // there was a tick in the cycle before
  reg        started = 0;      // there was a clear
  reg [31:0] total;            // all gains since, stopping at its end

  function [19:0] gain(input integer n);
    gain = counts[20*n +: 20] - before[20*n +: 20];
  endfunction
  wire [32:0] sum = gain(0) + gain(1) + gain(2) + 33'd0 + total;

  always @(posedge clk) begin
    started <= started | \dut.clear ;
    before <= \dut.first ? 60'd0 : counts;
    ticked <= \dut.tick & ! \dut.clear ;
    if (\dut.clear ) total <= 0;
    else if (ticked) total <= sum[32] ? 32'hffffffff : sum[31:0];
  end

  always @* if (started) begin
    assert (\dut.control.saturations_q == total);
    if (ticked) begin
      assert (gain(0) <= 2 && gain(1) <= 2 && gain(2) <= 1);
      assert (\dut.saturated_sum == gain(0) + gain(1) + gain(2));
    end
  end
  always @* assume (counts[19:0] < 20'hffffe && counts[39:20] < 20'hffffe && counts[59:40] < 20'hffffe);
endmodule
