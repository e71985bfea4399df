// AXI4-Lite slave in front of the configuration bus; reads and writes alternate when both wait.
//
// The slave looks at the low address bits alone, so its window may stand at any multiple of its
// size: [1:0] are ignored, INDEX_BITS above them are the index, PAGE_BITS above these the page
// (layer + 1, kind). A write without all four strobes changes nothing and is answered by SLVERR,
// as is whatever the bus answers with an error.
//
// The ports of the bus have the names by which tools know AXI4-Lite.

`default_nettype none

module bruno_axi4_lite #(
  parameter INDEX_BITS = 24,
  parameter PAGE_BITS  = 6
) (
  input  wire                            clk_i,
  input  wire                            rst_i,

  input  wire                            s_axi_awvalid,
  output wire                            s_axi_awready,
  input  wire [PAGE_BITS+INDEX_BITS+1:0] s_axi_awaddr,
  input  wire [2:0]                      s_axi_awprot,
  input  wire                            s_axi_wvalid,
  output wire                            s_axi_wready,
  input  wire [31:0]                     s_axi_wdata,
  input  wire [3:0]                      s_axi_wstrb,
  output reg                             s_axi_bvalid,
  input  wire                            s_axi_bready,
  output reg  [1:0]                      s_axi_bresp,
  input  wire                            s_axi_arvalid,
  output wire                            s_axi_arready,
  input  wire [PAGE_BITS+INDEX_BITS+1:0] s_axi_araddr,
  input  wire [2:0]                      s_axi_arprot,
  output reg                             s_axi_rvalid,
  input  wire                            s_axi_rready,
  output reg  [31:0]                     s_axi_rdata,
  output reg  [1:0]                      s_axi_rresp,

  output reg                             cfg_valid_o,
  input  wire                            cfg_ready_i,
  output reg                             cfg_write_o,
  output reg  [31:0]                     cfg_addr_o,
  output reg  [31:0]                     cfg_wdata_o,
  input  wire                            cfg_rvalid_i,
  input  wire [31:0]                     cfg_rdata_i,
  input  wire                            cfg_error_i
);

  localparam [1:0] OKAY = 2'b00, SLVERR = 2'b10;

  // One address or datum of each channel, held until its transfer is answered.
  reg         aw_q, w_q, ar_q;
  reg  [PAGE_BITS+INDEX_BITS-1:0] awaddr_q, araddr_q;
  reg  [31:0] wdata_q;
  reg         whole_q;      // all strobes were set
  reg         busy_q;       // a transfer is on the bus
  reg         read_next_q;  // whose turn it is

  // No response of the kind is waiting, so that one can be given.
  wire may_write = aw_q & w_q & !s_axi_bvalid;
  wire may_read  = ar_q & !s_axi_rvalid;
  wire write     = may_write & !(may_read & read_next_q);

  // The address on the bus: page in [31:26], index in [25:0].
  wire [PAGE_BITS+INDEX_BITS-1:0] chosen = write ? awaddr_q : araddr_q;
  wire [6:0]  page  = {{(7-PAGE_BITS){1'b0}}, chosen[INDEX_BITS+:PAGE_BITS]};
  wire [26:0] index = {{(27-INDEX_BITS){1'b0}}, chosen[INDEX_BITS-1:0]};

  // Protection bits and the byte within a word select nothing.
  wire unused_bits = &{1'b0, page[6], index[26], s_axi_awprot, s_axi_arprot,
    s_axi_awaddr[1:0], s_axi_araddr[1:0]};

  assign s_axi_awready = !aw_q;
  assign s_axi_wready  = !w_q;
  assign s_axi_arready = !ar_q;

  always @(posedge clk_i) begin
    if (s_axi_awvalid & !aw_q) begin
      aw_q     <= 1'b1;
      awaddr_q <= s_axi_awaddr[PAGE_BITS+INDEX_BITS+1:2];
    end
    if (s_axi_wvalid & !w_q) begin
      w_q     <= 1'b1;
      wdata_q <= s_axi_wdata;
      whole_q <= &s_axi_wstrb;
    end
    if (s_axi_arvalid & !ar_q) begin
      ar_q     <= 1'b1;
      araddr_q <= s_axi_araddr[PAGE_BITS+INDEX_BITS+1:2];
    end
    if (s_axi_bready) s_axi_bvalid <= 1'b0;
    if (s_axi_rready) s_axi_rvalid <= 1'b0;
    if (cfg_ready_i) cfg_valid_o <= 1'b0;

    if (!busy_q & write & !whole_q) begin
      aw_q         <= 1'b0;
      w_q          <= 1'b0;
      read_next_q  <= 1'b1;
      s_axi_bvalid <= 1'b1;
      s_axi_bresp  <= SLVERR;
    end else if (!busy_q & (write | may_read)) begin
      busy_q      <= 1'b1;
      read_next_q <= write;
      cfg_valid_o <= 1'b1;
      cfg_write_o <= write;
      cfg_wdata_o <= wdata_q;
      cfg_addr_o  <= {page[5:0], index[25:0]};
    end

    if (busy_q & cfg_rvalid_i) begin
      busy_q <= 1'b0;
      if (cfg_write_o) begin
        aw_q         <= 1'b0;
        w_q          <= 1'b0;
        s_axi_bvalid <= 1'b1;
        s_axi_bresp  <= cfg_error_i ? SLVERR : OKAY;
      end else begin
        ar_q         <= 1'b0;
        s_axi_rvalid <= 1'b1;
        s_axi_rresp  <= cfg_error_i ? SLVERR : OKAY;
        s_axi_rdata  <= cfg_rdata_i;
      end
    end

    if (rst_i) begin
      aw_q         <= 1'b0;
      w_q          <= 1'b0;
      ar_q         <= 1'b0;
      awaddr_q     <= {(PAGE_BITS+INDEX_BITS){1'b0}};
      araddr_q     <= {(PAGE_BITS+INDEX_BITS){1'b0}};
      wdata_q      <= 32'd0;
      whole_q      <= 1'b0;
      busy_q       <= 1'b0;
      read_next_q  <= 1'b0;
      s_axi_bvalid <= 1'b0;
      s_axi_bresp  <= OKAY;
      s_axi_rvalid <= 1'b0;
      s_axi_rresp  <= OKAY;
      s_axi_rdata  <= 32'd0;
      cfg_valid_o  <= 1'b0;
      cfg_write_o  <= 1'b0;
      cfg_addr_o   <= 32'd0;
      cfg_wdata_o  <= 32'd0;
    end
  end

endmodule

`default_nettype wire
