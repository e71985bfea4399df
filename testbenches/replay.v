// Replays a list of commands on a chip and prints what leaves it: any Verilog-2001 simulator runs it.
//
//   +commands=FILE   one command a line:
//     w ADDRESS DATA     one write over the configuration bus (hexadecimal)
//     t COUNT            COUNT ticks without input spikes (decimal), each offered when the one before is done
//     s SPIKES           one tick with these input channels (hexadecimal vector)
//     i COUNT            COUNT cycles without a tick (decimal)
//   printed lines:
//     event TICK SPIKES  (decimal, hexadecimal vector)
//     word BANK DATA     (decimal, hexadecimal)
//
// CHIP, INPUTS, HIDDEN and STREAMS are macros: the top module and its port widths.
`timescale 1ns / 1ps

module replay;
  reg                     clk = 1'b0;
  reg                     rst = 1'b1;
  reg                     cfg_valid = 1'b0;
  reg                     cfg_write = 1'b0;
  reg  [31:0]             cfg_addr = 32'd0;
  reg  [31:0]             cfg_wdata = 32'd0;
  reg                     tick = 1'b0;
  reg  [`INPUTS-1:0]      spike = {`INPUTS{1'b0}};
  wire                    cfg_ready, cfg_rvalid, cfg_error, tick_ready;
  wire [31:0]             cfg_rdata;
  wire                    event_valid;
  wire [31:0]             event_tick;
  wire [`HIDDEN-1:0]      event_spikes;
  wire [`STREAMS-1:0]     rec_valid, rec_last;
  wire [32*`STREAMS-1:0]  rec_data;

  `CHIP chip (
    .clk_i(clk), .rst_i(rst),
    .cfg_valid_i(cfg_valid), .cfg_write_i(cfg_write), .cfg_addr_i(cfg_addr), .cfg_wdata_i(cfg_wdata),
    .cfg_ready_o(cfg_ready), .cfg_rvalid_o(cfg_rvalid), .cfg_rdata_o(cfg_rdata), .cfg_error_o(cfg_error),
    .tick_i(tick), .tick_ready_o(tick_ready), .spike_i(spike),
    .event_valid_o(event_valid), .event_tick_o(event_tick), .event_spikes_o(event_spikes),
    .rec_valid_o(rec_valid), .rec_last_o(rec_last), .rec_data_o(rec_data), .rec_ready_i({`STREAMS{1'b1}})
  );

  always #500 clk = ~clk;  // 1 MHz

  integer             file, fields, repeats, bank;
  reg [8*1024-1:0]    name;
  reg [7:0]           command;
  reg [31:0]          address, data;
  reg [`INPUTS-1:0]   channels;

  // One clock cycle; what the chip offers is printed before the next edge.
  task cycle;
    begin
      @(negedge clk);
      if (event_valid === 1'b1) $display("event %0d %h", event_tick, event_spikes);
      for (bank = 0; bank < `STREAMS; bank = bank + 1)
        if (rec_valid[bank] === 1'b1) $display("word %0d %h", bank, rec_data[32*bank +: 32]);
    end
  endtask

  // One tick, from its offer until the chip can take the next.
  task one_tick;
    begin
      tick = 1'b1;
      while (tick_ready !== 1'b1) cycle;
      cycle;
      tick = 1'b0;
      while (tick_ready !== 1'b1) cycle;
    end
  endtask

  initial begin
    if (!$value$plusargs("commands=%s", name)) begin
      $display("replay: +commands=FILE is missing");
      $finish;
    end
    file = $fopen(name, "r");
    if (file == 0) begin
      $display("replay: cannot open the commands");
      $finish;
    end
    repeat (3) @(negedge clk);
    rst = 1'b0;
    @(negedge clk);
    fields = $fscanf(file, " %c", command);
    while (fields == 1) begin
      case (command)
        "w": begin
          fields = $fscanf(file, "%h %h", address, data);
          cfg_valid = 1'b1;
          cfg_write = 1'b1;
          cfg_addr = address;
          cfg_wdata = data;
          while (cfg_ready !== 1'b1) cycle;
          cycle;
          cfg_valid = 1'b0;
        end
        "t": begin
          fields = $fscanf(file, "%d", repeats);
          repeat (repeats) one_tick;
        end
        "s": begin
          fields = $fscanf(file, "%h", channels);
          spike = channels;
          one_tick;
          spike = {`INPUTS{1'b0}};
        end
        default: begin
          fields = $fscanf(file, "%d", repeats);
          repeat (repeats) cycle;
        end
      endcase
      fields = $fscanf(file, " %c", command);
    end
    $display("end");
    $finish;
  end
endmodule
