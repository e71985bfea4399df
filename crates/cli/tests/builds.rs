//! A compiler that makes wrong models: none of them runs a sample, the evidence is kept, and bruno outlives them.

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use support::{bruno, check, written};
use tempfile::TempDir;

const CHIP: &str = r#"{"name":"wrong","inputs":2,
    "layers":[{"name":"one","kind":"lif","neurons":2,"synapse":{"range_pA":900}}],
    "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;

/// A branch that is seldom taken is taken where it is not: only models with rewrites have the mark.
const TAKEN: &str = "s/__builtin_expect(!!((0U != /__builtin_expect(!((0U != /";
/// The first statement of every function ends the process.
const ENDS: &str = r"s,^    // Body$,    __builtin_trap();,";

/// A folder with a compiler that edits what it is given of a model.
fn compiler(edit: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let path = std::env::var_os("PATH").unwrap();
    let mut places = std::env::split_paths(&path).map(|p| p.join("clang++"));
    let real = places.find(|p| p.is_file()).unwrap();
    let script = format!(
        "#!/bin/sh\nfor file; do case ${{file##*/}} in Vchip*.cpp) sed -i '{edit}' \"$file\";; esac; done\n\
         exec {} \"$@\"\n",
        real.display()
    );
    let program = dir.path().join("clang++");
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    dir
}

/// A compiler that takes some seconds is told of.
#[test]
fn a_build_that_takes_long() {
    let (_chip, chip) = written(CHIP);
    let (compiler, here) = (compiler("#"), tempfile::tempdir().unwrap());
    let program = compiler.path().join("clang++");
    let script = std::fs::read_to_string(&program).unwrap();
    let slow = r#"mkdir "$0.slept" 2>&- && sleep 5; sed -i"#;
    std::fs::write(&program, script.replace("sed -i", slow)).unwrap();
    let said = "model: built by Verilator and the compiler, once for this chip";
    check(bench(&chip, &compiler, here.path()), 0, said);
}

/// `bench` of [`CHIP`], in a folder, with a compiler and an empty cache.
fn bench(chip: &str, compiler: &TempDir, here: &Path) -> Command {
    let mut command = bruno(&["bench", chip, "--seconds", "0.01", "--runs", "1"]);
    let path = std::env::var("PATH").unwrap();
    command
        .current_dir(here)
        .env("PATH", format!("{}:{path}", compiler.path().display()))
        .env("BRUNO_CACHE", here.join("cache"));
    command
}

/// Whether a build is kept that has what `expected` says in its description.
fn is_kept(here: &Path, expected: &str) -> bool {
    let mut listed = std::fs::read_dir(here).unwrap().map(|e| e.unwrap().path());
    listed.any(|path| {
        let about = std::fs::read_to_string(path.join("build.json")).unwrap_or_default();
        path.join("model.so").is_file() && about.contains(expected)
    })
}

/// Every build is wrong in a way that the evidence tells; `off`: what comes of it without rewrites.
fn check_wrong(edit: &str, expected: &str, off: Option<&str>) {
    let (_chip, chip) = written(CHIP);
    let (compiler, here) = (compiler(edit), tempfile::tempdir().unwrap());
    let said = "no build of the model of `wrong` does what the integer model does";
    check(bench(&chip, &compiler, here.path()), 4, said);
    assert!(is_kept(here.path(), expected));
    if let Some(expected) = off {
        let mut command = bench(&chip, &compiler, here.path());
        command.env("BRUNO_REWRITES", "off");
        check(command, 0, expected);
    }
}

#[test]
fn builds_that_differ() {
    check_wrong(
        TAKEN,
        "`v` of window 0: expected",
        Some("none: BRUNO_REWRITES=off"),
    );
}

#[test]
fn builds_that_end_the_process() {
    check_wrong(ENDS, "it ended the process in which it ran", None);
}
