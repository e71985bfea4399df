// Keeps the last record's current of every output of one bank of the readout, as its words leave
// on the recorder's stream. Two pages: one is read while the next record fills the other, and
// they change places at a record's last word. Their memory stands beside the module: read and
// write addresses differ by the page.

`default_nettype none

module bruno_results #(
  parameter [12:0] NEURONS = 13'd1,  // of the bank
  parameter [12:0] FIRST   = 13'd0,  // the first of them among the outputs
  parameter [7:0]  WORDS   = 8'd2,   // of a neuron's record
  parameter [7:0]  WORD    = 8'd0,   // which of them is kept
  parameter        BITS    = 1       // of a neuron's number in the bank
) (
  input  wire          clk_i,
  input  wire          rst_i,
  input  wire          clear_i,              // records start again
  input  wire          take_i,               // a word leaves
  input  wire          last_i,               // it is its record's last
  output reg           done_o,               // a record is complete, for one cycle
  input  wire [12:0]   index_i,              // the output to be read
  output wire [31:0]   value_o,              // a cycle later: its current, LSB of I; else 0
  output wire [BITS:0] kept_read_address_o,  // read in every cycle
  input  wire [31:0]   kept_i,
  output wire          kept_write_o,         // the word that leaves is written
  output wire [BITS:0] kept_write_address_o
);

  localparam [BITS-1:0] ONE = 1;

  reg             mine_q;
  reg             page_q;    // the page that fills
  reg  [7:0]      word_q;
  reg  [BITS-1:0] neuron_q;

  wire [12:0]     local_index = index_i - FIRST;
  wire            mine      = local_index < NEURONS;
  wire            next      = word_q == WORDS - 8'd1;

  assign kept_read_address_o  = {!page_q, local_index[BITS-1:0]};
  assign kept_write_o         = take_i & (word_q == WORD);
  assign kept_write_address_o = {page_q, neuron_q};

  assign value_o = mine_q ? kept_i : 32'd0;

  always @(posedge clk_i) begin
    mine_q <= mine;
    done_o <= take_i & last_i & !clear_i & !rst_i;
    if (rst_i | clear_i) begin
      page_q   <= 1'b0;
      word_q   <= 8'd0;
      neuron_q <= {BITS{1'b0}};
    end else if (take_i) begin
      word_q <= next ? 8'd0 : word_q + 8'd1;
      if (last_i) begin
        page_q   <= !page_q;
        neuron_q <= {BITS{1'b0}};
      end else if (next) begin
        neuron_q <= neuron_q + ONE;
      end
    end
  end

endmodule

`default_nettype wire
