//! The content-addressed cache of built models: the key is a hash of everything that decides the result.
//!
//! Any number of processes may use a cache at once: files appear whole (made aside, then renamed), and what was used a
//! moment ago is not removed to make room.

use bruno_sim::SimError;
use sha2::{Digest, Sha256};
use std::fs::{File, Metadata};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Environment variable: directory of the cache.
const DIR: &str = "BRUNO_CACHE";
/// Environment variable: size limit, MB.
const LIMIT: &str = "BRUNO_CACHE_MB";
/// Size limit where none is given, MB.
const DEFAULT_LIMIT_MB: u64 = 512;
/// A file that was used within this time may be about to be loaded.
const IN_USE: Duration = Duration::from_secs(600);
/// A directory of a build that is older was left by a process that was killed.
const LONGEST_BUILD: Duration = Duration::from_secs(3600);
/// What the directories of builds begin with.
const BUILD: &str = "build-";

/// Where built models are kept: `BRUNO_CACHE`, else the user's cache directory.
pub fn cache_dir() -> PathBuf {
    let home = || std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".cache"));
    let user = || std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    match std::env::var_os(DIR) {
        Some(dir) => PathBuf::from(dir),
        None => user()
            .or_else(home)
            .unwrap_or_else(std::env::temp_dir)
            .join("bruno"),
    }
}

/// Hash of a list of texts; no two lists run together.
pub(crate) fn key(parts: &[impl AsRef<[u8]>]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        let part = part.as_ref();
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    digest.iter().take(16).map(|b| format!("{b:02x}")).collect()
}

/// One file of a cache.
#[derive(Debug, Clone)]
pub struct CacheEntry {
    /// Where it is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// When a process last asked for it.
    pub used: SystemTime,
}

/// A directory of built models with a size limit.
#[derive(Debug, Clone)]
pub struct Cache {
    /// The directory; it need not exist yet.
    pub dir: PathBuf,
    /// Size above which the files that were used longest ago go.
    pub limit_bytes: u64,
}

impl Cache {
    /// The user's: [`cache_dir`], and the limit of `BRUNO_CACHE_MB`.
    pub fn of_user() -> Result<Self, SimError> {
        let limit_mb = match std::env::var(LIMIT) {
            Ok(text) => text.parse().map_err(|_| SimError::Mismatch {
                what: format!("the environment variable {LIMIT}"),
                found: format!("`{text}`"),
                expected: "a size in MB, as a whole number".into(),
            })?,
            Err(_) => DEFAULT_LIMIT_MB,
        };
        Ok(Self {
            dir: cache_dir(),
            limit_bytes: limit_mb * 1_000_000,
        })
    }

    /// The files, that used longest ago first.
    pub fn entries(&self) -> Result<Vec<CacheEntry>, SimError> {
        let file = |(path, about): (PathBuf, Metadata)| CacheEntry {
            path,
            bytes: about.len(),
            used: about.modified().unwrap_or(SystemTime::UNIX_EPOCH),
        };
        let all = self.contents()?.into_iter().filter(|c| c.1.is_file());
        let mut entries: Vec<CacheEntry> = all.map(file).collect();
        entries.sort_by(|a, b| (a.used, &a.path).cmp(&(b.used, &b.path)));
        Ok(entries)
    }

    /// Removes every file, and what killed builds left; builds that run go on. Returns the bytes of the files.
    pub fn clear(&self) -> Result<u64, SimError> {
        self.remove_leftovers()?;
        let mut bytes = 0;
        for entry in self.entries()? {
            remove(&entry.path)?;
            bytes += entry.bytes;
        }
        Ok(bytes)
    }

    /// The file `name` of entry `key`, made by `make(path)` in a private directory and renamed into place when it is
    /// not there yet. Two processes may both make it; the last rename wins and both files do the same.
    pub(crate) fn entry(
        &self,
        key: &str,
        name: &str,
        make: impl FnOnce(&Path) -> Result<(), SimError>,
    ) -> Result<PathBuf, SimError> {
        let path = self.dir.join(format!("{key}-{name}"));
        // Its time says that it was used; where another process removes it just now, it is made again.
        if File::open(&path).is_ok_and(|f| f.set_modified(SystemTime::now()).is_ok()) {
            return Ok(path);
        }
        std::fs::create_dir_all(&self.dir).map_err(|e| error(&self.dir, e))?;
        let work = tempfile::Builder::new().prefix(BUILD).tempdir_in(&self.dir);
        let work = work.map_err(|e| error(&self.dir, e))?;
        let made = work.path().join(name);
        make(&made)?;
        std::fs::rename(&made, &path).map_err(|e| error(&path, e))?;
        self.make_room()?;
        Ok(path)
    }

    /// Removes what was used longest ago until the limit is kept or all that is left was used a moment ago.
    fn make_room(&self) -> Result<(), SimError> {
        self.remove_leftovers()?;
        let entries = self.entries()?;
        let mut bytes: u64 = entries.iter().map(|e| e.bytes).sum();
        for entry in entries.iter().filter(|e| older(e.used, IN_USE)) {
            if bytes <= self.limit_bytes {
                break;
            }
            remove(&entry.path)?;
            bytes -= entry.bytes;
        }
        Ok(())
    }

    fn remove_leftovers(&self) -> Result<(), SimError> {
        for (path, about) in self.contents()? {
            let build = path
                .file_name()
                .is_some_and(|n| n.to_string_lossy().starts_with(BUILD));
            let old = about.modified().is_ok_and(|t| older(t, LONGEST_BUILD));
            if build && about.is_dir() && old {
                gone(&path, std::fs::remove_dir_all(&path))?;
            }
        }
        Ok(())
    }

    /// Everything in the directory; what another process removes meanwhile is left out.
    fn contents(&self) -> Result<Vec<(PathBuf, Metadata)>, SimError> {
        if !self.dir.exists() {
            return Ok(Vec::new());
        }
        let listed = std::fs::read_dir(&self.dir).map_err(|e| error(&self.dir, e))?;
        let about = |e: std::fs::DirEntry| Some((e.path(), e.metadata().ok()?));
        Ok(listed.flatten().filter_map(about).collect())
    }
}

fn older(time: SystemTime, than: Duration) -> bool {
    SystemTime::now()
        .duration_since(time)
        .is_ok_and(|age| age > than)
}

fn remove(path: &Path) -> Result<(), SimError> {
    gone(path, std::fs::remove_file(path))
}

/// Another process may have removed it first.
fn gone(path: &Path, result: std::io::Result<()>) -> Result<(), SimError> {
    match result {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(error(path, e)),
        _ => Ok(()),
    }
}

fn error(path: &Path, source: std::io::Error) -> SimError {
    SimError::File {
        path: path.display().to_string(),
        source,
    }
}

#[cfg(test)]
mod tests;
