//! Outputs of the commands.

use crate::console;
use crate::failure::Failure;
use std::io::{ErrorKind, Write};
use std::path::Path;

/// Writes a text file atomically; directories on the way are made.
pub fn write(path: &Path, text: &str) -> Result<(), Failure> {
    write_bytes(path, text.as_bytes())
}

/// Writes a file atomically; directories on the way are made.
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let written = bruno_host::replace_file(path, |file| file.write_all(bytes));
    written.map_err(|source| Failure::Write {
        path: path.display().to_string(),
        source,
    })
}

/// Removes a file, if it is there.
pub fn remove(path: &Path) -> Result<(), Failure> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        other => other.map_err(|source| Failure::Write {
            path: path.display().to_string(),
            source,
        }),
    }
}

/// Writes a text file, or prints the text where no file is named.
pub fn write_or_print(path: Option<&Path>, text: &str) -> Result<(), Failure> {
    match path {
        Some(path) => write(path, text),
        None => console::print(text),
    }
}
