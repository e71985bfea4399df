// Decides the class of a sample: adds up the outputs' currents at the ends of the windows that
// count, with a bias a window, and takes the output with the largest sum, the first of equals.
//
// Registers of the shell: 26 `windows` of a sample (0: nothing is decided), 27 `first` of them
// that counts, from 0; the last one always does. 28 `class`: bit 31 decided since the last clear,
// below it the class. 8192 + k `bias`, 16384 + k `score`.
//
// Sums and biases are memories of one port beside the module, read in one cycle and used in the
// next: an output takes two. Its sum is compared with the best one in the cycle behind them.

`default_nettype none

module bruno_decision #(
  parameter [12:0] OUTPUTS = 13'd1,
  parameter        BITS    = 1       // of an output's number
) (
  input  wire            clk_i,
  input  wire            rst_i,
  input  wire            clear_i,           // a sample begins
  input  wire            look_i,            // a transfer is here: what it means is looked up
  input  wire            valid_i,           // its second cycle: it takes place
  input  wire            write_i,
  input  wire [25:0]     index_i,
  input  wire [31:0]     data_i,
  output reg  [31:0]     value_o,           // 0 where another register is meant
  output reg             known_o,
  input  wire            record_i,          // a window's outputs are complete
  input  wire [12:0]     host_i,            // output whose current the bus reads
  output wire [12:0]     result_o,          // output whose current is read
  input  wire [31:0]     result_i,          // that of the cycle before
  output wire            decision_valid_o,
  output wire [15:0]     decision_o,
  output wire [BITS-1:0] at_o,              // output whose bias and sum are read or written
  output wire            bias_write_o,      // data_i becomes its bias
  input  wire [23:0]     bias_i,            // read last
  output wire            sum_write_o,
  output wire [39:0]     sum_o,
  input  wire [39:0]     sum_i              // read last
);

  localparam [BITS-1:0] ONE  = 1;
  localparam [12:0]     LAST = OUTPUTS - 13'd1;

  reg  [13:0]     windows_q, first_q, window_q;
  reg             scanning_q, decided_q;
  reg             read_q;    // bias, sum and current of output at_q have been read
  reg  [BITS-1:0] at_q, class_q;
  reg             summed_q;  // output of_q has its sum of the last window, sum_q
  reg  [BITS-1:0] of_q;
  reg  [39:0]     sum_q, best_q;

  // A transfer of the bus has the memories to itself: what was read for an output is read again.
  wire            step   = read_q & !look_i;
  wire [BITS-1:0] at     = look_i ? index_i[BITS-1:0] : at_q;
  wire            last   = window_q + 14'd1 == windows_q;
  wire            counts = (window_q >= first_q) | last;
  wire            opens  = (window_q == first_q) | (last & (window_q < first_q));
  wire            ends   = at_q == LAST[BITS-1:0];
  wire [39:0]     sum    = (opens ? 40'd0 : sum_i) + {{8{result_i[31]}}, result_i}
    + {{16{bias_i[23]}}, bias_i};
  wire            larger = (of_q == {BITS{1'b0}}) | ($signed(sum_q) > $signed(best_q));

  wire            a_bias  = (index_i >= 26'd8192) & (index_i < 26'd8192 + {13'd0, OUTPUTS});
  wire            a_score = (index_i >= 26'd16384) & (index_i < 26'd16384 + {13'd0, OUTPUTS});

  // No register that can be written is as wide as the data.
  wire unused_data = &{1'b0, data_i[31:14]};

  assign result_o         = look_i ? host_i : {{(13-BITS){1'b0}}, at_q};
  assign at_o             = at;
  assign bias_write_o     = valid_i & write_i & a_bias;
  assign sum_write_o      = step;
  assign sum_o            = sum;
  assign decision_valid_o = decided_q;
  assign decision_o       = {{(16-BITS){1'b0}}, class_q};

  always @* begin
    value_o = 32'd0;
    known_o = 1'b0;
    if (index_i == 26'd26) begin
      value_o = {18'd0, windows_q};
      known_o = 1'b1;
    end
    if (index_i == 26'd27) begin
      value_o = {18'd0, first_q};
      known_o = 1'b1;
    end
    if (index_i == 26'd28) begin
      value_o = {decided_q, 15'd0, decision_o};
      known_o = !write_i;
    end
    if (a_bias) begin
      value_o = {{8{bias_i[23]}}, bias_i};
      known_o = 1'b1;
    end
    if (a_score) begin
      value_o = sum_i[39:8];
      known_o = !write_i;
    end
  end

  always @(posedge clk_i) begin
    if (rst_i) begin
      windows_q <= 14'd0;
      first_q   <= 14'd0;
    end else if (valid_i & write_i) begin
      if (index_i == 26'd26) windows_q <= data_i[13:0];
      if (index_i == 26'd27) first_q <= data_i[13:0];
    end
    if (rst_i | clear_i) begin
      scanning_q <= 1'b0;
      read_q     <= 1'b0;
      window_q   <= 14'd0;
      at_q       <= {BITS{1'b0}};
    end else if (scanning_q) begin
      read_q <= !read_q & !look_i;
      if (step) begin
        at_q <= ends ? {BITS{1'b0}} : at_q + ONE;
        if (ends) begin
          scanning_q <= 1'b0;
          window_q   <= window_q + 14'd1;
        end
      end
    end else if (record_i & (window_q < windows_q)) begin
      if (counts) begin
        scanning_q <= 1'b1;
      end else begin
        window_q <= window_q + 14'd1;
      end
    end
  end

  always @(posedge clk_i) begin
    sum_q <= sum;
    of_q  <= at_q;
    if (rst_i | clear_i) begin
      summed_q  <= 1'b0;
      decided_q <= 1'b0;
      class_q   <= {BITS{1'b0}};
      best_q    <= 40'd0;
    end else begin
      summed_q <= step & last;
      if (summed_q & larger) begin
        best_q  <= sum_q;
        class_q <= of_q;
      end
      if (summed_q & (of_q == LAST[BITS-1:0])) decided_q <= 1'b1;
    end
  end

endmodule

`default_nettype wire
