// The recorder streams of all banks as one AXI4-Stream: a packet is one bank's record of one
// window, TID and TDEST name the bank. Banks take turns at record boundaries; a bank waits while
// another one sends, nothing is dropped here.
//
// A clear of the chip's states breaks a record off. Its packet then ends with an extra word with
// TUSER = 1 (and TLAST): the packet is to be thrown away.
//
// The ports of the stream have the names by which tools know AXI4-Stream.

`default_nettype none

module bruno_axi_stream_recorder #(
  parameter BANKS     = 1,
  parameter BANK_BITS = 1
) (
  input  wire                 clk_i,
  input  wire                 rst_i,
  input  wire                 clear_i,        // the banks have dropped what they had
  input  wire [BANKS-1:0]     rec_valid_i,
  input  wire [BANKS-1:0]     rec_last_i,
  input  wire [32*BANKS-1:0]  rec_data_i,
  output wire [BANKS-1:0]     rec_ready_o,
  output reg                  m_axis_tvalid,
  input  wire                 m_axis_tready,
  output reg  [31:0]          m_axis_tdata,
  output reg                  m_axis_tlast,
  output wire [BANK_BITS-1:0] m_axis_tid,
  output wire [BANK_BITS-1:0] m_axis_tdest,
  output reg                  m_axis_tuser
);

  reg  [BANK_BITS-1:0] bank_q;    // whose turn it is
  reg                  inside_q;  // words of its record have been taken
  reg                  broken_q;  // the packet must be ended
  reg  [BANK_BITS-1:0] sent_q;    // bank of the word offered
  reg  [BANK_BITS-1:0] next;      // the bank that has words, nearest after bank_q
  reg                  valid, last;
  reg  [31:0]          data;
  integer              n;

  wire room = !m_axis_tvalid | m_axis_tready;
  wire take = room & valid & !broken_q & !clear_i;

  assign m_axis_tid   = sent_q;
  assign m_axis_tdest = sent_q;

  genvar b;
  generate
    for (b = 0; b < BANKS; b = b + 1) begin : g_bank
      assign rec_ready_o[b] = room & (bank_q == b) & !broken_q & !clear_i;
    end
  endgenerate

  always @* begin
    valid = 1'b0;
    last  = 1'b0;
    data  = 32'd0;
    next  = bank_q;
    // The smallest bank with words; a later bank than bank_q goes first.
    for (n = BANKS - 1; n >= 0; n = n - 1) begin
      if (rec_valid_i[n] & (n[BANK_BITS-1:0] <= bank_q)) next = n[BANK_BITS-1:0];
    end
    for (n = BANKS - 1; n >= 0; n = n - 1) begin
      if (rec_valid_i[n] & (n[BANK_BITS-1:0] > bank_q)) next = n[BANK_BITS-1:0];
    end
    for (n = 0; n < BANKS; n = n + 1) begin
      if (bank_q == n[BANK_BITS-1:0]) begin
        valid = rec_valid_i[n];
        last  = rec_last_i[n];
        data  = rec_data_i[32*n+:32];
      end
    end
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      bank_q        <= {BANK_BITS{1'b0}};
      inside_q      <= 1'b0;
      broken_q      <= 1'b0;
      sent_q        <= {BANK_BITS{1'b0}};
      m_axis_tvalid <= 1'b0;
      m_axis_tdata  <= 32'd0;
      m_axis_tlast  <= 1'b0;
      m_axis_tuser  <= 1'b0;
    end else begin
      if (room) begin
        m_axis_tvalid <= take | broken_q;
        m_axis_tdata  <= broken_q ? 32'd0 : data;
        m_axis_tlast  <= broken_q | last;
        m_axis_tuser  <= broken_q;
        sent_q        <= bank_q;
      end
      if (clear_i & inside_q) begin
        broken_q <= 1'b1;
      end else if (room) begin
        broken_q <= 1'b0;
      end
      if (clear_i) begin
        inside_q <= 1'b0;
      end else if (take) begin
        inside_q <= !last;
      end
      // A turn passes on after a record, and from a bank that has nothing.
      if ((take & last) | (!inside_q & !valid & !broken_q & !clear_i)) bank_q <= next;
    end
  end

endmodule

`default_nettype wire
