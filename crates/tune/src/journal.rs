//! The trials of a search on disk: one line of JSON each, after a first line that says which search they belong to. The
//! file is written aside and renamed after every trial.

use crate::{Goal, Space, TuneConfig, TuneError};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Format of the file; a change of any field's meaning raises it.
const VERSION: u32 = 1;

/// How a trial ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// After all its epochs.
    Done,
    /// Stopped early: worse than the median.
    Pruned,
    /// Its settings are impossible together, its numbers were not finite, or a layer fell silent.
    Failed(String),
}

/// One trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Number, from 0.
    pub number: usize,
    /// Coordinates in the space, in the order of its fields.
    pub point: Vec<f64>,
    /// Goal on the validation set after each epoch; the smaller the better.
    pub values: Vec<f64>,
    /// How it ended.
    pub outcome: Outcome,
}

impl Trial {
    /// The goal at its end; infinite where it failed.
    pub fn goal(&self) -> f64 {
        match self.outcome {
            Outcome::Failed(_) => f64::INFINITY,
            _ => self.values.last().copied().unwrap_or(f64::INFINITY),
        }
    }
}

/// What decides a search's numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Header {
    version: u32,
    description: Value,
    space: Space,
    seed: u64,
    parallel: usize,
    startup: usize,
    goal: Goal,
    prune: bool,
}

/// The journal of a search.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    header: Header,
    trials: Vec<Trial>,
}

impl Journal {
    /// Opens the journal of a search, or starts it.
    ///
    /// # Errors
    /// A file of another search, or one that is damaged.
    pub fn open(
        path: &Path,
        description: &Value,
        space: &Space,
        config: &TuneConfig,
    ) -> Result<Self, TuneError> {
        let header = Header {
            version: VERSION,
            description: description.clone(),
            space: space.clone(),
            seed: config.seed,
            parallel: config.parallel,
            startup: config.startup,
            goal: config.goal,
            prune: config.prune,
        };
        let mut new = Self {
            path: path.into(),
            header,
            trials: Vec::new(),
        };
        if path.is_file() {
            new.read()?;
        }
        Ok(new)
    }

    fn failed(&self, what: String) -> TuneError {
        TuneError::Journal {
            path: self.path.display().to_string(),
            what,
        }
    }

    fn read(&mut self) -> Result<(), TuneError> {
        let text = std::fs::read_to_string(&self.path);
        let text = text.map_err(|e| self.failed(format!("cannot be read: {e}")))?;
        let mut lines = text.lines();
        let damaged = |e: serde_json::Error| {
            self.failed(format!(
                "is no journal of this version ({e}); choose another --out"
            ))
        };
        let header: Header =
            serde_json::from_str(lines.next().unwrap_or_default()).map_err(damaged)?;
        if header != self.header {
            let what = difference(&header, &self.header);
            return Err(self.failed(format!(
                "belongs to another search ({what} differs); choose another --out, or restore the settings"
            )));
        }
        let trials = lines.map(serde_json::from_str);
        self.trials = trials.collect::<Result<_, _>>().map_err(damaged)?;
        Ok(())
    }

    /// The trials so far, by number.
    pub fn trials(&self) -> &[Trial] {
        &self.trials
    }

    /// Adds a trial and writes the file.
    pub fn add(&mut self, trial: Trial) -> Result<(), TuneError> {
        let place = self.trials.partition_point(|t| t.number < trial.number);
        self.trials.insert(place, trial);
        let lines = || -> serde_json::Result<String> {
            let mut text = serde_json::to_string(&self.header)? + "\n";
            for trial in &self.trials {
                text += &(serde_json::to_string(trial)? + "\n");
            }
            Ok(text)
        };
        let text = lines().map_err(|e| self.failed(format!("cannot be written: {e}")))?;
        bruno_host::replace_file(&self.path, |file| file.write_all(text.as_bytes()))
            .map_err(|e| self.failed(format!("cannot be written: {e}")))
    }
}

fn difference(old: &Header, new: &Header) -> &'static str {
    if old.version != new.version {
        "the format"
    } else if old.description != new.description {
        "the chip's description"
    } else if old.space != new.space {
        "the space"
    } else {
        "a setting of the search"
    }
}
