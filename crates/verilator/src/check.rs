//! The model that trains is checked before it is kept: it does what the integer model does, in every record, spike and
//! counter of cases that reach every branch of a tick ([`cases`]). A build that differs is thrown away and its evidence
//! kept; the next one is checked in its place.

mod cases;
mod evidence;

use crate::built::{Built, Discarded};
use crate::compile::Build;
use crate::library::VerilatedModel;
use bruno_device::Chip;
use bruno_sim::stimuli::Case;
use bruno_sim::{Difference, Forward, IntegerModel, SimError, Trace, first_difference};
use std::path::Path;
use std::time::Instant;

/// Cases with what the integer model makes of them.
pub(crate) struct Check<'a> {
    chip: &'a Chip,
    cases: Vec<(Case, Trace)>,
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

    /// Ticks of all cases.
    pub fn ticks(&self) -> u64 {
        let cases = self.cases.iter().map(|(case, _)| case);
        cases
            .map(|c| u64::from(c.stimulus.windows) * u64::from(c.program.window))
            .sum()
    }

    /// The first case in which a built model differs, and where.
    pub fn first_difference(&self, model: &Path) -> Result<Option<(&Case, Difference)>, SimError> {
        let mut model = VerilatedModel::open(self.chip, model, Path::new(""))?;
        model.take_memories_as_started();
        for (case, expected) in &self.cases {
            model.load(&case.program)?;
            let found = model.run(&case.stimulus)?;
            let window = case.program.window;
            if let Some(difference) = first_difference(self.chip, window, expected, &found) {
                return Ok(Some((case, difference)));
            }
        }
        Ok(None)
    }
}

/// The first of the builds that does what the integer model does, and what is known of it; an error where none does. The
/// evidence is kept in a folder in `place`.
pub(crate) fn first_sound(
    chip: &Chip,
    builds: Vec<Build>,
    place: &Path,
) -> Result<(Build, Built), SimError> {
    let start = Instant::now();
    let check = Check::new(chip)?;
    let count = builds.len();
    let mut discarded: Vec<Discarded> = Vec::new();
    for build in builds {
        match check.first_difference(&build.path)? {
            None => {
                let built = Built {
                    build: build.choice.to_string(),
                    builds: count,
                    discarded,
                    checked_cases: check.cases.len(),
                    checked_ticks: check.ticks(),
                    check_s: start.elapsed().as_secs_f64(),
                    passes: build.hits.all.clone(),
                };
                return Ok((build, built));
            }
            Some((case, difference)) => {
                let evidence = evidence::keep(place, chip, &build, case, &difference);
                discarded.push(Discarded {
                    build: build.choice.to_string(),
                    difference: format!("case `{}`: {difference}", case.name),
                    evidence,
                });
            }
        }
    }
    Err(SimError::Differs {
        chip: chip.name.clone(),
        builds: discarded.iter().map(Discarded::to_string).collect(),
    })
}

impl std::fmt::Display for Discarded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "build `{}`: {}\nevidence: {}",
            self.build, self.difference, self.evidence
        )
    }
}
