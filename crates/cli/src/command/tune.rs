//! `bruno tune`: search for training settings.

use crate::changes::Changes;
use crate::failure::Failure;
use crate::running::Running;
use crate::{data, interruption, invocation, output, ranks};
use bruno_chip::{Description, Problem};
use bruno_host::read_text;
use bruno_ranks::Alone;
use bruno_train::{TrainConfig, TrainError};
use bruno_tune::{
    Goal, Importance, Outcome, Space, Study, Training, Trial, TuneConfig, TuneError, importances,
};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Search for training settings: window, gradient, surrogate, learning rates, or any other fields.
///
/// A tree-structured Parzen estimator proposes trials, each a run of training judged on the validation set; bad ones are
/// stopped early. Settings of the search stand in the description's `training.tune` or in a file (docs/tuning.md). Under
/// --out appear: trials.jsonl (a search that was stopped goes on from there, with the same numbers), tune.json (the report)
/// and best_chip.json, a description with the best settings for `bruno train`.
#[derive(clap::Args)]
pub struct Tune {
    /// The chip description with its `training`.
    pub(super) chip: PathBuf,
    #[command(flatten)]
    changes: Changes,
    /// Settings of the search as JSON, instead of the description's `training.tune`.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Trials altogether, instead of the settings' `budget.trials`.
    #[arg(long)]
    trials: Option<usize>,
    /// Minutes of this call, instead of the settings' `budget.minutes`.
    #[arg(long)]
    minutes: Option<f64>,
    /// The data, where it is not built in.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Where results go; out/NAME-tune where absent.
    #[arg(short, long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    running: Running,
    /// Print the report as JSON on stdout.
    #[arg(long)]
    json: bool,
}

/// Most trials that the text lists.
const BEST: usize = 5;

/// A search that has come to its end.
pub(super) struct Searched {
    pub space: Space,
    pub goal: Goal,
    pub trials: Vec<Trial>,
    /// The results' folder, with `best_chip.json` where a trial came to its end.
    pub out: PathBuf,
}

impl Tune {
    pub(super) fn run(&self) -> Result<(), Failure> {
        self.print(&self.search()?)
    }

    /// A search of a comparison.
    pub(super) fn of_arm(
        chip: &Path,
        changes: Changes,
        (settings, trials): (Option<PathBuf>, Option<usize>),
        data: Option<PathBuf>,
        out: PathBuf,
        running: &Running,
    ) -> Self {
        Self {
            chip: chip.into(),
            changes,
            settings,
            trials,
            minutes: None,
            data,
            out: Some(out),
            running: running.clone(),
            json: false,
        }
    }

    /// The settings of the search, checked, and its space.
    pub(super) fn settled(
        &self,
        description: &Description,
    ) -> Result<(TuneConfig, Space), Failure> {
        let config = TrainConfig::of(description)?;
        let mut tune = self.settings(&config)?;
        tune.budget.trials = self.trials.unwrap_or(tune.budget.trials);
        tune.budget.minutes = self.minutes.or(tune.budget.minutes);
        let space = tune.space.clone();
        let space = space.unwrap_or_else(|| Space::suggested(description, &config));
        let json = self.description()?;
        let checked = tune.check().and_then(|()| space.check(&json));
        checked.map_err(|error| self.of_file(error.into()))?;
        Ok((tune, space))
    }

    /// Searches to the end, or goes on with a search that was stopped; writes its files.
    pub(super) fn search(&self) -> Result<Searched, Failure> {
        self.searched().map_err(|failure| self.of_file(failure))
    }

    /// A failure with the file whose setting it is.
    fn of_file(&self, failure: Failure) -> Failure {
        match failure {
            Failure::Tune(TuneError::Setting(problem)) => {
                let place = self.settings.as_ref().unwrap_or(&self.chip);
                let path = place.display().to_string();
                Failure::Setting { path, problem }
            }
            other => other.of_file(&self.chip),
        }
    }

    fn searched(&self) -> Result<Searched, Failure> {
        let description = self.changes.load(&self.chip)?;
        let config = TrainConfig::of(&description)?;
        let (tune, space) = self.settled(&description)?;
        let set = data::load(&config, self.data.as_deref())?;
        if set.valid.is_empty() {
            return Err(no_validation(&set.name));
        }
        let json = self.description()?;
        let out = Path::new("out").join(format!("{}-tune", description.name));
        let out = self.out.clone().unwrap_or(out);
        let file = self.chip.display().to_string();
        let ranks = ranks::current();
        let at_once = tune.parallel.div_ceil(ranks.size());
        let threads = (self.running.threads() / at_once).max(1);
        tell!("{}", set.summary());
        let notes = set.notes();
        notes.iter().for_each(|note| tell!("data: {note}"));
        let fields = serde_json::to_string(&space).unwrap_or_default();
        tell!("space: {fields}");
        tell!("{} trials at once, {threads} threads each", tune.parallel);
        let runner = Training {
            file: &file,
            data: &set,
            simulators: &|chip| {
                let design = bruno_hdl::generate(chip).map_err(|e| fault(&e))?;
                Ok(self
                    .running
                    .model(chip, &design)
                    .map_err(TrainError::from)?)
            },
            goal: tune.goal,
            threads,
            // Of several trials at once each is one rank's.
            ranks: if tune.parallel > 1 { &Alone } else { ranks },
        };
        let _lock = output::lock(&out)?;
        invocation::keep(&out)?;
        interruption::explain(&out);
        let study = Study {
            description: &json,
            space: &space,
            config: &tune,
            runner: &runner,
            ranks,
        };
        let trials = study.run(&out.join("trials.jsonl"), &|t| tell!("{}", line(&space, t)))?;
        let found = Searched {
            space,
            goal: tune.goal,
            trials,
            out,
        };
        keep(&found, &json)?;
        Ok(found)
    }

