// For timing only: a memory that is kept apart becomes the flip-flops at its ports. What it is given is captured, what it
// answers leaves a flip-flop; its own access time is not known and must be added for the macro that is chosen.
(* techmap_celltype = "$mem_v2" *)
module memory_ports (RD_CLK, RD_EN, RD_ARST, RD_SRST, RD_ADDR, RD_DATA, WR_CLK, WR_EN, WR_ADDR, WR_DATA);
  parameter MEMID = "";
  parameter SIZE = 1;
  parameter OFFSET = 0;
  parameter ABITS = 1;
  parameter WIDTH = 1;
  parameter INIT = 1'bx;
  parameter RD_PORTS = 1;
  parameter RD_CLK_ENABLE = 1'b0;
  parameter RD_CLK_POLARITY = 1'b0;
  parameter RD_TRANSPARENCY_MASK = 1'b0;
  parameter RD_COLLISION_X_MASK = 1'b0;
  parameter RD_WIDE_CONTINUATION = 1'b0;
  parameter RD_CE_OVER_SRST = 1'b0;
  parameter RD_ARST_VALUE = 1'b0;
  parameter RD_SRST_VALUE = 1'b0;
  parameter RD_INIT_VALUE = 1'b0;
  parameter WR_PORTS = 1;
  parameter WR_CLK_ENABLE = 1'b0;
  parameter WR_CLK_POLARITY = 1'b0;
  parameter WR_PRIORITY_MASK = 1'b0;
  parameter WR_WIDE_CONTINUATION = 1'b0;

  input  [RD_PORTS-1:0]       RD_CLK;
  input  [RD_PORTS-1:0]       RD_EN;
  input  [RD_PORTS-1:0]       RD_ARST;
  input  [RD_PORTS-1:0]       RD_SRST;
  input  [RD_PORTS*ABITS-1:0] RD_ADDR;
  output [RD_PORTS*WIDTH-1:0] RD_DATA;
  input  [WR_PORTS-1:0]       WR_CLK;
  input  [WR_PORTS*WIDTH-1:0] WR_EN;
  input  [WR_PORTS*ABITS-1:0] WR_ADDR;
  input  [WR_PORTS*WIDTH-1:0] WR_DATA;

  wire clk = WR_CLK[0];
  genvar n;
  generate
    for (n = 0; n < RD_PORTS * WIDTH; n = n + 1) begin : read_data
      \$_DFF_P_ q (.C(clk), .D(RD_DATA[n]), .Q(RD_DATA[n]));
    end
    for (n = 0; n < RD_PORTS * ABITS; n = n + 1) begin : read_address
      wire captured;
      (* keep *) \$_DFF_P_ d (.C(clk), .D(RD_ADDR[n]), .Q(captured));
    end
    for (n = 0; n < RD_PORTS; n = n + 1) begin : read_enable
      wire captured;
      (* keep *) \$_DFF_P_ d (.C(clk), .D(RD_EN[n]), .Q(captured));
    end
    for (n = 0; n < WR_PORTS * WIDTH; n = n + 1) begin : write
      wire captured, enabled;
      (* keep *) \$_DFF_P_ d (.C(clk), .D(WR_DATA[n]), .Q(captured));
      (* keep *) \$_DFF_P_ e (.C(clk), .D(WR_EN[n]), .Q(enabled));
    end
    for (n = 0; n < WR_PORTS * ABITS; n = n + 1) begin : write_address
      wire captured;
      (* keep *) \$_DFF_P_ d (.C(clk), .D(WR_ADDR[n]), .Q(captured));
    end
  endgenerate
endmodule
