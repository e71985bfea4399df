//! The trials of a search on disk: one line of JSON each, after a first line that says which search they belong to. Each
//! trial is added when it has ended.

// Files of strangers are read here: nothing of them may end in a panic.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod door;

use crate::{Goal, Space, TuneConfig, TuneError};
use bruno_host::LineLog;
use bruno_ranks::{Ranks, from_first};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt::Display;
use std::io::{self, ErrorKind};
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
    /// Samples of the validation set without a spike of the last hidden layer, after the last of these epochs.
    #[serde(default)]
    pub silent: u64,
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
    /// Whether the file is written; else another process does.
    is_kept: bool,
    header: Header,
    trials: Vec<Trial>,
    /// The file, once it is of this search.
    log: Option<LineLog>,
    /// Whether the lines of the file are in the order of their trials' numbers.
    is_in_order: bool,
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
            is_kept: true,
            header,
            trials: Vec::new(),
            log: None,
            is_in_order: true,
        };
        new.read()?;
        Ok(new)
    }

    /// The same search on every rank: the journal of the first one, which alone writes the file.
    ///
    /// # Errors
    /// Those of `open`.
    pub(crate) fn shared(
        ranks: &dyn Ranks,
        open: impl FnOnce() -> Result<Self, TuneError>,
    ) -> Result<Self, TuneError> {
        let mut kept = None;
        let (header, trials) = from_first(ranks, || {
            let journal = kept.insert(open()?);
            Ok::<_, TuneError>((journal.header.clone(), journal.trials.clone()))
        })?;
        Ok(kept.unwrap_or_else(|| Self {
            path: PathBuf::new(),
            is_kept: false,
            header,
            trials,
            log: None,
            is_in_order: true,
        }))
    }

    fn failed(&self, what: String) -> TuneError {
        TuneError::Journal {
            path: self.path.display().to_string(),
            what,
        }
    }

    fn read(&mut self) -> Result<(), TuneError> {
        let (mut header, mut trials) = (None, Vec::new());
        let read = LineLog::read(&self.path, |line| {
            match &header {
                None => header = Some(serde_json::from_slice::<Header>(line)?),
                Some(_) => trials.push(serde_json::from_slice::<Trial>(line)?),
            }
            Ok(true)
        });
        let damaged = |e: &dyn Display| {
            self.failed(format!(
                "is no journal of this version ({e}); choose another --out"
            ))
        };
        let log = read.map_err(|e| match e.kind() {
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => damaged(&e),
            _ => self.failed(format!("cannot be read: {e}")),
        })?;
        if log.is_new() {
            return Ok(());
        }
        let header = header.ok_or_else(|| damaged(&"no line of it is whole"))?;
        if header != self.header {
            let what = difference(&header, &self.header);
            return Err(self.failed(format!(
                "belongs to another search ({what} differs); choose another --out, or restore the settings"
            )));
        }
        door::check(&trials, &self.header.space).map_err(|e| self.failed(e))?;
        self.log = Some(log);
        trials.into_iter().for_each(|trial| self.insert(trial));
        Ok(())
    }

    /// The trials so far, by number.
    pub fn trials(&self) -> &[Trial] {
        &self.trials
    }

    /// Adds a trial, to the file as well.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn add(&mut self, trial: Trial) -> Result<(), TuneError> {
        let written = match self.is_kept {
            true => self.write(&trial),
            false => Ok(()),
        };
        written.map_err(|e| self.failed(format!("cannot be written: {e}")))?;
        self.insert(trial);
        Ok(())
    }

    fn write(&mut self, trial: &Trial) -> io::Result<()> {
        let log = match &mut self.log {
            Some(log) => log,
            none => none.insert(LineLog::start(&self.path, &line(&self.header)?)?),
        };
        log.append(line(trial)?.trim_end())?;
        log.sync()
    }

    fn insert(&mut self, trial: Trial) {
        let place = self.trials.partition_point(|t| t.number < trial.number);
        self.is_in_order &= place == self.trials.len();
        self.trials.insert(place, trial);
    }

    /// Brings the lines of the file into the order of their trials' numbers: those that ran at once were added as they
    /// ended, which is not the same twice.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn put_in_order(&mut self) -> Result<(), TuneError> {
        if self.is_in_order || !self.is_kept {
            return Ok(());
        }
        let lines = || -> io::Result<String> {
            let trials = self.trials.iter().map(line);
            let text: String = trials.collect::<io::Result<_>>()?;
            Ok(line(&self.header)? + &text)
        };
        let started = lines().and_then(|text| LineLog::start(&self.path, &text));
        self.log = Some(started.map_err(|e| self.failed(format!("cannot be written: {e}")))?);
        self.is_in_order = true;
        Ok(())
    }
}

/// The line of a value, with its end.
fn line(value: &impl Serialize) -> io::Result<String> {
    Ok(serde_json::to_string(value)? + "\n")
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
