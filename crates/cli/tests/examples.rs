//! Every description under `examples/` is one that a user can start from.

mod support;

use std::path::{Path, PathBuf};
use support::{bruno, check, root};

/// Descriptions of a directory and of those below it.
fn descriptions(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let found = paths.flat_map(|path| match path.is_dir() {
        true => descriptions(&path),
        false => vec![path],
    });
    found.collect()
}

#[test]
fn all_are_valid() {
    let mut found = descriptions(&root().join("examples"));
    found.retain(|path| path.extension().is_some_and(|e| e == "json"));
    assert!(found.len() > 10, "{found:?}");
    for path in found {
        check(bruno(&["check", &path.to_string_lossy()]), 0, "inputs");
    }
}
