//! `bruno audit`: how far each gradient is from exact backpropagation.

use crate::data;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::running::Running;
use bruno_chip::Description;
use bruno_data::{Dataset, Sample};
use bruno_device::Chip;
use bruno_train::{
    Audit as Found, Checkpoint, DeviceSlope, GradientKind, Parameters, TrainConfig, Trainer,
};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Compare gradients with exact backpropagation through every microsecond, on a batch of training samples.
///
/// For every group of parameters it prints the cosine and the ratio of norms: of a chip with fresh weights, or of a run's
/// checkpoint. A gradient with a cosine near 1 can be trusted there; one that falls cannot. The forward pass is the RTL's.
#[derive(clap::Args)]
pub struct Audit {
    /// A chip description (fresh weights) or a run's checkpoint.json.
    file: PathBuf,
    /// The data, where it is not built in.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Samples of the batch, from the training set's start.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..))]
    samples: u32,
    /// Gradients to compare; those that the chip's recorder allows where absent.
    #[arg(long = "gradient", value_parser = gradient)]
    gradients: Vec<GradientKind>,
    /// Another window than the chip's, in ticks; above 4096 with `--simulator integer` and states of 19 bits or less.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=65536))]
    window: Option<u32>,
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
        let mut run = start(&self.file)?;
        run.description.window_ticks = self.window.unwrap_or(run.description.window_ticks);
        let set = data::load(&run.config, self.data.as_deref())?;
        let file = self.file.display().to_string();
        let chip = run.parameters.chip(&file, &run.description)?;
        let simulated = bruno_train::simulated(&chip, &run.config);
        let design = bruno_hdl::generate(&simulated)?;
        let factory = || self.running.model(&simulated, &design);
        let threads = self.running.threads();
        let recorder = run.description.recorder;
        let kinds = if self.gradients.is_empty() {
            let all = GradientKind::ALL.into_iter();
            // The yardstick itself, and the same with more memory, say nothing.
            let exact = [GradientKind::Checkpointed, GradientKind::Bptt];
            all.filter(|k| k.recorded_by(recorder) && !exact.contains(k))
                .collect()
        } else {
            self.gradients.clone()
        };
        for kind in &kinds {
            let mut config = run.config.clone();
            config.gradient = *kind;
            config.check(&run.description)?;
        }
        let mut trainer = Trainer::new(&file, run, &set, &factory, threads)?;
        let samples: Vec<&Sample> = set.train.iter().take(self.samples as usize).collect();
        let mut progress = Progress::new("audit", samples.len() as u64, "samples");
        let found = trainer.audit(&samples, &kinds, |n| progress.advance(n))?;
        drop(progress);
        let slopes = if self.finite_differences {
            trainer.device_slopes(&samples, LOGIT_STEP)?
        } else {
            Vec::new()
        };
        self.report(&set, &trainer, &found, &slopes);
        Ok(())
    }

    fn report(&self, set: &Dataset, trainer: &Trainer<'_>, found: &Found, slopes: &[DeviceSlope]) {
        let run = &trainer.run;
        if self.json {
            let result = serde_json::json!({
                "data": set.name, "epochs": run.epoch, "window_ticks": run.description.window_ticks,
                "audit": found, "device_slopes": slopes,
            });
            println!("{result}");
            return;
        }
        println!(
            "{}: {} samples, window {} us, {:.1} Hz; cosine / norm ratio to exact backpropagation",
            set.name, found.samples, run.description.window_ticks, found.rate_hz
        );
        print!("{}{}", table(found), slope_table(slopes));
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

/// The run of a checkpoint, or a fresh one of a description.
fn start(path: &Path) -> Result<Checkpoint, Failure> {
    if Checkpoint::is_one(path) {
        return Ok(Checkpoint::load(path)?);
    }
    let description = Description::load(path)?;
    let config = TrainConfig::of(&description)?;
    let chip = Chip::resolve(&path.display().to_string(), &description)?;
    let parameters = Parameters::new(&chip, &config);
    Ok(Checkpoint::new(description, config, parameters))
}
