// The control module of the chip `proof` with every input free, and its address map, written by hand.

  (* anyseq *) reg rst, valid, write, tick, overrun;
  (* anyseq *) reg [31:0] addr, wdata, saturated;
  (* anyseq *) reg [1:0] spike;
  (* anyseq *) reg [63:0] device_value;
  wire ready, rvalid, error, clear, event_any;
  wire [31:0] rdata;
  wire [1:0] device_write, levels_write, codes_write;

  (* keep *) proof_control dut (
    .clk_i(clk), .rst_i(rst), .cfg_valid_i(valid), .cfg_write_i(write), .cfg_addr_i(addr), .cfg_wdata_i(wdata),
    .cfg_ready_o(ready), .cfg_rvalid_o(rvalid), .cfg_rdata_o(rdata), .cfg_error_o(error), .tick_i(tick), .spike_i(spike),
    .clear_o(clear), .event_o(event_any), .device_write_o(device_write), .levels_write_o(levels_write),
    .codes_write_o(codes_write), .device_value_i(device_value), .saturated_i(saturated), .overrun_i(overrun));

  reg started = 0;  // there was a reset
  always @(posedge clk) started <= started | rst;

  function exists(input [31:0] a, input w);
    case (a[31:26])
      0: exists = a[25:0] == 1 || a[25:0] == 2 || (!w && a[25:0] <= 5);
      4: exists = a[25:0] < 26;                                                // registers of `hidden`
      5: exists = w && (a[25:0] & ~26'h101) == 0;                              // its levels, forward and recurrent
      6: exists = w && a[25:0] < 8;                                            // its weights: 4 channels, 2 neurons
      8: exists = a[25:0] < 3;                                                 // registers of `readout`
      9: exists = w && a[25:0] < 2;
      10: exists = w && a[25:0] < 4;                                           // 2 channels, 2 outputs
      default: exists = 0;
    endcase
  endfunction
