//! `bruno montecarlo`: virtual chips through the RTL, the distribution of their accuracy, the yield.

mod virtual_chips;

pub use virtual_chips::VirtualChips;

use super::{eval::Split, report as page};
use crate::changes::Changes;
use crate::console;
use crate::data::{self, RunData};
use crate::failure::Failure;
use crate::output;
use crate::picture::PictureArguments;
use crate::run_folder;
use crate::running::Running;
use bruno_chip::Description;
use bruno_device::{Chip, Effects, EffectsInForce};
use bruno_host::FolderLock;
use bruno_montecarlo::{ChipRecord, Results, Summary, with_spreads};
use bruno_train::{Checkpoint, Stored};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Seed of the spreads.
pub const DEFAULT_SEED: u64 = 1;

/// Score virtual chips, each drawn from the spreads of a description, and give the yield with its confidence interval.
///
/// Every chip runs through the Verilated RTL, built once with 8-bit synapses: a chip's own registers, level tables and
/// codes are loaded into it. Under --out appear: chips.jsonl after every chip (a run that was killed continues from
/// there and ends with the same numbers), summary.json, histogram.svg and report.html. See docs/variability.md.
#[derive(clap::Args)]
pub struct MonteCarloCommand {
    /// A trained run (its directory or checkpoint.json), or a chip description whose `rram` and `variability` are put on
    /// the run of --run.
    pub(super) chip: PathBuf,
    #[command(flatten)]
    changes: Changes,
    /// The trained run of a description; out/NAME where absent.
    #[arg(long)]
    run: Option<PathBuf>,
    /// Virtual chips.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    chips: u32,
    /// Least accuracy of a good chip, for the yield.
    #[arg(long, value_parser = share)]
    target: Option<f64>,
    /// Seed of all spreads; chip k of a seed is always the same.
    #[arg(long, default_value_t = DEFAULT_SEED)]
    seed: u64,
    /// The data, where it is not built in.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Part of the data set.
    #[arg(long, value_enum, default_value_t = Split::Test)]
    split: Split,
    /// Score every chip on the first so many samples; all where absent.
    #[arg(long)]
    samples: Option<usize>,
    #[command(flatten)]
    running: Running,
    #[command(flatten)]
    pictures: PictureArguments,
    /// Where results go; montecarlo/ beside the run's checkpoint where absent.
    #[arg(short, long)]
    out: Option<PathBuf>,
    /// Throw away the results under --out instead of continuing from them.
    #[arg(long)]
    restart: bool,
    /// Print the summary as JSON on stdout.
    #[arg(long)]
    json: bool,
}

impl MonteCarloCommand {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let (checkpoint, run, spreads) = self.inputs()?;
        let file = self.chip.display().to_string();
        let spreads = spreads.unwrap_or_else(|| run.description.clone());
        let description = with_spreads(&run, &spreads, &file)?;
        let RunData { set, notes } = data::of_run(&run, &checkpoint, self.data.as_deref())?;
        let beside = || checkpoint.with_file_name("montecarlo");
        let out = self.out.clone().unwrap_or_else(beside);
        let _lock = FolderLock::take(&out)?;
        if self.restart {
            // They would be of other chips than those that are drawn from here on.
            for name in ["summary.json", "histogram.svg", bruno_report::FILE] {
                output::remove(&out.join(name))?;
            }
        }
        let (chip, results) = VirtualChips {
            run: &run,
            description: &description,
            file: &file,
            data: &set,
            split: self.split,
            samples: self.samples,
            chips: self.chips,
            seed: self.seed,
            running: &self.running,
            out: &out,
            restart: self.restart,
        }
        .score()?;
        self.report(&chip, &set.name, notes, &results, &out)
    }

    /// The run and its checkpoint's file, and the description of the spreads where one is given.
    fn inputs(&self) -> Result<(PathBuf, Checkpoint, Option<Description>), Failure> {
        if let Some((checkpoint, run)) = as_run(&self.chip)? {
            self.changes.none_of_run(&self.chip)?;
            return Ok((checkpoint, run, None));
        }
        let description = self.changes.load(&self.chip)?;
        let default = || Path::new("out").join(&description.name);
        let path = self.run.clone().unwrap_or_else(default);
        let is_there = path.exists();
        let found = if is_there { as_run(&path)? } else { None };
        let (checkpoint, run) = found.ok_or_else(|| Failure::Input {
            path: path.display().to_string(),
            what: "is no trained run; `bruno train` makes one, --run says where it lies".into(),
        })?;
        Ok((checkpoint, run, Some(description)))
    }

    fn report(
        &self,
        chip: &Chip,
        data: &str,
        data_notes: Vec<String>,
        results: &Results,
        out: &Path,
    ) -> Result<(), Failure> {
        let chips = results.chips(self.chips as usize);
        let effects = Effects::of(&chip.description);
        let report = Report {
            summary: Summary::new(&results.records[0], chips, self.target),
            effects: effects.on_virtual(),
            chips_differ: effects.chips_differ(),
            data_notes,
        };
        let json = serde_json::to_string_pretty(&report).unwrap_or_default() + "\n";
        output::write(&out.join("summary.json"), &json)?;
        let title = format!(
            "{}: {} virtual chips of seed {}",
            chip.name,
            chips.len(),
            self.seed
        );
        let panels = vec![report.summary.panel()];
        self.pictures.write(out, "histogram", &title, panels)?;
        page::keep(out)?;
        if self.json {
            return console::print(&json);
        }
        say!(
            "{title}, {} samples of {data} ({})",
            results.settings.samples,
            results.settings.split
        )?;
        for note in report.notes() {
            say!("  {note}")?;
        }
        print_summary(&report.summary, chips)?;
        say!("results: {}", out.display())
    }
}

