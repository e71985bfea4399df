//! The cases of a co-simulation through the Verilog that is delivered: what it shows are records, spikes and counters.

use crate::failure::Failure;
use crate::progress::Progress;
use bruno_device::Chip;
use bruno_sim::Difference;
use bruno_sim::stimuli::Case;
use bruno_verilator::Delivered;

/// The first case in which it differs from the integer model, and where.
pub fn difference<'a>(
    chip: &Chip,
    cases: &[&'a Case],
) -> Result<Option<(&'a Case, Difference)>, Failure> {
    let mut delivered = Delivered::new(chip)?;
    let ticks = cases.iter().map(|case| super::ticks(case)).sum();
    let mut progress = Progress::new("the delivered Verilog", ticks, "ticks");
    for case in cases {
        if let Some(difference) = delivered.difference(case)? {
            return Ok(Some((case, difference)));
        }
        progress.advance(super::ticks(case));
    }
    Ok(None)
}
