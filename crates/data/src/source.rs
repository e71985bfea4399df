//! Files and streams with a bound on what is taken from them: no source is longer than a data set of its kind, and nothing
//! that a data set names is anything but a file.

#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

use crate::DataError;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path};

/// Events of a whole set, at most: 8 bytes each.
pub(crate) const MOST_EVENTS: usize = 100_000_000;

/// Opens a file that the user names.
pub(crate) fn open(path: &Path, remedy: &str) -> Result<File, DataError> {
    File::open(path).map_err(|source| DataError::read(&path.display().to_string(), source, remedy))
}

/// Opens a file that a data set names, within its directory. Devices and pipes would never end.
pub(crate) fn open_within(dir: &Path, name: &str, remedy: &str) -> Result<File, DataError> {
    let path = dir.join(name);
    let place = path.display().to_string();
    let is_plain = |c: Component| matches!(c, Component::Normal(_) | Component::CurDir);
    if !Path::new(name).components().all(is_plain) {
        let allowed = "a file within the directory of the data, without `..`";
        return Err(DataError::value(
            dir.display(),
            "a file's name",
            format!("`{name}`"),
            allowed,
            remedy,
        ));
    }
    let about =
        std::fs::metadata(&path).map_err(|source| DataError::read(&place, source, remedy))?;
    if !about.is_file() {
        return Err(DataError::value(
            place,
            "the file",
            "a directory, a device or a pipe",
            "a file",
            remedy,
        ));
    }
    open(&path, remedy)
}

/// The text of a source of at most `most` bytes; `file` is named in errors.
pub(crate) fn text(
    file: &str,
    source: impl Read,
    most: u64,
    remedy: &str,
) -> Result<String, DataError> {
    let mut text = String::new();
    let read = source.take(most + 1).read_to_string(&mut text);
    read.map_err(|source| DataError::read(file, source, remedy))?;
    match text.len() as u64 > most {
        false => Ok(text),
        true => {
            let allowed = format!("at most {} MB", most / 1_000_000);
            Err(DataError::value(
                file,
                "the file",
                "longer",
                allowed,
                "split the data set",
            ))
        }
    }
}

/// Refuses a set whose events would not fit memory.
pub(crate) fn fits(place: impl ToString, events: usize) -> Result<(), DataError> {
    if events <= MOST_EVENTS {
        return Ok(());
    }
    let allowed = format!("at most {MOST_EVENTS}");
    let remedy = "split the data set, or leave samples out";
    Err(DataError::value(
        place,
        "the number of events",
        events,
        allowed,
        remedy,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_without_end() {
        let error = text("x", std::io::repeat(b'a'), 10, "").unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("x: the file is longer; allowed: at most 0 MB"),
            "{error}"
        );
    }
    #[test]
    fn bytes_that_are_no_text() {
        let error = text("x", &b"\xff"[..], 10, "write text").unwrap_err();
        assert!(
            error.to_string().contains("valid UTF-8; write text"),
            "{error}"
        );
    }

    fn check_name(name: &str, expected: &str) {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("sub")).unwrap();
        let error = open_within(dir.path(), name, "correct it")
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{error}");
    }
    #[test]
    fn a_file_outside() {
        check_name(
            "../x.csv",
            "a file's name is `../x.csv`; allowed: a file within",
        );
    }
    #[test]
    fn a_device() {
        check_name("/dev/zero", "a file's name is `/dev/zero`");
    }
    #[test]
    fn a_directory() {
        check_name("sub", "the file is a directory");
    }
    #[test]
    fn no_name() {
        check_name("", "the file is a directory");
    }
    #[test]
    fn too_many_events() {
        let error = fits("x.npz", MOST_EVENTS + 1).unwrap_err().to_string();
        assert!(
            error.contains("x.npz: the number of events is 100000001"),
            "{error}"
        );
    }
}
