//! `bruno train`: BRUNO training through the Verilated RTL, resumable after every epoch.

mod compare;
mod files;
mod on_request;
mod sweep;
mod told;
mod yields;

use super::{eval, montecarlo, report as page};
use crate::changes::Changes;
use crate::failure::Failure;
use crate::picture::PictureArguments;
use crate::progress::Progress;
use crate::ridge::Demand;
use crate::run_log::RunLog;
use crate::running::Running;
use crate::{data, interruption, invocation, output, ranks, report};
use bruno_chip::Description;
use bruno_data::{Dataset, Fingerprint};
use bruno_device::{Chip, Effects};
use bruno_montecarlo::Yield;
use bruno_ranks::{Shard, first_of_node, from_first};
use bruno_train::{
    Checkpoint, Evaluation, Footprint, Keep, Parameters, Score, Spent, TrainConfig, TrainError,
    Trainer,
};
use files::Files;
use std::path::{Path, PathBuf};
use std::time::Instant;
pub(super) use sweep::{Figures, Row};
pub use sweep::{SweepShard, merge as merge_sweep};

/// Train a chip: the forward pass runs its RTL at 1 us, the backward pass takes one coarse step a recorder window.
///
/// Settings stand in the description's `training`. Under --out appear: checkpoint.json after every epoch (a run that was
/// killed continues from there and ends with the same numbers), best.json (the checkpoint with the best validation
/// figure), metrics.jsonl (a line an epoch), steps.jsonl (a line a step), tensorboard/ (the same as event files), chip.json
/// (the description with its trained device parameters) and program.json (weight codes, level tables, register values, and
/// how the outputs become decisions), test.json and sample.json (the score on the test set; spikes and membranes of one
/// sample) and report.html, a page of all this that can be mailed;
/// with trained device parameters or --baseline also comparison.json, the before/after table that is printed.
#[derive(clap::Args)]
pub struct Train {
    /// The chip description with its `training`, e.g. examples/braille.json.
    pub(super) chip: PathBuf,
    #[command(flatten)]
    changes: Changes,
    /// The data, where it is not built in: the JSB JSON file, or a directory of event files.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Where results go; out/NAME where absent.
    #[arg(short, long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    pictures: PictureArguments,
    #[command(flatten)]
    running: Running,
    /// Compare with this run's checkpoint, e.g. one of the hand-chosen card, on the same test samples; where absent, with
    /// the trained weights on the description's own card.
    #[arg(long, value_name = "CHECKPOINT", conflicts_with = "sweep")]
    baseline: Option<PathBuf>,
    /// Train once for each value of a field, e.g. objectives.energy.weight=0,0.1,0.3 or layers.0.device.area_um2=1,2,4;
    /// gradient=mean,transition; fields that change together are joined by `+`; several --sweep give every
    /// combination. Results: sweep.json, sweep.csv, sweep.svg, report.html.
    #[arg(long, value_name = "FIELD=VALUES", value_parser = sweep::axis)]
    sweep: Vec<sweep::Axis>,
    /// Train only the runs of shard K of N of the sweep, from 1, for job arrays; `bruno merge` makes one result of all.
    #[arg(long, value_name = "K/N", requires = "sweep")]
    shard: Option<Shard>,
    /// Also give the yield of every run of a sweep, on so many virtual chips (as `bruno montecarlo` draws them with its
    /// default seed; they are kept under montecarlo/ of each run); needs --yield-accuracy and spreads in the description.
    #[arg(long, value_name = "CHIPS", requires = "yield_accuracy", requires = "sweep", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    yield_chips: Option<u32>,
    /// Least accuracy of a good chip.
    #[arg(long, value_name = "ACCURACY", requires = "yield_chips", value_parser = montecarlo::share)]
    yield_accuracy: Option<f64>,
    /// Go on with a run to the larger `training.epochs` that is given now; the learning rate follows the schedule of all
    /// epochs from there on.
    #[arg(long, conflicts_with = "restart")]
    extend: bool,
    /// Throw away a checkpoint under --out instead of continuing from it.
    #[arg(long)]
    restart: bool,
    /// Also write checkpoint.json after so many steps, for long epochs; SIGUSR1 asks for one at any time.
    #[arg(long, value_name = "STEPS", value_parser = clap::value_parser!(u32).range(1..))]
    checkpoint_every: Option<u32>,
    /// Compute the yardsticks (ridge, softmax and nearest samples on spike counts; of frames logistic regression on the last
    /// two): where they take seconds, always, or never.
    #[arg(long, value_enum, default_value_t = Demand::Auto)]
    ridge: Demand,
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
    yield_: Option<Yield>,
}

