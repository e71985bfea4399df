// Words of a bank's records. Proved, for any number of cycles, any back-pressure and every input free in every cycle: a
// word of an arbitrary position that is offered is the one that the states had when its window ended.
// Assumed: the states were cleared once. Cut: products (records do not depend on their values).
// The bank is the readout of the chip `proof`: current and saturations of two neurons. Its other ports are free.

module record (input clk);
  localparam WORDS = 4;
  (* anyseq *) reg clear, tick, last, ready;
  (* anyconst *) reg [7:0] position;
  wire overrun, valid;
  wire [31:0] data;

  (* keep *) proof_readout_bank2 dut (
    .clk_i(clk), .clear_i(clear), .tick_i(tick), .last_i(last),
    .overrun_o(overrun), .rec_valid_o(valid), .rec_data_o(data), .rec_ready_i(ready));
  (* hierconn *) wire signed [16:0] \dut.i[0] ;
  (* hierconn *) wire signed [16:0] \dut.i[1] ;
  (* hierconn *) wire [19:0] \dut.n_sat[0] ;
  (* hierconn *) wire [19:0] \dut.n_sat[1] ;
  wire signed [31:0] i_0 = \dut.i[0] , i_1 = \dut.i[1] ;
  wire [127:0] states = {12'd0, \dut.n_sat[1] , i_1, 12'd0, \dut.n_sat[0] , i_0};

  reg        started = 0;  // a clear has been seen
  reg        ended;        // a window ended in the cycle before
  reg [7:0]  owed_q;       // words of recorded windows that are not taken yet
  reg [7:0]  at;           // position of the offered word in its record
  reg [31:0] word, old;    // the watched word of the newest record, and of the one before it

  wire       recorded = ended & !overrun;
  wire       taken = valid & ready;
  wire [7:0] owed = owed_q + (recorded ? WORDS : 0);
  wire [31:0] now = states >> {position, 5'd0};

  always @(posedge clk) begin
    started <= started | clear;
    ended <= tick & last & !clear;
    owed_q <= clear ? 0 : owed - taken;
    at <= clear ? 0 : !taken ? at : at == WORDS - 1 ? 0 : at + 1;
    if (recorded) {old, word} <= {word, now};
  end

  always @* assume (position < WORDS);
  // The offered word belongs to the record before when more than one record's words are owed.
  always @* if (started & valid & at == position)
    assert (data == (recorded ? word : owed_q > WORDS ? old : word));
endmodule
