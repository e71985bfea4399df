//! Timing constraints (SDC) of a chip.

use super::{cycles_per_tick, ports};
use crate::HdlError;
use bruno_device::Chip;

/// The SDC file: one clock with as many cycles in 1 us as a tick needs, inputs and outputs within a tenth of a cycle.
pub(super) fn print(chip: &Chip) -> Result<String, HdlError> {
    let cycles = cycles_per_tick(chip)?;
    // Cut, not rounded, to a hundredth of a ns: the clock is never slower than a tick allows.
    let period = (100_000 / cycles) as f64 / 100.0;
    // By name: `remove_from_collection` and its like are no SDC, and not every timing tool knows them.
    let inputs = ports(chip)
        .into_iter()
        .filter(|p| !p.output && p.name != "clk_i");
    let inputs: Vec<&str> = inputs.map(|p| p.name).collect();
    Ok(format!(
        "# Timing constraints of {}: one clock, {cycles} cycle(s) a tick of 1 us; times in ns.\n\
         create_clock -name clk -period {period:.2} [get_ports clk_i]\n\
         set_clock_uncertainty {:.3} [get_clocks clk]\n\
         set_input_delay {:.2} -clock clk [get_ports {{{}}}]\n\
         set_output_delay {:.2} -clock clk [all_outputs]\n",
        chip.name,
        f64::min(1.0, period / 50.0),
        period / 10.0,
        inputs.join(" "),
        period / 10.0
    ))
}
