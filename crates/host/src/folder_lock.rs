//! Folders that one command at a time writes into.

use crate::leftovers;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The file in a locked folder that carries the lock and names its holder.
const NAME: &str = ".bruno.lock";

/// A folder that belongs to this process until the guard is dropped.
///
/// The lock is the kernel's (`flock`): it ends with the process, however that ends. A file that a killed process left
/// behind locks nothing. The file is gone once the guard is dropped.
///
/// ```
/// # let dir = tempfile::tempdir().unwrap();
/// let out = dir.path().join("out");
/// let lock = bruno_host::FolderLock::take(&out)?; // makes the folder
/// let refused = bruno_host::FolderLock::take(&out).unwrap_err();
/// assert!(refused.to_string().contains("is in use by process"));
/// drop(lock);
/// bruno_host::FolderLock::take(&out)?;
/// # Ok::<(), bruno_host::LockError>(())
/// ```
#[derive(Debug)]
#[must_use = "the folder is free again once the guard is dropped"]
pub struct FolderLock {
    path: PathBuf,
    /// Open for as long as the lock is held.
    file: File,
}

/// A folder that could not be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another command writes into it.
    #[error(
        "{folder}: is in use by {holder}; wait until that has ended, or choose another output folder"
    )]
    InUse {
        /// The folder.
        folder: String,
        /// Process number and command of who writes into it.
        holder: String,
    },
    /// A file of that name is there.
    #[error("{0}: is a file, and results go into a folder; choose another --out")]
    NoFolder(String),
    /// The folder cannot be made, or its file system refuses the lock.
    #[error(
        "{path}: cannot be locked: {source}; choose an output folder on a local disk that you may write to"
    )]
    File {
        /// The file of the lock, or the folder.
        path: String,
        /// Why.
        source: io::Error,
    },
}

impl FolderLock {
    /// Locks a folder, which is made where it is not there yet, or says who holds it; never waits. Temporary files that a
    /// killed process left in it are removed.
    ///
    /// # Errors
    /// Another process (or this one) holds the folder; the folder cannot be made or written to.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let failed = |path: &Path, source| LockError::File {
            path: path.display().to_string(),
            source,
        };
        if folder.is_file() {
            return Err(LockError::NoFolder(folder.display().to_string()));
        }
        std::fs::create_dir_all(folder).map_err(|e| failed(folder, e))?;
        let path = folder.join(NAME);
        loop {
            let mut file = open(&path).map_err(|e| failed(&path, e))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(LockError::InUse {
                        folder: folder.display().to_string(),
                        holder: holder(&mut file),
                    });
                }
                Err(TryLockError::Error(e)) => return Err(failed(&path, e)),
            }
            // Whoever held it may have removed the file after it was opened here: this lock would bind nobody.
            if same_file(&file, &path) {
                name_holder(&mut file).map_err(|e| failed(&path, e))?;
                leftovers::remove(folder);
                return Ok(Self { path, file });
            }
        }
    }
}

impl Drop for FolderLock {
    /// Removes the file before its lock ends; where that fails, an unlocked file is left, which does no harm.
    fn drop(&mut self) {
        if same_file(&self.file, &self.path) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Opens the file of a lock; a link that somebody put there is not followed.
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32)
        .open(path)
}

/// Whether an open file is the one that a path names.
pub(crate) fn same_file(file: &File, path: &Path) -> bool {
    let (Ok(open), Ok(there)) = (file.metadata(), std::fs::symlink_metadata(path)) else {
        return false;
    };
    (open.dev(), open.ino()) == (there.dev(), there.ino())
}

/// Writes who holds the lock; nothing is synced, because only a living process is asked for.
fn name_holder(file: &mut File) -> io::Result<()> {
    let words: Vec<String> = std::env::args_os()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    file.set_len(0)?;
    let text = format!("process {}: {}", std::process::id(), words.join(" "));
    file.write_all(text.as_bytes())
}

/// Who holds the lock, on one line; the holder may not have written its name yet.
fn holder(file: &mut File) -> String {
    let mut text = Vec::new();
    let read = file
        .rewind()
        .and_then(|()| file.take(1000).read_to_end(&mut text));
    match read {
        Ok(n) if n > 0 => String::from_utf8_lossy(&text).escape_debug().to_string(),
        _ => "another process".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_holds_it() {
        let dir = tempfile::tempdir().unwrap();
        let _held = FolderLock::take(dir.path()).unwrap();
        let refused = FolderLock::take(dir.path()).unwrap_err().to_string();
        let holder = format!("is in use by process {}: ", std::process::id());
        assert!(refused.contains(&holder), "{refused}");
        assert!(
            refused.contains("choose another output folder"),
            "{refused}"
        );
    }

    #[test]
    fn nothing_is_left_in_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        drop(FolderLock::take(dir.path()).unwrap());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_that_a_killed_process_left_locks_nothing() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(
            dir.path().join(NAME),
            "process 1: a longer line than the new one, by far",
        )
        .unwrap();
        let _held = FolderLock::take(dir.path()).unwrap();
        let text = std::fs::read_to_string(dir.path().join(NAME)).unwrap();
        assert!(text.starts_with(&format!("process {}: ", std::process::id())));
        assert!(!text.contains("by far"));
    }

    #[test]
    fn a_planted_link_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let other = dir.path().join("other");
        std::fs::write(&other, "precious").unwrap();
        std::os::unix::fs::symlink(&other, dir.path().join(NAME)).unwrap();
        FolderLock::take(dir.path()).unwrap_err();
        assert_eq!(std::fs::read_to_string(&other).unwrap(), "precious");
    }

    #[test]
    fn the_name_of_a_holder_cannot_move_the_cursor() {
        let dir = tempfile::tempdir().unwrap();
        let _held = FolderLock::take(dir.path()).unwrap();
        std::fs::write(dir.path().join(NAME), "\u{1b}[2J").unwrap();
        let refused = FolderLock::take(dir.path()).unwrap_err().to_string();
        assert!(!refused.contains('\u{1b}'), "{refused}");
    }

    /// Threads that take and drop one lock for a while never hold it together.
    #[test]
    fn never_two_at_once() {
        use std::sync::atomic::{AtomicU32, Ordering};
        let dir = tempfile::tempdir().unwrap();
        let (holders, taken) = (AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while taken.load(Ordering::SeqCst) < 400 {
                        if let Ok(_held) = FolderLock::take(dir.path()) {
                            assert_eq!(holders.fetch_add(1, Ordering::SeqCst), 0);
                            taken.fetch_add(1, Ordering::SeqCst);
                            holders.fetch_sub(1, Ordering::SeqCst);
                        }
                    }
                });
            }
        });
    }
}
