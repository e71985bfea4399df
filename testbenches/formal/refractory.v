// Refractory time of a neuron, over any number of ticks and with every input and register free in each of them. Proved:
// - refr' is t_ref after a spike, one less while it is not 0, and 0 otherwise: it always reaches 0;
// - no spike while it is not 0, and the states hold;
// - the states fit their registers: no bit that is written is lost (models for speed keep them as words);
// - refr and the ticks since the last spike add up to that spike's t_ref until it is over.
// Nothing is assumed. Cut: products.

module refractory (input clk);
  reg signed [`V_BITS-1:0] v;
  reg [19:0] refr;
`ifdef FELIF
  reg [`P_BITS-1:0] p;
`endif
`include "neuron.vh"

  reg [19:0] loaded;  // t_ref of the last spike
  reg [19:0] since;   // ticks since it, stopping at loaded
  reg started = 0;    // there was one

  always @(posedge clk) begin
    v <= v_next[`V_BITS-1:0];
    refr <= refr_next[19:0];
`ifdef FELIF
    p <= p_next[`P_BITS-1:0];
`endif
    started <= started | spike[0];
    loaded <= spike[0] ? t_ref : loaded;
    since <= spike[0] ? 20'd0 : since + (since != loaded);
  end

  wire signed [`V_BITS-1:0] v_kept = v_next[`V_BITS-1:0];
`ifdef FELIF
  wire [`P_BITS-1:0] p_kept = p_next[`P_BITS-1:0];
`endif

  always @* begin
    assert (v_next == v_kept);
`ifdef FELIF
    assert (p_next == p_kept);
`endif
    assert (refr_next == (spike[0] ? t_ref : refr == 0 ? 0 : refr - 1));
    assert (refr == 0 || (spike == 0 && v_next == v));
`ifdef FELIF
    assert (refr == 0 || p_next == p);
`endif
    if (started) assert (refr + since == loaded);
  end
endmodule
