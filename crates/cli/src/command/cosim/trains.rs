//! The cases of a co-simulation through the model that trains: what it shows are records, spikes and counters.

use crate::failure::Failure;
use crate::progress::Progress;
use crate::running::fast_model;
use bruno_device::Chip;
use bruno_hdl::Design;
use bruno_sim::stimuli::{Case, Reader};
use bruno_sim::{Difference, Forward, IntegerModel, first_difference};

/// Cases that the model that trains can run: it takes every record.
pub fn cases<'a>(all: impl Iterator<Item = &'a (Case, Reader)>) -> Vec<&'a Case> {
    let taken = all.filter(|(_, reader)| *reader == Reader::Always);
    taken.map(|(case, _)| case).collect()
}

/// The first case in which it differs from the integer model, and where.
pub fn difference<'a>(
    chip: &Chip,
    design: &Design,
    cases: &[&'a Case],
) -> Result<Option<(&'a Case, Difference)>, Failure> {
    let mut trains = fast_model(chip, design)?;
    let mut integer = IntegerModel::new(chip);
    let ticks = cases.iter().map(|case| super::ticks(case)).sum();
    let mut progress = Progress::new("the model that trains", ticks, "ticks");
    for case in cases {
        integer.load(&case.program)?;
        trains.load(&case.program)?;
        let expected = integer.run(&case.stimulus)?;
        let found = trains.run(&case.stimulus)?;
        let window = case.program.window;
        if let Some(difference) = first_difference(chip, window, &expected, &found) {
            return Ok(Some((case, difference)));
        }
        progress.advance(super::ticks(case));
    }
    Ok(None)
}
