// Occupation of a FeLIF neuron. Proved: p stays in 0..2^P_BITS-1 and equals the exact p + (a - b + p_round)/2^8 clamped,
// a and b being the flows; a refractory neuron keeps it, a spike writes p_reset unless keep_p.
// Assumed: mantissas, shifts and products in their bounds (proved in powers.v, products.v). Cut: shifts, products.

module occupation;
  (* anyseq *) reg signed [`V_BITS-1:0] v;
  (* anyseq *) reg [`P_BITS-1:0] p;
  (* anyseq *) reg [19:0] refr;
`include "neuron.vh"
`include "bounds.vh"
  (* hierconn *) wire signed [31:0] \dut.k_up_product , \dut.k_up_shift , \dut.k_down_product , \dut.k_down_shift ;

  wire signed [39:0] up_flow = \dut.k_up_product >>> \dut.k_up_shift [4:0];
  wire signed [39:0] down_flow = \dut.k_down_product >>> \dut.k_down_shift [4:0];
  wire signed [39:0] wanted = $signed({1'b0, p}) + ((up_flow - down_flow + $signed({1'b0, p_round})) >>> 8);
  wire signed [39:0] p_new = wanted < 0 ? 40'sd0 : wanted >= P_ONE ? P_ONE - 40'sd1 : wanted;

  always @* begin
    assume (\dut.k_up_shift >= 2 && \dut.k_up_shift <= 31);
    assume (\dut.k_down_shift >= 2 && \dut.k_down_shift <= 31);
    assume (\dut.k_up_product >= 0 && \dut.k_up_product <= FLOW_TOP);
    assume (\dut.k_down_product >= 0 && \dut.k_down_product <= FLOW_TOP);
    assert (p_next >= 0 && p_next < P_ONE);
    assert (p_next == (refr != 0 ? p_w : !spike[0] ? p_new : keep_p ? p_new : p_reset_w));
  end
endmodule
