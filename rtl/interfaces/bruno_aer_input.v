// Address events in, four-phase handshake without a clock: the address stands still from the rise
// of the request until the rise of the acknowledge. A request that is high when a reset ends is
// acknowledged and not taken, so that no event counts twice.

`default_nettype none

module bruno_aer_input (
  input  wire        clk_i,
  input  wire        rst_i,
  input  wire        aer_req_i,
  input  wire [15:0] aer_addr_i,
  output wire        aer_ack_o,
  output wire        valid_o,     // an event, for one cycle
  output wire [15:0] addr_o
);

  wire request;
  reg  ack_q;
  reg  armed_q;  // the request has been low since the reset

  assign aer_ack_o = ack_q;
  assign valid_o   = request & !ack_q & armed_q;
  assign addr_o    = aer_addr_i;

  bruno_synchroniser #(.RESET_VALUE(1'b1)) u_sync (
    .clk_i(clk_i),
    .rst_i(rst_i),
    .level_i(aer_req_i),
    .level_o(request)
  );

  always @(posedge clk_i) begin
    if (rst_i) begin
      ack_q   <= 1'b0;
      armed_q <= 1'b0;
    end else begin
      ack_q <= request;
      if (!request) armed_q <= 1'b1;
    end
  end

endmodule

`default_nettype wire