/// What summary.json holds.
#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    summary: Summary,
    /// Device effects on the virtual chips.
    effects: EffectsInForce,
    /// Whether anything makes one chip differ from another.
    chips_differ: bool,
    data_notes: Vec<String>,
}

impl Report {
    /// What must be known before the figures are.
    fn notes(&self) -> Vec<String> {
        let mut notes = self.effects.lines();
        if !self.chips_differ {
            notes.push(
                "no effect that makes chips differ is described: all chips are equal, their spread and yield say nothing"
                    .into(),
            );
        }
        notes.extend(self.data_notes.iter().map(|note| format!("data: {note}")));
        notes
    }
}

fn print_summary(summary: &Summary, chips: &[ChipRecord]) -> Result<(), Failure> {
    let [low, lower, median, upper, high] = summary.quantiles;
    say!("  ideal chip                    {:.3}", summary.nominal)?;
    say!(
        "  mean, deviation               {:.3}, {:.3}",
        summary.mean,
        summary.deviation
    )?;
    say!(
        "  min, quartiles, max           {low:.3}, {lower:.3}, {median:.3}, {upper:.3}, {high:.3}"
    )?;
    for bin in &summary.histogram {
        say!(
            "  {:.3} .. {:.3}  {:4}  {}",
            bin.low,
            bin.low + bin.width,
            bin.chips,
            "#".repeat(bin.chips * 40 / chips.len())
        )?;
    }
    let worst = |of: fn(&ChipRecord) -> f64| chips.iter().map(of).fold(0.0, f64::max);
    say!(
        "  synapses deviate from the ideal by up to {:.2} pA rms; 256 levels lose {:.3} pA rms of it, {:.2} pA at most",
        worst(|c| c.deviation_rms_pa),
        worst(|c| c.held_rms_pa),
        worst(|c| c.held_largest_pa)
    )?;
    let silent = chips.iter().map(|c| c.silent_samples).max().unwrap_or(0);
    if silent > 0 {
        say!(
            "  samples without a spike       up to {silent} on a chip: output biases alone decide them"
        )?;
    }
    if let Some(y) = &summary.yield_ {
        say!(
            "  yield at {:.3}                {} of {} chips: {:.3} ({:.0} % interval {:.3} .. {:.3}, Clopper-Pearson)",
            y.target,
            y.good,
            summary.chips,
            y.share,
            100.0 * y.confidence,
            y.interval.0,
            y.interval.1
        )?;
    }
    Ok(())
}

/// The checkpoint that a path is or holds, with its file; none for another file, such as a chip description.
fn as_run(path: &Path) -> Result<Option<(PathBuf, Checkpoint)>, Failure> {
    let path = run_folder::checkpoint(path);
    Ok(match Stored::load(&path)? {
        Stored::Run(run) => Some((path, *run)),
        _ => None,
    })
}

/// Reads an accuracy.
pub fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok(value),
        _ => Err("allowed: 0..1, an accuracy".into()),
    }
}
