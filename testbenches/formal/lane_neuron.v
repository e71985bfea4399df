// A tick of a folded LIF layer beside the scalar kernels. Proved, for any number of ticks and any pauses between them,
// every input free:
// - when a tick has ended, each neuron's membrane, current and refractory time are what the kernels make of those
//   before (of rest in the first tick after a clear) and of the synapses' sum that is there as the neuron passes;
// - it spikes where they do; spikes, saturated updates and the membrane are summed, from nothing in a window's first
//   tick; the bank's saturated updates are those of both neurons;
// - the last tick of a window leaves all in the record, unless the record before is on its way: that one stands still
//   during any tick;
// - between ticks all states hold.
// So slots enter their own place of every memory, stages hold one neuron each, and no neuron sees another's values.
// The invariant is written out: where each slot is in each cycle of a tick, and in each stage the kernels' value.
// Assumed: inputs hold during a tick and nothing is cleared or written then, as the control module has it; v_reset and
// v_floor fit the membrane's word; counts below their end (counter.v is about that). A reset takes two cycles.
// Cut: the sum of the synapses, and three products. A product is the same function on both sides: for the lane's
// factors, which are proved to be the kernels', the kernels take the lane's product.
// The bank is the layer of the chip `folded`: two neurons share a datapath of ten stages.

