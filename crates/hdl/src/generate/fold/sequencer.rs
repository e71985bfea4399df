//! The sequencer: the slots of a tick, one a cycle, and the moment when all lanes are done.

use super::{depth, slot_bits, slots};
use crate::HdlError;
use crate::generate::{header, index_bits, ports::range};
use bruno_device::Chip;

pub fn module_name(chip: &Chip) -> String {
    format!("{}_sequencer", chip.name)
}

/// The module.
pub fn print(chip: &Chip) -> Result<String, HdlError> {
    // Counted from the first slot: the slots, then the stages of the last one, then its sums.
    let last = slots(chip) + depth(chip)?;
    let bits = index_bits(last + 1).max(slot_bits(chip));
    let slot = slot_bits(chip);
    Ok(header(chip, "Sequencer: the slots of a tick.")
        + &format!(
            "module {} (
  input             clk_i,
  input             rst_i,
  input             start_i,         // a tick begins
  output            read_o,          // lanes read slot_o in this cycle
  output     {} slot_o,
  output            done_o           // last cycle of the tick: every state is written
);

  localparam [{high}:0] SLOTS = {bits}'d{};
  localparam [{high}:0] LAST = {bits}'d{last};

  reg        running_q;
  reg [{high}:0] count_q;

  assign read_o = running_q & (count_q < SLOTS);
  assign slot_o = count_q[{}:0];
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
            module_name(chip),
            range(slot),
            slots(chip),
            slot - 1,
            high = bits - 1,
        ))
}
