// Recorder stream of a bank against a scoreboard that sees only ports, under any back-pressure, with every input free in
// every cycle. Proved, for any number of cycles:
// - every window either raises overrun_o or is owed WORDS words; it overruns exactly when a word of the record before it
//   is still waiting; a word is offered exactly while one is owed: none is lost, none is invented or sent twice;
// - rec_last_o is set on a record's last word and on no other;
// - a word that is not taken stays as it is.
// Assumed: the states were cleared once. Cut: products (records do not depend on their values).
// Macros: BANK, WORDS of a record. Ports of the bank that are not named here are free.

module recorder (input clk);
  (* anyseq *) reg clear, tick, last, ready;
  wire overrun, valid, rec_last;
  wire [31:0] data;

  (* keep *) `BANK dut (
    .clk_i(clk), .clear_i(clear), .tick_i(tick), .last_i(last),
    .overrun_o(overrun), .rec_valid_o(valid), .rec_last_o(rec_last), .rec_data_o(data), .rec_ready_i(ready));

  reg        started = 0;  // a clear has been seen
  reg        ended;        // a window ended in the cycle before
  reg        full;         // and a word of the record before it was waiting
  reg        refused;      // an offered word was not taken in the cycle before
  reg        last_q;
  reg [31:0] data_q;
  reg [7:0]  owed_q;       // words of recorded windows that are not taken yet
  reg [7:0]  at;           // position of the next word in its record

  wire       taken = valid & ready;
  wire [7:0] owed = owed_q + (ended & !overrun ? `WORDS : 0);
  wire [7:0] behind = owed - valid;                            // words behind the one that is offered
  wire [7:0] waiting = behind - ((!valid | ready) & (behind != 0)); // and at the end of this cycle

  always @(posedge clk) begin
    started <= started | clear;
    ended <= tick & last & !clear;
    full <= waiting != 0;
    refused <= valid & !ready & !clear;
    data_q <= data;
    last_q <= rec_last;
    owed_q <= clear ? 0 : owed - taken;
    at <= clear ? 0 : !taken ? at : at == `WORDS - 1 ? 0 : at + 1;
  end

  always @* if (started) begin
    assert (overrun == (ended & full));
    assert (owed <= `WORDS + 1);
    assert (valid == (owed_q != 0));
    assert (rec_last == (valid & (at == `WORDS - 1)));
    assert (!refused | (valid & (data == data_q) & (rec_last == last_q)));
  end
endmodule