    fn settings(&self, config: &TrainConfig) -> Result<TuneConfig, Failure> {
        let (place, text) = match (&self.settings, &config.tune) {
            (Some(path), _) => {
                let place = path.display().to_string();
                let read = |e| Failure::Input {
                    path: place.clone(),
                    what: format!("cannot be read: {e}"),
                };
                (place.clone(), read_text(path).map_err(read)?)
            }
            (None, Some(value)) => ("training.tune".into(), value.to_string()),
            (None, None) => return Ok(TuneConfig::default()),
        };
        bruno_json::from_text(&text).map_err(|e| Failure::Input {
            path: place,
            what: format!("{e}; see docs/tuning.md for the fields"),
        })
    }

    /// The description's JSON without the settings of the search.
    fn description(&self) -> Result<Value, Failure> {
        let mut json = self.changes.json(&self.chip)?;
        if let Some(training) = json.get_mut("training").and_then(Value::as_object_mut) {
            training.remove("tune");
        }
        Ok(json)
    }

    fn print(&self, found: &Searched) -> Result<(), Failure> {
        if self.json {
            return say!("{}", found.report());
        }
        let trials = &found.trials;
        say!("best of {} trials, on the validation set:", trials.len())?;
        for trial in found.ranked().into_iter().take(BEST) {
            say!("  {}", line(&found.space, trial))?;
        }
        for line in lines(importances(&found.space, trials).as_deref()) {
            say!("{line}")?;
        }
        say!(
            "results: {0}/tune.json, {0}/best_chip.json (for `bruno train`)",
            found.out.display()
        )
    }
}

impl Searched {
    /// The trials that came to their end, the best first.
    pub fn ranked(&self) -> Vec<&Trial> {
        let done = |t: &&Trial| t.outcome == Outcome::Done;
        let mut ranked: Vec<&Trial> = self.trials.iter().filter(done).collect();
        ranked.sort_by(|a, b| a.goal().total_cmp(&b.goal()));
        ranked
    }

    fn report(&self) -> Value {
        let record = |t: &Trial| record(&self.space, t);
        serde_json::json!({
            "goal": self.goal, "space": self.space,
            "best": self.ranked().first().map(|t| record(t)),
            "importances": importances(&self.space, &self.trials),
            "trials": self.trials.iter().map(record).collect::<Vec<_>>(),
        })
    }
}

/// Writes the report of a search, and the description with the best settings.
fn keep(found: &Searched, json: &Value) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(&found.report()).unwrap_or_default();
    output::write(&found.out.join("tune.json"), &(text + "\n"))?;
    if let Some(best) = found.ranked().first() {
        let settings = found.space.json_at(json, &best.point)?;
        let text = serde_json::to_string_pretty(&settings).unwrap_or_default();
        output::write(&found.out.join("best_chip.json"), &(text + "\n"))?;
    }
    Ok(())
}

/// A trial with its values by name.
fn record(space: &Space, trial: &Trial) -> Value {
    let values: serde_json::Map<_, _> = space.values(&trial.point).into_iter().collect();
    serde_json::json!({
        "trial": trial.number, "values": values, "after_epochs": trial.values, "silent_samples": trial.silent,
        "outcome": trial.outcome,
    })
}

fn line(space: &Space, trial: &Trial) -> String {
    let mut how = match &trial.outcome {
        Outcome::Done => format!("{:.4}", trial.goal()),
        Outcome::Pruned => format!(
            "{:.4}, stopped after epoch {}",
            trial.goal(),
            trial.values.len()
        ),
        Outcome::Failed(why) => format!("failed ({why})"),
    };
    if trial.silent > 0 {
        how += &format!(" ({} samples without a spike)", trial.silent);
    }
    let value = |(field, value): (String, Value)| match value.as_f64() {
        Some(x) if !value.is_i64() => format!("{field} {x:.4}"),
        _ => format!("{field} {}", value.to_string().trim_matches('"')),
    };
    let values: Vec<String> = space.values(&trial.point).into_iter().map(value).collect();
    format!("trial {}: {how}: {}", trial.number, values.join(", "))
}

fn lines(important: Option<&[Importance]>) -> Vec<String> {
    let Some(important) = important else {
        return vec!["too few trials to say what mattered".into()];
    };
    let mut lines =
        vec!["what mattered: share of the goal's variance by each field alone (fANOVA)".into()];
    let line = |i: &Importance| {
        format!(
            "  {:<28}{:>5.1} % +- {:.1}",
            i.field,
            1e2 * i.share,
            1e2 * i.deviation
        )
    };
    lines.extend(important.iter().map(line));
    let rest = 1.0 - important.iter().map(|i| i.share).sum::<f64>();
    lines.push(format!(
        "  {:<28}{:>5.1} %",
        "several fields together",
        1e2 * rest
    ));
    lines
}

/// A chip that resolves and cannot be generated is a bug; it ends the search.
fn fault(error: &bruno_hdl::HdlError) -> TuneError {
    TuneError::Train(TrainError::Sim(bruno_sim::SimError::Tool {
        command: "generation of Verilog".into(),
        output: error.to_string(),
        remedy: "this is a bug in bruno".into(),
    }))
}

fn no_validation(name: &str) -> Failure {
    Failure::Train(TrainError::Setting(Problem {
        field: "training.data".into(),
        value: name.into(),
        allowed: "a data set with validation samples: trials are judged on them".into(),
        remedy: "set aside some of its training samples (docs/data.md)".into(),
    }))
}
