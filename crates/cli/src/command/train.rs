//! `bruno train`: BRUNO training through the Verilated RTL, resumable after every epoch.

mod compare;
mod sweep;

use super::eval;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::running::Running;
use crate::{costs, data, output};
use bruno_chip::Description;
use bruno_data::Dataset;
use bruno_device::Chip;
use bruno_train::{
    AuditLine, Checkpoint, EpochReport, Evaluation, Footprint, Parameters, Score, TrainConfig,
    Trainer,
};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Train a chip: the forward pass runs its RTL at 1 us, the backward pass takes one coarse step a recorder window.
///
/// Settings stand in the description's `training`. Under --out appear: checkpoint.json after every epoch (a run that was
/// killed continues from there and ends with the same numbers), metrics.jsonl, chip.json (the description with its
/// trained device parameters) and program.json (weight codes, level tables, register values); with trained device
/// parameters, objectives or --baseline also comparison.json, the before/after table that is printed.
#[derive(clap::Args)]
pub struct Train {
    /// The chip description with its `training`, e.g. examples/braille.json.
    chip: PathBuf,
    /// The data, where it is not built in: the JSB JSON file, or a directory of event files.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Where results go; out/NAME where absent.
    #[arg(short, long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    running: Running,
    /// Compare with this run's checkpoint, e.g. one of the hand-chosen card, on the same test samples; where absent, with
    /// the trained weights on the description's own card.
    #[arg(long, value_name = "CHECKPOINT", conflicts_with = "sweep")]
    baseline: Option<PathBuf>,
    /// Train once for each value of a field, e.g. objectives.energy.weight=0,0.1,0.3 or layers.0.device.area_um2=1,2,4;
    /// several fields give every combination. Results: sweep.json, sweep.csv, sweep.svg.
    #[arg(long, value_name = "FIELD=VALUES", value_parser = sweep::axis)]
    sweep: Vec<sweep::Axis>,
    /// Throw away a checkpoint under --out instead of continuing from it.
    #[arg(long)]
    restart: bool,
    /// Print the result as JSON on stdout.
    #[arg(long)]
    json: bool,
}

/// What a finished run prints on stdout.
#[derive(Clone, Copy, PartialEq)]
enum Report {
    Nothing,
    Text,
    Json,
}

/// A finished run.
struct Trained {
    test: Evaluation,
    valid: Score,
    area: Footprint,
}

