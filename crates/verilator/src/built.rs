//! What is known of a built model: which of the builds it is, what it was checked with, what the rewrites found. It stands as
//! JSON behind the shared object, in the same file, where a loader does not read; so the two are never of different builds.

use crate::files::file_error;
use crate::passes::PassHits;
use bruno_sim::SimError;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Ends the file; the length of the text before it stands in between.
const MARK: &[u8; 8] = b"bruno-1\n";
/// Bytes of a length.
const LENGTH: usize = size_of::<u64>();

/// A model for speed and how it came about.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Built {
    /// How it was compiled.
    pub build: String,
    /// Builds that there were.
    pub builds: usize,
    /// Builds that did not do what the integer model does.
    pub discarded: Vec<Discarded>,
    /// Cases in which it does what the integer model does.
    pub checked_cases: usize,
    /// Ticks of these.
    pub checked_ticks: u64,
    /// Time of the check, s.
    pub check_s: f64,
    /// Rewrites in the order in which they ran; empty without any.
    pub passes: Vec<PassHits>,
}

/// A build that was thrown away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discarded {
    /// How it was compiled.
    pub build: String,
    /// Case and first difference from the integer model, or how it ended its process.
    pub difference: String,
    /// Where it was kept.
    pub evidence: String,
}

impl Built {
    /// Writes it behind the object.
    pub(crate) fn append(&self, path: &Path) -> Result<(), SimError> {
        let write = || -> std::io::Result<()> {
            let text = serde_json::to_string(self)?;
            let mut file = File::options().append(true).open(path)?;
            file.write_all(text.as_bytes())?;
            file.write_all(&(text.len() as u64).to_le_bytes())?;
            file.write_all(MARK)
        };
        write().map_err(|e| file_error(path, e))
    }

    /// What stands behind an object, where something does.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        let mut file = File::open(path).ok()?;
        let mut end = [0; LENGTH + MARK.len()];
        let ends = file.seek(SeekFrom::End(-(end.len() as i64))).ok()?;
        file.read_exact(&mut end).ok()?;
        let (length, mark) = end.split_first_chunk::<LENGTH>()?;
        let begins = ends.checked_sub(u64::from_le_bytes(*length))?;
        if mark != MARK {
            return None;
        }
        file.seek(SeekFrom::Start(begins)).ok()?;
        serde_json::from_reader(file.take(ends - begins)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Built;

    fn built() -> Built {
        Built {
            build: "as it is".into(),
            builds: 1,
            discarded: Vec::new(),
            checked_cases: 7,
            checked_ticks: 7000,
            check_s: 0.125,
            passes: Vec::new(),
        }
    }

    /// What is read behind an object, once `change` has been made to the file.
    fn check(change: impl Fn(&mut Vec<u8>), expected: Option<Built>) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("model.so");
        std::fs::write(&path, "an object").unwrap();
        built().append(&path).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        assert!(bytes.starts_with(b"an object"));
        change(&mut bytes);
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(Built::read(&path), expected);
    }

    #[test]
    fn behind_an_object() {
        check(|_| (), Some(built()));
    }

    #[test]
    fn nothing_behind_it() {
        check(|bytes| bytes.truncate(9), None);
    }

    #[test]
    fn a_length_beyond_the_file() {
        check(
            |bytes| {
                let last = bytes.len() - 9;
                bytes[last] = 0xff;
            },
            None,
        );
    }
}
