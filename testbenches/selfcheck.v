// Self-checking testbench of a chip: drives it from files and compares everything that leaves it with what the integer
// model says. Verilog-2001, no time scale, one process: any simulator runs it. `parameters.vh` holds the chip's widths.
//
//   commands.hex   {operation, a, b}, see the operations below
//   spikes.hex     input channels of the ticks that have spikes
//   events.hex     expected events {tick, neurons}
//   words.hex      expected recorder words {last, word}, stream by stream
//   streams.hex    each stream's {first word, words, words of a record, words of a neuron}
//   layers.hex     each spiking layer's {first neuron, neurons}
//
// No PASS without events: every layer must have fired, and every word of every stream must have changed.
// The last line printed is `PASS: ...` or, at the first mismatch, `FAIL: ...` followed by $stop.
`include "parameters.vh"

module testbench;
  localparam [7:0] WRITE  = 8'd1;  // write b to address a
  localparam [7:0] READ   = 8'd2;  // read address a, expect b
  localparam [7:0] NO_WRITE = 8'd3;  // the same two, expected to be refused
  localparam [7:0] NO_READ  = 8'd4;
  localparam [7:0] TICKS  = 8'd5;  // a ticks without input spikes
  localparam [7:0] SPIKES = 8'd6;  // one tick with row a of spikes.hex
  localparam [7:0] DRAIN  = 8'd7;  // wait until every answer and every word has come
  localparam [7:0] READY  = 8'd8;  // the recorder's reader: 0 always ready, 1 every other cycle, 2 never
  localparam [7:0] CASE   = 8'd9;  // case a begins

  localparam QUIET = 64;         // cycles without a word after which a stream is empty
  localparam SETTLE = 8;         // cycles after which the last tick has ended
  localparam PATIENCE = 100000;  // cycles after which a handshake is given up

  reg  [71:0]             commands [0:`COMMANDS-1];
  reg  [`INPUTS-1:0]      spikes   [0:`SPIKE_ROWS-1];
  reg  [`HIDDEN+31:0]     events   [0:`EVENT_ROWS-1];
  reg  [32:0]             words    [0:`WORD_ROWS-1];
  reg  [127:0]            streams  [0:`STREAMS-1];
  reg  [63:0]             layers   [0:`SPIKING-1];

  reg                     clk = 1'b0;
  reg                     rst = 1'b1;
  reg                     cfg_valid = 1'b0;
  reg                     cfg_write = 1'b0;
  reg  [31:0]             cfg_addr = 32'd0;
  reg  [31:0]             cfg_wdata = 32'd0;
  reg                     tick = 1'b0;
  reg  [`INPUTS-1:0]      spike = {`INPUTS{1'b0}};
  reg  [`STREAMS-1:0]     rec_ready = {`STREAMS{1'b1}};
  wire                    cfg_ready, cfg_rvalid, cfg_error, tick_ready, event_valid;
  wire [31:0]             cfg_rdata, event_tick;
  wire [`HIDDEN-1:0]      event_spikes;
  wire [`STREAMS-1:0]     rec_valid, rec_last;
  wire [32*`STREAMS-1:0]  rec_data;

  `CHIP chip (
    .clk_i(clk), .rst_i(rst),
    .cfg_valid_i(cfg_valid), .cfg_write_i(cfg_write), .cfg_addr_i(cfg_addr), .cfg_wdata_i(cfg_wdata),
    .cfg_ready_o(cfg_ready), .cfg_rvalid_o(cfg_rvalid), .cfg_rdata_o(cfg_rdata), .cfg_error_o(cfg_error),
    .tick_i(tick), .tick_ready_o(tick_ready), .spike_i(spike),
    .event_valid_o(event_valid), .event_tick_o(event_tick), .event_spikes_o(event_spikes),
    .rec_valid_o(rec_valid), .rec_last_o(rec_last), .rec_data_o(rec_data), .rec_ready_i(rec_ready)
  );

  // What has been seen.
  reg                     watching = 1'b0;  // from the cycle after the reset
  reg                     failed = 1'b0;
  reg                     taken = 1'b0;     // the transfer offered in the last cycle was taken
  integer                 asked = 0, answered = 0;
  integer                 ticks = 0, seen_events = 0, seen_words = 0;
  integer                 case_number = 0, case_tick = 0;
  reg  [65:0]             due [0:15];       // expected answers {refused, a read, address, data}
  integer                 next_word [0:`STREAMS-1];
  integer                 spikes_of [0:`SPIKING-1];  // by layer
  reg  [31:0]             first_value [0:32*`STREAMS-1];  // of each of a neuron's words, by stream
  reg  [31:0]             changed [0:`STREAMS-1];   // the words that have had another value
  reg  [`STREAMS-1:0]     held = {`STREAMS{1'b0}};  // offered and not taken: must stay
  reg  [`STREAMS-1:0]     held_last = {`STREAMS{1'b0}};
  reg  [32*`STREAMS-1:0]  held_data = {32*`STREAMS{1'b0}};

  integer                 at, s, n, k, layer, waited, quiet;
  reg  [1:0]              reader = 2'd0;
  reg                     phase = 1'b0;
  reg  [7:0]              operation;
  reg  [31:0]             a, b;
  reg  [65:0]             answer;
  reg  [`HIDDEN+31:0]     event_row;
  reg  [32:0]             word;
  reg  [127:0]            stream;
  reg  [31:0]             constant;

  // Called after the line that says what is wrong.
  task fail;
    begin
      failed = 1'b1;
      $stop;
    end
  endtask

  // Everything is looked at just before the rising edge.
  task cycle;
    begin
      phase = !phase;
      case (reader)
        2'd0:    rec_ready = {`STREAMS{1'b1}};
        2'd1:    rec_ready = {`STREAMS{phase}};
        default: rec_ready = {`STREAMS{1'b0}};
      endcase
      #4;
      taken = cfg_valid & cfg_ready;
      if (watching) begin
        watch_unknown;
        watch_bus;
        watch_events;
        for (s = 0; s < `STREAMS; s = s + 1) watch_stream;
      end
      #1 clk = 1'b1;
      #5 clk = 1'b0;
    end
  endtask

  task watch_unknown;
    if (^{cfg_ready, cfg_rvalid, tick_ready, event_valid, rec_valid} === 1'bx && !failed) begin
      $display("FAIL: case %0d, tick %0d: unknown: cfg_ready_o %b, cfg_rvalid_o %b, tick_ready_o %b, event_valid_o %b, rec_valid_o %b",
               case_number, case_tick, cfg_ready, cfg_rvalid, tick_ready, event_valid, rec_valid);
      fail;
    end
  endtask

  task watch_bus;
    if (cfg_rvalid && !failed) begin
      answer = due[answered % 16];
      if (answered == asked) begin
        $display("FAIL: case %0d, tick %0d: cfg_rvalid_o expected 0, got 1", case_number, case_tick);
        fail;
      end else if (cfg_error !== answer[65]) begin
        $display("FAIL: case %0d, tick %0d: cfg_error_o of address %h expected %b, got %b",
                 case_number, case_tick, answer[63:32], answer[65], cfg_error);
        fail;
      end else if (answer[64] && cfg_rdata !== answer[31:0]) begin
        $display("FAIL: case %0d, tick %0d: cfg_rdata_o of address %h expected %h, got %h",
                 case_number, case_tick, answer[63:32], answer[31:0], cfg_rdata);
        fail;
      end
      answered = answered + 1;
    end
  endtask

  task watch_events;
    if (event_valid && !failed) begin
      event_row = {event_tick, event_spikes};
      if (seen_events == `EVENTS) begin
        $display("FAIL: case %0d, tick %0d: event_valid_o expected no more events, got tick %0d spikes %h",
                 case_number, case_tick, event_tick, event_spikes);
        fail;
      end else if (event_row !== events[seen_events]) begin
        event_row = events[seen_events];
        $display("FAIL: case %0d, tick %0d: event %0d expected tick %0d spikes %h, got tick %0d spikes %h",
                 case_number, case_tick, seen_events, event_row[`HIDDEN+31:`HIDDEN], event_row[`HIDDEN-1:0],
                 event_tick, event_spikes);
        fail;
      end
      seen_events = seen_events + 1;
      for (layer = 0; layer < `SPIKING; layer = layer + 1)
        for (k = 0; k < layers[layer][31:0]; k = k + 1)
          if (event_spikes[layers[layer][63:32] + k]) spikes_of[layer] = spikes_of[layer] + 1;
    end
  endtask

  // Stream s.
  task watch_stream;
    begin
      if (held[s] && {rec_valid[s], rec_last[s], rec_data[32*s +: 32]} !== {1'b1, held_last[s], held_data[32*s +: 32]}
          && !failed) begin
        $display("FAIL: case %0d, tick %0d: rec_data_o of stream %0d expected to wait as %h, got valid %b word %h",
                 case_number, case_tick, s, held_data[32*s +: 32], rec_valid[s], rec_data[32*s +: 32]);
        fail;
      end
      if (rec_valid[s] && rec_ready[s] && !failed) watch_word;
      held[s] = rec_valid[s] & ~rec_ready[s];
      held_last[s] = rec_last[s];
      held_data[32*s +: 32] = rec_data[32*s +: 32];
    end
  endtask

  task watch_word;
    begin
      stream = streams[s];
      n = next_word[s];
      if (n == stream[95:64]) begin
        $display("FAIL: case %0d, tick %0d: rec_valid_o of stream %0d expected no more words, got %h",
                 case_number, case_tick, s, rec_data[32*s +: 32]);
        fail;
      end else begin
        word = words[stream[127:96] + n];
        if ({rec_last[s], rec_data[32*s +: 32]} !== word) begin
          $display("FAIL: case %0d, tick %0d: rec_data_o of stream %0d, record %0d, neuron %0d, word %0d expected %h last %b, got %h last %b",
                   case_number, case_tick, s, n / stream[63:32], n % stream[63:32] / stream[31:0], n % stream[31:0],
                   word[31:0], word[32], rec_data[32*s +: 32], rec_last[s]);
          fail;
        end
      end
      k = n % stream[31:0];
      if (n < stream[31:0]) first_value[32*s + k] = rec_data[32*s +: 32];
      else if (rec_data[32*s +: 32] !== first_value[32*s + k]) changed[s] = changed[s] | (32'd1 << k);
      next_word[s] = n + 1;
      seen_words = seen_words + 1;
    end
  endtask

  // One cycle of a wait that must end.
  task wait_cycle;
    begin
      cycle;
      waited = waited + 1;
      if (waited > PATIENCE && !failed) begin
        $display("FAIL: case %0d, tick %0d: the chip stands still: cfg_ready_o %b, tick_ready_o %b, %0d answers expected, got %0d",
                 case_number, case_tick, cfg_ready, tick_ready, asked, answered);
        fail;
      end
    end
  endtask

  // Offers a transfer until it is taken; its answer is awaited in the background.
  task transfer;
    begin
      cfg_valid = 1'b1;
      cfg_write = (operation == WRITE) | (operation == NO_WRITE);
      cfg_addr = a;
      cfg_wdata = cfg_write ? b : 32'd0;
      waited = 0;
      taken = 1'b0;
      while (!taken && !failed) wait_cycle;
      due[asked % 16] = {(operation == NO_WRITE) | (operation == NO_READ), operation == READ, a, b};
      asked = asked + 1;
      cfg_valid = 1'b0;
      cfg_write = 1'b0;
    end
  endtask

  task one_tick;
    begin
      waited = 0;
      while (tick_ready !== 1'b1 && !failed) wait_cycle;
      tick = 1'b1;
      cycle;
      tick = 1'b0;
      case_tick = case_tick + 1;
      ticks = ticks + 1;
    end
  endtask

  task drain;
    begin
      waited = 0;
      quiet = 0;
      while (quiet < QUIET && !failed) begin
        quiet = (|rec_valid || asked != answered || tick_ready !== 1'b1) ? 0 : quiet + 1;
        wait_cycle;
      end
    end
  endtask

  // Not before the last tick's record has been written, or dropped.
  task change_reader;
    begin
      waited = 0;
      while (tick_ready !== 1'b1 && !failed) wait_cycle;
      repeat (SETTLE) cycle;
      reader = a[1:0];
    end
  endtask

  task carry_out;
    case (operation)
      WRITE, READ, NO_WRITE, NO_READ: transfer;
      TICKS: repeat (a) if (!failed) one_tick;
      SPIKES: begin
        spike = spikes[a];
        one_tick;
        spike = {`INPUTS{1'b0}};
      end
      DRAIN: drain;
      READY: change_reader;
      CASE: begin
        case_number = a;
        case_tick = 0;
      end
      default: begin
        $display("FAIL: commands.hex row %0d: unknown operation %h", at, operation);
        fail;
      end
    endcase
  endtask

  task everything_came;
    begin
      if (seen_events != `EVENTS && !failed) begin
        $display("FAIL: end: events expected %0d, got %0d", `EVENTS, seen_events);
        fail;
      end
      for (s = 0; s < `STREAMS; s = s + 1) begin
        stream = streams[s];
        if (next_word[s] != stream[95:64] && !failed) begin
          $display("FAIL: end: words of stream %0d expected %0d, got %0d", s, stream[95:64], next_word[s]);
          fail;
        end
      end
    end
  endtask

  // What was never seen was not compared.
  task everything_happened;
    begin
      for (layer = 0; layer < `SPIKING; layer = layer + 1)
        if (spikes_of[layer] == 0 && !failed) begin
          $display("FAIL: end: spikes of layer %0d expected, got 0: nothing was compared", layer);
          fail;
        end
      for (s = 0; s < `STREAMS; s = s + 1) begin
        stream = streams[s];
        constant = ~changed[s] & ((32'd1 << stream[31:0]) - 32'd1);
        for (k = 0; k < 32; k = k + 1)
          if (constant[k] && !failed) begin
            $display("FAIL: end: stream %0d, word %0d expected to change, got always %h: nothing was compared",
                     s, k, first_value[32*s + k]);
            fail;
          end
      end
    end
  endtask

  initial begin
    $readmemh("layers.hex", layers);
    $readmemh("commands.hex", commands);
    $readmemh("spikes.hex", spikes);
    $readmemh("events.hex", events);
    $readmemh("words.hex", words);
    $readmemh("streams.hex", streams);
    for (s = 0; s < `STREAMS; s = s + 1) begin
      next_word[s] = 0;
      changed[s] = 32'd0;
    end
    for (layer = 0; layer < `SPIKING; layer = layer + 1) spikes_of[layer] = 0;
    repeat (2) cycle;
    rst = 1'b0;
    cycle;
    watching = 1'b1;
    for (at = 0; at < `COMMANDS; at = at + 1)
      if (!failed) begin
        {operation, a, b} = commands[at];
        carry_out;
      end
    if (!failed) everything_came;
    if (!failed) everything_happened;
    if (!failed) begin
      for (layer = 0; layer < `SPIKING; layer = layer + 1)
        $display("layer %0d: %0d spikes", layer, spikes_of[layer]);
      $display("PASS: %0d bus transfers, %0d ticks, %0d events, %0d recorder words", answered, ticks, seen_events, seen_words);
    end
    $finish;
  end
endmodule
