// A neuron from its file against the synapse, neuron and resets that are written by hand. Proved:
// - states, refractory time, spike and count of saturations after a tick are the same, whatever the states, the injected
//   current, the registers and the rounding offsets (halves, random bits, noise on top) are.
// Assumed: nothing; constants of the formats are those of the file's words. Refractory neurons (WAITING) and the others
// are two proofs, for what their kernels compute on the way differs.
// With PRODUCTS the products of neuron and file are free, the same on both sides, and proved is also that each has the
// same factors on both sides: in the order of the computation every product is then the same, and so is the rest.
// Macros: KERNEL, MODEL; FELIF where there is a p; WAITING; PRODUCTS, how many are free.

module equal;
  localparam signed [31:0] V_MAX = 32'sd524287, P_ONE = 32'sd1048576, I_MAX = 32'sd8388607;

  (* anyseq *) reg signed [23:0] i;
  (* anyseq *) reg signed [19:0] v;
  (* anyseq *) reg [19:0] ticks;
`ifdef WAITING
  wire [31:0] refr = {12'd0, ticks[19:1], ticks[0] | ticks[19:1] == 19'd0};
`else
  wire [31:0] refr = 32'd0;
`endif
  (* anyseq *) reg signed [31:0] inject;
  (* anyseq *) reg [29:0] i_round;
  (* anyseq *) reg signed [17:0] v_round;
  (* anyseq *) reg signed [19:0] v_th, v_reset, v_floor;
  (* anyseq *) reg [19:0] t_ref;
  (* anyseq *) reg [6:0] i_dec_m;
  (* anyseq *) reg [10:0] in_m, leak_m;
  (* anyseq *) reg [4:0] i_dec_s, in_s, leak_s;
  (* anyseq *) reg [29:0] in_h, leak_h;

  wire signed [31:0] i_w = i, v_w = v, v_round_w = v_round;
  wire signed [31:0] v_th_w = v_th, v_reset_w = v_reset, v_floor_w = v_floor;
  wire signed [31:0] i_next, i_sat, v_moved, refr_left, v_next, refr_next, spike, saturated;
  wire signed [31:0] file_i, file_v, file_refr, file_spike, file_saturated;

`ifdef PRODUCTS
  (* anyseq *) reg [32*`PRODUCTS-1:0] products;
  wire [64*`PRODUCTS-1:0] factors, file_factors;
`endif
`ifdef FELIF
  (* anyseq *) reg [19:0] p, p_reset;
  (* anyseq *) reg keep_p;
  (* anyseq *) reg [7:0] p_round;
  (* anyseq *) reg [10:0] xv_m;
  (* anyseq *) reg [9:0] xp_m, kap_m;
  (* anyseq *) reg [4:0] xv_s, xp_s, kap_s;
  (* anyseq *) reg [29:0] xv_h, xp_h, kap_h;
  (* anyseq *) reg signed [23:0] x0, xc;
  wire signed [31:0] x0_w = x0, xc_w = xc;
  wire signed [31:0] p_moved, p_next, file_p;
`endif

  (* keep *) synapse syn (.i(i_w), .inject(inject), .i_dec_m({25'd0, i_dec_m}), .i_dec_h({2'd0, i_round}),
    .i_dec_s({27'd0, i_dec_s}), .i_max(I_MAX), .i_min(-I_MAX - 32'sd1), .i_next(i_next), .i_sat(i_sat));

  (* keep *) `KERNEL hand (
`ifdef PRODUCTS
    .products(products), .factors(factors),
`endif
`ifdef FELIF
    .p({12'd0, p}), .p_moved(p_moved), .p_round({24'd0, p_round}), .p_one(P_ONE), .p_max(P_ONE - 32'sd1),
    .xv_m({21'd0, xv_m}), .xv_h({2'd0, xv_h}), .xv_s({27'd0, xv_s}), .xp_m({22'd0, xp_m}), .xp_h({2'd0, xp_h}),
    .xp_s({27'd0, xp_s}), .kap_m({22'd0, kap_m}), .kap_h({2'd0, kap_h}), .kap_s({27'd0, kap_s}), .x0(x0_w), .xc(xc_w),
`endif
    .v(v_w), .refr(refr), .i_next(i_next), .i_sat(i_sat), .pre(32'sd4), .v_max(V_MAX), .v_round(v_round_w),
    .in_m({21'd0, in_m}), .in_h({2'd0, in_h}), .in_s({27'd0, in_s}), .leak_m({21'd0, leak_m}), .leak_h({2'd0, leak_h}),
    .leak_s({27'd0, leak_s}), .v_th(v_th_w), .v_floor(v_floor_w), .v_moved(v_moved), .refr_left(refr_left),
    .spike(spike), .saturated(saturated));

  (* keep *) membrane_reset reset (.spike(spike), .v_moved(v_moved), .refr_left(refr_left), .v_reset(v_reset_w),
    .t_ref({12'd0, t_ref}), .v_next(v_next), .refr_next(refr_next));
`ifdef FELIF
  (* keep *) occupation_reset p_reset_unit (.spike(spike), .p_moved(p_moved), .p_reset({12'd0, p_reset}),
    .keep_p({31'd0, keep_p}), .p_next(p_next));
`endif

  (* keep *) `MODEL file (
`ifdef PRODUCTS
    .products(products), .factors(file_factors),
`endif
`ifdef FELIF
    .p({12'd0, p}), .p_round({24'd0, p_round}), .p_reset({12'd0, p_reset}), .keep_p({31'd0, keep_p}), .p_next(file_p),
    .xv_m({21'd0, xv_m}), .xv_h({2'd0, xv_h}), .xv_s({27'd0, xv_s}), .xp_m({22'd0, xp_m}), .xp_h({2'd0, xp_h}),
    .xp_s({27'd0, xp_s}), .kap_m({22'd0, kap_m}), .kap_h({2'd0, kap_h}), .kap_s({27'd0, kap_s}), .x0(x0_w), .xc(xc_w),
`endif
    .I(i_w), .V(v_w), .refr(refr), .inject(inject), .i_dec_m({25'd0, i_dec_m}), .i_dec_s({27'd0, i_dec_s}),
    .I_round({2'd0, i_round}), .V_round(v_round_w), .in_m({21'd0, in_m}), .in_h({2'd0, in_h}), .in_s({27'd0, in_s}),
    .leak_m({21'd0, leak_m}), .leak_h({2'd0, leak_h}), .leak_s({27'd0, leak_s}), .v_th(v_th_w), .v_floor(v_floor_w),
    .v_reset(v_reset_w), .t_ref({12'd0, t_ref}), .I_next(file_i), .V_next(file_v), .refr_next(file_refr),
    .spike(file_spike), .saturated(file_saturated));

  always @* begin
`ifdef PRODUCTS
    assert (file_factors == factors);
`endif
    assert (file_i == i_next);
    assert (file_v == v_next);
    assert (file_refr == refr_next);
    assert (file_spike == spike);
    assert (file_saturated == saturated);
`ifdef FELIF
    assert (file_p == p_next);
`endif
  end
endmodule
