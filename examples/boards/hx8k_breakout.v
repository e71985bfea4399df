// A chip whose only port is SPI on Lattice's iCE40-HX8K breakout board: clock of 30 MHz, reset, pins, the class on the LEDs.
// SHELL is the module of the chip's shell. scripts/bitstream builds it.

`default_nettype none

`ifndef SHELL
`define SHELL tiny_shell
`endif

module hx8k_breakout (
  input  wire       clk_12mhz_i,
  input  wire       spi_sck_i,
  input  wire       spi_cs_n_i,
  input  wire       spi_mosi_i,
  inout  wire       spi_miso_io,  // driven while spi_cs_n_i is low
  output wire       irq_o,
  output wire [7:0] led_o         // [7] a class is decided, below it the class
);

  wire clk, locked;

  // 12 MHz * (DIVF + 1) / 2^DIVQ = 30 MHz, the chip's `clock_mhz`.
  SB_PLL40_CORE #(
    .FEEDBACK_PATH("SIMPLE"),
    .DIVR(4'd0),
    .DIVF(7'd79),
    .DIVQ(3'd5),
    .FILTER_RANGE(3'd1)
  ) pll (
    .REFERENCECLK(clk_12mhz_i),
    .PLLOUTGLOBAL(clk),
    .LOCK(locked),
    .RESETB(1'b1),
    .BYPASS(1'b0)
  );

  // Registers of an iCE40 start at 0: the reset lasts 15 cycles from the PLL's lock on.
  reg [1:0] locked_q;
  reg [3:0] started_q;
  wire      rst = !(&started_q);

  always @(posedge clk) begin
    locked_q <= {locked_q[0], locked};
    if (!locked_q[1]) started_q <= 4'd0;
    else if (rst) started_q <= started_q + 4'd1;
  end

  wire        miso, miso_oe, decided;
  wire [15:0] class;

  // An output with an enable.
  SB_IO #(.PIN_TYPE(6'b1010_01)) miso_pin (
    .PACKAGE_PIN(spi_miso_io),
    .OUTPUT_ENABLE(miso_oe),
    .D_OUT_0(miso)
  );

  assign led_o = {decided, class[6:0]};

  `SHELL chip (
    .clk_i(clk),
    .rst_i(rst),
    .spi_sck_i(spi_sck_i),
    .spi_cs_n_i(spi_cs_n_i),
    .spi_mosi_i(spi_mosi_i),
    .spi_miso_o(miso),
    .spi_miso_oe_o(miso_oe),
    .irq_o(irq_o),
    .decision_valid_o(decided),
    .decision_o(class)
  );

endmodule

`default_nettype wire
