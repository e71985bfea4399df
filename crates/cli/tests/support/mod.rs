//! The binary as the tests run it.

#![allow(dead_code)] // each test binary uses its own part

pub mod faults;
pub mod task;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub fn root() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).to_path_buf()
}

pub fn bruno(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bruno"));
    command.current_dir(root()).args(arguments);
    command
}

/// Runs a command; its exit code and a piece of what it prints must be as expected.
pub fn check(mut command: Command, code: i32, expected: &str) -> Output {
    let output = command.output().unwrap();
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    let text = String::from_utf8_lossy(&text);
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert!(text.contains(expected), "`{expected}` is not in:\n{text}");
    output
}

pub fn written(text: &str) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("chip.json");
    std::fs::write(&path, text).unwrap();
    let path = path.display().to_string();
    (dir, path)
}

/// A directory whose only programs are these, as links.
pub fn only(programs: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let path = std::env::var_os("PATH").unwrap();
    for program in programs {
        let mut places = std::env::split_paths(&path).map(|p| p.join(program));
        let real = places.find(|p| p.is_file()).unwrap();
        std::os::unix::fs::symlink(real, dir.path().join(program)).unwrap();
    }
    dir
}
