//! Files that are whole or not there.

use std::fs::File;
use std::io;
use std::path::Path;

/// Writes a file beside `path`, syncs it and renames it to `path`, so that a crash leaves the old file or the new one.
/// Directories on the way are made; the new file has the permissions of any new file of this user.
///
/// # Errors
/// Those of the file system and of `write`; `path` is then as it was.
pub fn replace_file(
    path: &Path,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    let parent = path.parent().filter(|d| !d.as_os_str().is_empty());
    let dir = parent.unwrap_or(Path::new("."));
    std::fs::create_dir_all(dir)?;
    let mut builder = tempfile::Builder::new();
    // Temporary files are private; what a user asked for is not. The user's mask still applies.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(dir)?;
    write(file.as_file_mut())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_failure_leaves_the_old_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/file");
        replace_file(&path, |f| f.write_all(b"old")).unwrap();
        let failed = replace_file(&path, |f| {
            f.write_all(b"half")?;
            Err(io::Error::other("disk full"))
        });
        assert!(failed.is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(
            std::fs::read_dir(dir.path().join("new")).unwrap().count(),
            1
        );
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
