//! Outputs of the commands: of the ranks of a job only the one that writes has any.

use crate::console;
use crate::failure::Failure;
use crate::ranks;
use bruno_host::FolderLock;
use bruno_train::Checkpoint;
use std::io::{ErrorKind, Write};
use std::path::Path;

/// Writes a text file atomically; directories on the way are made.
pub fn write(path: &Path, text: &str) -> Result<(), Failure> {
    write_bytes(path, text.as_bytes())
}

/// Writes a file atomically; directories on the way are made.
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if !ranks::writes() {
        return Ok(());
    }
    let written = bruno_host::replace_file(path, |file| file.write_all(bytes));
    written.map_err(|source| Failure::Write {
        path: path.display().to_string(),
        source,
    })
}

/// Removes a file, if it is there.
pub fn remove(path: &Path) -> Result<(), Failure> {
    if !ranks::writes() {
        return Ok(());
    }
    match std::fs::remove_file(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        other => other.map_err(|source| Failure::Write {
            path: path.display().to_string(),
            source,
        }),
    }
}

/// Locks the folder that results go into, where this process writes them.
pub fn lock(folder: &Path) -> Result<Option<FolderLock>, Failure> {
    let lock = || FolderLock::take(folder);
    Ok(ranks::writes().then(lock).transpose()?)
}

/// Writes a checkpoint.
pub fn save(run: &Checkpoint, path: &Path) -> Result<(), Failure> {
    match ranks::writes() {
        true => Ok(run.save(path)?),
        false => Ok(()),
    }
}

/// Writes a text file, or prints the text where no file is named.
pub fn write_or_print(path: Option<&Path>, text: &str) -> Result<(), Failure> {
    match path {
        Some(path) => write(path, text),
        None => console::print(text),
    }
}
