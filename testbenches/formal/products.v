// Products of a neuron. Proved with the real multipliers, every state and mantissa free: no product leaves the
// range that the other harnesses assume of it, none leaves 32 bits.
// Assumed: mantissas of the switching rates in 1024..2047 (proved in powers.v). Cut: those mantissas.

module products;
  (* anyseq *) reg signed [`V_BITS-1:0] v;
`ifdef FELIF
  (* anyseq *) reg [`P_BITS-1:0] p;
`endif
  (* anyseq *) reg [19:0] refr;
`include "neuron.vh"
`include "bounds.vh"
  (* hierconn *) wire signed [31:0] \dut.k_in_product ;
`ifdef TRUNCATE
  (* hierconn *) wire signed [31:0] \dut.k_product ;
  wire signed [31:0] leak_product = \dut.k_product ;
`else
  (* hierconn *) wire signed [31:0] \dut.k_leak_product ;
  wire signed [31:0] leak_product = \dut.k_leak_product ;
`endif

  always @* begin
    assert (\dut.k_in_product >= -DRIVE_TOP && \dut.k_in_product <= DRIVE_TOP);
    assert (leak_product >= -V_TOP && leak_product <= V_TOP);
  end

`ifdef FELIF
  (* hierconn *) wire signed [31:0] \dut.k_xv_product , \dut.k_xp_product , \dut.k_old_product ;
  (* hierconn *) wire signed [31:0] \dut.k_up_product , \dut.k_down_product , \dut.k_up_mant , \dut.k_down_mant ;

  always @* begin
    assume (\dut.k_up_mant >= 1024 && \dut.k_up_mant <= 2047);
    assume (\dut.k_down_mant >= 1024 && \dut.k_down_mant <= 2047);
    assert (\dut.k_xv_product >= -V_TOP && \dut.k_xv_product <= V_TOP);
    assert (\dut.k_xp_product >= 0 && \dut.k_xp_product <= P_TOP);
    assert (\dut.k_old_product >= 0 && \dut.k_old_product <= P_TOP);
    assert (\dut.k_up_product >= 0 && \dut.k_up_product <= FLOW_TOP);
    assert (\dut.k_down_product >= 0 && \dut.k_down_product <= FLOW_TOP);
  end
`endif
endmodule
