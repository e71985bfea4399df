// COUNT counters of 32 bits that stop at their end instead of wrapping; the configuration bus
// reads them. What they add stands in a register first, for it comes at the end of long paths.

`default_nettype none

module bruno_counters #(
  parameter COUNT = 1
) (
  input  wire                clk_i,
  input  wire                rst_i,    // back to zero
  input  wire [16*COUNT-1:0] step_i,   // what each counts in this cycle
  output wire [COUNT-1:0]    moved_o,  // those that move with the next edge
  output reg  [32*COUNT-1:0] value_o
);

  reg [16*COUNT-1:0] step_q;

  always @(posedge clk_i) begin
    step_q <= rst_i ? {16*COUNT{1'b0}} : step_i;
  end

  genvar n;
  generate
    for (n = 0; n < COUNT; n = n + 1) begin : g_counter
      wire [32:0] sum = {1'b0, value_o[32*n+:32]} + {17'd0, step_q[16*n+:16]};

      assign moved_o[n] = |step_q[16*n+:16];

      always @(posedge clk_i) begin
        if (rst_i) begin
          value_o[32*n+:32] <= 32'd0;
        end else begin
          value_o[32*n+:32] <= sum[32] ? 32'hffffffff : sum[31:0];
        end
      end
    end
  endgenerate

endmodule

`default_nettype wire
