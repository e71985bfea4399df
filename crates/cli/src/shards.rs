//! Shards of a run on disk: a folder each beside where the results of the whole go, and in it, once the shard is finished,
//! a file that says so.

use crate::command::{montecarlo, train};
use crate::failure::Failure;
use crate::output;
use bruno_host::read_text;
use bruno_ranks::Shard;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The folder of all shards below that of the results.
const FOLDER: &str = "shards";
/// The file of a finished shard.
const FILE: &str = "shard.json";

/// A finished shard.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finished {
    /// Which of them.
    pub shard: Shard,
    /// What it is a shard of.
    pub work: Work,
}

/// What shards are of.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Work {
    /// Virtual chips; their records lie beside the file.
    Montecarlo(montecarlo::About),
    /// Runs of a sweep.
    Sweep(Box<train::SweepShard>),
}

/// Where a shard of the results in `out` keeps its own.
pub fn folder(out: &Path, shard: Shard) -> PathBuf {
    let name = format!("{}-of-{}", shard.index(), shard.of());
    out.join(FOLDER).join(name)
}

/// Says that the shard in a folder is not finished, before it is worked on.
///
/// # Errors
/// The file cannot be removed.
pub fn start(folder: &Path) -> Result<(), Failure> {
    output::remove(&folder.join(FILE))
}

/// Says that the shard in a folder is finished, also to the user.
///
/// # Errors
/// The file or the output cannot be written.
pub fn finish(folder: &Path, out: &Path, finished: &Finished, json: bool) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(finished).unwrap_or_default() + "\n";
    output::write(&folder.join(FILE), &text)?;
    if json {
        return crate::console::print(&text);
    }
    say!(
        "shard {} is finished: {}; `bruno merge {}` makes one result of all",
        finished.shard,
        folder.display(),
        out.display()
    )
}

/// The finished shards of the results in `out`, each with its folder, in the order of their folders' names.
///
/// # Errors
/// No shard; a folder or file that cannot be read, or is damaged.
pub fn load(out: &Path) -> Result<Vec<(PathBuf, Finished)>, Failure> {
    let all = out.join(FOLDER);
    let failed = |what: String| Failure::Input {
        path: all.display().to_string(),
        what,
    };
    let none = |_| {
        failed("holds no shards; `bruno montecarlo --shard K/N` and `bruno train --sweep ... --shard K/N` make them".into())
    };
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(&all).map_err(none)? {
        let entry = entry.map_err(|e| failed(format!("cannot be read: {e}")))?;
        folders.push(entry.path());
    }
    folders.sort();
    let finished = folders.into_iter().filter(|f| f.join(FILE).exists());
    let shards: Vec<_> = finished
        .map(|folder| Ok((folder.clone(), read(&folder.join(FILE))?)))
        .collect::<Result<_, Failure>>()?;
    match shards.is_empty() {
        true => Err(failed(
            "holds no finished shard; run the command of each again, it goes on from where it was"
                .into(),
        )),
        false => Ok(shards),
    }
}

fn read(path: &Path) -> Result<Finished, Failure> {
    let failed = |what: String| Failure::Input {
        path: path.display().to_string(),
        what,
    };
    let text = read_text(path).map_err(|e| failed(format!("cannot be read: {e}")))?;
    serde_json::from_str(&text).map_err(|e| {
        failed(format!(
            "is no finished shard ({e}); remove it and run the shard again"
        ))
    })
}
