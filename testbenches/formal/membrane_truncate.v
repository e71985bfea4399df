// Membrane of a LIF neuron, one tick, rounding `truncate`. Proved: v' equals the exact decay and input, each truncated
// toward zero in wide arithmetic, summed and clamped; it never wraps and stays in v_floor..V_MAX. Spikes, refractory
// neurons and the count of clamps as in membrane.v.
// Assumed: products in their bounds (proved in products.v) with the sign of their state; v and v_reset not below v_floor.
// Cut: products.

module membrane_truncate;
  (* anyseq *) reg signed [`V_BITS-1:0] v;
  (* anyseq *) reg [19:0] refr;
`include "neuron.vh"
`include "bounds.vh"
  (* hierconn *) wire signed [31:0] \dut.k_product , \dut.k_in_product ;

  // Away from zero, so that what is left of v is rounded toward it.
  wire signed [39:0] taken = v < 0 ? 40'sd0 + \dut.k_product >>> leak_s : -((40'sd0 - \dut.k_product ) >>> leak_s);
  wire signed [39:0] in_term = \dut.k_in_product < 0 ? -((40'sd0 - \dut.k_in_product ) >>> in_s)
                                                      : 40'sd0 + \dut.k_in_product >>> in_s;
  wire signed [39:0] v1 = v - taken + in_term;
  wire signed [39:0] v2 = v1 < v_floor ? v_floor : v1;
  wire signed [39:0] v3 = v2 > V_MAX ? V_MAX : v2;
  wire waits = refr != 0;
  wire fires = !waits && v3 > v_th;

  always @* begin
    assume (v >= v_floor && v_reset >= v_floor);
    assume (in_s <= 30 && leak_s <= 30);
    assume (\dut.k_in_product >= -DRIVE_TOP && \dut.k_in_product <= DRIVE_TOP);
    assume (\dut.k_product >= -V_TOP && \dut.k_product <= V_TOP);
    assert (v_next == (waits ? v : fires ? v_reset : v3));
    assert (v_next >= v_floor && v_next <= V_MAX);
    assert (spike == fires);
    assert (saturated == i_sat + (!waits && v2 > V_MAX));
  end
endmodule
