//! One file of the cache. Its name is `KEY-HASH-NAME`: what it was made from, the SHA-256 of what is in it, and what it
//! is. The hash stands in the name so that a file and its hash appear at once.

use sha2::{Digest, Sha256};
use std::fs::{File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Digits of a hash in a name.
const DIGITS: usize = 64;

/// The files in a directory that hold `name` of entry `key`: one, or more where several processes made it at once.
pub(super) fn find(dir: &Path, key: &str, name: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if parts(&path).is_some_and(|(k, _, n)| (k, n) == (key, name)) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Key, hash and name of a file.
fn parts(path: &Path) -> Option<(&str, &str, &str)> {
    let (key, rest) = path.file_name()?.to_str()?.split_once('-')?;
    let (hash, name) = rest.split_once('-')?;
    (hash.len() == DIGITS).then_some((key, hash, name))
}

/// Whether a file is one of the cache, also of a version that wrote no hashes: whatever else lies in the folder stays.
pub(super) fn is_entry(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    let keyed = name.len() > 32 && name[..32].iter().all(u8::is_ascii_hexdigit) && name[32] == b'-';
    keyed || parts(path).is_some()
}

/// Checks that a file holds what it was given, from someone who may decide what bruno runs, and says what is wrong.
pub(super) fn check(path: &Path) -> Result<(), String> {
    let mut file = File::open(path).map_err(|e| e.to_string())?;
    let about = file.metadata().map_err(|e| e.to_string())?;
    bruno_host::check_metadata(&about).map_err(|e| e.to_string())?;
    let hash = hash(&mut file).map_err(|e| e.to_string())?;
    match parts(path) {
        Some((_, expected, _)) if expected == hash => {}
        _ => return Err("is damaged: its content does not have the hash in its name".into()),
    }
    // The time says that it was used; in a cache that is only to be read it stays as it is.
    let _ = file.set_modified(SystemTime::now());
    Ok(())
}

/// Moves a file that was made into `dir` as `name` of entry `key`; a crash leaves all of it or nothing.
pub(super) fn store(made: &Path, dir: &Path, key: &str, name: &str) -> io::Result<PathBuf> {
    let mut file = File::open(made)?;
    let hash = hash(&mut file)?;
    let mode = file.metadata()?.permissions().mode();
    file.set_permissions(Permissions::from_mode(mode & !0o022))?;
    file.sync_all()?;
    let path = dir.join(format!("{key}-{hash}-{name}"));
    std::fs::rename(made, &path)?;
    File::open(dir)?.sync_all()?;
    Ok(path)
}

fn hash(file: &mut File) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut text = Vec::new();
    io::Read::read_to_end(file, &mut text)?;
    hash.update(&text);
    Ok(hash.finalize().iter().map(|b| format!("{b:02x}")).collect())
}
