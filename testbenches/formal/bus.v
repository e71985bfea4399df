// Configuration bus. Proved, for any number of cycles and transfers in any of them, every other input free:
// - every accepted transfer is answered once and in order, within LATENCY cycles of the answer before it;
// - an answer reports an error exactly when the address does not exist or does not take this kind of transfer;
// - a read of the identification is answered with it.
// Assumed: transfers during a reset are not accepted. The address map is the one of the chip `proof`.

module bus (input clk);
`include "control.vh"
  (* anyseq *) reg watch;
  (* anyconst *) reg watched_write;
  (* anyconst *) reg [31:0] watched_addr;

  reg [2:0] owed;           // transfers without their answer
  reg [2:0] quiet;          // cycles that the oldest of them has been the oldest
  reg       watching = 0;   // an arbitrary transfer is followed
  reg [2:0] ahead;          // transfers before it without their answer

  wire accepted = valid & ready & !rst;
  wire begins = !watching & accepted & watch & (write == watched_write) & (addr == watched_addr);
  wire its_answer = rvalid & watching & (ahead == 0);

  always @(posedge clk) begin
    owed <= rst ? 0 : owed + accepted - rvalid;
    quiet <= rst | rvalid | (owed == 0) ? 0 : quiet + 1;
    ahead <= (begins ? owed : ahead) - rvalid;
    watching <= !rst & !its_answer & (watching | begins);
  end

  always @* if (started) begin
    assert (!rvalid | (owed != 0));
    assert (owed <= `LATENCY);
    assert (quiet < `LATENCY);
    if (its_answer) assert (error == !exists(watched_addr, watched_write));
    if (its_answer & !watched_write & (watched_addr == 0)) assert (rdata == 32'h6272756e);
  end
endmodule
