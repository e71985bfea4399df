// SPI slave, mode 0, most significant bit first, in front of the configuration bus. SCK may be
// faster or slower than clk_i and may stop at any time. A frame is what CS low encloses:
//
//   write   02, address (4 bytes), data (4 bytes), then the answer
//   read    03, address (4 bytes), then the answer
//   result  05, then the answer to the transfer before
//   answer  00 ... 00, status, data (4 bytes); at least one 00 byte (turnaround), more while the
//           chip is not done
//   status  bit 7: done, bit 1: refused, the transfer before was not done; bit 0: error or
//           refused. Nothing changed then.
//
// A transfer starts with the last bit of its address (read) or data (write): a frame cut before
// that changes nothing.
//
// Crossing of clocks: address and data stand still in SCK's domain from the toggle of request_q
// until answered_q has followed it; the answer stands still in clk's domain from then on. Only
// these two bits are synchronised.

`default_nettype none

module bruno_spi_slave (
  input  wire        clk_i,
  input  wire        rst_i,

  input  wire        spi_sck_i,
  input  wire        spi_cs_n_i,
  input  wire        spi_mosi_i,
  output reg         spi_miso_o,
  output wire        spi_miso_oe_o,  // drive the pin

  output wire        cfg_valid_o,
  input  wire        cfg_ready_i,
  output wire        cfg_write_o,
  output wire [31:0] cfg_addr_o,
  output wire [31:0] cfg_wdata_o,
  input  wire        cfg_rvalid_i,
  input  wire [31:0] cfg_rdata_i,
  input  wire        cfg_error_i
);

  localparam [7:0] WRITE = 8'h02, READ = 8'h03, RESULT = 8'h05;

  // ---- SCK's domain. CS high resets a frame whether SCK runs or not, hence asynchronously.
  reg  [2:0]  bit_q;        // bit of the byte
  reg  [3:0]  byte_q;       // byte of the frame, stops at 15
  reg  [62:0] shift_q;      // what came in
  reg         write_q, read_q;
  reg         answering_q;  // the command is complete
  reg         loaded_q;     // the answer is on its way out
  reg         refused_q;
  reg  [39:0] out_q;        // status and data, most significant bit next
  reg         request_q;    // toggles with every transfer
  reg         is_write_q;
  reg  [31:0] addr_q, data_q;
  wire        followed;     // answered_q as SCK sees it

  // ---- clk's domain.
  reg         answered_q;   // follows request_q when a transfer is done
  reg  [31:0] rdata_q;
  reg         error_q;

  wire [63:0] shift     = {shift_q, spi_mosi_i};
  wire        byte_end  = bit_q == 3'd7;
  wire        complete  = byte_end & ((write_q & (byte_q == 4'd8)) | (read_q & (byte_q == 4'd4)));
  wire        first_end = byte_end & (byte_q == 4'd0);
  wire        done      = request_q == followed;

  always @(posedge spi_sck_i or posedge spi_cs_n_i) begin
    if (spi_cs_n_i) begin
      bit_q       <= 3'd0;
      byte_q      <= 4'd0;
      write_q     <= 1'b0;
      read_q      <= 1'b0;
      answering_q <= 1'b0;
      loaded_q    <= 1'b0;
      refused_q   <= 1'b0;
      out_q       <= 40'd0;
    end else begin
      bit_q <= bit_q + 3'd1;
      if (byte_end & (byte_q != 4'd15)) byte_q <= byte_q + 4'd1;
      if (first_end) begin
        write_q     <= shift[7:0] == WRITE;
        read_q      <= shift[7:0] == READ;
        answering_q <= shift[7:0] == RESULT;
      end
      if (complete) begin
        answering_q <= 1'b1;
        refused_q   <= !done;
      end
      if (byte_end & answering_q & !loaded_q & (refused_q | done)) begin
        loaded_q <= 1'b1;
        out_q    <= refused_q ? {8'h83, 32'd0} : {7'h40, error_q, rdata_q};
      end else begin
        out_q <= {out_q[38:0], 1'b0};
      end
    end
  end

  // Frames only read these, so CS does not reset them.
  always @(posedge spi_sck_i) begin
    shift_q <= shift[62:0];
    if (complete & done) begin
      is_write_q <= write_q;
      addr_q     <= write_q ? shift[63:32] : shift[31:0];
      data_q     <= write_q ? shift[31:0] : 32'd0;
    end
  end

  // Waiver: SCK may stand still during a reset, so that this one bit must be reset
  // asynchronously; whichever value it leaves the reset with, clk's side takes over while it is
  // muted.
  /* verilator lint_off SYNCASYNCNET */
  always @(posedge spi_sck_i or posedge rst_i) begin
    if (rst_i) begin
      request_q <= 1'b0;
    end else if (complete & done) begin
      request_q <= !request_q;
    end
  end
  /* verilator lint_on SYNCASYNCNET */

  always @(negedge spi_sck_i or posedge spi_cs_n_i) begin
    if (spi_cs_n_i) begin
      spi_miso_o <= 1'b0;
    end else begin
      spi_miso_o <= out_q[39];
    end
  end

  assign spi_miso_oe_o = !spi_cs_n_i;

  // SCK's edges fill it long before a frame's end asks for it.
  bruno_synchroniser u_to_sck (
    .clk_i(spi_sck_i),
    .rst_i(1'b0),
    .level_i(answered_q),
    .level_o(followed)
  );

  wire request, cs_n;
  bruno_synchroniser #(.WIDTH(2)) u_to_clk (
    .clk_i(clk_i),
    .rst_i(rst_i),
    .level_i({spi_cs_n_i, request_q}),
    .level_o({cs_n, request})
  );

  // After a reset requests are dropped (and answered by an error) until CS is seen high: the rest
  // of a frame that the reset has cut must not act. CS is looked at a cycle later than requests,
  // for it rises after the last of them.
  reg muted_q, cs_n_q;
  reg valid_q, waiting_q;

  assign cfg_valid_o = valid_q;
  assign cfg_write_o = is_write_q;
  assign cfg_addr_o  = addr_q;
  assign cfg_wdata_o = data_q;

  always @(posedge clk_i) begin
    if (rst_i) begin
      muted_q    <= 1'b1;
      cs_n_q     <= 1'b0;
      valid_q    <= 1'b0;
      waiting_q  <= 1'b0;
      answered_q <= 1'b0;
      rdata_q    <= 32'd0;
      error_q    <= 1'b1;
    end else begin
      cs_n_q <= cs_n;
      if (cs_n_q) muted_q <= 1'b0;
      if (muted_q) begin
        answered_q <= request;
      end else if ((request != answered_q) & !waiting_q) begin
        valid_q   <= 1'b1;
        waiting_q <= 1'b1;
      end
      if (valid_q & cfg_ready_i) valid_q <= 1'b0;
      if (waiting_q & cfg_rvalid_i) begin
        waiting_q  <= 1'b0;
        answered_q <= !answered_q;
        rdata_q    <= cfg_rdata_i;
        error_q    <= cfg_error_i;
      end
    end
  end

endmodule

`default_nettype wire