impl Train {
    /// The runs of one arm of a comparison: one for each seed.
    pub(super) fn of_arm(
        chip: &Path,
        changes: Changes,
        seeds: u32,
        data: Option<PathBuf>,
        running: &Running,
    ) -> Self {
        Self {
            chip: chip.into(),
            changes,
            data,
            out: None,
            running: running.clone(),
            baseline: None,
            sweep: vec![sweep::seeds(seeds)],
            pictures: PictureArguments::default(),
            shard: None,
            yield_chips: None,
            yield_accuracy: None,
            extend: false,
            restart: false,
            checkpoint_every: None,
            ridge: Demand::Never,
            json: false,
        }
    }

    /// Trains every combination of the sweep under `out`, and writes what they reached there.
    pub(super) fn sweep(&self, out: &Path) -> Result<Vec<Row>, Failure> {
        sweep::rows(self, out)
    }

    pub(super) fn run(&self) -> Result<(), Failure> {
        on_request::listen();
        let description = self.changes.load(&self.chip)?;
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
        config.check_validation(&set)?;
        let notes = set.notes();
        let files = Files::of(out, &self.chip)?;
        tell!("{}", set.summary());
        notes.iter().for_each(|note| tell!("data: {note}"));
        let effects = Effects::of(&description);
        let trained_with = effects.with_asked(&config.asked_effects());
        trained_with.lines().iter().for_each(|line| tell!("{line}"));
        let unstable = config.unstable_ends(&description);
        unstable.iter().for_each(|text| tell!("{text}"));
        if let Some(hardware) = &config.hardware {
            tell!("{hardware}; validation and test run on the nominal chip");
        }
        let _lock = output::lock(out)?;
        invocation::keep_training(out, self.data.as_deref())?;
        interruption::explain(out);
        let ranks = ranks::current();
        let start = || self.start(&files, &chip, &description, &config, &set);
        let (run, fresh) = from_first(ranks, start)?;
        let threads = self.running.threads();
        let simulated = bruno_train::simulated(&chip, &config);
        let design = bruno_hdl::generate(&simulated)?;
        let factory = || self.running.model(&simulated, &design);
        let trainer = || Trainer::new(&file, run, &set, &factory, threads);
        let mut trainer = first_of_node(ranks, trainer)?.over(ranks);
        // Not sooner: its compiler would keep the first samples waiting.
        let delivered = self.running.check_delivered(&chip);
        if fresh {
            files.forget()?;
            trainer.start_biases();
        }
        self.epochs(&mut trainer, &set, &files)?;
        // No result is of a chip whose delivered text does something else.
        delivered.wait()?;
        take_kept(&mut trainer, &files)?;
        let mut progress = Progress::new("test", set.test.len() as u64, "samples");
        let test = trainer.evaluate(&set.test, |n| progress.advance(n))?;
        drop(progress);
        files::keep_results(&trainer, &set, &files)?;
        let chip = trainer.chip()?;
        let yield_ = yields::of(self, &trainer.run, &set, out)?;
        let with = (self.baseline.as_deref(), &self.running);
        let lines = compare::table(&mut trainer, &set, &test, with, out)?;
        if let Some(trace) = trainer.sample_trace(&test)? {
            let trace = serde_json::to_string(&trace).unwrap_or_default();
            output::write(&files.sample, &(trace + "\n"))?;
        }
        let found = report::Report {
            origin: eval::origin(&trainer.run),
            set: &set,
            data_notes: &notes,
            run: &trainer.run,
            chip: &chip,
            effects: effects.on_nominal(),
            found: &test,
        };
        output::write(&files.test, &format!("{}\n", found.json(&[])))?;
        page::keep(out)?;
        // All files are written by now: an output that fails loses nothing else.
        if report != Report::Nothing {
            eval::print(&found, self.ridge, report == Report::Json)?;
        }
        if report == Report::Text {
            for line in lines {
                say!("  {line}")?;
            }
            say!("results: {}", out.display())?;
        }
        Ok(Trained {
            test,
            valid: trainer
                .run
                .last_epoch()
                .map(|h| h.valid)
                .unwrap_or_default(),
            area: trainer.footprint(),
            yield_,
        })
    }

