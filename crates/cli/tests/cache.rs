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

#[test]
fn several_processes_build_the_same_model_at_once() {
    let (_chip, chip) = written(CHIP);
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().display().to_string();
    let out = format!("{dir}-out");
    let start = || {
        let mut cosim = used_by(
            &dir,
            &["cosim", &chip, "--corner", "--ticks", "200", "--out", &out],
        );
        cosim.stdout(Stdio::null()).spawn().unwrap()
    };
    let running: Vec<Child> = (0..2).map(|_| start()).collect();
    for mut process in running {
        assert!(process.wait().unwrap().success());
    }
    // The model and Verilator's two sources.
    check(used_by(&dir, &["cache"]), 0, ": 3 files");
    check(used_by(&dir, &["cache", "--clear"]), 0, "removed");
    check(used_by(&dir, &["cache", "--json"]), 0, "\"files\": []");
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
