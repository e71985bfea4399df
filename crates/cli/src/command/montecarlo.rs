//! `bruno montecarlo`: virtual chips through the RTL, the distribution of their accuracy, the yield.

mod about;
mod merge;
mod virtual_chips;

pub use about::About;
pub use merge::merge;
pub use virtual_chips::VirtualChips;

use super::eval::Split;
use crate::changes::Changes;
use crate::data::{self, RunData};
use crate::failure::Failure;
use crate::output;
use crate::picture::PictureArguments;
use crate::run_folder;
use crate::running::Running;
use crate::shards::{self, Finished, Work};
use crate::{interruption, invocation};
use bruno_chip::Description;
use bruno_montecarlo::with_spreads;
use bruno_ranks::Shard;
use bruno_train::{Checkpoint, Stored};
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
    /// Score only shard K of N, from 1, for job arrays: under shards/ of --out; `bruno merge` puts all of them together.
    #[arg(long, value_name = "K/N")]
    shard: Option<Shard>,
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
        let whole = self.out.clone().unwrap_or_else(beside);
        let own = self.shard.map(|shard| shards::folder(&whole, shard));
        let out = own.as_ref().unwrap_or(&whole);
        let _lock = output::lock(out)?;
        invocation::keep(out)?;
        interruption::explain(out);
        own.as_deref().map_or(Ok(()), shards::start)?;
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
            shard: self.shard,
            running: &self.running,
            out,
            restart: self.restart,
        }
        .score()?;
        let about = About::new(&chip, &set.name, notes, (self.chips, self.target));
        match self.shard {
            None => about.report(&results, out, &self.pictures, self.json),
            Some(shard) => {
                let work = Work::Montecarlo(about);
                shards::finish(out, &whole, &Finished { shard, work }, self.json)
            }
        }
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
}

/// The checkpoint that a path is or holds, with its file; none for another file, such as a chip description.
fn as_run(path: &Path) -> Result<Option<(PathBuf, Checkpoint)>, Failure> {
    let path = run_folder::checkpoint(path)?;
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
