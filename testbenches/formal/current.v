// Synaptic current, one tick. Proved: i' equals the exact decay and sum in wide arithmetic, clamped
// to its range; i_sat is 1 exactly when it was clamped.
// Assumed: a decay of at most the whole current (mantissa <= 2^shift, as every time constant gives), at most 2^31 - 1 -
// 2^I_BITS LSB injected in a tick (what resolution of a chip grants). The multiplier is real.

module current;
  localparam signed [31:0] I_MAX = (32'sd1 << (`I_BITS - 1)) - 32'sd1;
  localparam signed [31:0] I_MIN = -I_MAX - 32'sd1;
  localparam signed [31:0] MOST = 32'sh7fffffff - (32'sd1 << `I_BITS);
  (* anyseq *) reg signed [`I_BITS-1:0] i;
  (* anyseq *) reg signed [31:0] inject;
  (* anyseq *) reg [6:0] i_dec_m;
  (* anyseq *) reg [4:0] i_dec_s;
  wire signed [31:0] i_w = i, i_next, i_sat;
  // The half of the shift when rounding to nearest, any number below the LSB when rounding at random.
  (* anyseq *) reg [29:0] i_dec_h;

  (* keep *) `KERNEL dut (
`ifndef TRUNCATE
    .i_dec_h({2'd0, i_dec_h}),
`endif
    .i(i_w), .inject(inject), .i_dec_m({25'd0, i_dec_m}), .i_dec_s({27'd0, i_dec_s}),
    .i_max(I_MAX), .i_min(I_MIN), .i_next(i_next), .i_sat(i_sat));
  (* hierconn *) wire signed [31:0] \dut.k_product ;

`ifdef TRUNCATE
  // Away from zero, so that what is left of i is rounded toward it.
  wire signed [39:0] step = i < 0 ? -(40'sd0 + \dut.k_product >>> i_dec_s) : (40'sd0 - \dut.k_product ) >>> i_dec_s;
`else
  wire signed [39:0] step = ($signed({10'd0, i_dec_h}) - \dut.k_product ) >>> i_dec_s;
`endif
  wire signed [39:0] wanted = i + step + inject;

  always @* begin
    assume (i_dec_h < 31'd1 << i_dec_s);
    assume (i_dec_s <= 30 && {33'd0, i_dec_m} <= 40'd1 << i_dec_s);
    assume (inject >= -MOST && inject <= MOST);
    assert (i_next == (wanted < I_MIN ? I_MIN : wanted > I_MAX ? I_MAX : wanted));
    assert (i_sat == (wanted < I_MIN || wanted > I_MAX));
  end
endmodule