    /// A fresh run, or the one under --out; says which.
    fn start(
        &self,
        files: &Files,
        chip: &Chip,
        description: &Description,
        config: &TrainConfig,
        set: &Dataset,
    ) -> Result<(Checkpoint, bool), Failure> {
        let path = &files.last;
        if path.is_file() && !self.restart {
            let mut run = Checkpoint::load(path)?;
            match self.extend {
                true => run.extend(path, description, config)?,
                false => run.check(path, description, config)?,
            }
            run.check_data(path, set)?;
            let steps = match run.unfinished.steps {
                0 => String::new(),
                steps => format!(" and {steps} steps"),
            };
            tell!(
                "continuing {} after epoch {}{steps}",
                path.display(),
                run.epoch
            );
            return Ok((run, false));
        }
        let parameters = Parameters::new(chip, config);
        let mut run = Checkpoint::new(description.clone(), config.clone(), parameters);
        run.data = Some(Fingerprint::of(set));
        Ok((run, true))
    }

    fn epochs(
        &self,
        trainer: &mut Trainer<'_>,
        set: &Dataset,
        files: &Files,
    ) -> Result<(), Failure> {
        let epochs = trainer.run.config.epochs;
        let samples = (set.train.len() + set.valid.len()) as u64;
        let mut log = RunLog::open(&files.out, trainer)?;
        while !trainer.run.is_done() {
            let start = Instant::now();
            trainer.spent = Spent::default();
            let label = format!("epoch {}/{epochs}", trainer.run.epoch + 1);
            let mut progress = Progress::new(&label, samples, "samples");
            self.steps(trainer, &mut log, &mut progress, files)?;
            let report = trainer.end_epoch(|n| progress.advance(n))?;
            drop(progress);
            report.audits.iter().for_each(told::audit);
            log.epoch(&report, trainer.steps_done())?;
            log.flush()?;
            if trainer.run.best_epoch() == Some(report.epoch) {
                output::save(&trainer.run, &files.best)?;
            }
            output::save(&trainer.run, &files.last)?;
            let Spent {
                forward, backward, ..
            } = trainer.spent;
            tell!(
                "{}, {:.1} s (forward {forward:.1}, backward {backward:.1} over all threads)",
                told::epoch(&report, &trainer.run.config, epochs),
                start.elapsed().as_secs_f64()
            );
        }
        if trainer.run.stopped_early() {
            tell!(
                "stopped early: {} no longer improves",
                trainer.run.config.metric.of_validation()
            );
        }
        Ok(())
    }

    /// The steps of an epoch, or what is left of them.
    fn steps(
        &self,
        trainer: &mut Trainer<'_>,
        log: &mut RunLog,
        progress: &mut Progress,
        files: &Files,
    ) -> Result<(), Failure> {
        progress.advance(trainer.run.unfinished.train.score.samples);
        loop {
            let step = match trainer.step() {
                Ok(Some(step)) => step,
                Ok(None) => return Ok(()),
                Err(error) => return Err(keep_batch(trainer, error, files)),
            };
            progress.advance(step.samples as u64);
            log.step(&step)?;
            let every = self.checkpoint_every.map(|n| n as usize);
            let requested = on_request::take();
            if requested || every.is_some_and(|n| step.step.is_multiple_of(n)) {
                log.flush()?;
                output::save(&trainer.run, &files.last)?;
            }
            if requested {
                let (file, step) = (files.last.display(), step.step);
                tell!("{file} after step {step}, asked for by SIGUSR1");
            }
        }
    }
}

/// Keeps the batch of a step in which a number was not finite; the error that tells so.
fn keep_batch(trainer: &mut Trainer<'_>, error: TrainError, files: &Files) -> Failure {
    let Some(batch) = trainer.failed.take() else {
        return error.into();
    };
    let kept = match ranks::writes() {
        true => batch.save(&files.failed),
        false => Ok(()),
    };
    match kept {
        Ok(()) => Failure::FailedBatch {
            error: Box::new(error),
            path: files.failed.display().to_string(),
        },
        Err(unwritten) => unwritten.into(),
    }
}

/// Goes back to the best epoch where the settings ask for it; says which epoch gives the chip.
fn take_kept(trainer: &mut Trainer<'_>, files: &Files) -> Result<(), Failure> {
    let run = &trainer.run;
    let Some(best) = run.best_epoch() else {
        return Ok(());
    };
    let figure = run.config.metric.of_validation();
    if run.config.keep == Keep::Last {
        tell!(
            "kept: the last epoch, {}; the best by {figure} is {best} ({})",
            run.epoch,
            files.best.display()
        );
        return Ok(());
    }
    let kept = from_first(ranks::current(), || Checkpoint::load(&files.best))?;
    kept.check(&files.best, &run.description, &run.config)?;
    if kept.epoch != best {
        return Err(Failure::Input {
            path: files.best.display().to_string(),
            what: format!(
                "is of epoch {}, the best is {best}; start anew with --restart",
                kept.epoch
            ),
        });
    }
    tell!("kept: epoch {best} of {}, the best by {figure}", run.epoch);
    trainer.run = kept;
    Ok(())
}
