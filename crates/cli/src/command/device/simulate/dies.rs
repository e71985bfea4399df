//! A neuron on drawn dies: the measures of each, where they lie, and a picture.

mod outputs;

use super::super::file_neuron::NamedFile;
use super::super::neuron::{Named, problem_of};
use super::{Simulate, write_files};
use crate::failure::Failure;
use crate::progress::Progress;
use bruno_chip::Problem;
use bruno_circuit::from_model::agreement;
use bruno_circuit::{DEFAULT_TOLERANCE, Measures, Method, simulate_reduced};
use bruno_device::{DieQuantity, Draws};
use bruno_host::FolderLock;
use std::path::Path;

/// The neuron of one die.
struct Die {
    /// Its number; none of the nominal neuron.
    number: Option<u32>,
    /// What spreads, with its values.
    spread: Vec<DieQuantity>,
    course: Measured,
}

/// What is kept of a course: the simulator's, or bruno's where no simulator is asked for.
struct Measured {
    measures: Measures,
    spikes_s: Vec<f64>,
    /// How simulator and bruno differ, where they do so by more than is allowed.
    differs: Option<Failure>,
}

impl Die {
    fn name(&self) -> String {
        self.number.map_or("nominal".into(), |k| k.to_string())
    }
}

impl Simulate {
    pub(super) fn run_dies(&self) -> Result<(), Failure> {
        let count = self.monte_carlo.unwrap_or(0);
        if self.dry_run && self.simulator.is_none() {
            return Err(self.refused(
                "--dry-run",
                "together with --simulator",
                "name the simulator whose files are wanted",
            ));
        }
        let _lock = FolderLock::take(&self.out)?;
        let mut dies = Vec::new();
        let mut progress = Progress::new("dies", u64::from(count) + 1, "dies");
        for number in std::iter::once(None).chain((0..count).map(Some)) {
            dies.extend(self.die(number)?);
            progress.advance(1);
        }
        if self.dry_run {
            return say!(
                "models and testbenches of {count} dies in {}",
                self.out.display()
            );
        }
        self.write_dies(&dies)?;
        self.note_silence(dies.iter().map(|die| &die.course.measures));
        let differs = dies
            .into_iter()
            .find_map(|die| Some((die.name(), die.course.differs?)));
        match differs {
            None => Ok(()),
            Some((die, failure)) => {
                tell!("die {die}:");
                Err(failure)
            }
        }
    }

    /// Simulates a die; none where only its files are asked for.
    fn die(&self, number: Option<u32>) -> Result<Option<Die>, Failure> {
        let specimen = match number {
            Some(chip) => self.specimen.die(Draws {
                seed: self.seed,
                chip,
            }),
            None => self.specimen.nominal(),
        };
        let name = number.map_or("nominal".into(), |k| k.to_string());
        let dir = self.out.join("dies").join(name);
        let of_file = match &self.neuron.chip {
            Some(source) => self.file_neuron(source, specimen)?,
            None => None,
        };
        let (spread, course) = match of_file {
            Some(named) => (
                self.spreading(&named.spread)?,
                self.die_of_file(named, &dir)?,
            ),
            None => {
                let named = self.neuron.load_as(specimen)?;
                (
                    self.spreading(&named.spread)?,
                    self.die_of_card(&named, &dir)?,
                )
            }
        };
        Ok(course.map(|course| Die {
            number,
            spread,
            course,
        }))
    }

    /// What spreads; dies that are all equal are refused.
    fn spreading(&self, spread: &[DieQuantity]) -> Result<Vec<DieQuantity>, Failure> {
        match spread {
            [] => Err(self.refused(
                "--monte-carlo",
                "a layer of a chip with spreads in `variability.die`",
                "all dies are equal: give the layer spreads, as in --set layers.0.variability=heracles",
            )),
            _ => Ok(spread.to_vec()),
        }
    }

    fn die_of_card(&self, named: &Named, dir: &Path) -> Result<Option<Measured>, Failure> {
        let testbench = self.testbench(named)?;
        let (trace, differs) = match self.simulator {
            None => {
                let method = Method::Adaptive {
                    tolerance: DEFAULT_TOLERANCE,
                };
                let current = testbench.stimulus.waveform()?;
                let rows = rows(testbench.stop_s);
                let trace = simulate_reduced(&testbench.neuron, &current, &rows, method);
                (trace.map_err(|e| self.stimulus.blame(&testbench, e))?, None)
            }
            Some(simulator) => {
                write_files(dir, simulator.files(&testbench))?;
                if self.dry_run {
                    return Ok(None);
                }
                let trace = self.simulated(simulator, &testbench, dir)?;
                let (comparison, _) = self.compared(&testbench, &trace)?;
                (trace, self.judge(&comparison).err())
            }
        };
        Ok(Some(Measured {
            measures: Measures::of(&trace),
            spikes_s: trace.spikes_s,
            differs,
        }))
    }

    fn die_of_file(&self, named: NamedFile, dir: &Path) -> Result<Option<Measured>, Failure> {
        let testbench = self.file_testbench(named)?;
        let (course, differs) = match self.simulator {
            None => (testbench.course(&rows(testbench.stop_s))?, None),
            Some(simulator) => {
                write_files(dir, testbench.files(simulator.into()))?;
                if self.dry_run {
                    return Ok(None);
                }
                let course = self.file_simulated(simulator, &testbench, dir)?;
                let own = testbench.course(&course.t_s)?;
                let found = agreement(&testbench.neuron, &course, &own);
                (course, self.judge_file(&found).err())
            }
        };
        Ok(Some(Measured {
            measures: testbench.neuron.measures(&course),
            spikes_s: course.spikes_s,
            differs,
        }))
    }

    fn refused(&self, option: &str, allowed: &str, remedy: &str) -> Failure {
        let chip = self.neuron.chip.as_ref();
        let file = chip.map_or("default neuron".into(), |path| path.display().to_string());
        let problem = Problem {
            field: option.into(),
            value: "given".into(),
            allowed: allowed.into(),
            remedy: remedy.into(),
        };
        problem_of(&file, problem)
    }
}

/// Rows of a course of bruno's own: what is measured of it is off by no more than a row.
const ROWS: usize = 40_000;

/// Times of a course of bruno's own, s.
fn rows(stop_s: f64) -> Vec<f64> {
    let row = |k| stop_s * k as f64 / ROWS as f64;
    (0..=ROWS).map(row).collect()
}
