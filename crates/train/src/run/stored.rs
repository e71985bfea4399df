//! What a file of a run is, found out before any of it is taken for true.

// Files of strangers are read here: nothing of them may end in a panic.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use crate::run::checkpoint::VERSION;
use crate::{Checkpoint, FailedBatch, TrainError};
use bruno_host::read_text;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use std::fmt;
use std::path::Path;

/// What a file that a run may have written holds.
pub enum Stored {
    /// A run.
    Run(Box<Checkpoint>),
    /// A step that failed, with the run before it.
    Batch(Box<FailedBatch>),
    /// Something else: a description, say.
    Other,
}

/// The fields that tell files apart; any others are passed over.
#[derive(Deserialize)]
struct Kind {
    version: Option<u64>,
    parameters: Option<IgnoredAny>,
    run: Option<InnerRun>,
}

#[derive(Deserialize)]
struct InnerRun {
    version: Option<u64>,
}

impl Stored {
    /// Reads a file and checks what it holds.
    ///
    /// # Errors
    /// A file that cannot be read; a run of another version; a run or batch with values that no run writes.
    pub fn load(path: &Path) -> Result<Self, TrainError> {
        let failed = |what: String| TrainError::Checkpoint {
            path: path.display().to_string(),
            what,
        };
        let text = read_text(path).map_err(|e| {
            failed(format!(
                "cannot be read: {e}; give a run that `bruno train` made, or its checkpoint.json"
            ))
        })?;
        let Ok(kind) = serde_json::from_str::<Kind>(&text) else {
            return Ok(Self::Other);
        };
        let is_run = kind.parameters.is_some() && kind.version.is_some();
        let version = match &kind.run {
            Some(run) => run.version,
            None if is_run => kind.version,
            None => return Ok(Self::Other),
        };
        if let Some(other) = version.filter(|v| *v != u64::from(VERSION)) {
            return Err(failed(format!(
                "has version {other}, this bruno reads {VERSION}; train again, with --restart or another --out"
            )));
        }
        let stored = match kind.run {
            Some(_) => read(&text).map(Self::Batch),
            None => read(&text).map(Self::Run),
        };
        stored.map_err(|e| failed(format!("is no file of a run: {e}")))
    }
}

fn read<T: DeserializeOwned>(text: &str) -> serde_json::Result<Box<T>> {
    serde_json::from_str(text).map(Box::new)
}

impl fmt::Display for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Run(_) => "a checkpoint",
            Self::Batch(_) => "a failed batch",
            Self::Other => "another file",
        })
    }
}
