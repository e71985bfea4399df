// A neuron's kernel and the kernels of its reset as a bank binds them: states and registers in their widths, extended to words of 32 bits.
// Whoever includes it declares v, refr and (FELIF) p. Macros: KERNEL, V_BITS, P_BITS, I_BITS; FELIF where there is a p.
// All registers may change from tick to tick; a rounding half is the one that belongs to its shift.

  localparam PRE = `I_BITS > 20 ? `I_BITS - 20 : 0;
  localparam signed [31:0] V_MAX = (32'sd1 << (`V_BITS - 1)) - 32'sd1;
  localparam signed [31:0] P_ONE = 32'sd1 << `P_BITS;

  (* anyseq *) reg signed [`V_BITS-1:0] v_th, v_reset, v_floor;
  (* anyseq *) reg signed [`I_BITS-1:0] i_next;
  (* anyseq *) reg i_sat;
  (* anyseq *) reg [19:0] t_ref;
  (* anyseq *) reg [10:0] in_m, leak_m;
  (* anyseq *) reg [4:0] in_s, leak_s;

  wire signed [31:0] v_w = v, v_th_w = v_th, v_reset_w = v_reset, v_floor_w = v_floor, i_w = i_next;
  wire signed [31:0] in_h = in_s == 0 ? 0 : 32'sd1 << (in_s - 5'd1);
  wire signed [31:0] leak_h = leak_s == 0 ? 0 : 32'sd1 << (leak_s - 5'd1);
  wire signed [31:0] v_moved, refr_left, v_next, refr_next, spike, saturated;
`ifndef TRUNCATE
  // Rounding to nearest has an offset of 128, stochastic rounding any of 0..255, noise of less than 2^16 comes on top.
  (* anyseq *) reg signed [17:0] v_round;
  wire signed [31:0] v_round_w = v_round;
`endif

`ifdef FELIF
  (* anyseq *) reg [`P_BITS-1:0] p_reset;
  (* anyseq *) reg keep_p;
  (* anyseq *) reg [10:0] xv_m;
  (* anyseq *) reg [9:0] xp_m, kap_m;
  (* anyseq *) reg [4:0] xv_s, xp_s, kap_s;
  (* anyseq *) reg signed [23:0] x0, xc;

  wire signed [31:0] p_w = {1'b0, p}, p_reset_w = {1'b0, p_reset}, x0_w = x0, xc_w = xc;
  wire signed [31:0] xv_h = xv_s == 0 ? 0 : 32'sd1 << (xv_s - 5'd1);
  wire signed [31:0] xp_h = xp_s == 0 ? 0 : 32'sd1 << (xp_s - 5'd1);
  wire signed [31:0] kap_h = kap_s == 0 ? 0 : 32'sd1 << (kap_s - 5'd1);
  wire signed [31:0] p_moved, p_next;
  (* anyseq *) reg [7:0] p_round;
`endif

  (* keep *) `KERNEL dut (
`ifdef FELIF
    .p(p_w), .p_moved(p_moved), .p_round({24'd0, p_round}), .p_one(P_ONE), .p_max(P_ONE - 32'sd1),
    .xv_m({21'd0, xv_m}), .xv_h(xv_h), .xv_s({27'd0, xv_s}), .xp_m({22'd0, xp_m}), .xp_h(xp_h), .xp_s({27'd0, xp_s}),
    .kap_m({22'd0, kap_m}), .kap_h(kap_h), .kap_s({27'd0, kap_s}), .x0(x0_w), .xc(xc_w),
`endif
`ifndef TRUNCATE
    .in_h(in_h), .leak_h(leak_h), .v_round(v_round_w),
`endif
    .v(v_w), .refr({12'd0, refr}), .i_next(i_w), .i_sat({31'd0, i_sat}), .pre(PRE), .v_max(V_MAX),
    .in_m({21'd0, in_m}), .in_s({27'd0, in_s}), .leak_m({21'd0, leak_m}), .leak_s({27'd0, leak_s}),
    .v_th(v_th_w), .v_floor(v_floor_w), .v_moved(v_moved), .refr_left(refr_left), .spike(spike), .saturated(saturated));

  (* keep *) membrane_reset reset (.spike(spike), .v_moved(v_moved), .refr_left(refr_left), .v_reset(v_reset_w),
    .t_ref({12'd0, t_ref}), .v_next(v_next), .refr_next(refr_next));
`ifdef FELIF
  (* keep *) occupation_reset p_reset_unit (.spike(spike), .p_moved(p_moved), .p_reset(p_reset_w), .keep_p({31'd0, keep_p}),
    .p_next(p_next));
`endif
