//! Whether what lies on the disk can have been put there by somebody else.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

/// Permission bits: the group may write, others may write.
const OTHERS_WRITE: u32 = 0o022;
/// Permission bit: all may write.
const ALL_WRITE: u32 = 0o002;
/// Mode bit of folders in which nobody removes what is another's.
const STICKY: u32 = 0o1000;

/// Why a file or folder is not trusted.
#[derive(Debug, thiserror::Error)]
pub enum Distrust {
    /// It belongs to somebody else, who may put there whatever they like.
    #[error("belongs to user number {0}, not to you or to root")]
    Foreign(u32),
    /// Others may write to it.
    #[error("may be written to by other users (mode {0:03o})")]
    Writable(u32),
    /// Another user may put another folder in its place.
    #[error("lies in {0}, where every user may put another in its place")]
    Replaceable(String),
    /// It could not be looked at.
    #[error(transparent)]
    Unknown(#[from] io::Error),
}

/// Checks that a folder and what lies in it can only have been written by this user or by root.
///
/// # Errors
/// The folder belongs to somebody else, others may write to it, or all may write to a folder above it that is not
/// sticky as `/tmp` is.
pub fn check_folder(folder: &Path) -> Result<(), Distrust> {
    let folder = folder.canonicalize()?;
    check_metadata(&folder.metadata()?)?;
    for above in folder.ancestors().skip(1) {
        let mode = above.metadata()?.permissions().mode();
        if mode & ALL_WRITE != 0 && mode & STICKY == 0 {
            return Err(Distrust::Replaceable(above.display().to_string()));
        }
    }
    Ok(())
}

/// Checks that a file can only have been written by this user or by root, by its owner and permissions.
///
/// # Errors
/// It belongs to somebody else, or others may write to it.
pub fn check_metadata(about: &Metadata) -> Result<(), Distrust> {
    let user = rustix::process::geteuid().as_raw();
    check(about.uid(), about.permissions().mode(), user)
}

fn check(owner: u32, mode: u32, user: u32) -> Result<(), Distrust> {
    if owner != user && owner != 0 {
        return Err(Distrust::Foreign(owner));
    }
    if mode & OTHERS_WRITE != 0 {
        return Err(Distrust::Writable(mode & 0o777));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::Permissions;

    /// What is said about something with an owner and a mode, to the user with number 1000.
    fn check_as(owner: u32, mode: u32, expected: &str) {
        let said = check(owner, mode, 1000).map_or_else(|e| e.to_string(), |()| String::new());
        assert_eq!(said, expected);
    }

    #[test]
    fn ones_own() {
        check_as(1000, 0o755, "");
    }
    #[test]
    fn the_administrators() {
        check_as(0, 0o755, "");
    }
    #[test]
    fn another_users() {
        check_as(
            1001,
            0o755,
            "belongs to user number 1001, not to you or to root",
        );
    }
    #[test]
    fn writable_by_the_group() {
        check_as(1000, 0o775, "may be written to by other users (mode 775)");
    }
    #[test]
    fn writable_by_all() {
        check_as(0, 0o1777, "may be written to by other users (mode 777)");
    }

    /// Whether a folder with mode `inner` in one with mode `outer` is trusted.
    fn check_nested(outer: u32, inner: u32, expected: bool) {
        let dir = tempfile::tempdir().unwrap();
        let (above, folder) = (dir.path().join("above"), dir.path().join("above/folder"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::set_permissions(&folder, Permissions::from_mode(inner)).unwrap();
        std::fs::set_permissions(&above, Permissions::from_mode(outer)).unwrap();
        assert_eq!(check_folder(&folder).is_ok(), expected);
    }

    #[test]
    fn a_private_folder() {
        check_nested(0o755, 0o700, true);
    }
    #[test]
    fn a_private_folder_where_all_write_and_nobody_removes() {
        check_nested(0o1777, 0o700, true);
    }
    #[test]
    fn a_private_folder_where_all_write() {
        check_nested(0o777, 0o700, false);
    }
    #[test]
    fn a_folder_for_all() {
        check_nested(0o755, 0o777, false);
    }
}
