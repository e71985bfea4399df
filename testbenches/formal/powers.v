// Powers of two of a FeLIF neuron. Proved for every word x and y (both cut): mantissas of 2^x and 2^y stay in 1024..2047
// and their shifts in 2..31, so a switching rate never exceeds 1 per tick and its product with 1 - p stays in 32 bits.
// Nothing is assumed.

module powers;
  (* anyseq *) reg signed [`V_BITS-1:0] v;
  (* anyseq *) reg [`P_BITS-1:0] p;
  (* anyseq *) reg [19:0] refr;
`include "neuron.vh"
  (* hierconn *) wire signed [31:0] \dut.k_up_mant , \dut.k_up_shift , \dut.k_down_mant , \dut.k_down_shift ;

  always @* begin
    assert (\dut.k_up_mant >= 1024 && \dut.k_up_mant <= 2047);
    assert (\dut.k_down_mant >= 1024 && \dut.k_down_mant <= 2047);
    assert (\dut.k_up_shift >= 2 && \dut.k_up_shift <= 31);
    assert (\dut.k_down_shift >= 2 && \dut.k_down_shift <= 31);
  end
endmodule