impl Train {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let description = Description::load(&self.chip)?;
        let out = self
            .out
            .clone()
            .unwrap_or_else(|| Path::new("out").join(&description.name));
        match (self.sweep.is_empty(), self.json) {
            (false, _) => sweep::run(self, &out),
            (true, true) => self.train(description, &out, Report::Json).map(|_| ()),
            (true, false) => self.train(description, &out, Report::Text).map(|_| ()),
        }
    }

    /// Trains a description to the end, evaluates it on the test set and reports both.
    fn train(
        &self,
        description: Description,
        out: &Path,
        report: Report,
    ) -> Result<Trained, Failure> {
        let file = self.chip.display().to_string();
        let config = TrainConfig::of(&description)?;
        let chip = Chip::resolve(&file, &description)?;
        let set = data::load(&config, self.data.as_deref())?;
        let path = out.join("checkpoint.json");
        eprintln!("{}", set.summary());
        let (run, fresh) = self.start(&path, &chip, &description, &config)?;
        let threads = self.running.threads();
        let design = bruno_hdl::generate(&chip)?;
        let factory = || self.running.model(&chip, &design);
        let mut trainer = Trainer::new(&file, run, &set, &factory, threads)?;
        if fresh {
            trainer.start_biases();
        }
        self.epochs(&mut trainer, &set, &path, out)?;
        let mut progress = Progress::new("test", set.test.len() as u64, "samples");
        let test = trainer.evaluate(&set.test, |n| progress.advance(n))?;
        drop(progress);
        keep_results(&trainer, out)?;
        let chip = trainer.chip()?;
        if report != Report::Nothing {
            eval::report(&set, &trainer.run, &chip, &test, report == Report::Json);
        }
        let with = (self.baseline.as_deref(), &self.running);
        let lines = compare::table(&mut trainer, &set, &test, with, out)?;
        if report == Report::Text {
            lines.iter().for_each(|line| println!("  {line}"));
            println!("results: {}", out.display());
        }
        Ok(Trained {
            test,
            valid: trainer
                .run
                .history
                .last()
                .map(|h| h.valid)
                .unwrap_or_default(),
            area: trainer.footprint(),
        })
    }

    /// A fresh run, or the one under --out; says which.
    fn start(
        &self,
        path: &Path,
        chip: &Chip,
        description: &Description,
        config: &TrainConfig,
    ) -> Result<(Checkpoint, bool), Failure> {
        if path.is_file() && !self.restart {
            let run = Checkpoint::load(path)?;
            run.check(path, description, config)?;
            eprintln!("continuing {} after epoch {}", path.display(), run.epoch);
            return Ok((run, false));
        }
        let parameters = Parameters::new(chip, config);
        let run = Checkpoint::new(description.clone(), config.clone(), parameters);
        Ok((run, true))
    }

    fn epochs(
        &self,
        trainer: &mut Trainer<'_>,
        set: &Dataset,
        path: &Path,
        out: &Path,
    ) -> Result<(), Failure> {
        let epochs = trainer.run.config.epochs;
        let samples = (set.train.len() + set.valid.len()) as u64;
        while trainer.run.epoch < epochs {
            let start = Instant::now();
            trainer.seconds = [0.0; 2];
            let label = format!("epoch {}/{epochs}", trainer.run.epoch + 1);
            let mut progress = Progress::new(&label, samples, "samples");
            let report = trainer.epoch(|n| progress.advance(n))?;
            drop(progress);
            report.audits.iter().for_each(tell);
            trainer.run.save(path)?;
            let lines: Vec<String> = trainer.run.history.iter().map(json_line).collect();
            output::write(&out.join("metrics.jsonl"), &lines.concat())?;
            let [forward, backward] = trainer.seconds;
            eprintln!(
                "{}, {:.1} s (forward {forward:.1}, backward {backward:.1} over all threads)",
                line(&report, &trainer.run.config, epochs),
                start.elapsed().as_secs_f64()
            );
        }
        Ok(())
    }
}

/// Says what an audit found, if it is worth saying.
fn tell(audit: &AuditLine) {
    let what = format!(
        "audit before step {}: gradient `{}`, cosine {:.3}, norm ratio {:.2} ({})",
        audit.step,
        audit.gradient.name(),
        audit.agreement.cosine,
        audit.agreement.ratio,
        audit.group
    );
    match (audit.low, audit.switched_to) {
        (false, _) => eprintln!("{what}"),
        (true, None) => eprintln!("warning: {what}"),
        (true, Some(better)) => {
            eprintln!("warning: {what}; going on with `{}`", better.name());
        }
    }
}

fn json_line(report: &EpochReport) -> String {
    serde_json::to_string(report).unwrap_or_default() + "\n"
}

fn line(report: &EpochReport, config: &TrainConfig, epochs: usize) -> String {
    let valid = match report.valid.decisions {
        0 => String::new(),
        _ => format!(
            "; valid {:.3}, {:.3}",
            report.valid.mean_loss(),
            report.valid.accuracy()
        ),
    };
    let costs = match config.objectives.any() {
        true => "; ".to_string() + &costs::line(report),
        false => String::new(),
    };
    format!(
        "epoch {}/{epochs}: train loss {:.3}, accuracy {:.3}{valid}; {:.1} Hz{costs}",
        report.epoch,
        report.train.mean_loss(),
        report.train.accuracy(),
        report.train.rate_hz()
    )
}

/// The optimised chip as files for other tools.
fn keep_results(trainer: &Trainer<'_>, out: &Path) -> Result<(), Failure> {
    let description = serde_json::to_string_pretty(&trainer.description()).unwrap_or_default();
    output::write(&out.join("chip.json"), &(description + "\n"))?;
    let program = trainer.run.parameters.program(&trainer.chip()?);
    let program = serde_json::to_string(&program).unwrap_or_default();
    output::write(&out.join("program.json"), &(program + "\n"))
}
