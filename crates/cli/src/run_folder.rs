//! The folder that training leaves, where a command wants a run.

use crate::failure::Failure;
use std::path::{Path, PathBuf};

/// File of a run that others go on from.
const CHECKPOINT: &str = "checkpoint.json";

/// The checkpoint in a run's folder; any other path as it is.
///
/// # Errors
/// A folder that is no run's, with the name of a run below it where there is one, as in the folder of a sweep.
pub fn checkpoint(path: &Path) -> Result<PathBuf, Failure> {
    let inside = path.join(CHECKPOINT);
    if inside.is_file() {
        return Ok(inside);
    }
    if !path.is_dir() {
        return Ok(path.to_path_buf());
    }
    let what = match first_below(path) {
        Some(run) => format!(
            "is no run but has runs in it; give one, e.g. {}",
            run.display()
        ),
        None => format!("is a folder without {CHECKPOINT}; give a run that `bruno train` made"),
    };
    Err(Failure::Input {
        path: path.display().to_string(),
        what,
    })
}

/// The first run in a folder, by name.
fn first_below(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    let paths = entries.flatten().map(|entry| entry.path());
    paths.filter(|path| path.join(CHECKPOINT).is_file()).min()
}
