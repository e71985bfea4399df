//! The model that trains is checked before it is kept: it does what the integer model does, in every record, spike and
//! counter of cases that reach every branch of a tick ([`cases`]). [`crate::judge`] says what becomes of one that does not.

mod cases;

use crate::library::VerilatedModel;
use bruno_device::Chip;
use bruno_sim::stimuli::Case;
use bruno_sim::{Difference, Forward, IntegerModel, SimError, Trace, first_difference};
use std::path::Path;

/// Cases with what the integer model makes of them.
pub(crate) struct Check<'a> {
    chip: &'a Chip,
    cases: Vec<(Case, Trace)>,
}

/// The case of a name.
pub(crate) fn case(chip: &Chip, name: &str) -> Option<Case> {
    cases::all(chip).into_iter().find(|case| case.name == name)
}

/// All cases of a chip.
pub(crate) fn cases(chip: &Chip) -> Vec<Case> {
    cases::all(chip)
}

impl<'a> Check<'a> {
    /// Runs the integer model.
    pub fn new(chip: &'a Chip) -> Result<Self, SimError> {
        let mut integer = IntegerModel::new(chip);
        let mut cases = Vec::new();
        for case in cases::all(chip) {
            integer.load(&case.program)?;
            let expected = integer.run(&case.stimulus)?;
            cases.push((case, expected));
        }
        Ok(Self { chip, cases })
    }

    /// Number of cases.
    pub fn cases(&self) -> usize {
        self.cases.len()
    }

    /// Ticks of all cases.
    pub fn ticks(&self) -> u64 {
        let cases = self.cases.iter().map(|(case, _)| case);
        cases
            .map(|c| u64::from(c.stimulus.windows) * u64::from(c.program.window))
            .sum()
    }

    /// The first case in which a built model differs, and where. `begins` is told the name of a case before it is run.
    pub fn first_difference(
        &self,
        model: &Path,
        begins: &mut dyn FnMut(&str),
    ) -> Result<Option<(&Case, Difference)>, SimError> {
        let mut model = VerilatedModel::open(self.chip, model, Path::new(""))?;
        model.take_memories_as_started();
        for (case, expected) in &self.cases {
            begins(&case.name);
            model.load_any_window(&case.program)?;
            let found = model.run(&case.stimulus)?;
            let window = case.program.window;
            if let Some(difference) = first_difference(self.chip, window, expected, &found) {
                return Ok(Some((case, difference)));
            }
        }
        Ok(None)
    }
}
