//! `bruno compare`: chips side by side, each with settings of its own that one budget found.

mod result;
mod statistics;

use super::report as page;
use super::train::{Row, Train};
use super::tune::Tune;
use crate::changes::Changes;
use crate::failure::Failure;
use crate::invocation;
use crate::picture::PictureArguments;
use crate::running::Running;
use crate::{output, ranks};
use bruno_chip::{ChipError, Description, Problem};
use bruno_device::Chip;
use bruno_ranks::from_first;
use bruno_train::TrainConfig;
use bruno_tune::{Space, TuneConfig};
use result::{Arm, Comparison};
use std::path::{Path, PathBuf};

/// Compare chips fairly: settings of each are searched within one budget, then each is trained with several seeds.
///
/// An arm is a chip description with its `training`. `bruno tune` searches the settings of every arm with the same number of
/// trials, then `bruno train` trains the best of each with the same seeds on the same data. Printed are means and
/// deviations, and the differences between every two arms, paired by seed, with 95 % intervals. Under --out appear, in
/// ARM/search and ARM/seeds, the files of the two commands (what was stopped goes on from there), and compare.json (with
/// what was searched), compare.svg and report.html.
#[derive(clap::Args)]
pub struct Compare {
    /// Two chip descriptions or more; an arm is called as its file.
    #[arg(required = true)]
    chips: Vec<PathBuf>,
    #[command(flatten)]
    changes: Changes,
    /// Settings of every search as JSON, instead of each description's `training.tune`.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Trials of each search, instead of the settings' `budget.trials`.
    #[arg(long)]
    trials: Option<usize>,
    /// Epochs of a trial; `training.epochs` of the description where absent.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    search_epochs: Option<u32>,
    /// Seeds that each arm is trained with.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(2..=1000))]
    seeds: u32,
    /// The data, where it is not built in.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Where results go.
    #[arg(short, long, default_value = "out/compare")]
    out: PathBuf,
    #[command(flatten)]
    running: Running,
    #[command(flatten)]
    pictures: PictureArguments,
    /// Print the result as JSON on stdout.
    #[arg(long)]
    json: bool,
}

/// An arm before any work: its name, description, settings of its search.
struct Entry<'a> {
    name: String,
    file: &'a Path,
    description: Description,
    config: TrainConfig,
    search: TuneConfig,
    space: Space,
}

impl Compare {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let entries = self.entries()?;
        let _lock = output::lock(&self.out)?;
        invocation::keep(&self.out)?;
        let mut arms = Vec::new();
        for entry in &entries {
            tell!("arm {}: search", entry.name);
            let found = self.search_of(entry).search()?;
            // What the first rank wrote is there for all.
            from_first(ranks::current(), || Ok::<_, Failure>(()))?;
            tell!("arm {}: {} seeds", entry.name, self.seeds);
            let rows = self.trained(entry)?;
            arms.push(Arm::of(&entry.name, entry.file, &found, &rows)?);
        }
        let result = Comparison::of(arms);
        self.keep(&result)?;
        if self.json {
            return say!("{}", result.json());
        }
        for line in result.lines() {
            say!("{line}")?;
        }
        say!(
            "results: {}/compare.json, compare.svg, report.html",
            self.out.display()
        )
    }

    /// All arms, refused together before any work where they cannot be compared.
    fn entries(&self) -> Result<Vec<Entry<'_>>, Failure> {
        let mut entries: Vec<Entry> = Vec::new();
        for file in &self.chips {
            let entry = self.entry(file)?;
            if let Some(first) = entries.first() {
                comparable(first, &entry)?;
            }
            if entries.iter().any(|e| e.name == entry.name) {
                let what = "names an arm as another file does; rename one of them";
                return Err(refused(
                    file,
                    "the file's name",
                    &entry.name,
                    "one of its own",
                    what,
                ));
            }
            entries.push(entry);
        }
        if let [only] = &entries[..] {
            let what = "name another chip description to compare it with";
            return Err(refused(only.file, "the arms", "one", "two or more", what));
        }
        Ok(entries)
    }

    fn entry<'a>(&self, file: &'a Path) -> Result<Entry<'a>, Failure> {
        let description = self.changes.load(file)?;
        let config = TrainConfig::of(&description).map_err(|e| Failure::from(e).of_file(file))?;
        Chip::resolve(&file.display().to_string(), &description)?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let mut entry = Entry {
            name: name.into_owned(),
            file,
            search: TuneConfig::default(),
            space: Space::suggested(&description, &config),
            description,
            config,
        };
        (entry.search, entry.space) = self.search_of(&entry).settled(&entry.description)?;
        Ok(entry)
    }

    fn search_of(&self, entry: &Entry) -> Tune {
        let changes = match self.search_epochs {
            Some(epochs) => self.changes.and("training.epochs", epochs.into()),
            None => self.changes.clone(),
        };
        let settings = (self.settings.clone(), self.trials);
        let out = self.out.join(&entry.name).join("search");
        Tune::of_arm(
            entry.file,
            changes,
            settings,
            self.data.clone(),
            out,
            &self.running,
        )
    }

    /// The runs of an arm with the best settings of its search.
    fn trained(&self, entry: &Entry) -> Result<Vec<Row>, Failure> {
        let arm = self.out.join(&entry.name);
        let best = arm.join("search").join("best_chip.json");
        let changes = Changes::default().and("training.epochs", entry.config.epochs.into());
        let train = Train::of_arm(&best, changes, self.seeds, self.data.clone(), &self.running);
        train.sweep(&arm.join("seeds"))
    }

    fn keep(&self, result: &Comparison) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(&result.json()).unwrap_or_default() + "\n";
        output::write(&self.out.join("compare.json"), &text)?;
        let title = "Test accuracy of every seed against what it costs";
        self.pictures
            .write(&self.out, "compare", title, result.panels())?;
        page::keep(&self.out)
    }
}

/// Refuses an arm with other data, epochs or another budget than the first.
fn comparable(first: &Entry, other: &Entry) -> Result<(), Failure> {
    let same = shared(first).into_iter().zip(shared(other));
    for ((field, expected), (_, found)) in same {
        if found != expected {
            let allowed = format!("{expected}, as in {}", first.file.display());
            let remedy = "arms are compared on the same data, after the same training, within one budget; make them equal";
            return Err(refused(other.file, field, &found, &allowed, remedy));
        }
    }
    Ok(())
}

/// What all arms have in common.
fn shared(entry: &Entry) -> [(&'static str, String); 3] {
    let TuneConfig {
        budget,
        startup,
        goal,
        prune,
        parallel,
        seed,
        ..
    } = &entry.search;
    let budget = format!(
        "{} trials, epochs {:?}, startup {startup}, goal {goal:?}, prune {prune}, parallel {parallel}, seed {seed}",
        budget.trials, budget.epochs
    );
    let data = serde_json::to_string(&entry.config.data).unwrap_or_default();
    [
        ("training.data", data),
        ("training.epochs", entry.config.epochs.to_string()),
        ("training.tune.budget", budget),
    ]
}

fn refused(file: &Path, field: &str, value: &str, allowed: &str, remedy: &str) -> Failure {
    let problem = Problem {
        field: field.into(),
        value: value.into(),
        allowed: allowed.into(),
        remedy: remedy.into(),
    };
    let file = file.display().to_string();
    ChipError::Invalid {
        file,
        problems: vec![problem],
    }
    .into()
}
