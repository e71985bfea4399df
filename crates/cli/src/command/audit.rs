//! `bruno audit`: how far each gradient is from exact backpropagation.

mod failed_batch;
mod picture;

use crate::changes::Changes;
use crate::console;
use crate::data::{self, RunData};
use crate::failure::Failure;
use crate::picture::PictureArguments;
use crate::progress::Progress;
use crate::run_folder;
use crate::running::Running;
use bruno_chip::LONGEST_WINDOW;
use bruno_data::{Dataset, Sample};
use bruno_device::{Chip, Effects};
use bruno_train::{
    Audit as Found, Checkpoint, DeviceSlope, GradientKind, Parameters, Stored, TrainConfig, Trainer,
};
use serde::Serialize;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Compare gradients with exact backpropagation through every microsecond, on a batch of training samples.
///
/// For every group of parameters it prints the cosine and the ratio of norms: of a chip with fresh weights, or of a run's
/// checkpoint. A gradient with a cosine near 1 can be trusted there; one that falls cannot. The forward pass is the RTL's.
/// Of a failed-batch.json, which a training run leaves where a number is not finite, it repeats the step with every
/// gradient and says which stay finite.
#[derive(clap::Args)]
pub struct Audit {
    /// A chip description (fresh weights), a run's folder or checkpoint.json, or its failed-batch.json.
    pub(super) file: PathBuf,
    #[command(flatten)]
    changes: Changes,
    /// The data, where it is not built in.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Samples of the batch, from the training set's start.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..))]
    samples: u32,
    /// Gradients to compare; those that the chip's recorder allows where absent.
    #[arg(long = "gradient", value_parser = gradient)]
    gradients: Vec<GradientKind>,
    /// Another window than the chip's, in ticks; several to compare them.
    #[arg(long = "window", value_parser = clap::value_parser!(u32).range(1..=i64::from(LONGEST_WINDOW)))]
    windows: Vec<u32>,
    /// Draw cosines and norm ratios into an SVG or PDF file; of several windows, over their length.
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    #[command(flatten)]
    pictures: PictureArguments,
    /// Also compare the slope by each device parameter with finite differences of the loss.
    #[arg(long)]
    finite_differences: bool,
    #[command(flatten)]
    running: Running,
    /// Print the result as JSON on stdout.
    #[arg(long)]
    json: bool,
}

/// Step of a finite difference, logits: large enough for the registers to move and for some spikes too.
const LOGIT_STEP: f32 = 0.2;

fn gradient(name: &str) -> Result<GradientKind, String> {
    let kinds = GradientKind::ALL;
    kinds.into_iter().find(|k| k.name() == name).ok_or_else(|| {
        let names = kinds.map(GradientKind::name);
        format!("a gradient is one of {}", names.join(", "))
    })
}

