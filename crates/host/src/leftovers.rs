//! Temporary files and folders beside outputs, and what becomes of them when a process is killed before they have their
//! names: the next command that locks the folder removes them. One whose writer lives carries the writer's lock.

use crate::folder_lock::same_file;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use tempfile::{Builder, NamedTempFile, TempDir};

const PREFIX: &str = ".bruno-";
const SUFFIX: &str = ".part";

/// A temporary file with the permissions of any new file of this user.
pub(crate) fn temporary_file(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    // Temporary files are private; what a user asked for is not. The user's mask still applies.
    let permissions = PermissionsExt::from_mode(0o666);
    builder
        .prefix(PREFIX)
        .suffix(SUFFIX)
        .permissions(permissions);
    loop {
        let file = builder.tempfile_in(folder)?;
        hold(file.as_file());
        // Between its making and its lock another command may have taken it for a leftover.
        if same_file(file.as_file(), file.path()) {
            return Ok(file);
        }
    }
}

/// A temporary folder inside of another that this process has locked.
///
/// # Errors
/// Those of the file system.
pub fn temporary_folder(folder: &Path) -> io::Result<TempDir> {
    Builder::new()
        .prefix(PREFIX)
        .suffix(SUFFIX)
        .tempdir_in(folder)
}

/// Locks a temporary file. A file system without locks leaves it unlocked: no folder is locked there, and nothing is
/// taken for a leftover.
fn hold(file: &File) {
    let _ = file.lock();
}

/// Removes what killed processes left in a folder. What cannot be removed stays: it is in nobody's way.
pub(crate) fn remove(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(PREFIX) && name.ends_with(SUFFIX) {
            let _ = remove_unheld(&entry.path());
        }
    }
}

fn remove_unheld(path: &Path) -> io::Result<()> {
    let about = std::fs::symlink_metadata(path)?;
    if about.is_dir() {
        // Made only by who holds the folder's lock, which is this process.
        return std::fs::remove_dir_all(path);
    }
    if !about.is_file() {
        return Ok(());
    }
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits() as i32)
        .open(path)?;
    match file.try_lock() {
        Ok(()) => std::fs::remove_file(path),
        Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FolderLock;
    use std::collections::BTreeSet;

    #[test]
    fn what_killed_processes_left_is_removed_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for name in [".bruno-abc.part", ".bruno-abc", ".tmpabc", "x.part"] {
            std::fs::write(at(name), "half").unwrap();
        }
        std::fs::create_dir_all(at(".bruno-folder.part/inside")).unwrap();
        std::os::unix::fs::symlink("x.part", at(".bruno-link.part")).unwrap();
        let living = temporary_file(dir.path()).unwrap();
        drop(FolderLock::take(dir.path()).unwrap());
        let left = std::fs::read_dir(dir.path()).unwrap();
        let left: BTreeSet<_> = left.map(|e| e.unwrap().file_name()).collect();
        let living = living.path().file_name().unwrap().to_string_lossy();
        let expected = [
            ".bruno-abc",
            ".tmpabc",
            "x.part",
            ".bruno-link.part",
            &living,
        ];
        assert_eq!(left, expected.map(Into::into).into());
    }
}
