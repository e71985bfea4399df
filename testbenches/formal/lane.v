// A tick of a folded readout beside the scalar kernel. Proved, for any number of ticks and any pauses between them,
// every input free:
// - when a tick has ended, each neuron's current is what the kernel makes of the one before (of rest in the first tick
//   after a clear) and of the sum that is there as the neuron passes;
// - its saturated updates are counted, from nothing in a window's first tick;
// - the last tick of a window leaves both in the record, unless the record before is on its way: that one stands still
//   during any tick;
// - what leaves the lane as saturated updates is the kernel's, of the neuron that was written before;
// - between ticks all states hold.
// So slots enter their own place of every memory, stages hold one neuron each, and no neuron sees another's values.
// The invariant is written out: where each slot is in each cycle of a tick, and in each stage the kernel's value.
// Assumed: inputs hold during a tick and nothing is cleared or written then, as the control module has it; counts below
// their end (counter.v is about that). A reset takes two cycles.
// Cut: the sum of the synapses, and the product of the decay. It is the same function on both sides: for the lane's
// factors, which are proved to be the kernel's, the kernel takes the lane's product.
// The bank is the readout of the chip `folded`: two outputs share the datapath that is looked at, a third has another.

module lane (input clk);
  localparam END = 1048575;
  (* anyconst *) reg slot; // the neuron that is followed
  (* anyseq *) reg start, clear, first, last, ready, levels_write, codes_write;
  (* anyseq *) reg [1:0] pre;
  (* anyseq *) reg [2:0] index;
  (* anyseq *) reg [15:0] data;
  (* anyseq *) reg [6:0] i_dec_m;
  (* anyseq *) reg [29:0] i_dec_h;
  (* anyseq *) reg [4:0] i_dec_s;
  reg started = 0, was_started = 0;
  wire rst = !was_started;
  wire read, read_slot, done;

  (* keep *) folded_sequencer sequencer (
    .clk_i(clk), .rst_i(rst), .start_i(start), .read_o(read), .slot_o(read_slot), .done_o(done));
  (* keep *) folded_readout_bank3 dut (
    .clk_i(clk), .rst_i(rst), .clear_i(clear | rst), .start_i(start), .read_i(read), .slot_i(read_slot), .done_i(done),
    .first_i(first), .last_i(last), .pre_i(pre), .levels_write_i(levels_write), .codes_write_i(codes_write),
    .index_i(index), .data_i(data), .rec_ready_i(ready),
    .i_dec_m_i(i_dec_m), .i_dec_h_i(i_dec_h), .i_dec_s_i(i_dec_s));

  (* hierconn *) wire \sequencer.running_q ;
  (* hierconn *) wire [3:0] \sequencer.count_q ;
  (* hierconn *) wire \dut.fresh_q , \dut.capture_q , \dut.busy_q ;
  (* hierconn *) wire signed [15:0] \dut.u_lane.u_i.memory[0] , \dut.u_lane.u_i.memory[1] ;
  (* hierconn *) wire [19:0] \dut.u_lane.u_n_sat.memory[0] , \dut.u_lane.u_n_sat.memory[1] ;
  (* hierconn *) wire signed [15:0] \dut.u_lane.u_out_i.memory[0] , \dut.u_lane.u_out_i.memory[1] ;
  (* hierconn *) wire [19:0] \dut.u_lane.u_out_n_sat.memory[0] , \dut.u_lane.u_out_n_sat.memory[1] ;
  (* hierconn *) wire [5:0] \dut.u_lane.valid_q ;
  (* hierconn *) wire \dut.u_lane.early_slot_q , \dut.u_lane.late_slot_q , \dut.u_lane.write_slot_q ;
  (* hierconn *) wire [1:0] \dut.u_lane.saturated_o ;
  // Words between its stages, and what is cut.
  (* hierconn *) wire signed [15:0] \dut.u_lane.i_now , \dut.u_lane.i_now_s3 , \dut.u_lane.syn_i_next_s5 ;
  (* hierconn *) wire signed [31:0] \dut.u_lane.syn_rounded_s3 , \dut.u_lane.syn_wanted_s4 , \dut.u_lane.syn_wanted_s5 ;
  (* hierconn *) wire [19:0] \dut.u_lane.n_sat_now ;
  (* hierconn *) wire signed [22:0] \dut.u_lane.syn_product ;
  (* hierconn *) wire signed [16:0] \dut.u_lane.inject_q ;

  // State and record of the followed neuron.
  wire signed [15:0] i = slot ? \dut.u_lane.u_i.memory[1] : \dut.u_lane.u_i.memory[0] ;
  wire [19:0] n_sat = slot ? \dut.u_lane.u_n_sat.memory[1] : \dut.u_lane.u_n_sat.memory[0] ;
  wire [35:0] states = {n_sat, i};
  wire [35:0] record = slot ? { \dut.u_lane.u_out_n_sat.memory[1] , \dut.u_lane.u_out_i.memory[1] }
    : { \dut.u_lane.u_out_n_sat.memory[0] , \dut.u_lane.u_out_i.memory[0] };

  // Cycles of a tick: slot 0 is read in the first, slot 1 in the second; here[n] is the one in which the followed
  // neuron is in stage n.
  wire running = \sequencer.running_q ;
  wire [3:0] count = \sequencer.count_q ;
  wire [3:0] place = count - slot;
  wire [5:2] here;
  genvar n;
  for (n = 2; n <= 5; n = n + 1) assign here[n] = running & (place == n + 1);
  wire written = running & (count > 6 + slot);

  // What the tick begins with.
  reg signed [15:0] before_i;
  reg [19:0] before_sats;
  reg [35:0] before_record;
  reg fresh, capture;
  // The lane's product and sum as the followed neuron passes.
  reg signed [22:0] product_q;
  reg signed [16:0] inject_q;
  wire signed [31:0] product = here[2] ? \dut.u_lane.syn_product : product_q;
  wire signed [31:0] inject = here[3] ? \dut.u_lane.inject_q : inject_q;
  reg ended, resting;
  reg [35:0] states_q, record_q;
  wire [45:0] inputs = {first, last, pre, i_dec_m, i_dec_h, i_dec_s};
  reg [45:0] inputs_q;
  integer j;

  always @(posedge clk) begin
    started <= 1;
    was_started <= started;
    inputs_q <= inputs;
    if (start) begin
      before_i <= \dut.fresh_q ? 16'sd0 : i;
      before_sats <= first ? 20'd0 : n_sat;
      before_record <= record;
      fresh <= \dut.fresh_q ;
      capture <= last & ! \dut.busy_q ;
    end
    product_q <= product[22:0];
    inject_q <= inject[16:0];
    ended <= done & was_started;
    resting <= !running & was_started;
    states_q <= states;
    record_q <= record;
  end

  wire signed [31:0] wide_i = before_i;
  wire signed [31:0] i_next, i_sat;
  (* keep *) synapse kernel (
    .i(wide_i), .inject(inject), .i_dec_m({25'd0, i_dec_m}), .i_dec_h({2'd0, i_dec_h}), .i_dec_s({27'd0, i_dec_s}),
    .i_max(32'sd32767), .i_min(-32'sd32768), .i_next(i_next), .i_sat(i_sat));
  (* hierconn *) wire signed [31:0] \kernel.k_product , \kernel.k_rounded , \kernel.k_wanted ;
  wire [35:0] after = {before_sats + i_sat[19:0], i_next[15:0]};

  always @* begin
    if (running) assume (!start & !clear & !levels_write & !codes_write);
    if (running | ended) assume (inputs == inputs_q);
    if (start | rst) assume (!clear & !levels_write & !codes_write);
    assume (!(start & rst));
    if (running) assume (before_sats < END);
    assume ( \kernel.k_product == product);
  end

  always @* begin
    assert (started | !was_started);
    if (started & rst) assert (!running && \dut.u_lane.valid_q == 0);
  end

  // Where the slots are.
  always @* if (was_started) begin
    assert (count <= 12);
    assert (running | count == 0);
    for (j = 0; j <= 5; j = j + 1) assert ( \dut.u_lane.valid_q [j] == (running & (count == j + 1 | count == j + 2)));
    assert ( \dut.u_lane.early_slot_q == (running & count == 3));
    assert ( \dut.u_lane.late_slot_q == (running & count == 6));
    assert ( \dut.u_lane.write_slot_q == (running & count == 7));
    if (!running | (count != 7 & count != 8)) assert ( \dut.u_lane.saturated_o == 0);
    assert (!(ended & running) && !(resting & running & count != 0));
  end

  // What the followed neuron is, stage by stage.
  always @* if (was_started & running) begin
    assert ( \dut.fresh_q == fresh && \dut.capture_q == capture);
    if (!written) assert ((fresh ? 16'd0 : i) == before_i && (first ? 20'd0 : n_sat) == before_sats);
    if (here[2]) assert ( \dut.u_lane.i_now == before_i);
    if (here[3]) assert ( \dut.u_lane.i_now_s3 == before_i);
    if (here[3]) assert ( \dut.u_lane.syn_rounded_s3 == \kernel.k_rounded );
    if (here[4]) assert ( \dut.u_lane.syn_wanted_s4 == \kernel.k_wanted );
    if (here[5]) assert ( \dut.u_lane.syn_wanted_s5 == \kernel.k_wanted );
    if (here[5]) assert ( \dut.u_lane.syn_i_next_s5 == i_next);
    if (here[5]) assert ( \dut.u_lane.n_sat_now == before_sats);
    if (count == 7 + slot) assert ( \dut.u_lane.saturated_o == i_sat);
    if (written) assert (states == after);
    assert (record == (written & capture ? after : before_record));
  end

  // What a tick leaves.
  always @* if (was_started) begin
    if (ended) assert (states == after);
    if (ended) assert (record == (capture ? after : before_record));
    if (resting) assert (states == states_q && record == record_q);
  end
endmodule