impl Audit {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let file = self.file.display().to_string();
        let run = match Stored::load(&run_folder::checkpoint(&self.file)?)? {
            Stored::Batch(failed) => {
                self.changes.none_of_run(&self.file)?;
                let kinds = self.kinds(&failed.run, &[GradientKind::Bptt])?;
                return failed_batch::repeat(&file, &failed, &kinds, &self.running, self.json);
            }
            Stored::Run(run) => {
                self.changes.none_of_run(&self.file)?;
                *run
            }
            Stored::Other => fresh(&self.file, &self.changes)?,
        };
        let RunData { set, notes } = data::of_run(&run, &self.file, self.data.as_deref())?;
        let effects = Effects::of(&run.description).with_asked(&run.config.asked_effects());
        // The yardstick itself, and the same with more memory, say nothing.
        let kinds = self.kinds(&run, &[GradientKind::Checkpointed, GradientKind::Bptt])?;
        let mut windows = self.windows.clone();
        if windows.is_empty() {
            windows.push(run.description.window_ticks);
        }
        windows.sort_unstable();
        windows.dedup();
        let mut audits = Vec::new();
        for window in windows {
            audits.push(self.audit(&file, &run, window, &set, &kinds)?);
        }
        if let Some(path) = &self.plot {
            let audits: Vec<_> = audits
                .iter()
                .map(|a| (a.window_ticks, a.audit.clone()))
                .collect();
            let title = format!("{file}: gradients against exact backpropagation");
            self.pictures
                .write_file(path, &title, picture::panels(&audits))?;
        }
        if self.json {
            let result = serde_json::json!({
                "data": set.name, "data_notes": notes, "epochs": run.epoch, "effects": effects, "audits": audits,
            });
            return say!("{result}");
        }
        for line in effects.lines() {
            say!("{line}")?;
        }
        for note in &notes {
            say!("data: {note}")?;
        }
        for found in &audits {
            found.print(&set)?;
        }
        Ok(())
    }

    /// The gradients asked for, or those that the recorder allows but for `without`.
    fn kinds(
        &self,
        run: &Checkpoint,
        without: &[GradientKind],
    ) -> Result<Vec<GradientKind>, Failure> {
        let recorder = run.description.recorder;
        let kinds = if self.gradients.is_empty() {
            let all = GradientKind::ALL.into_iter();
            all.filter(|k| k.recorded_by(recorder) && !without.contains(k))
                .collect()
        } else {
            self.gradients.clone()
        };
        for kind in &kinds {
            let mut config = run.config.clone();
            config.gradient = *kind;
            config.check(&run.description)?;
        }
        Ok(kinds)
    }

    /// The audit with one length of the window.
    fn audit(
        &self,
        file: &str,
        run: &Checkpoint,
        window_ticks: u32,
        set: &Dataset,
        kinds: &[GradientKind],
    ) -> Result<AtWindow, Failure> {
        let mut run = run.clone();
        run.description.window_ticks = window_ticks;
        let chip = run.parameters.chip(file, &run.description)?;
        let simulated = bruno_train::simulated(&chip, &run.config);
        let design = bruno_hdl::generate(&simulated)?;
        let factory = || self.running.model(&simulated, &design);
        let mut trainer = Trainer::new(file, run, set, &factory, self.running.threads())?;
        let samples: Vec<&Sample> = set.train.iter().take(self.samples as usize).collect();
        let label = format!("audit, {window_ticks} us");
        let mut progress = Progress::new(&label, samples.len() as u64, "samples");
        let audit = trainer.audit(&samples, kinds, |n| progress.advance(n))?;
        drop(progress);
        let device_slopes = if self.finite_differences {
            trainer.device_slopes(&samples, LOGIT_STEP)?
        } else {
            Vec::new()
        };
        Ok(AtWindow {
            window_ticks,
            audit,
            device_slopes,
        })
    }
}

/// What was found with one length of the window.
#[derive(Serialize)]
struct AtWindow {
    window_ticks: u32,
    audit: Found,
    device_slopes: Vec<DeviceSlope>,
}

impl AtWindow {
    fn print(&self, set: &Dataset) -> Result<(), Failure> {
        let found = &self.audit;
        say!(
            "{}: {} samples, window {} us, {:.1} Hz; cosine / norm ratio to exact backpropagation",
            set.name,
            found.samples,
            self.window_ticks,
            found.rate_hz
        )?;
        console::print(&(table(found) + &slope_table(&self.device_slopes)))
    }
}

fn table(found: &Found) -> String {
    let mut text = format!("{:<32}", "");
    for kind in &found.kinds {
        let _ = write!(text, "{:>20}", kind.name());
    }
    text += "\n";
    for group in &found.groups {
        let _ = write!(text, "{:<32}", group.group);
        for agreement in &group.agreements {
            let both = format!("{:.4} / {:.3}", agreement.cosine, agreement.ratio);
            let _ = write!(text, "{both:>20}");
        }
        text += "\n";
    }
    text
}

fn slope_table(slopes: &[DeviceSlope]) -> String {
    let mut text = String::new();
    for slope in slopes {
        let _ = writeln!(
            text,
            "{:<32}slope of the loss a logit: {:+.5} by backpropagation, {:+.5} by finite differences",
            slope.group, slope.backpropagation, slope.finite_difference
        );
    }
    text
}

/// A fresh run of a description.
fn fresh(path: &Path, changes: &Changes) -> Result<Checkpoint, Failure> {
    let description = changes.load(path)?;
    let config = TrainConfig::of(&description)?;
    let chip = Chip::resolve(&path.display().to_string(), &description)?;
    let parameters = Parameters::new(&chip, &config);
    Ok(Checkpoint::new(description, config, parameters))
}
