//! Timing constraints (SDC) of a chip.

use bruno_device::Chip;

/// The SDC file: one clock of 1 MHz, inputs and outputs within a tenth of a tick.
pub(super) fn print(chip: &Chip) -> String {
    format!(
        "# Timing constraints of {}: one clock, one cycle a tick of 1 us; times in ns.\n\
         create_clock -name clk -period 1000.0 [get_ports clk_i]\n\
         set_clock_uncertainty 1.0 [get_clocks clk]\n\
         set_input_delay 100.0 -clock clk [remove_from_collection [all_inputs] [get_ports clk_i]]\n\
         set_output_delay 100.0 -clock clk [all_outputs]\n",
        chip.name
    )
}
