//! A chip between three pins: FPGA packages have fewer pins than a chip has ports.

use bruno_device::Chip;
use std::fmt::Write;

/// A module `harness` that shifts the chip's inputs in and its outputs, combined, out; registers on both sides, so that
/// every path of the chip is timed from and to a flip-flop.
pub(crate) fn print(chip: &Chip) -> String {
    let ports = bruno_hdl::ports(chip);
    let width = |output: bool| -> usize {
        let some = ports
            .iter()
            .filter(|p| p.output == output && p.name != "clk_i");
        some.map(|p| p.bits).sum()
    };
    let (inputs, outputs) = (width(false), width(true));
    let mut text = format!(
        "// Timing harness of {0}: inputs shifted in, outputs combined.\nmodule harness (input clk_i, input pin_i, output reg pin_o);
  reg  [{1}:0] in_q;
  reg  [{2}:0] out_q;
  wire [{2}:0] out;
  always @(posedge clk_i) begin
    in_q <= {{in_q[{3}:0], pin_i}};
    out_q <= out;
    pin_o <= ^out_q;
  end
  {0} chip (\n    .clk_i(clk_i)",
        chip.name,
        inputs - 1,
        outputs - 1,
        inputs - 2
    );
    let mut next = [0, 0];
    for port in ports.iter().filter(|p| p.name != "clk_i") {
        let wire = if port.output { "out" } else { "in_q" };
        let first = &mut next[usize::from(port.output)];
        let _ = write!(
            text,
            ",\n    .{}({wire}[{first} +: {}])",
            port.name, port.bits
        );
        *first += port.bits;
    }
    text + "\n  );\nendmodule\n"
}
