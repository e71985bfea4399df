//! The cache of models as several processes use it.

mod support;

use std::process::{Child, Stdio};
use support::{bruno, check, written};

const CHIP: &str = r#"{"name":"shared","inputs":2,
    "layers":[{"name":"one","kind":"felif","neurons":2,"synapse":{"range_pA":300}}],
    "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;

fn used_by(dir: &str, arguments: &[&str]) -> std::process::Command {
    let mut command = bruno(arguments);
    command.env("BRUNO_CACHE", dir);
    command
}

/// `cosim` of [`CHIP`] with a cache in `dir`.
fn cosim(dir: &str, chip: &str, out: &str) -> std::process::Command {
    let out = format!("{dir}-{out}");
    used_by(
        dir,
        &["cosim", chip, "--corner", "--ticks", "200", "--out", &out],
    )
}

/// Files of a cache by name.
fn files(dir: &str) -> Vec<std::path::PathBuf> {
    let mut all: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    all.sort();
    all
}

#[test]
fn several_processes_build_the_same_model_at_once() {
    let (_chip, chip) = written(CHIP);
    let above = tempfile::tempdir().unwrap();
    let dir = above.path().join("cache").display().to_string();
    let start = |out| {
        cosim(&dir, &chip, out)
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    };
    let running: [Child; 2] = ["a", "b"].map(start);
    for mut process in running {
        assert!(process.wait().unwrap().success());
    }
    // Three models, for lock step, as trained and as delivered, and Verilator's two sources.
    check(used_by(&dir, &["cache"]), 0, ": 5 files");

    // Files that were cut are made again, where loading them would end the process with a signal.
    for path in files(&dir) {
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    }
    check(cosim(&dir, &chip, "a"), 0, "is damaged");
    check(used_by(&dir, &["cache"]), 0, ": 5 files");

    check(used_by(&dir, &["cache", "--clear"]), 0, "removed");
    check(used_by(&dir, &["cache", "--json"]), 0, "\"files\": []");
}
#[test]
fn a_killed_build_is_removed_by_the_next() {
    let (_chip, chip) = written(CHIP);
    let above = tempfile::tempdir().unwrap();
    let dir = above.path().join("cache").display().to_string();
    let mut killed = cosim(&dir, &chip, "a")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while !std::fs::read_dir(&dir).is_ok_and(|mut listed| listed.next().is_some()) {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    // Its tools are killed at the same moment, but may have written a last file since.
    let left = || files(&dir).iter().any(|path| path.is_dir());
    for _ in 0..1000 {
        check(used_by(&dir, &["cache", "--clear"]), 0, "removed");
        if !left() {
            return;
        }
    }
    panic!("{:?} is left", files(&dir));
}
#[test]
fn a_cache_that_others_can_write_to() {
    let (_chip, chip) = written(CHIP);
    let dir = tempfile::tempdir().unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(dir.path(), mode).unwrap();
    let dir = dir.path().display().to_string();
    check(
        cosim(&dir, &chip, "a"),
        2,
        "may be written to by other users",
    );
}
#[test]
fn a_limit_that_is_no_size() {
    let mut command = bruno(&["cache"]);
    command.env("BRUNO_CACHE_MB", "much");
    check(command, 2, "a size in MB, as a whole number");
}
#[test]
fn a_processor_that_the_compiler_does_not_know() {
    let (_chip, chip) = written(CHIP);
    let mut command = bruno(&["cosim", &chip, "--corner"]);
    command.env("BRUNO_MARCH", "abacus");
    check(command, 3, "BRUNO_MARCH must name a processor");
}
