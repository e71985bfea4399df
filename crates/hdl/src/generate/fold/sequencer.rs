//! The sequencer: the slots of a tick, one a cycle, and the moment when all lanes are done.

use super::{depth, slot_bits, slots};
use crate::HdlError;
use crate::generate::lists::{list, port, vector, wires};
use crate::generate::{header, index_bits};
use bruno_device::Chip;

pub fn module_name(chip: &Chip) -> String {
    format!("{}_sequencer", chip.name)
}

/// The module.
pub fn print(chip: &Chip) -> Result<String, HdlError> {
    // Counted from the first slot: the slots, then the stages of the last one, then its sums.
    let last = slots(chip) + depth(chip)?;
    let slot = slot_bits(chip);
    let bits = index_bits(last + 1).max(slot);
    let done = "last cycle of the tick: every state is written";
    let ports = [
        port("input", "wire", "clk_i", ""),
        port("input", "wire", "rst_i", ""),
        port("input", "wire", "start_i", "a tick begins"),
        port(
            "output",
            "wire",
            "read_o",
            "lanes read slot_o in this cycle",
        ),
        port("output", &wires(slot), "slot_o", ""),
        port("output", "wire", "done_o", done),
    ];
    Ok(format!(
        "{header}module {module} (
{ports});

  localparam {count} SLOTS = {bits}'d{slots};
  localparam {count} LAST  = {bits}'d{last};

  reg        running_q;
  reg  {count} count_q;

  assign read_o = running_q & (count_q < SLOTS);
  assign slot_o = count_q{slot};
  assign done_o = running_q & (count_q == LAST);

  always @(posedge clk_i) begin
    if (rst_i) begin
      running_q <= 1'b0;
      count_q   <= {bits}'d0;
    end else if (start_i | running_q) begin
      running_q <= !done_o;
      count_q   <= (start_i | done_o) ? {bits}'d0 : count_q + {bits}'d1;
    end
  end

endmodule
",
        header = header(chip, "Sequencer: the slots of a tick."),
        module = module_name(chip),
        ports = list(&ports),
        count = vector(bits),
        slots = slots(chip),
        slot = vector(slot),
    ))
}
