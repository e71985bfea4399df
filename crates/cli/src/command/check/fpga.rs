//! What `bruno check` says of a chip on FPGAs.

use crate::failure::Failure;
use bruno_device::{Chip, Finding};
use bruno_synth::{Device, Estimate};

/// What the chip would take of the device that it is meant for, or of every one; nothing is known of an unfolded chip.
pub(super) fn estimates(chip: &Chip, device: Option<Device>) -> Result<Vec<Estimate>, Failure> {
    let devices = device.map_or(Estimate::devices().collect(), |device| vec![device]);
    let estimates = devices.into_iter().map(|device| Estimate::of(chip, device));
    let estimates: Vec<Option<Estimate>> = estimates.collect::<Result<_, _>>()?;
    Ok(estimates.into_iter().flatten().collect())
}

/// Whether it fits the one that was asked for, or what it takes of each.
pub(super) fn finding(estimates: &[Estimate], asked: bool) -> Option<Finding> {
    let Some(first) = estimates.first() else {
        let text = "there is no estimate for the FPGA: the chip is not folded, so every neuron has a datapath of its own";
        let remedy = "set `fold`; `bruno synth --target ice40` maps the chip as it is";
        return asked.then(|| Finding::look(text.into(), remedy));
    };
    if asked {
        return Some(first.finding());
    }
    let share = |e: &Estimate| format!("{:.0} % of {}", 100.0 * e.share(), e.device.name());
    let shares: Vec<String> = estimates.iter().map(share).collect();
    let text = format!(
        "on an iCE40 about {} logic cells ({}) and {} block RAMs; --device says whether it fits",
        first.cells,
        shares.join(", "),
        first.blocks
    );
    Some(Finding::fine(text))
}
