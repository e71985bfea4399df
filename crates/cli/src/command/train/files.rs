//! Where a run keeps what.

use crate::failure::Failure;
use crate::output;
use bruno_data::Dataset;
use bruno_train::{TrainedProgram, Trainer};
use std::path::{Path, PathBuf};

/// The files of a run that stand for it as a whole.
pub struct Files {
    /// The folder of all of them.
    pub out: PathBuf,
    /// The run after its last epoch or step.
    pub last: PathBuf,
    /// The run after its best epoch.
    pub best: PathBuf,
    /// The batch in which a number was not finite.
    pub failed: PathBuf,
    /// The trained description.
    pub chip: PathBuf,
    /// The trained program.
    pub program: PathBuf,
    /// Its score on the test set.
    pub test: PathBuf,
    /// What it does in one test sample.
    pub sample: PathBuf,
}

impl Files {
    /// The files of a run under `out` of the description `chip`.
    ///
    /// # Errors
    /// The description is one of them.
    pub fn of(out: &Path, chip: &Path) -> Result<Self, Failure> {
        let files = Self {
            last: out.join("checkpoint.json"),
            best: out.join("best.json"),
            failed: out.join("failed-batch.json"),
            chip: out.join("chip.json"),
            program: out.join("program.json"),
            test: out.join("test.json"),
            sample: out.join("sample.json"),
            out: out.into(),
        };
        let is_chip = |file: &&&PathBuf| {
            file.exists() && file.canonicalize().ok() == chip.canonicalize().ok()
        };
        if let Some(own) = files.results().iter().find(is_chip) {
            return Err(Failure::Input {
                path: chip.display().to_string(),
                what: format!(
                    "is the description to train, and the run would write its {} over it; choose another --out",
                    own.display()
                ),
            });
        }
        Ok(files)
    }

    /// All that a run writes but for its logs, which are cut back by themselves, and a failed batch, which is evidence.
    fn results(&self) -> [&PathBuf; 6] {
        let Self {
            last,
            best,
            chip,
            program,
            test,
            sample,
            ..
        } = self;
        [last, best, chip, program, test, sample]
    }

    /// Removes what another run left, before a fresh one cuts back the logs: a run that is killed leaves nothing that
    /// belongs to another.
    pub fn forget(&self) -> Result<(), Failure> {
        let others = ["comparison.json", bruno_report::FILE].map(|name| self.out.join(name));
        for path in self.results().into_iter().chain(&others) {
            output::remove(path)?;
        }
        Ok(())
    }
}

/// The optimised chip as files for other tools.
pub fn keep_results(trainer: &Trainer<'_>, set: &Dataset, files: &Files) -> Result<(), Failure> {
    let description = serde_json::to_string_pretty(&trainer.description()).unwrap_or_default();
    output::write(&files.chip, &(description + "\n"))?;
    let program = TrainedProgram::of(&trainer.run, &trainer.chip()?, set);
    let program = serde_json::to_string(&program).unwrap_or_default();
    output::write(&files.program, &(program + "\n"))
}
