//! `bruno eval`: scores a trained chip.

use crate::data::{self, RunData};
use crate::failure::Failure;
use crate::progress::Progress;
use crate::report::Report;
use crate::ridge::{Demand, yardsticks};
use crate::running::Running;
use crate::{ranks, run_folder};
use bruno_chip::Description;
use bruno_data::{Dataset, Sample};
use bruno_device::{Chip, Effects};
use bruno_ranks::first_of_node;
use bruno_train::{Checkpoint, Evaluation, TrainedProgram, Trainer};
use std::path::{Path, PathBuf};

/// Evaluate a trained chip on one part of its data, through the RTL or the integer model (the same numbers).
///
/// `bruno eval out/NAME` scores a run; `bruno eval out/NAME/chip.json --program out/NAME/program.json` decides
/// by these two files alone, sample for sample the same (docs/program.md).
#[derive(clap::Args)]
pub struct Eval {
    /// The folder of a run or its checkpoint.json; with --program its chip.json.
    pub(super) file: PathBuf,
    /// Load this program.json into the chip and decide by its rule.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// The data, where it is not built in.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Part of the data set.
    #[arg(long, value_enum, default_value_t = Split::Test)]
    split: Split,
    #[command(flatten)]
    running: Running,
    /// Compute the yardsticks (ridge, softmax and nearest samples on spike counts; of frames logistic regression on the last
    /// two): where they take seconds, always, or never.
    #[arg(long, value_enum, default_value_t = Demand::Auto)]
    ridge: Demand,
    /// Print the result as JSON on stdout.
    #[arg(long)]
    json: bool,
}

/// Parts of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Split {
    /// What training sees.
    Train,
    /// What settings are chosen on.
    Valid,
    /// What results are reported on.
    Test,
}

impl Split {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Valid => "valid",
            Self::Test => "test",
        }
    }

    /// The samples of this part.
    pub fn of(self, set: &Dataset) -> &[Sample] {
        match self {
            Self::Train => &set.train,
            Self::Valid => &set.valid,
            Self::Test => &set.test,
        }
    }
}

impl Eval {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let (run, program) = self.inputs()?;
        let RunData { set, notes } = data::of_run(&run, &self.file, self.data.as_deref())?;
        if let (Some(program), Some(path)) = (&program, &self.program) {
            program.check_data(path, &set)?;
        }
        tell!("{}", set.summary());
        let file = self.file.display().to_string();
        let samples = self.split.of(&set);
        let (run, found) = evaluated(&self.running, &file, run, program.as_ref(), &set, samples)?;
        let chip = run.parameters.chip(&file, &run.description)?;
        let report = Report {
            origin: match &self.program {
                None => origin(&run),
                Some(path) => format!("by {} on {file}", path.display()),
            },
            set: &set,
            data_notes: &notes,
            run: &run,
            chip: &chip,
            effects: Effects::of(&chip.description).on_nominal(),
            found: &found,
        };
        print(&report, self.ridge, self.json)
    }

    /// The run to score, and the program where one is given.
    fn inputs(&self) -> Result<(Checkpoint, Option<TrainedProgram>), Failure> {
        let Some(path) = &self.program else {
            return Ok((
                Checkpoint::load(&run_folder::checkpoint(&self.file)?)?,
                None,
            ));
        };
        let (run, program) = by_program(&self.file, path)?;
        Ok((run, Some(program)))
    }
}

/// A program of a chip, and a run that scores as it does.
pub(super) fn by_program(
    chip: &Path,
    program: &Path,
) -> Result<(Checkpoint, TrainedProgram), Failure> {
    let file = chip.display().to_string();
    let description = Description::load(chip)?;
    let resolved = Chip::resolve(&file, &description)?;
    let program = TrainedProgram::load(program, &resolved)?;
    Ok((program.as_run(&file, &description)?, program))
}

/// What a run, by a program where one is given, makes of samples.
pub(super) fn evaluated(
    running: &Running,
    file: &str,
    run: Checkpoint,
    program: Option<&TrainedProgram>,
    set: &Dataset,
    samples: &[Sample],
) -> Result<(Checkpoint, Evaluation), Failure> {
    let chip = run.parameters.chip(file, &run.description)?;
    let simulated = bruno_train::simulated(&chip, &run.config);
    let design = bruno_hdl::generate(&simulated)?;
    let factory = || running.model(&simulated, &design);
    let ranks = ranks::current();
    let trainer = || Trainer::new(file, run, set, &factory, running.threads());
    let mut trainer = first_of_node(ranks, trainer)?.over(ranks);
    let mut progress = Progress::new("eval", samples.len() as u64, "samples");
    let done = |n| progress.advance(n);
    let found = match program {
        None => trainer.evaluate(samples, done)?,
        Some(program) => trainer.evaluate_program(&program.program(), samples, done)?,
    };
    Ok((trainer.run, found))
}

/// How a run's chip came to be.
pub fn origin(run: &Checkpoint) -> String {
    format!("after {} epochs, seed {}", run.epoch, run.config.seed)
}

/// Prints a report with its yardsticks, which follow the text since they may take a while.
pub fn print(report: &Report<'_>, ridge: Demand, json: bool) -> Result<(), Failure> {
    if json {
        return say!("{}", report.json(&yardsticks(report.set, ridge)));
    }
    for line in report.lines() {
        say!("{line}")?;
    }
    for yardstick in yardsticks(report.set, ridge) {
        say!("{}", yardstick.line())?;
    }
    Ok(())
}
