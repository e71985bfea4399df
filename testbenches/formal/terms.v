// Rounded terms of a neuron. Proved for every shift 0..30: input and leak (truncated toward zero, or rounded to nearest),
// and of a FeLIF neuron charges and the log2 of the rates, equal their exact values in wide arithmetic and keep the
// bounds of their products.
// Assumed: products in their bounds (proved in products.v). Cut: products.

module terms;
  (* anyseq *) reg signed [`V_BITS-1:0] v;
  (* anyseq *) reg [19:0] refr;
`ifdef FELIF
  (* anyseq *) reg [`P_BITS-1:0] p;
`endif
`include "neuron.vh"
`include "bounds.vh"

  function signed [39:0] rounded(input signed [39:0] product, input signed [39:0] half, input [4:0] s);
    rounded = (product + half) >>> s;
  endfunction

  (* hierconn *) wire signed [31:0] \dut.k_in_product , \dut.k_in_term ;
`ifdef TRUNCATE
  (* hierconn *) wire signed [31:0] \dut.k_product , \dut.k_taken ;
  // What leaves v is rounded away from zero, so that what is left is rounded toward it.
  wire signed [39:0] product = \dut.k_product , in_product = \dut.k_in_product ;
  wire signed [39:0] taken = v < 0 ? product >>> leak_s : -(-product >>> leak_s);
  wire signed [39:0] in_term = in_product < 0 ? -(-in_product >>> in_s) : in_product >>> in_s;

  always @* begin
    assume (in_s <= 30 && leak_s <= 30);
    assume (in_product >= -DRIVE_TOP && in_product <= DRIVE_TOP);
    assume (product >= -V_TOP && product <= V_TOP);
    assert (\dut.k_in_term == in_term);
    assert (\dut.k_taken == taken);
    assert (\dut.k_in_term >= -DRIVE_TOP && \dut.k_in_term <= DRIVE_TOP);
    assert (\dut.k_taken >= -V_TOP && \dut.k_taken <= V_TOP);
  end
`else
  (* hierconn *) wire signed [31:0] \dut.k_leak_product , \dut.k_leak_term ;

  always @* begin
    assume (in_s <= 30 && leak_s <= 30);
    assume (\dut.k_in_product >= -DRIVE_TOP && \dut.k_in_product <= DRIVE_TOP);
    assume (\dut.k_leak_product >= -V_TOP && \dut.k_leak_product <= V_TOP);
    assert (\dut.k_in_term == rounded(\dut.k_in_product , in_h, in_s));
    assert (\dut.k_leak_term == rounded(\dut.k_leak_product , leak_h, leak_s));
    assert (\dut.k_in_term >= -DRIVE_TOP && \dut.k_in_term <= DRIVE_TOP);
    assert (\dut.k_leak_term >= -V_TOP && \dut.k_leak_term <= V_TOP);
  end
`endif

`ifdef FELIF
  (* hierconn *) wire signed [31:0] \dut.k_old_product , \dut.k_new_product , \dut.k_old_charge , \dut.k_new_charge ;
  (* hierconn *) wire signed [31:0] \dut.k_xv_product , \dut.k_xp_product , \dut.k_x , \dut.k_y ;
  wire signed [39:0] x = rounded(\dut.k_xv_product , xv_h, xv_s) - rounded(\dut.k_xp_product , xp_h, xp_s) + x0;

  always @* begin
    assume (kap_s <= 30 && xv_s <= 30 && xp_s <= 30);
    assume (\dut.k_old_product >= 0 && \dut.k_old_product <= P_TOP);
    assume (\dut.k_new_product >= 0 && \dut.k_new_product <= P_TOP);
    assume (\dut.k_xv_product >= -V_TOP && \dut.k_xv_product <= V_TOP);
    assume (\dut.k_xp_product >= 0 && \dut.k_xp_product <= P_TOP);
    assert (\dut.k_old_charge == rounded(\dut.k_old_product , kap_h, kap_s));
    assert (\dut.k_new_charge == rounded(\dut.k_new_product , kap_h, kap_s));
    assert (\dut.k_old_charge >= 0 && \dut.k_old_charge <= P_TOP);
    assert (\dut.k_new_charge >= 0 && \dut.k_new_charge <= P_TOP);
    // Two shifts of 0 are left out: a rate of 65,000 octaves by a volt would be needed, and x could then wrap.
    assert ((xv_s == 0 && xp_s == 0) || (\dut.k_x == x && \dut.k_y == xc - x));
  end
`endif
endmodule
