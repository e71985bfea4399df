//! `bruno eval`: scores a trained chip.

use crate::costs;
use crate::data;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::quantisation;
use crate::running::Running;
use crate::scores;
use bruno_data::{Dataset, Sample, ridge_accuracy};
use bruno_device::Chip;
use bruno_train::{Checkpoint, Evaluation, Footprint, Trainer};
use std::path::PathBuf;

/// Evaluate a trained chip on one part of its data, through the RTL or the integer model (the same numbers).
#[derive(clap::Args)]
pub struct Eval {
    /// The run's checkpoint.json.
    checkpoint: PathBuf,
    /// The data, where it is not built in.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Part of the data set.
    #[arg(long, value_enum, default_value_t = Split::Test)]
    split: Split,
    #[command(flatten)]
    running: Running,
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
        let run = Checkpoint::load(&self.checkpoint)?;
        let set = data::load(&run.config, self.data.as_deref())?;
        let file = self.checkpoint.display().to_string();
        let chip = run.parameters.chip(&file, &run.description)?;
        let simulated = bruno_train::simulated(&chip, &run.config);
        let design = bruno_hdl::generate(&simulated)?;
        let factory = || self.running.model(&simulated, &design);
        let threads = self.running.threads();
        let mut trainer = Trainer::new(&file, run, &set, &factory, threads)?;
        let samples = self.split.of(&set);
        let mut progress = Progress::new("eval", samples.len() as u64, "samples");
        let found = trainer.evaluate(samples, |n| progress.advance(n))?;
        drop(progress);
        report(&set, &trainer.run, &chip, &found, self.json);
        Ok(())
    }
}

/// Prints what was found with its yardsticks.
pub fn report(set: &Dataset, run: &Checkpoint, chip: &Chip, found: &Evaluation, json: bool) {
    let quantised = run.parameters.quantisation(chip);
    let area = Footprint::of(&chip.description, &run.config.objectives);
    let ridge = (!set.class_names.is_empty()).then(|| [1, 8].map(|bins| tuned_ridge(set, bins)));
    if json {
        let mut result = scores::json(set, found);
        let more = serde_json::json!({
            "data": set.name, "epochs": run.epoch, "seed": run.config.seed,
            "energy_nJ": found.score.energy_nj(), "energy_J": found.score.energy, "area_um2": area.total_um2(), "area": area,
            "ridge_counts": ridge.map(|r| r[0]), "ridge_8_bins": ridge.map(|r| r[1]),
            "rounding": run.description.rounding, "formats": run.description.formats,
            "quantisation": quantised,
        });
        if let (Some(result), serde_json::Value::Object(more)) = (result.as_object_mut(), more) {
            result.extend(more);
        }
        println!("{result}");
        return;
    }
    println!(
        "{} after {} epochs, seed {}",
        set.name, run.epoch, run.config.seed
    );
    for line in scores::lines(set, found) {
        println!("  {line}");
    }
    if let Some([counts, bins]) = ridge {
        println!("  ridge on spike counts         {counts:.3}");
        println!("  ridge on counts in 8 bins     {bins:.3}");
    }
    for line in costs::lines(found, &area) {
        println!("  {line}");
    }
    for line in run.device_changes() {
        println!("  {line}");
    }
    let latent = run.history.last().map_or(&[][..], |r| &r.weights);
    let lines = quantisation::lines(&quantised).into_iter();
    for line in lines.chain(quantisation::latent_lines(latent)) {
        println!("  {line}");
    }
}

/// Ridge accuracy on the test set with the penalty that does best on the validation set (its own, where there is none).
fn tuned_ridge(set: &Dataset, bins: usize) -> f64 {
    let mut tuning = set.clone();
    if !set.valid.is_empty() {
        tuning.test = set.valid.clone();
    }
    let penalties = [1.0, 10.0, 100.0, 1000.0];
    let on = |lambda: &f64| ridge_accuracy(&tuning, bins, *lambda);
    let best = penalties
        .iter()
        .copied()
        .max_by(|a, b| on(a).total_cmp(&on(b)));
    ridge_accuracy(set, bins, best.unwrap_or(1.0))
}
