//! Outputs that cannot take what is printed: a reader that has gone, a device that is full.

mod support;

use std::fs::File;
use std::process::{Command, Stdio};
use support::task::Task;
use support::{bruno, check};

/// A device without room.
fn full() -> Stdio {
    File::options()
        .write(true)
        .open("/dev/full")
        .unwrap()
        .into()
}

/// A pipe that nobody reads.
fn closed() -> Stdio {
    std::io::pipe().unwrap().1.into()
}

const FULL: &str = "bruno: standard output: cannot be written: No space left on device";

/// A command prints to a full device and to a closed pipe; what goes on beside the result goes to either as well.
fn outputs(command: impl Fn() -> Command) {
    let printing_to = |stdout: Stdio| {
        let mut command = command();
        command.stdout(stdout).stderr(Stdio::piped());
        let output = command.spawn().unwrap().wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), text)
    };
    let (code, text) = printing_to(full());
    assert!(code == Some(2) && text.contains(FULL), "{code:?}: {text}");
    let (code, text) = printing_to(closed());
    assert!(
        code == Some(0) && !text.contains("pipe"),
        "{code:?}: {text}"
    );
    for stderr in [full(), closed()] {
        let status = command().stdout(Stdio::null()).stderr(stderr).status();
        assert_eq!(status.unwrap().code(), Some(0));
    }
}

/// A command without a task.
fn alone(arguments: &'static [&'static str]) {
    outputs(|| bruno(arguments));
}

#[test]
fn help() {
    alone(&["--help"]);
}
#[test]
fn help_of_a_command() {
    alone(&["train", "--help"]);
}
#[test]
fn version() {
    alone(&["--version"]);
}
#[test]
fn findings_of_a_chip() {
    alone(&["check", "examples/braille.json"]);
}
#[test]
fn a_resolved_chip() {
    alone(&["check", "examples/braille.json", "--json"]);
}
#[test]
fn the_cache() {
    alone(&["cache"]);
}
#[test]
fn the_cache_as_json() {
    alone(&["cache", "--json"]);
}
#[test]
fn a_card() {
    alone(&[
        "device",
        "export",
        "examples/braille.json",
        "--format",
        "ngspice",
    ]);
}
#[test]
fn a_reduced_card() {
    alone(&["device", "reduce"]);
}

/// A command that writes into a folder of the task `into` as well.
fn writing(arguments: &[&str], option: &str) {
    let dir = tempfile::tempdir().unwrap();
    outputs(|| {
        let mut command = bruno(arguments);
        command.arg(option).arg(dir.path().join("out"));
        command
    });
}

#[test]
fn verilog() {
    writing(&["generate", "examples/braille.json"], "--out");
}
#[test]
fn verilog_as_json() {
    writing(&["generate", "examples/braille.json", "--json"], "--out");
}
#[test]
fn a_picture() {
    writing(
        &["device", "plot", "switching", "--amplitudes", "3"],
        "--out",
    );
}
#[test]
fn files_for_a_simulator() {
    let arguments = ["device", "simulate", "--simulator", "ngspice", "--dry-run"];
    writing(&arguments, "--out");
}
#[test]
fn a_new_description() {
    let dir = tempfile::tempdir().unwrap();
    let chip = dir.path().join("chip.json").display().to_string();
    outputs(|| bruno(&["new", &chip, "--force"]));
}

/// A command on a trained run, as text and as JSON.
fn trained(command: &str, file: &str, arguments: &[&str]) {
    let task = Task::new("");
    check(task.train("run", &[]), 0, "results:");
    outputs(|| task.run(command, &task.path(file), arguments));
    outputs(|| {
        task.run(
            command,
            &task.path(file),
            &[arguments, &["--json"]].concat(),
        )
    });
}

#[test]
fn a_score() {
    trained("eval", "run/checkpoint.json", &[]);
}
#[test]
fn virtual_chips() {
    trained("montecarlo", "run", &["--chips", "2"]);
}
#[test]
fn an_audit() {
    trained("audit", "chip.json", &["--samples", "2"]);
}

#[test]
fn a_run() {
    let task = Task::new("");
    outputs(|| task.train("run", &["--restart"]));
}
#[test]
fn a_sweep() {
    let task = Task::new("");
    outputs(|| task.train("sweep", &["--sweep", "training.learning_rate=0.1,0.2"]));
}
#[test]
fn a_search() {
    let task = Task::new("");
    let out = task.path("tune").display().to_string();
    outputs(|| {
        task.run(
            "tune",
            &task.path("chip.json"),
            &["--trials", "2", "--out", &out],
        )
    });
}

/// The files of a run whose result cannot be printed are all there.
#[test]
fn a_full_output_costs_no_file() {
    let task = Task::new("");
    let status = task.train("run", &[]).stdout(full()).status().unwrap();
    assert_eq!(status.code(), Some(2));
    assert!(task.path("run/comparison.json").is_file());
}

/// What a command with `--json` prints on stdout when it fails.
fn error(arguments: &[&str]) -> serde_json::Value {
    let output = bruno(arguments).output().unwrap();
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["error"]["exit_code"], output.status.code().unwrap());
    let message = found["error"]["message"].as_str().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains(message), "{message}\nis not in\n{text}");
    found["error"].clone()
}
#[test]
fn a_description_that_is_wrong_as_json() {
    let found = error(&[
        "check",
        "examples/braille.json",
        "--set",
        "window_ticks=0",
        "--json",
    ]);
    assert_eq!(found["problems"][0]["field"], "window_ticks");
    assert!(found["problems"][0]["remedy"].is_string());
}
#[test]
fn a_setting_that_is_wrong_as_json() {
    let found = error(&[
        "train",
        "examples/braille.json",
        "--set",
        "training.epochs=0",
        "--json",
    ]);
    assert_eq!(found["problems"][0]["field"], "training.epochs");
}
#[test]
fn arguments_that_are_wrong_as_json() {
    assert_eq!(error(&["check", "--jsn", "--json"])["exit_code"], 2);
}
