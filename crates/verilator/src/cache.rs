//! The content-addressed cache of built models: the key is a hash of everything that decides the result.
//!
//! Any number of processes may use a cache at once: files appear whole (made aside, then renamed), and what was used a
//! moment ago is not removed to make room.
//!
//! A model is code that bruno runs. So nobody but this user or root may be able to write to the folder, and a file is
//! used only while its content has the hash that it was given ([`stored`]).

mod build_folder;
mod stored;

use bruno_sim::SimError;
use build_folder::BuildFolder;
use sha2::{Digest, Sha256};
use std::ffi::OsString;
use std::fs::{DirBuilder, File, Metadata};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
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

/// Where built models are kept: `BRUNO_CACHE`, else the user's cache directory. An empty variable counts as unset.
pub fn cache_dir() -> PathBuf {
    place(|name| std::env::var_os(name))
}

/// The same with the variables of `environment`.
fn place(environment: impl Fn(&str) -> Option<OsString>) -> PathBuf {
    let folder = |name| {
        environment(name)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    let user = || folder("XDG_CACHE_HOME").filter(|dir| dir.is_absolute());
    let home = || folder("HOME").map(|home| home.join(".cache"));
    folder(DIR).unwrap_or_else(|| {
        let above = user().or_else(home).unwrap_or_else(std::env::temp_dir);
        above.join("bruno")
    })
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
            Ok(text) if !text.is_empty() => text.parse().map_err(|_| SimError::Mismatch {
                what: format!("the environment variable {LIMIT}"),
                found: format!("`{text}`"),
                expected: "a size in MB, as a whole number".into(),
            })?,
            _ => DEFAULT_LIMIT_MB,
        };
        Ok(Self {
            dir: cache_dir(),
            limit_bytes: limit_mb.saturating_mul(1_000_000),
        })
    }

    /// The files, that used longest ago first.
    pub fn entries(&self) -> Result<Vec<CacheEntry>, SimError> {
        let file = |(path, about): (PathBuf, Metadata)| CacheEntry {
            path,
            bytes: about.len(),
            used: about.modified().unwrap_or(SystemTime::UNIX_EPOCH),
        };
        let ours = |c: &(PathBuf, Metadata)| c.1.is_file() && stored::is_entry(&c.0);
        let all = self.contents()?.into_iter().filter(ours);
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

    /// The file `name` of entry `key`, made by `make(path)` in a private directory and renamed into place where it is
    /// not there yet or is not what was put there. Several processes may make it at once: what they make does the same.
    ///
    /// # Errors
    /// Those of `make`; the cache cannot be written to; others can write to it ([`SimError::Cache`]).
    pub(crate) fn entry(
        &self,
        key: &str,
        name: &str,
        make: impl FnOnce(&Path) -> Result<(), SimError>,
    ) -> Result<PathBuf, SimError> {
        if let Some(path) = self.find(key, name)? {
            return Ok(path);
        }
        self.remove_leftovers()?;
        let work = BuildFolder::new(&self.dir)
            .map_err(|e| self.refusal(&format!("lacks a model and cannot be written to ({e})")))?;
        let made = work.path().join(name);
        make(&made)?;
        // Another process may have been faster. They take turns, or each would keep its own; a file system without locks
        // keeps both, which do the same.
        let turn = File::open(&self.dir).map_err(|e| error(&self.dir, e))?;
        let _ = turn.lock();
        if let Some(path) = self.whole(key, name)? {
            return Ok(path);
        }
        let path = stored::store(&made, &self.dir, key, name).map_err(|e| error(&made, e))?;
        self.make_room()?;
        Ok(path)
    }

    /// The file `name` of entry `key`, where it was made before.
    ///
    /// # Errors
    /// Others can write to the cache ([`SimError::Cache`]).
    pub(crate) fn find(&self, key: &str, name: &str) -> Result<Option<PathBuf>, SimError> {
        self.make_dir()?;
        bruno_host::check_folder(&self.dir).map_err(|e| self.refusal(&e.to_string()))?;
        self.whole(key, name)
    }

    /// The file `name` of entry `key` where it is what was put there; what is not goes.
    fn whole(&self, key: &str, name: &str) -> Result<Option<PathBuf>, SimError> {
        for path in stored::find(&self.dir, key, name).map_err(|e| error(&self.dir, e))? {
            match stored::check(&path) {
                Ok(()) => return Ok(Some(path)),
                Err(what) => discard(&path, &what),
            }
        }
        Ok(None)
    }

    /// Makes the directory, where nobody else can write to it.
    fn make_dir(&self) -> Result<(), SimError> {
        let made = DirBuilder::new()
            .recursive(true)
            .mode(0o755)
            .create(&self.dir);
        made.map_err(|e| self.refusal(&format!("cannot be made ({e})")))
    }

    /// The error of a directory that is not used.
    fn refusal(&self, what: &str) -> SimError {
        SimError::Cache {
            dir: self.dir.display().to_string(),
            what: what.into(),
            variable: DIR,
        }
    }

    /// Removes what was used longest ago until the limit is kept or all that is left was used a moment ago.
    fn make_room(&self) -> Result<(), SimError> {
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

    /// Removes what killed builds left.
    fn remove_leftovers(&self) -> Result<(), SimError> {
        for (path, _) in self.contents()? {
            build_folder::remove_leftover(&path);
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

/// Removes what builds of this process have made so far, for it ends now.
pub(crate) fn abandon() {
    build_folder::remove_own();
}

/// Says that a file is not used, and removes it where that is possible.
fn discard(path: &Path, what: &str) {
    // Where nobody can be told, the model is built again all the same.
    let _ = writeln!(
        io::stderr(),
        "note: {} {what}; it is built again",
        path.display()
    );
    let _ = std::fs::remove_file(path);
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
