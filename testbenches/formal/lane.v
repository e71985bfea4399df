// A tick of a folded readout beside the scalar kernel. Proved, for any number of ticks and any pauses between them,
// every input free:
// - when a tick has ended, each neuron's current is what the kernel makes of the one before (of rest in the first tick
//   after a clear) and of the sum that is there as the neuron passes;
// - its saturated updates are counted, from nothing in a window's first tick;
// - the last tick of a window leaves both in the record, unless the record before is on its way: that one stands still
//   during any tick;
// - between ticks all states hold.
// So slots enter their own place of every memory, stages hold one neuron each, and no neuron sees another's values.
// Assumed: inputs hold during a tick and nothing is cleared or written then, as the control module has it; counts below
// their end (counter.v is about that).
// Cut: the sum of the synapses, and the product of the decay. It is the same function on both sides: for the lane's
// factors, which are proved to be the kernel's, the kernel takes the lane's product.
// The bank is the readout of the chip `folded`: two outputs share the datapath that is looked at, a third has another.

module lane (input clk);
  localparam END = 1048575;
  (* anyconst *) reg slot; // the neuron that is followed
  (* anyseq *) reg start, clear, first, last, ready, levels_write, codes_write;
  (* anyseq *) reg [1:0] pre, index;
  (* anyseq *) reg [15:0] data;
  (* anyseq *) reg [6:0] i_dec_m;
  (* anyseq *) reg [29:0] i_dec_h;
  (* anyseq *) reg [4:0] i_dec_s;
  reg started = 0;
  wire rst = !started;
  wire read, read_slot, done;
  wire [31:0] saturated;

  (* keep *) folded_sequencer sequencer (
    .clk_i(clk), .rst_i(rst), .start_i(start), .read_o(read), .slot_o(read_slot), .done_o(done));
  (* keep *) folded_readout_bank3 dut (
    .clk_i(clk), .rst_i(rst), .clear_i(clear | rst), .start_i(start), .read_i(read), .slot_i(read_slot), .done_i(done),
    .first_i(first), .last_i(last), .pre_i(pre), .levels_write_i(levels_write), .codes_write_i(codes_write),
    .index_i(index), .data_i(data), .saturated_o(saturated), .rec_ready_i(ready),
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
  (* hierconn *) wire signed [15:0] \dut.u_lane.i_now ;
  (* hierconn *) wire [6:0] \dut.u_lane.i_dec_m_i ;
  (* hierconn *) wire signed [22:0] \dut.u_lane.syn_product ;
  (* hierconn *) wire signed [16:0] \dut.u_lane.inject_q ;

  wire signed [15:0] i = slot ? \dut.u_lane.u_i.memory[1] : \dut.u_lane.u_i.memory[0] ;
  wire [19:0] count = slot ? \dut.u_lane.u_n_sat.memory[1] : \dut.u_lane.u_n_sat.memory[0] ;
  wire signed [15:0] kept_i = slot ? \dut.u_lane.u_out_i.memory[1] : \dut.u_lane.u_out_i.memory[0] ;
  wire [19:0] kept_count = slot ? \dut.u_lane.u_out_n_sat.memory[1] : \dut.u_lane.u_out_n_sat.memory[0] ;

  // What the tick begins with.
  reg signed [31:0] before_i;
  reg [19:0] before_count;
  reg signed [15:0] before_kept_i;
  reg [19:0] before_kept_count;
  reg capture;
  // The lane's factors and product as the followed neuron passes.
  reg at_product, at_sum;
  reg signed [31:0] factor_i, product, inject;
  reg [6:0] factor_m;
  reg ended, idle;
  reg signed [15:0] i_q, kept_i_q;
  reg [19:0] count_q, kept_count_q;

  wire running = \sequencer.running_q ;
  wire [64:0] inputs = {first, last, pre, i_dec_m, i_dec_h, i_dec_s};
  reg [64:0] inputs_q;

  always @(posedge clk) begin
    started <= 1;
    inputs_q <= inputs;
    if (start) begin
      before_i <= \dut.fresh_q ? 32'sd0 : i;
      before_count <= first ? 20'd0 : count;
      before_kept_i <= kept_i;
      before_kept_count <= kept_count;
      capture <= last & ! \dut.busy_q ;
    end
    at_product <= \dut.u_lane.valid_q [1] & ( \dut.u_lane.early_slot_q == slot);
    if (at_product) begin
      factor_i <= \dut.u_lane.i_now ;
      factor_m <= \dut.u_lane.i_dec_m_i ;
      product <= \dut.u_lane.syn_product ;
    end
    at_sum <= at_product;
    if (at_sum) inject <= \dut.u_lane.inject_q ;
    ended <= done & started;
    idle <= !running & !start & started;
    i_q <= i;
    count_q <= count;
    kept_i_q <= kept_i;
    kept_count_q <= kept_count;
  end

  wire signed [31:0] i_next, i_sat;
  (* keep *) synapse kernel (
    .i(before_i), .inject(inject), .i_dec_m({25'd0, i_dec_m}), .i_dec_h({2'd0, i_dec_h}), .i_dec_s({27'd0, i_dec_s}),
    .i_max(32'sd32767), .i_min(-32'sd32768), .i_next(i_next), .i_sat(i_sat));
  (* hierconn *) wire signed [31:0] \kernel.k_product ;

  always @* begin
    if (running) assume (!start & !clear & !levels_write & !codes_write);
    if (running | ended) assume (inputs == inputs_q);
    if (start | rst) assume (!clear & !levels_write & !codes_write);
    assume (!(start & rst));
    assume ( \dut.u_lane.u_n_sat.memory[0] < END && \dut.u_lane.u_n_sat.memory[1] < END);
    if (ended) assume ( \kernel.k_product == product);
  end

  always @* if (started) begin
    assert ( \sequencer.count_q <= 12);
    if (!running) assert ( \sequencer.count_q == 0 && \dut.u_lane.valid_q == 0);
    if (!running) assert (! \dut.u_lane.early_slot_q & ! \dut.u_lane.late_slot_q
      & ! \dut.u_lane.write_slot_q );
    if (ended) begin
      assert (factor_i == before_i && factor_m == i_dec_m);
      assert (i == i_next);
      assert (count == before_count + i_sat);
    end
    if (ended & capture) assert (kept_i == i_next && kept_count == before_count + i_sat);
    if (ended & !capture) assert (kept_i == before_kept_i && kept_count == before_kept_count);
    if (idle) assert (i == i_q && count == count_q && kept_i == kept_i_q && kept_count == kept_count_q);
  end
endmodule
