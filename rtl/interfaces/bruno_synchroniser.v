// Brings levels of another clock domain (or of none) into clk_i: two flip-flops a bit, two to
// three cycles. Bits of a vector may arrive a cycle apart: only single bits and handshakes go
// through it.

`default_nettype none

module bruno_synchroniser #(
  parameter             WIDTH       = 1,
  parameter [WIDTH-1:0] RESET_VALUE = {WIDTH{1'b0}}
) (
  input  wire             clk_i,
  input  wire             rst_i,
  input  wire [WIDTH-1:0] level_i,
  output wire [WIDTH-1:0] level_o
);

  (* ASYNC_REG = "TRUE" *) reg [WIDTH-1:0] first_q;  // may be metastable
  (* ASYNC_REG = "TRUE" *) reg [WIDTH-1:0] second_q;

  assign level_o = second_q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      first_q  <= RESET_VALUE;
      second_q <= RESET_VALUE;
    end else begin
      first_q  <= level_i;
      second_q <= first_q;
    end
  end

endmodule

`default_nettype wire
