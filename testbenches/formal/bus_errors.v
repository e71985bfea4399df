// Transfers that change nothing. Proved, for any number of cycles: as long as every transfer is a read or refers to what
// does not exist, nothing is written: no strobe to registers, levels or weights, no clear, the window's length stays.
// Assumed: exactly that, after a reset. The address map is the one of the chip `proof`.

module bus_errors (input clk);
`include "control.vh"
  (* hierconn *) wire [12:0] \dut.window_q ;
  reg rst_q, rst_qq;
  always @(posedge clk) {rst_qq, rst_q} <= {rst_q, rst};

  always @* begin
    assume (!valid || !write || !exists(addr, write));
    if (started & !rst_q) begin
      assert (device_write == 0 && levels_write == 0 && codes_write == 0);
      assert (\dut.window_q == 32);
      assert (!clear | rst_qq);
    end
  end
endmodule
