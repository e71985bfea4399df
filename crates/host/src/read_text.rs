//! Files that are read whole.

// Files of strangers are read here: nothing of them may end in a panic.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use crate::budget::{BUDGET_BYTES, STREAM_BYTES};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The bytes of a file of up to [`BUDGET_BYTES`], or of a pipe of up to 64 MiB.
///
/// # Errors
/// Those of the file system; a file that is larger, with its size, before any of it is read.
pub fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let about = file.metadata()?;
    let most = if about.is_file() {
        BUDGET_BYTES
    } else {
        STREAM_BYTES
    };
    if about.len() > most {
        return Err(too_large(&format!("has {} bytes", about.len()), most));
    }
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(too_large("does not end", most));
    }
    Ok(bytes)
}

/// The text of such a file.
///
/// # Errors
/// Those of [`read_bytes`]; bytes that are no UTF-8.
pub fn read_text(path: &Path) -> io::Result<String> {
    let text = String::from_utf8(read_bytes(path)?);
    text.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is no text (UTF-8)"))
}

fn too_large(what: &str, most: u64) -> io::Error {
    let message = format!("it {what}; bruno reads up to {most} of such a file");
    io::Error::new(io::ErrorKind::FileTooLarge, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &Path, expected: &str) {
        let error = read_text(path).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn a_file_of_terabytes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sparse.json");
        File::create(&path).unwrap().set_len(1 << 42).unwrap();
        check(&path, "it has 4398046511104 bytes; bruno reads up to");
    }
    #[cfg(unix)]
    #[test]
    fn a_device_without_an_end() {
        check(Path::new("/dev/zero"), "it does not end");
    }
    #[test]
    fn a_text() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("text");
        std::fs::write(&path, "t\u{e4}xt").unwrap();
        assert_eq!(read_text(&path).unwrap(), "t\u{e4}xt");
    }
}
