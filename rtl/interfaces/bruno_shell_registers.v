// The shell's own registers, read and written through the hub: counters, what the chip is,
// interrupts, results.
//
//   0..   counters       16 version   17 hash         18 inputs       19 neurons   20 outputs
//   21    irq_enable     22 irq_status                23 records      256..        results
//
// irq_status: bit 0 a record of the readout is complete; bit 1 + n: counter n has moved. Writing
// a 1 clears a bit.

`default_nettype none

module bruno_shell_registers #(
  parameter        COUNTERS = 1,
  parameter        BANKS    = 1,      // of the readout
  parameter [31:0] VERSION  = 32'd0,  // of the register map
  parameter [31:0] HASH     = 32'd0,  // of what a program must fit
  parameter [31:0] INPUTS   = 32'd0,
  parameter [31:0] NEURONS  = 32'd0,
  parameter [31:0] OUTPUTS  = 32'd0
) (
  input  wire                   clk_i,
  input  wire                   rst_i,
  input  wire                   clear_i,   // the states are at rest: records start again
  input  wire                   valid_i,   // a transfer, for one cycle
  input  wire                   write_i,
  input  wire [25:0]            index_i,
  input  wire [31:0]            data_i,
  output reg  [31:0]            value_o,
  output reg                    known_o,   // there is such a register that takes such a transfer
  input  wire [COUNTERS-1:0]    moved_i,   // counters that move with the next edge
  input  wire [32*COUNTERS-1:0] count_i,
  input  wire [BANKS-1:0]       done_i,    // banks whose record is complete
  output wire                   record_o,  // a record of the readout is complete
  output wire [12:0]            result_o,  // output whose current is read
  input  wire [31:0]            result_i,
  output reg                    irq_o
);

  localparam [25:0] RESULTS = 26'd256;

  reg  [COUNTERS:0] enable_q, status_q;
  reg  [31:0]       records_q;
  reg  [BANKS-1:0]  done_q;
  integer           n;

  wire record = &(done_q | done_i);

  assign record_o = record;
  assign result_o = index_i[12:0] - RESULTS[12:0];

  wire              write   = valid_i & write_i;
  wire [COUNTERS:0] cleared = (write & (index_i == 26'd22)) ? data_i[COUNTERS:0]
    : {(COUNTERS+1){1'b0}};

  // No register that can be written is wider than the interrupts.
  wire unused_data = &{1'b0, data_i[31:COUNTERS+1]};

  always @* begin
    known_o = !write_i & (index_i >= RESULTS) & (index_i < RESULTS + OUTPUTS[25:0]);
    value_o = known_o ? result_i : 32'd0;
    for (n = 0; n < COUNTERS; n = n + 1) begin
      if (index_i == n[25:0]) begin
        known_o = !write_i;
        value_o = count_i[32*n+:32];
      end
    end
    case (index_i)
      26'd16: begin
        known_o = !write_i;
        value_o = VERSION;
      end
      26'd17: begin
        known_o = !write_i;
        value_o = HASH;
      end
      26'd18: begin
        known_o = !write_i;
        value_o = INPUTS;
      end
      26'd19: begin
        known_o = !write_i;
        value_o = NEURONS;
      end
      26'd20: begin
        known_o = !write_i;
        value_o = OUTPUTS;
      end
      26'd21: begin
        known_o = 1'b1;
        value_o = {{(31-COUNTERS){1'b0}}, enable_q};
      end
      26'd22: begin
        known_o = 1'b1;
        value_o = {{(31-COUNTERS){1'b0}}, status_q};
      end
      26'd23: begin
        known_o = !write_i;
        value_o = records_q;
      end
      default: ;
    endcase
  end

  always @(posedge clk_i) begin
    irq_o <= |(status_q & enable_q);
    if (rst_i) begin
      enable_q <= {(COUNTERS+1){1'b0}};
    end else if (write & (index_i == 26'd21)) begin
      enable_q <= data_i[COUNTERS:0];
    end
    if (rst_i | clear_i) begin
      irq_o     <= 1'b0;
      status_q  <= {(COUNTERS+1){1'b0}};
      done_q    <= {BANKS{1'b0}};
      records_q <= 32'd0;
    end else begin
      status_q  <= (status_q & ~cleared) | {moved_i, record};
      done_q    <= record ? {BANKS{1'b0}} : done_q | done_i;
      if (record) records_q <= records_q + 32'd1;
    end
  end

endmodule

`default_nettype wire
