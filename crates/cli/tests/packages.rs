//! The crates are packages: what is compiled into one stands in it, so that each builds from its archive alone. A folder of
//! another place (`rtl/interfaces`, `sim`, `sw`) is in it by a link, which `cargo package` follows.

use std::fs;
use std::path::{Component, Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true if path.file_name() != Some("tests".as_ref()) => sources(&path, found),
            false if path.extension() == Some("rs".as_ref()) => found.push(path),
            _ => {}
        }
    }
}

/// The paths that a source includes outside of its unit tests, as they are written.
fn included(text: &str) -> impl Iterator<Item = &str> {
    let own = text.split("#[cfg(test)]").next().unwrap_or("");
    let macros = own
        .split("include_str!(")
        .chain(own.split("include_bytes!("));
    macros.filter_map(|after| {
        let argument = after
            .trim_start()
            .trim_start_matches("concat!(")
            .trim_start();
        argument.strip_prefix('"')?.split('"').next()
    })
}

/// The path without `..`, links unseen.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            other => plain.push(other),
        }
    }
    plain
}

#[test]
fn nothing_is_included_from_outside_of_a_crate() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let (mut files, mut paths) = (Vec::new(), 0);
    for own in fs::read_dir(crates).unwrap().flatten() {
        files.clear();
        sources(&own.path().join("src"), &mut files);
        for file in files
            .iter()
            .filter(|f| f.file_name() != Some("tests.rs".as_ref()))
        {
            let text = fs::read_to_string(file).unwrap();
            for path in included(&text) {
                paths += 1;
                let there = plain(&file.parent().unwrap().join(path));
                assert!(there.starts_with(own.path()), "{}: {path}", file.display());
            }
        }
    }
    assert!(paths > 20, "{paths} files are included");
}