module lane_neuron (input clk);
  localparam END = 1048575;
  (* anyconst *) reg slot; // the neuron that is followed
  (* anyseq *) reg start, clear, first, last, ready, levels_write, codes_write;
  (* anyseq *) reg [1:0] pre, index;
  (* anyseq *) reg [15:0] data;
  (* anyseq *) reg [6:0] i_dec_m;
  (* anyseq *) reg [10:0] in_m, leak_m;
  (* anyseq *) reg [29:0] i_dec_h, in_h, leak_h;
  (* anyseq *) reg [4:0] i_dec_s, in_s, leak_s;
  (* anyseq *) reg signed [19:0] v_th, v_reset, v_floor;
  (* anyseq *) reg [19:0] t_ref;
  reg started = 0, was_started = 0;
  wire rst = !was_started;
  wire read, read_slot, done;
  wire [1:0] spikes;
  wire [31:0] saturated;

  (* keep *) folded_sequencer sequencer (
    .clk_i(clk), .rst_i(rst), .start_i(start), .read_o(read), .slot_o(read_slot), .done_o(done));
  (* keep *) folded_hidden_bank2 dut (
    .clk_i(clk), .rst_i(rst), .clear_i(clear | rst), .start_i(start), .read_i(read), .slot_i(read_slot), .done_i(done),
    .first_i(first), .last_i(last), .pre_i(pre), .spike_o(spikes), .levels_write_i(levels_write),
    .codes_write_i(codes_write), .index_i(index), .data_i(data), .saturated_o(saturated), .rec_ready_i(ready),
    .i_dec_m_i(i_dec_m), .i_dec_h_i(i_dec_h), .i_dec_s_i(i_dec_s), .in_m_i(in_m), .in_h_i(in_h), .in_s_i(in_s),
    .leak_m_i(leak_m), .leak_h_i(leak_h), .leak_s_i(leak_s), .v_th_i(v_th), .v_reset_i(v_reset), .v_floor_i(v_floor),
    .t_ref_i(t_ref));

  (* hierconn *) wire \sequencer.running_q ;
  (* hierconn *) wire [3:0] \sequencer.count_q ;
  (* hierconn *) wire \dut.fresh_q , \dut.capture_q , \dut.busy_q ;
  (* hierconn *) wire signed [11:0] \dut.v_rest_q ;
  (* hierconn *) wire [2:0] \dut.saturated_q ;
  (* hierconn *) wire [1:0] \dut.fired ;
  // Memories of the lane.
  (* hierconn *) wire signed [11:0] \dut.u_lane.u_v.memory[0] , \dut.u_lane.u_v.memory[1] ;
  (* hierconn *) wire signed [15:0] \dut.u_lane.u_i.memory[0] , \dut.u_lane.u_i.memory[1] ;
  (* hierconn *) wire [19:0] \dut.u_lane.u_refr.memory[0] , \dut.u_lane.u_refr.memory[1] ;
  (* hierconn *) wire [19:0] \dut.u_lane.u_n_spike.memory[0] , \dut.u_lane.u_n_spike.memory[1] ;
  (* hierconn *) wire [19:0] \dut.u_lane.u_n_sat.memory[0] , \dut.u_lane.u_n_sat.memory[1] ;
  (* hierconn *) wire signed [31:0] \dut.u_lane.u_sum_v.memory[0] , \dut.u_lane.u_sum_v.memory[1] ;
  (* hierconn *) wire signed [11:0] \dut.u_lane.u_out_v.memory[0] , \dut.u_lane.u_out_v.memory[1] ;
  (* hierconn *) wire signed [15:0] \dut.u_lane.u_out_i.memory[0] , \dut.u_lane.u_out_i.memory[1] ;
  (* hierconn *) wire [19:0] \dut.u_lane.u_out_n_spike.memory[0] , \dut.u_lane.u_out_n_spike.memory[1] ;
  (* hierconn *) wire [19:0] \dut.u_lane.u_out_n_sat.memory[0] , \dut.u_lane.u_out_n_sat.memory[1] ;
  (* hierconn *) wire signed [31:0] \dut.u_lane.u_out_sum_v.memory[0] , \dut.u_lane.u_out_sum_v.memory[1] ;
  // Words between its stages.
  (* hierconn *) wire [9:0] \dut.u_lane.valid_q ;
  (* hierconn *) wire \dut.u_lane.early_slot_q , \dut.u_lane.late_slot_q , \dut.u_lane.write_slot_q ;
  (* hierconn *) wire [1:0] \dut.u_lane.saturated_o ;
  (* hierconn *) wire signed [11:0] \dut.u_lane.v_now ;
  (* hierconn *) wire signed [15:0] \dut.u_lane.i_now ;
  (* hierconn *) wire [19:0] \dut.u_lane.refr_now ;
  (* hierconn *) wire signed [31:0] \dut.u_lane.syn_rounded_s3 , \dut.u_lane.neuron_leak_rounded_s3 ;
  (* hierconn *) wire signed [15:0] \dut.u_lane.i_now_s3 ;
  (* hierconn *) wire signed [11:0] \dut.u_lane.v_now_s3 ;
  (* hierconn *) wire signed [20:0] \dut.u_lane.neuron_refr_left_s3 ;
  (* hierconn *) wire \dut.u_lane.neuron_active_s3 ;
  (* hierconn *) wire signed [31:0] \dut.u_lane.syn_wanted_s4 , \dut.u_lane.neuron_leak_term_s4 ;
  (* hierconn *) wire signed [11:0] \dut.u_lane.v_now_s4 ;
  (* hierconn *) wire signed [20:0] \dut.u_lane.neuron_refr_left_s4 ;
  (* hierconn *) wire \dut.u_lane.neuron_active_s4 ;
  (* hierconn *) wire signed [31:0] \dut.u_lane.syn_wanted_s5 , \dut.u_lane.neuron_leak_term_s5 ;
  (* hierconn *) wire signed [15:0] \dut.u_lane.syn_i_next_s5 , \dut.u_lane.neuron_drive_s5 ;
  (* hierconn *) wire signed [11:0] \dut.u_lane.v_now_s5 ;
  (* hierconn *) wire signed [20:0] \dut.u_lane.neuron_refr_left_s5 ;
  (* hierconn *) wire \dut.u_lane.neuron_active_s5 ;
  (* hierconn *) wire signed [15:0] \dut.u_lane.syn_i_next_s6 ;
  (* hierconn *) wire \dut.u_lane.syn_i_sat_s6 , \dut.u_lane.neuron_active_s6 ;
  (* hierconn *) wire signed [31:0] \dut.u_lane.neuron_in_rounded_s6 , \dut.u_lane.neuron_leak_term_s6 ;
  (* hierconn *) wire signed [11:0] \dut.u_lane.v_now_s6 ;
  (* hierconn *) wire signed [20:0] \dut.u_lane.neuron_refr_left_s6 ;
  (* hierconn *) wire signed [15:0] \dut.u_lane.syn_i_next_s7 ;
  (* hierconn *) wire \dut.u_lane.syn_i_sat_s7 , \dut.u_lane.neuron_active_s7 ;
  (* hierconn *) wire signed [23:0] \dut.u_lane.neuron_wanted_s7 ;
  (* hierconn *) wire signed [11:0] \dut.u_lane.v_now_s7 ;
  (* hierconn *) wire signed [20:0] \dut.u_lane.neuron_refr_left_s7 ;
  (* hierconn *) wire signed [15:0] \dut.u_lane.syn_i_next_s8 ;
  (* hierconn *) wire \dut.u_lane.syn_i_sat_s8 , \dut.u_lane.neuron_active_s8 ;
  (* hierconn *) wire signed [23:0] \dut.u_lane.neuron_floored_s8 ;
  (* hierconn *) wire signed [19:0] \dut.u_lane.neuron_clamped_s8 , \dut.u_lane.neuron_v_moved_s8 ;
  (* hierconn *) wire signed [20:0] \dut.u_lane.neuron_refr_left_s8 ;
  (* hierconn *) wire [19:0] \dut.u_lane.n_spike_now , \dut.u_lane.n_sat_now ;
  (* hierconn *) wire signed [31:0] \dut.u_lane.sum_v_now ;
  (* hierconn *) wire signed [15:0] \dut.u_lane.syn_i_next_s9 ;
  (* hierconn *) wire [1:0] \dut.u_lane.neuron_saturated_s9 ;
  (* hierconn *) wire \dut.u_lane.neuron_spike_s9 ;
  (* hierconn *) wire signed [19:0] \dut.u_lane.reset_v_v_next_s9 ;
  (* hierconn *) wire signed [20:0] \dut.u_lane.reset_v_refr_next_s9 ;
  // What is cut.
  (* hierconn *) wire signed [16:0] \dut.u_lane.inject_q ;
  (* hierconn *) wire signed [22:0] \dut.u_lane.syn_product , \dut.u_lane.neuron_leak_product ;
  (* hierconn *) wire signed [26:0] \dut.u_lane.neuron_in_product ;

  // States and record of the followed neuron.
  wire signed [11:0] v = slot ? \dut.u_lane.u_v.memory[1] : \dut.u_lane.u_v.memory[0] ;
  wire signed [15:0] i = slot ? \dut.u_lane.u_i.memory[1] : \dut.u_lane.u_i.memory[0] ;
  wire [19:0] refr = slot ? \dut.u_lane.u_refr.memory[1] : \dut.u_lane.u_refr.memory[0] ;
  wire [19:0] n_spike = slot ? \dut.u_lane.u_n_spike.memory[1] : \dut.u_lane.u_n_spike.memory[0] ;
  wire [19:0] n_sat = slot ? \dut.u_lane.u_n_sat.memory[1] : \dut.u_lane.u_n_sat.memory[0] ;
  wire signed [31:0] sum_v = slot ? \dut.u_lane.u_sum_v.memory[1] : \dut.u_lane.u_sum_v.memory[0] ;
  wire [99:0] states = {sum_v, n_sat, n_spike, i, v};
  wire [99:0] record = slot
    ? { \dut.u_lane.u_out_sum_v.memory[1] , \dut.u_lane.u_out_n_sat.memory[1] ,
        \dut.u_lane.u_out_n_spike.memory[1] , \dut.u_lane.u_out_i.memory[1] , \dut.u_lane.u_out_v.memory[1] }
    : { \dut.u_lane.u_out_sum_v.memory[0] , \dut.u_lane.u_out_n_sat.memory[0] ,
        \dut.u_lane.u_out_n_spike.memory[0] , \dut.u_lane.u_out_i.memory[0] , \dut.u_lane.u_out_v.memory[0] };

  // Cycles of a tick: slot 0 is read in the first, slot 1 in the second; here[n] is the one in which the followed
  // neuron is in stage n.
  wire running = \sequencer.running_q ;
  wire [3:0] count = \sequencer.count_q ;
  wire [3:0] place = count - slot;
  wire [9:2] here;
  genvar n;
  for (n = 2; n <= 9; n = n + 1) assign here[n] = running & (place == n + 1);
  wire written = running & (count > 10 + slot);
  wire other_here = running & (count == 10 + !slot);

  // What the tick begins with.
  reg signed [11:0] before_v;
  reg signed [15:0] before_i;
  reg [19:0] before_refr, before_spikes, before_sats;
  reg [31:0] before_sum;
  reg [99:0] before_record;
  reg fresh, capture;
  // The lane's products and sum as the followed neuron passes; saturated updates of both.
  reg signed [22:0] i_product_q, leak_product_q;
  reg signed [26:0] in_product_q;
  reg signed [16:0] inject_q;
  wire signed [31:0] i_product = here[2] ? \dut.u_lane.syn_product : i_product_q;
  wire signed [31:0] leak_product = here[2] ? \dut.u_lane.neuron_leak_product : leak_product_q;
  wire signed [31:0] in_product = here[5] ? \dut.u_lane.neuron_in_product : in_product_q;
  wire signed [31:0] inject = here[3] ? \dut.u_lane.inject_q : inject_q;
  reg written_q, other_here_q, here_q;
  reg [1:0] sats, other_sats;
  reg ended, resting;
  integer j;
  reg [99:0] states_q, record_q;
  reg [19:0] refr_q;
  wire [217:0] inputs = {first, last, pre, i_dec_m, i_dec_h, i_dec_s, in_m, in_h, in_s, leak_m, leak_h, leak_s, v_th,
    v_reset, v_floor, t_ref};
  reg [217:0] inputs_q;

  always @(posedge clk) begin
    started <= 1;
    was_started <= started;
    inputs_q <= inputs;
    if (start) begin
      before_v <= \dut.fresh_q ? \dut.v_rest_q : v;
      before_i <= \dut.fresh_q ? 16'sd0 : i;
      before_refr <= \dut.fresh_q ? 20'd0 : refr;
      before_spikes <= first ? 20'd0 : n_spike;
      before_sats <= first ? 20'd0 : n_sat;
      before_sum <= first ? 32'd0 : sum_v;
      before_record <= record;
      fresh <= \dut.fresh_q ;
      capture <= last & ! \dut.busy_q ;
      sats <= 2'd0;
      other_sats <= 2'd0;
    end
    i_product_q <= i_product[22:0];
    leak_product_q <= leak_product[22:0];
    in_product_q <= in_product[26:0];
    inject_q <= inject[16:0];
    here_q <= here[9];
    other_here_q <= other_here;
    if (here_q) sats <= \dut.u_lane.saturated_o ;
    if (other_here_q) other_sats <= \dut.u_lane.saturated_o ;
    ended <= done & was_started;
    resting <= !running & was_started;
    states_q <= states;
    record_q <= record;
    refr_q <= refr;
  end

  wire signed [31:0] wide_v = before_v, wide_i = before_i, wide_th = v_th, wide_floor = v_floor, wide_reset = v_reset;
  wire signed [31:0] i_next, i_sat, v_moved, refr_left, spike, sat, v_next, refr_next;
  (* keep *) synapse current (
    .i(wide_i), .inject(inject), .i_dec_m({25'd0, i_dec_m}), .i_dec_h({2'd0, i_dec_h}), .i_dec_s({27'd0, i_dec_s}),
    .i_max(32'sd32767), .i_min(-32'sd32768), .i_next(i_next), .i_sat(i_sat));
  (* keep *) lif neuron (
    .v(wide_v), .refr({12'd0, before_refr}), .i_next(i_next), .i_sat(i_sat),
    .in_m({21'd0, in_m}), .in_h({2'd0, in_h}), .in_s({27'd0, in_s}),
    .leak_m({21'd0, leak_m}), .leak_h({2'd0, leak_h}), .leak_s({27'd0, leak_s}),
    .v_th(wide_th), .v_floor(wide_floor), .v_max(32'sd2047), .pre(32'd0), .v_round(32'sd128),
    .v_moved(v_moved), .refr_left(refr_left), .spike(spike), .saturated(sat));
  (* keep *) membrane_reset reset (
    .spike(spike), .v_moved(v_moved), .refr_left(refr_left), .v_reset(wide_reset), .t_ref({12'd0, t_ref}),
    .v_next(v_next), .refr_next(refr_next));
  (* hierconn *) wire signed [31:0] \current.k_i_next , \current.k_i_sat , \current.k_product , \current.k_rounded ,
    \current.k_wanted , \neuron.k_active , \neuron.k_clamped , \neuron.k_floored ,
    \neuron.k_in_product , \neuron.k_in_rounded , \neuron.k_leak_product , \neuron.k_leak_rounded ,
    \neuron.k_leak_term , \neuron.k_refr_left , \neuron.k_v_moved , \neuron.k_wanted ;
  wire [99:0] after = {before_sum + v_next, before_sats + sat[19:0], before_spikes + {19'd0, spike[0]}, i_next[15:0],
    v_next[11:0]};

  always @* begin
    if (running) assume (!start & !clear & !levels_write & !codes_write);
    if (running | ended) assume (inputs == inputs_q);
    if (start | rst) assume (!clear & !levels_write & !codes_write);
    assume (!(start & rst));
    assume (v_reset >= -2048 && v_reset <= 2047 && v_floor >= -2048 && v_floor <= 2047);
    if (running) assume (before_spikes < END && before_sats < END - 1);
    assume ( \current.k_product == i_product && \neuron.k_leak_product == leak_product
      && \neuron.k_in_product == in_product);
  end

  always @* begin
    assert (started | !was_started);
    if (started & rst) assert (!running && \dut.u_lane.valid_q == 0);
  end

  // Where the slots are.
  always @* if (was_started) begin
    assert (count <= 12);
    assert (running | count == 0);
    for (j = 0; j <= 9; j = j + 1) assert ( \dut.u_lane.valid_q [j] == (running & (count == j + 1 | count == j + 2)));
    assert ( \dut.u_lane.early_slot_q == (running & count == 3));
    assert ( \dut.u_lane.late_slot_q == (running & count == 10));
    assert ( \dut.u_lane.write_slot_q == (running & count == 11));
    assert (here_q == (running & place == 11) && other_here_q == (running & count == 11 + !slot));
    if (!here_q & !other_here_q) assert ( \dut.u_lane.saturated_o == 0);
    assert (!(ended & running) && !(resting & running & count != 0));
  end

  // What the followed neuron is, stage by stage.
  always @* if (was_started & running) begin
    assert ( \dut.fresh_q == fresh && \dut.capture_q == capture);
    if (!written) assert ((fresh ? { \dut.v_rest_q , 36'd0} : {v, i, refr}) == {before_v, before_i, before_refr});
    if (!written) assert (before_sum == (first ? 32'd0 : sum_v) && before_sats == (first ? 20'd0 : n_sat)
      && before_spikes == (first ? 20'd0 : n_spike));
    if (here[2]) begin
      assert ( \dut.u_lane.v_now == before_v);
      assert ( \dut.u_lane.i_now == before_i);
      assert ( \dut.u_lane.refr_now == before_refr);
    end
    if (here[3]) begin
      assert ( \dut.u_lane.syn_rounded_s3 == \current.k_rounded );
      assert ( \dut.u_lane.i_now_s3 == before_i);
      assert ( \dut.u_lane.v_now_s3 == before_v);
      assert ( \dut.u_lane.neuron_leak_rounded_s3 == \neuron.k_leak_rounded );
      assert ( \dut.u_lane.neuron_refr_left_s3 == \neuron.k_refr_left );
      assert ( \dut.u_lane.neuron_active_s3 == \neuron.k_active [0] );
    end
    if (here[4]) begin
      assert ( \dut.u_lane.syn_wanted_s4 == \current.k_wanted );
      assert ( \dut.u_lane.v_now_s4 == before_v);
      assert ( \dut.u_lane.neuron_leak_term_s4 == \neuron.k_leak_term );
      assert ( \dut.u_lane.neuron_refr_left_s4 == \neuron.k_refr_left );
      assert ( \dut.u_lane.neuron_active_s4 == \neuron.k_active [0] );
    end
    if (here[5]) begin
      assert ( \dut.u_lane.syn_wanted_s5 == \current.k_wanted );
      assert ( \dut.u_lane.syn_i_next_s5 == \current.k_i_next );
      assert ( \dut.u_lane.neuron_drive_s5 == \current.k_i_next );
      assert ( \dut.u_lane.v_now_s5 == before_v);
      assert ( \dut.u_lane.neuron_leak_term_s5 == \neuron.k_leak_term );
      assert ( \dut.u_lane.neuron_refr_left_s5 == \neuron.k_refr_left );
      assert ( \dut.u_lane.neuron_active_s5 == \neuron.k_active [0] );
    end
    if (here[6]) begin
      assert ( \dut.u_lane.syn_i_next_s6 == \current.k_i_next );
      assert ( \dut.u_lane.syn_i_sat_s6 == \current.k_i_sat );
      assert ( \dut.u_lane.neuron_in_rounded_s6 == \neuron.k_in_rounded );
      assert ( \dut.u_lane.v_now_s6 == before_v);
      assert ( \dut.u_lane.neuron_leak_term_s6 == \neuron.k_leak_term );
      assert ( \dut.u_lane.neuron_refr_left_s6 == \neuron.k_refr_left );
      assert ( \dut.u_lane.neuron_active_s6 == \neuron.k_active [0] );
    end
    if (here[7]) begin
      assert ( \dut.u_lane.syn_i_next_s7 == \current.k_i_next );
      assert ( \dut.u_lane.syn_i_sat_s7 == \current.k_i_sat );
      assert ( \dut.u_lane.neuron_wanted_s7 == \neuron.k_wanted );
      assert ( \dut.u_lane.v_now_s7 == before_v);
      assert ( \dut.u_lane.neuron_refr_left_s7 == \neuron.k_refr_left );
      assert ( \dut.u_lane.neuron_active_s7 == \neuron.k_active [0] );
    end
    if (here[8]) begin
      assert ( \dut.u_lane.syn_i_next_s8 == \current.k_i_next );
      assert ( \dut.u_lane.syn_i_sat_s8 == \current.k_i_sat );
      assert ( \dut.u_lane.neuron_floored_s8 == \neuron.k_floored );
      assert ( \dut.u_lane.neuron_clamped_s8 == \neuron.k_clamped );
      assert ( \dut.u_lane.neuron_v_moved_s8 == \neuron.k_v_moved );
      assert ( \dut.u_lane.neuron_refr_left_s8 == \neuron.k_refr_left );
      assert ( \dut.u_lane.neuron_active_s8 == \neuron.k_active [0] );
    end
    if (here[9]) begin
      assert ( \dut.u_lane.n_spike_now == before_spikes);
      assert ( \dut.u_lane.n_sat_now == before_sats);
      assert ( \dut.u_lane.sum_v_now == before_sum);
      assert ( \dut.u_lane.syn_i_next_s9 == \current.k_i_next );
      assert ( \dut.u_lane.neuron_saturated_s9 == sat);
      assert ( \dut.u_lane.neuron_spike_s9 == spike);
      assert ( \dut.u_lane.reset_v_v_next_s9 == v_next);
      assert ( \dut.u_lane.reset_v_refr_next_s9 == refr_next);
    end
    if (written) assert (states == after && refr == refr_next && \dut.fired [slot] == spike[0]);
    assert (record == (written & capture ? after : before_record));
    if (here_q) assert ( \dut.u_lane.saturated_o == sat);
    assert (sats == (count > 11 + slot ? sat : 0));
    if (count <= 11 + !slot) assert (other_sats == 0);
    assert ( \dut.saturated_q == sats + other_sats);
  end

  // What a tick leaves.
  always @* if (was_started) begin
    if (!running) assert ( \dut.saturated_q == 0);
    if (ended) begin
      assert (states == after);
      assert (refr == refr_next);
      assert (spikes[slot] == spike[0]);
      assert (record == (capture ? after : before_record));
      assert (saturated == sats + other_sats && sats == sat);
    end
    if (resting) assert (states == states_q && refr == refr_q && record == record_q);
  end
endmodule
