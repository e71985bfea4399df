// Membrane of a neuron, one tick. Proved:
// - v' equals the exact sum in wide arithmetic, clamped; so it never wraps, and stays in v_floor..V_MAX;
// - a spike is exactly v_th < v3 of a neuron that is not refractory, and writes v_reset; a refractory neuron keeps v;
// - every clamp at V_MAX is counted, beside the current's, and nothing else is;
// - charge is conserved: v' + charge(p') - v - charge(p) = dv unless clamped, refractory or spiking (LIF: charge = 0).
// Assumed: terms in their bounds (proved in terms.v, products.v); v and v_reset not below v_floor. Cut: the terms.

module membrane;
  (* anyseq *) reg signed [`V_BITS-1:0] v;
  (* anyseq *) reg [19:0] refr;
`ifdef FELIF
  (* anyseq *) reg [`P_BITS-1:0] p;
`endif
`include "neuron.vh"
`include "bounds.vh"
  (* hierconn *) wire signed [31:0] \dut.k_in_term ;
`ifdef TRUNCATE
  (* hierconn *) wire signed [31:0] \dut.k_taken ;
  wire signed [31:0] leak_term = \dut.k_taken ;
  wire signed [39:0] dv = 40'sd0 - leak_term + \dut.k_in_term ;
`else
  (* hierconn *) wire signed [31:0] \dut.k_leak_term ;
  wire signed [31:0] leak_term = \dut.k_leak_term ;
  wire signed [39:0] dv = (40'sd0 + \dut.k_in_term - leak_term + v_round) >>> 8;
`endif
`ifdef FELIF
  (* hierconn *) wire signed [31:0] \dut.k_old_charge , \dut.k_new_charge ;
  wire signed [39:0] old_charge = \dut.k_old_charge , new_charge = \dut.k_new_charge ;
`else
  wire signed [39:0] old_charge = 0, new_charge = 0;
`endif

  wire signed [39:0] v1 = v + dv + old_charge - new_charge;
  wire signed [39:0] v2 = v1 < v_floor ? v_floor : v1;
  wire signed [39:0] v3 = v2 > V_MAX ? V_MAX : v2;
  wire waits = refr != 0;
  wire fires = !waits && v3 > v_th;

  always @* begin
    assume (v >= v_floor && v_reset >= v_floor);
    assume (\dut.k_in_term >= -DRIVE_TOP && \dut.k_in_term <= DRIVE_TOP);
    assume (leak_term >= -V_TOP && leak_term <= V_TOP);
    assume (old_charge >= 0 && old_charge <= P_TOP);
    assume (new_charge >= 0 && new_charge <= P_TOP);
    assert (v_next == (waits ? v : fires ? v_reset : v3));
    assert (v_next >= v_floor && v_next <= V_MAX);
    assert (spike == fires);
    assert (saturated == i_sat + (!waits && v2 > V_MAX));
    assert (waits || fires || v3 != v1 || v_next + new_charge - v - old_charge == dv);
  end
endmodule
