//! A folder into which another command writes: whoever comes second is told so, and changes nothing.

mod support;

use bruno_host::FolderLock;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use support::task::Task;
use support::{bruno, check};

/// A command whose results go to `out` in a folder of the task.
fn in_use(task: &Task, command: impl FnOnce(&str) -> Command) {
    let out = task.path("out");
    let _held = FolderLock::take(&out).unwrap();
    let expected = format!("out: is in use by process {}", std::process::id());
    check(command(&out.display().to_string()), 2, &expected);
    // The lock is all that is there.
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 1);
}

#[test]
fn of_a_run() {
    let task = Task::new("");
    in_use(&task, |_| task.train("out", &[]));
}
#[test]
fn of_a_sweep() {
    let task = Task::new("");
    let axis = ["--sweep", "training.learning_rate=0.1,0.2"];
    in_use(&task, |_| task.train("out", &axis));
}
#[test]
fn of_virtual_chips() {
    let task = Task::new("");
    check(task.train("run", &[]), 0, "results:");
    in_use(&task, |out| {
        task.run(
            "montecarlo",
            &task.path("run"),
            &["--chips", "1", "--out", out],
        )
    });
}
#[test]
fn of_a_search() {
    let task = Task::new("");
    in_use(&task, |out| {
        task.run(
            "tune",
            &task.path("chip.json"),
            &["--trials", "1", "--out", out],
        )
    });
}
/// A command on the description of the task.
fn of_a_chip(command: &str) {
    let task = Task::new("");
    let chip = task.path("chip.json").display().to_string();
    in_use(&task, |out| bruno(&[command, &chip, "--out", out]));
}
#[test]
fn of_verilog() {
    of_a_chip("generate");
}
#[test]
fn of_gates() {
    of_a_chip("synth");
}
#[test]
fn of_a_circuit_simulator() {
    let task = Task::new("");
    let arguments = ["device", "simulate", "--simulator", "ngspice", "--dry-run"];
    in_use(&task, |out| {
        bruno(&[&arguments[..], &["--out", out]].concat())
    });
}

/// What a killed command left beside its outputs is gone after the next.
#[test]
fn leftovers_of_a_killed_run() {
    let task = Task::new("");
    let half = task.path("out/.bruno-a1b2c3.part");
    std::fs::create_dir(task.path("out")).unwrap();
    std::fs::write(&half, "{\"version\":").unwrap();
    check(task.train("out", &[]), 0, "results:");
    assert!(!half.exists());
}

/// A run's folder says how it was made, and where its data lay.
#[test]
fn a_run_remembers_its_data() {
    let task = Task::new("");
    check(task.train("run", &[]), 0, "results:");
    let run = task.path("run").display().to_string();
    let eval = |more: &[&str]| {
        let words = [&["eval", &run, "--simulator", "integer", "--json"], more].concat();
        check(bruno(&words), 0, "").stdout
    };
    let data = task.path("data").display().to_string();
    assert_eq!(eval(&[]), eval(&["--data", &data]));
    check(task.train("run", &[]), 0, "results:");
    let calls = std::fs::read_to_string(task.path("run/commands.jsonl")).unwrap();
    assert_eq!(calls.lines().count(), 1, "the same call once: {calls}");
    let call: serde_json::Value = serde_json::from_str(&calls).unwrap();
    assert_eq!(call["command"][1], "train");
    assert_eq!(call["data"], data);
    let page = std::fs::read_to_string(task.path("run/report.html")).unwrap();
    assert!(page.contains("How it was called") && page.contains("chip.json --data"));
    std::fs::rename(task.path("data"), task.path("elsewhere")).unwrap();
    check(
        bruno(&["eval", &run, "--simulator", "integer"]),
        2,
        "say where the data lies",
    );
}

/// The folder of a run whose call names a pipe or a device as its data, by a stranger perhaps: nothing of it is opened, which
/// would never end, and every command says what to give.
fn opens_nothing(data: &str) {
    let task = Task::new("");
    check(task.train("run", &[]), 0, "results:");
    let calls = task.path("run/commands.jsonl");
    let text = std::fs::read_to_string(&calls).unwrap();
    let named = task.path("data").display().to_string();
    assert!(text.contains(&named));
    std::fs::write(
        &calls,
        text.replace(&named, &task.path(data).display().to_string()),
    )
    .unwrap();
    let run = task.path("run").display().to_string();
    for command in ["eval", "audit", "montecarlo"] {
        let mut guarded = Command::new("timeout");
        let bruno = env!("CARGO_BIN_EXE_bruno");
        guarded.args(["120", bruno, command, &run, "--simulator", "integer"]);
        check(guarded, 2, "say where the data lies");
    }
}

#[test]
fn a_run_whose_data_is_a_device() {
    opens_nothing("/dev/zero");
}
#[test]
fn a_run_whose_data_is_a_pipe() {
    let dir = tempfile::tempdir().unwrap();
    let pipe = dir.path().join("pipe").display().to_string();
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    opens_nothing(&pipe);
}

/// What `bruno generate` says of a folder that holds `file` already.
fn generated_beside(file: &str, text: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(file), text).unwrap();
    let out = dir.path().display().to_string();
    let arguments = ["generate", "examples/braille.json", "--out", &out];
    let output = bruno(&arguments).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn modules_of_another_chip_are_named() {
    let told = generated_beside(
        "other_bank.v",
        "// A bank.\n// Generated by bruno 0.1.0 for chip\n",
    );
    assert!(
        told.contains("this chip does not have: other_bank.v;"),
        "{told}"
    );
}
#[test]
fn modules_of_the_user_are_not() {
    assert_eq!(generated_beside("mine.v", "module mine; endmodule\n"), "");
}
#[test]
fn modules_of_the_same_chip_are_not() {
    let old = "// Top.\n// Generated by bruno 0.1.0 for chip\n";
    assert_eq!(generated_beside("braille.v", old), "");
}

/// What a run says that gets this signal once it has a checkpoint, and how it ends.
fn stopped(signal: &str, number: i32) {
    let task = Task::new("");
    let endless = ["--set", "training.epochs=1000000"];
    let mut run = task.train("run", &endless);
    let child = run.stderr(Stdio::piped()).spawn().unwrap();
    while !task.path("run/checkpoint.json").is_file() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let kill = format!("kill -{signal} {}", child.id());
    assert!(
        Command::new("sh")
            .args(["-c", &kill])
            .status()
            .unwrap()
            .success()
    );
    let ended = child.wait_with_output().unwrap();
    let told = String::from_utf8(ended.stderr).unwrap();
    let expected = "bruno: stopped; the same command goes on from what is in";
    assert!(told.contains(expected), "{told}");
    assert_eq!(ended.status.signal(), Some(number));
}

#[test]
fn ctrl_c_says_how_to_go_on() {
    stopped("INT", 2);
}
#[test]
fn the_end_of_a_job_says_how_to_go_on() {
    stopped("TERM", 15);
}
