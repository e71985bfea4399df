// Charge of a FeLIF neuron's occupation. Proved with the real multipliers, for every word: the charge that this tick takes
// for its new occupation is the charge that the next tick takes for it as the old one. Over many ticks the charges of
// membrane.v therefore telescope: v + charge(p) changes by the sum of dv.
// Nothing is assumed. Cut: the new occupation, which is fed back as the old one.

module charge;
  (* hierconn *) wire signed [31:0] \dut.k_p_moved , \dut.k_old_charge , \dut.k_new_charge ;
  wire [31:0] p = \dut.k_p_moved ;
  (* anyseq *) reg signed [`V_BITS-1:0] v;
  (* anyseq *) reg [19:0] refr;
`include "neuron.vh"

  always @* assert (\dut.k_new_charge == \dut.k_old_charge );
endmodule
