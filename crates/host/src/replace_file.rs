//! Files that are whole or not there.

use crate::leftovers::temporary_file;
use std::fs::File;
use std::io;
use std::path::Path;

/// Writes a file beside `path`, syncs it, renames it to `path` and syncs the folder, so that a crash of bruno or of the
/// machine leaves the old file or the new one. Directories on the way are made; the new file has the permissions of any
/// new file of this user.
///
/// # Errors
/// Those of the file system and of `write`. `path` is then as it was, but where only the last step failed, the sync of
/// the folder: the new file is there, and a crash of the machine may still bring back the old one.
pub fn replace_file(
    path: &Path,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    replace(path, write, |_| Ok(()))
}

/// The steps of a replacement, each of which the machine can refuse.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    MakeFolder,
    Create,
    Write,
    Sync,
    Rename,
    SyncFolder,
}

/// Replaces a file and asks `machine` before each step whether it succeeds; tests have it refuse.
fn replace(
    path: &Path,
    write: impl FnOnce(&mut File) -> io::Result<()>,
    mut machine: impl FnMut(Step) -> io::Result<()>,
) -> io::Result<()> {
    let parent = path.parent().filter(|d| !d.as_os_str().is_empty());
    let dir = parent.unwrap_or(Path::new("."));
    machine(Step::MakeFolder)?;
    std::fs::create_dir_all(dir)?;
    machine(Step::Create)?;
    let mut file = temporary_file(dir)?;
    write(file.as_file_mut())?;
    machine(Step::Write)?;
    machine(Step::Sync)?;
    file.as_file().sync_all()?;
    machine(Step::Rename)?;
    file.persist(path).map_err(|e| e.error)?;
    machine(Step::SyncFolder)?;
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// What a replacement of "old" by "new" leaves where the machine refuses one step.
    fn check(refused: Step, expected: &str) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/file");
        replace_file(&path, |f| f.write_all(b"old")).unwrap();
        let mut reached = false;
        let machine = |step| {
            reached |= step == refused;
            match step == refused {
                true => Err(io::ErrorKind::StorageFull.into()),
                false => Ok(()),
            }
        };
        let failed = replace(&path, |f| f.write_all(b"new"), machine).unwrap_err();
        assert!(reached);
        assert_eq!(failed.kind(), io::ErrorKind::StorageFull);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
        let left = std::fs::read_dir(dir.path().join("new")).unwrap();
        assert_eq!(left.count(), 1, "leftovers beside the file");
    }

    #[test]
    fn refused_folder() {
        check(Step::MakeFolder, "old");
    }
    #[test]
    fn refused_file() {
        check(Step::Create, "old");
    }
    #[test]
    fn refused_write() {
        check(Step::Write, "old");
    }
    #[test]
    fn refused_sync() {
        check(Step::Sync, "old");
    }
    #[test]
    fn refused_rename() {
        check(Step::Rename, "old");
    }
    #[test]
    fn refused_sync_of_the_folder() {
        check(Step::SyncFolder, "new");
    }

    #[test]
    fn a_writer_that_fails_leaves_the_old_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        replace_file(&path, |f| f.write_all(b"old")).unwrap();
        let failed = replace_file(&path, |f| {
            f.write_all(b"half")?;
            Err(io::Error::other("no more"))
        });
        assert!(failed.is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_stands_where_the_file_should() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        std::fs::create_dir(&path).unwrap();
        assert!(replace_file(&path, |f| f.write_all(b"new")).is_err());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_those_of_any_new_file() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let mode = |name: &str| {
            let path = dir.path().join(name);
            std::fs::metadata(path).unwrap().permissions().mode()
        };
        replace_file(&dir.path().join("ours"), |f| f.write_all(b"")).unwrap();
        std::fs::write(dir.path().join("any"), b"").unwrap();
        assert_eq!(mode("ours"), mode("any"));
    }
}
