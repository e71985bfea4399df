//! Folders in which entries of the cache are made, each locked for as long as its process lives.

use bruno_host::{FolderLock, LockError};
use std::io;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// What the names of these folders begin with.
const PREFIX: &str = "build-";

/// A folder that is gone once this is dropped, and that nobody else removes before.
pub(super) struct BuildFolder {
    folder: TempDir,
    /// None where the file system knows no locks: there leftovers stay too.
    _lock: Option<FolderLock>,
}

impl BuildFolder {
    pub fn new(cache: &Path) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(cache)?;
        let lock = loop {
            match FolderLock::take(folder.path()) {
                // Another process took the new folder for a leftover; it will be made again.
                Err(LockError::InUse { .. }) => std::thread::sleep(Duration::from_millis(1)),
                taken => break taken.ok(),
            }
        };
        Ok(Self {
            folder,
            _lock: lock,
        })
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes a folder that a killed process left; false where it is none.
pub(super) fn remove_leftover(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    if !name.as_encoded_bytes().starts_with(PREFIX.as_bytes()) || !path.is_dir() {
        return false;
    }
    let Ok(_ours) = FolderLock::take(path) else {
        return false;
    };
    // A tool of the killed process may be writing its last file: then the next build removes the rest.
    std::fs::remove_dir_all(path).is_ok()
}
