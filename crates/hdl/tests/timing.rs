//! The waveforms of the data sheet, measured in Icarus: one chip that fires in a tick with an input spike.

use bruno_chip::{Description, DeviceRegister, Section, address};
use bruno_device::Chip;
use std::process::Command;

const CHIP: &str = r#"{"name":"dut","inputs":1,"window_ticks":8,"recorder":"sample",
    "layers":[{"name":"one","kind":"lif","neurons":2,"synapse":{"bits":2,"range_pA":900},
               "device":{"area_um2":0.5,"t_ref_ms":0}}],
    "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;

/// Cycles are counted from `mark`; every line says what was seen in which cycle, before its closing edge.
const BENCH: &str = r#"
module bench;
  reg clk = 1'b0, rst = 1'b1, valid = 1'b0, write = 1'b0, tick = 1'b0, spike = 1'b0;
  reg [31:0] addr = 32'd0, data = 32'd0;
  wire ready, rvalid, error, tick_ready, event_valid;
  wire [31:0] rdata, event_tick;
  wire [1:0] event_spikes;
  wire [1:0] rec_valid, rec_last;
  wire [63:0] rec_data;
  integer n = 0;
  dut dut (
    .clk_i(clk), .rst_i(rst), .cfg_valid_i(valid), .cfg_write_i(write), .cfg_addr_i(addr), .cfg_wdata_i(data),
    .cfg_ready_o(ready), .cfg_rvalid_o(rvalid), .cfg_rdata_o(rdata), .cfg_error_o(error),
    .tick_i(tick), .tick_ready_o(tick_ready), .spike_i(spike), .event_valid_o(event_valid), .event_tick_o(event_tick),
    .event_spikes_o(event_spikes), .rec_valid_o(rec_valid), .rec_last_o(rec_last), .rec_data_o(rec_data),
    .rec_ready_i(2'b11)
  );
  task cycle;
    begin
      #4;
      if (rvalid === 1'b1) $display("answer %0d %0d", n, rdata);
      if (event_valid === 1'b1) $display("event %0d", n);
      if (event_valid === 1'b1 && tick_ready === 1'b1) $display("event and ready %0d", n);
      if (rec_valid[0] === 1'b1) $display("word %0d", n);
      n = n + 1;
      #1 clk = 1'b1;
      #5 clk = 1'b0;
    end
  endtask
  task mark(input integer number);
    begin
      repeat (40) cycle;
      n = 0;
      $display("mark %0d", number);
    end
  endtask
  task bus(input [31:0] to, input [31:0] word, input put);
    begin
      valid = 1'b1; write = put; addr = to; data = word;
      while (!ready) cycle;
      cycle;
      valid = 1'b0; write = 1'b0;
    end
  endtask
  task ticks(input integer count, input fire);
    repeat (count) begin
      tick = 1'b1; spike = fire;
      while (!tick_ready) cycle;
      cycle;
      tick = 1'b0; spike = 1'b0;
    end
  endtask
  initial begin
    repeat (2) cycle;
    rst = 1'b0;
    bus(WEIGHT, 32'd3, 1'b1);
    bus(WEIGHT + 32'd1, 32'd3, 1'b1);
    bus(READOUT, 32'd0, 1'b1);
    bus(READOUT + 32'd1, 32'd0, 1'b1);
    mark(1); bus(32'd0, 32'd0, 1'b0);
    mark(2); bus(32'd2, 32'd1, 1'b1); ticks(3, 1'b0);
    mark(3); bus(32'd3, 32'd0, 1'b0);
    mark(4); bus(THRESHOLD, 32'd0, 1'b1); ticks(1, 1'b1);
    mark(5); bus(THRESHOLD, 32'd0, 1'b1); cycle; ticks(1, 1'b1);
    mark(6); bus(THRESHOLD, 32'd0, 1'b1); bus(32'd2, 32'd1, 1'b1);
    mark(7); ticks(1, 1'b1);
    mark(8); ticks(6, 1'b0);
    mark(9); ticks(1, 1'b0);
    mark(10);
    $finish;
  end
endmodule
"#;

/// What was seen after each mark.
fn run(fold: usize) -> Vec<Vec<String>> {
    let text = CHIP.replace("\"inputs\":1", &format!("\"inputs\":1,\"fold\":{fold}"));
    let chip = Chip::resolve("dut", &Description::parse("dut", &text).unwrap()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut verilog: String = (bruno_hdl::delivered(&chip).unwrap().verilog)
        .into_iter()
        .map(|f| f.text)
        .collect();
    let hex = |section, index| format!("32'h{:08x}", address(section, index));
    verilog += &BENCH
        .replace("WEIGHT", &hex(Section::Codes(0), 0))
        .replace("READOUT", &hex(Section::Codes(1), 0))
        .replace(
            "THRESHOLD",
            &hex(Section::Device(0), DeviceRegister::VTh.address()),
        );
    std::fs::write(dir.path().join("bench.v"), verilog).unwrap();
    let tool = |name: &str, arguments: &[&str]| {
        let output = Command::new(name)
            .args(arguments)
            .current_dir(&dir)
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&said)
        );
        String::from_utf8(said).unwrap()
    };
    tool(
        "iverilog",
        &["-g2001", "-s", "bench", "-o", "bench", "bench.v"],
    );
    let said = tool("vvp", &["-n", "bench"]);
    let marks = said.split("mark ").skip(1);
    let lines = |mark: &str| mark.lines().skip(1).map(String::from).collect();
    marks.map(lines).collect()
}

/// What is seen after a mark; expected lines stand in order.
fn check(seen: &[Vec<String>], mark: usize, expected: &[String]) {
    assert_eq!(seen[mark - 1], expected, "mark {mark} of {seen:?}");
}

fn starting(lines: &[String], with: &str) -> Vec<String> {
    let own = lines.iter().filter(|l| l.starts_with(with));
    own.cloned().collect()
}

#[test]
fn unfolded() {
    let seen = run(1);
    let answer = bruno_hdl::ANSWER_CYCLES;
    let event = bruno_hdl::EVENT_CYCLES;
    let word = bruno_hdl::RECORD_CYCLES;
    check(&seen, 1, &[format!("answer {answer} {}", 0x6272_756e)]);
    // Ticks in the cycles 1, 2 and 3 after `clear`: the first comes before, the second is lost.
    check(&seen, 3, &[format!("answer {answer} 1")]);
    // A threshold written in cycle 0 does not hold in cycle 1, but in cycle 2.
    check(&seen, 4, &[format!("answer {answer} 0")]);
    let (first, second) = (format!("answer {answer} 0"), format!("event {}", 2 + event));
    let ready = format!("event and ready {}", 2 + event);
    check(&seen, 5, &[first, second, ready]);
    check(
        &seen,
        7,
        &[format!("event {event}"), format!("event and ready {event}")],
    );
    // The eighth tick ends the window: two neurons with four words each.
    let words: Vec<String> = (word..word + 8).map(|n| format!("word {n}")).collect();
    assert_eq!(starting(&seen[8], "word"), words);
}

#[test]
fn folded() {
    let seen = run(2);
    // The event comes when the next tick can be taken.
    assert_eq!(starting(&seen[6], "event").len(), 2, "{seen:?}");
    assert_eq!(starting(&seen[8], "word").len(), 8, "{seen:?}");
}
