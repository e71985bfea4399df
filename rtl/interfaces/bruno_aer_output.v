// Address events out, four-phase handshake without a clock: the address is set one cycle before
// the request rises and stands still until the acknowledge has risen; the next event waits for
// the acknowledge to fall.

`default_nettype none

module bruno_aer_output (
  input  wire        clk_i,
  input  wire        rst_i,
  input  wire        valid_i,
  output wire        ready_o,
  input  wire [15:0] addr_i,
  output reg         aer_req_o,
  output reg  [15:0] aer_addr_o,
  input  wire        aer_ack_i
);

  wire ack;
  reg  set_q;  // an address is set and not acknowledged

  assign ready_o = !set_q & !ack;

  bruno_synchroniser #(.RESET_VALUE(1'b1)) u_sync (
    .clk_i(clk_i),
    .rst_i(rst_i),
    .level_i(aer_ack_i),
    .level_o(ack)
  );

  always @(posedge clk_i) begin
    if (rst_i) begin
      set_q      <= 1'b0;
      aer_req_o  <= 1'b0;
      aer_addr_o <= 16'd0;
    end else if (valid_i & ready_o) begin
      set_q      <= 1'b1;
      aer_addr_o <= addr_i;
    end else if (set_q & !aer_req_o) begin
      aer_req_o <= 1'b1;
    end else if (aer_req_o & ack) begin
      set_q     <= 1'b0;
      aer_req_o <= 1'b0;
    end
  end

endmodule

`default_nettype wire
