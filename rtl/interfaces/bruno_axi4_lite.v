// AXI4-Lite slave in front of the configuration bus; reads and writes alternate when both wait.
//
// Byte address [31:26] is the page (layer + 1, kind), [25:2] the index, [1:0] is ignored: word address of the bus =
// {addr[31:26], 2'b00, addr[25:2]}. A write without all four strobes changes nothing and is answered by SLVERR, as is
// whatever the bus answers with an error.

module bruno_axi4_lite (
  input             clk_i,
  input             rst_i,

  input             s_axi_awvalid_i,
  output            s_axi_awready_o,
  input      [31:0] s_axi_awaddr_i,
  input      [2:0]  s_axi_awprot_i,
  input             s_axi_wvalid_i,
  output            s_axi_wready_o,
  input      [31:0] s_axi_wdata_i,
  input      [3:0]  s_axi_wstrb_i,
  output reg        s_axi_bvalid_o,
  input             s_axi_bready_i,
  output reg [1:0]  s_axi_bresp_o,
  input             s_axi_arvalid_i,
  output            s_axi_arready_o,
  input      [31:0] s_axi_araddr_i,
  input      [2:0]  s_axi_arprot_i,
  output reg        s_axi_rvalid_o,
  input             s_axi_rready_i,
  output reg [31:0] s_axi_rdata_o,
  output reg [1:0]  s_axi_rresp_o,

  output reg        cfg_valid_o,
  input             cfg_ready_i,
  output reg        cfg_write_o,
  output reg [31:0] cfg_addr_o,
  output reg [31:0] cfg_wdata_o,
  input             cfg_rvalid_i,
  input      [31:0] cfg_rdata_i,
  input             cfg_error_i
);

  localparam [1:0] OKAY = 2'b00, SLVERR = 2'b10;

  // One address or datum of each channel, held until its transfer is answered.
  reg         aw_q, w_q, ar_q;
  reg  [29:0] awaddr_q, araddr_q;
  reg  [31:0] wdata_q;
  reg         whole_q;      // all strobes were set
  reg         busy_q;       // a transfer is on the bus
  reg         read_next_q;  // whose turn it is

  // No response of the kind is waiting, so that one can be given.
  wire may_write = aw_q & w_q & !s_axi_bvalid_o;
  wire may_read  = ar_q & !s_axi_rvalid_o;
  wire write     = may_write & !(may_read & read_next_q);

  // Protection bits and the byte within a word select nothing.
  wire unused = &{1'b0, s_axi_awprot_i, s_axi_arprot_i, s_axi_awaddr_i[1:0], s_axi_araddr_i[1:0]};

  assign s_axi_awready_o = !aw_q;
  assign s_axi_wready_o  = !w_q;
  assign s_axi_arready_o = !ar_q;

  always @(posedge clk_i) begin
    if (s_axi_awvalid_i & !aw_q) begin
      aw_q     <= 1'b1;
      awaddr_q <= s_axi_awaddr_i[31:2];
    end
    if (s_axi_wvalid_i & !w_q) begin
      w_q     <= 1'b1;
      wdata_q <= s_axi_wdata_i;
      whole_q <= &s_axi_wstrb_i;
    end
    if (s_axi_arvalid_i & !ar_q) begin
      ar_q     <= 1'b1;
      araddr_q <= s_axi_araddr_i[31:2];
    end
    if (s_axi_bready_i) s_axi_bvalid_o <= 1'b0;
    if (s_axi_rready_i) s_axi_rvalid_o <= 1'b0;
    if (cfg_ready_i) cfg_valid_o <= 1'b0;

    if (!busy_q & write & !whole_q) begin
      aw_q           <= 1'b0;
      w_q            <= 1'b0;
      read_next_q    <= 1'b1;
      s_axi_bvalid_o <= 1'b1;
      s_axi_bresp_o  <= SLVERR;
    end else if (!busy_q & (write | may_read)) begin
      busy_q      <= 1'b1;
      read_next_q <= write;
      cfg_valid_o <= 1'b1;
      cfg_write_o <= write;
      cfg_wdata_o <= wdata_q;
      cfg_addr_o  <= write ? {awaddr_q[29:24], 2'b00, awaddr_q[23:0]} : {araddr_q[29:24], 2'b00, araddr_q[23:0]};
    end

    if (busy_q & cfg_rvalid_i) begin
      busy_q <= 1'b0;
      if (cfg_write_o) begin
        aw_q           <= 1'b0;
        w_q            <= 1'b0;
        s_axi_bvalid_o <= 1'b1;
        s_axi_bresp_o  <= cfg_error_i ? SLVERR : OKAY;
      end else begin
        ar_q           <= 1'b0;
        s_axi_rvalid_o <= 1'b1;
        s_axi_rresp_o  <= cfg_error_i ? SLVERR : OKAY;
        s_axi_rdata_o  <= cfg_rdata_i;
      end
    end

    if (rst_i) begin
      aw_q           <= 1'b0;
      w_q            <= 1'b0;
      ar_q           <= 1'b0;
      awaddr_q       <= 30'd0;
      araddr_q       <= 30'd0;
      wdata_q        <= 32'd0;
      whole_q        <= 1'b0;
      busy_q         <= 1'b0;
      read_next_q    <= 1'b0;
      s_axi_bvalid_o <= 1'b0;
      s_axi_bresp_o  <= OKAY;
      s_axi_rvalid_o <= 1'b0;
      s_axi_rresp_o  <= OKAY;
      s_axi_rdata_o  <= 32'd0;
      cfg_valid_o    <= 1'b0;
      cfg_write_o    <= 1'b0;
      cfg_addr_o     <= 32'd0;
      cfg_wdata_o    <= 32'd0;
    end
  end

endmodule
