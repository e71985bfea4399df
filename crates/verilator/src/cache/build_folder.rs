//! Folders in which entries of the cache are made, each locked for as long as its process lives.

use bruno_host::{FolderLock, LockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tempfile::TempDir;

/// What the names of these folders begin with.
const PREFIX: &str = "build-";

/// Those of this process.
static OWN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A folder that is gone once this is dropped, and that nobody else removes before.
pub(super) struct BuildFolder {
    folder: TempDir,
    /// None where the file system knows no locks: there leftovers stay too.
    _lock: Option<FolderLock>,
}

impl BuildFolder {
    pub fn new(cache: &Path) -> io::Result<Self> {
        loop {
            let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(cache)?;
            let lock = match FolderLock::take(folder.path()) {
                Ok(lock) => Some(lock),
                // Another process took the new folder for a leftover, and removes it or has done so.
                Err(LockError::InUse { .. }) => continue,
                Err(LockError::File { source, .. }) if is_gone(&source) => continue,
                Err(_) => None,
            };
            own(|all| all.push(folder.path().into()));
            return Ok(Self {
                folder,
                _lock: lock,
            });
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for BuildFolder {
    fn drop(&mut self) {
        own(|all| all.retain(|path| path != self.folder.path()));
    }
}

fn own<T>(with: impl FnOnce(&mut Vec<PathBuf>) -> T) -> T {
    with(&mut OWN.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Removes the folders of builds that this process's end cuts short.
pub(super) fn remove_own() {
    for path in own(std::mem::take) {
        // What a tool writes at this moment the next build removes.
        let _ = std::fs::remove_dir_all(path);
    }
}

/// Whether a folder went while its lock was being made: making it once more may fail because it was there a moment ago.
fn is_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::AlreadyExists
    )
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
    // Its owner may be about to lock it: it finds nothing, rather than a folder that is being emptied.
    let mut aside = path.as_os_str().to_owned();
    aside.push(".gone");
    if std::fs::rename(path, &aside).is_err() {
        return false;
    }
    // A tool of the killed process may be writing its last file: then the next build removes the rest.
    std::fs::remove_dir_all(aside).is_ok()
}
