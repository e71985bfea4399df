//! `bruno record`: what the recorder of a trained chip says.

use super::eval::Split;
use crate::changes::Changes;
use crate::data::{self, RunData};
use crate::failure::Failure;
use crate::running::Running;
use crate::{output, recorded, run_folder};
use bruno_monitor::line;
use bruno_train::Checkpoint;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Write the words that the recorder of a trained chip sends, a line of JSON a sample, as `bruno monitor` reads them.
///
/// With --set the chip is another than the run's, as one that has aged or is warmer would be: the same weights and level
/// tables on a changed card, e.g. --set layers.0.device.g_leak_pS=30. See docs/monitoring.md.
#[derive(clap::Args)]
pub struct Record {
    /// The folder of a run or its checkpoint.json.
    pub(super) run: PathBuf,
    #[command(flatten)]
    changes: Changes,
    /// The data, where it is not built in.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Part of the data set.
    #[arg(long, value_enum, default_value_t = Split::Test)]
    split: Split,
    /// The first so many samples; all where absent.
    #[arg(long)]
    samples: Option<NonZeroUsize>,
    #[command(flatten)]
    running: Running,
    #[command(flatten)]
    text: output::Text,
}

impl Record {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let path = run_folder::checkpoint(&self.run)?;
        let run = Checkpoint::load(&path)?;
        let description = self.changes.of(&path, &run.description)?;
        let file = path.display().to_string();
        let chip = run.parameters.chip(&file, &description)?;
        let program = run.parameters.program(&chip);
        program.check(&chip).map_err(|e| Failure::Input {
            path: file,
            what: format!("{e}; change fields of the device alone"),
        })?;
        let RunData { set, notes } = data::of_run(&run, &self.run, self.data.as_deref())?;
        notes.iter().for_each(|note| tell!("note: {note}"));
        let all = self.split.of(&set);
        let samples = &all[..self.samples.map_or(all.len(), |n| n.get().min(all.len()))];
        let mut text = String::new();
        recorded::run((&chip, &program), samples, &self.running, |trace| {
            text += &line(&chip, trace);
            text.push('\n');
            Ok(())
        })?;
        self.text.give(&text)
    }
}
