// Recorder stream of a folded bank against a scoreboard that sees only ports, under any back-pressure, with every input free
// in every cycle. Proved, for any number of cycles:
// - the last tick of a window, once it has ended, is owed WORDS words, unless a word of the record before was still waiting as
//   it began: then, and only then, overrun_o is raised; no word is invented, lost or sent twice;
// - a word that is owed is offered within QUIET cycles;
// - rec_last_o is set on a record's last word and on no other;
// - a word that is not taken stays as it is.
// Assumed: the states were cleared once; ticks do not overlap, and nothing is cleared during one, as the control module has it.
// Cut: what a lane answers (which word is sent does not depend on its value).
// Macros: BANK, WORDS of a record, QUIET. Ports of the bank that are not named here are free.

module recorder_folded (input clk);
  (* anyseq *) reg clear, start, done, last, ready;
  wire overrun, valid, rec_last;
  wire [31:0] data;

  (* keep *) `BANK dut (
    .clk_i(clk), .clear_i(clear), .start_i(start), .done_i(done), .last_i(last),
    .overrun_o(overrun), .rec_valid_o(valid), .rec_last_o(rec_last), .rec_data_o(data), .rec_ready_i(ready));

  reg        started = 0;  // a clear has been seen
  reg        running;      // a tick is on its way
  reg        captures;     // and its states become a record
  reg        refused;      // an offered word was not taken in the cycle before
  reg        overruns;     // a tick that should leave a record began in the cycle before, and the record before was waiting
  reg        last_q;
  reg [31:0] data_q;
  reg [7:0]  owed;         // words of recorded windows that are not taken yet
  reg [7:0]  at;           // position of the next word in its record
  reg [3:0]  quiet;        // cycles without a word that is owed

  wire taken = valid & ready;
  wire waiting = owed != valid; // words beside the one that is offered

  always @(posedge clk) begin
    started <= started | clear;
    running <= !clear & !done & (running | start);
    if (start) captures <= last & !waiting;
    overruns <= start & last & waiting & !clear;
    refused <= valid & !ready & !clear;
    data_q <= data;
    last_q <= rec_last;
    owed <= clear ? 0 : owed - taken + (done & captures ? `WORDS : 0);
    at <= clear ? 0 : !taken ? at : at == `WORDS - 1 ? 0 : at + 1;
    quiet <= clear | valid | (owed == 0) ? 0 : quiet + 1;
  end

  always @* if (started) begin
    assume (!start | (!running & !clear));
    assume (!done | running);
    assume (!clear | !running);
  end

  always @* if (started) begin
    assert (overrun == overruns);
    assert (owed <= `WORDS + 1);
    assert (!valid | (owed != 0));
    assert (quiet < `QUIET);
    assert (rec_last == (valid & (at == `WORDS - 1)));
    assert (!refused | (valid & (data == data_q) & (rec_last == last_q)));
  end
endmodule
