//! Outputs of the commands: of the ranks of a job only the one that writes has any.

use crate::console;
use crate::failure::Failure;
use crate::ranks;
use bruno_host::FolderLock;
use bruno_train::Checkpoint;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

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

/// How a command that writes files says which.
#[derive(clap::Args)]
pub struct Named {
    /// Print the files as JSON on stdout.
    #[arg(long, global = true)]
    json: bool,
}

impl Named {
    /// Prints the files, a line each or `{"files": [...]}`.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub fn say(&self, files: &[&Path]) -> Result<(), Failure> {
        let files: Vec<String> = files.iter().map(|f| f.display().to_string()).collect();
        match self.json {
            true => say!("{}", serde_json::json!({ "files": files })),
            false => say!("{}", files.join("\n")),
        }
    }
}

/// Where a command that makes a text writes it.
#[derive(clap::Args)]
pub struct Text {
    /// The file to write; stdout where absent.
    #[arg(short, long)]
    out: Option<PathBuf>,
    /// Print a JSON object on stdout: the text, or the file where one is written.
    #[arg(long)]
    json: bool,
}

impl Text {
    /// Writes or prints the text. With JSON that is `{"files": [...]}` where it went into a file, else `{"text": ...}`.
    ///
    /// # Errors
    /// The file or standard output cannot be written.
    pub fn give(&self, text: &str) -> Result<(), Failure> {
        match (&self.out, self.json) {
            (None, false) => console::print(text),
            (None, true) => say!("{}", serde_json::json!({ "text": text })),
            (Some(path), json) => {
                write(path, text)?;
                match json {
                    true => Named { json }.say(&[path]),
                    false => Ok(()),
                }
            }
        }
    }
}
