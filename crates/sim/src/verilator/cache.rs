//! The content-addressed cache of built models: the key is a hash of everything that decides the result.

use crate::SimError;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// Where built models are kept: `BRUNO_CACHE`, else the user's cache directory.
pub fn cache_dir() -> PathBuf {
    let home = || std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".cache"));
    let user = || std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    match std::env::var_os("BRUNO_CACHE") {
        Some(dir) => PathBuf::from(dir),
        None => user()
            .or_else(home)
            .unwrap_or_else(std::env::temp_dir)
            .join("bruno"),
    }
}

/// Hash of a list of texts; no two lists run together.
pub(super) fn key(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    digest.iter().take(16).map(|b| format!("{b:02x}")).collect()
}

/// The file `name` of entry `key`, made by `make(path)` in a private directory and renamed into place when it is not
/// there yet. Two processes may both make it; the first rename wins and both files are the same.
pub(super) fn entry(
    key: &str,
    name: &str,
    make: impl FnOnce(&Path) -> Result<(), SimError>,
) -> Result<PathBuf, SimError> {
    let dir = cache_dir();
    let path = dir.join(format!("{key}-{name}"));
    if path.is_file() {
        return Ok(path);
    }
    let file = |path: &Path, source| SimError::File {
        path: path.display().to_string(),
        source,
    };
    std::fs::create_dir_all(&dir).map_err(|e| file(&dir, e))?;
    let work = tempfile::Builder::new()
        .prefix("build-")
        .tempdir_in(&dir)
        .map_err(|e| file(&dir, e))?;
    let made = work.path().join(name);
    make(&made)?;
    std::fs::rename(&made, &path).map_err(|e| file(&path, e))?;
    Ok(path)
}
