//! `bruno record` and `bruno monitor` on a small run: records of the trained chip, of one that drifted, and of no chip.

mod support;

use std::path::PathBuf;
use support::task::Task;
use support::{bruno, check};

/// A trained run, records of its test samples, and those of a chip whose leak is ten times as large.
fn trained() -> (Task, String) {
    let task = Task::new("");
    check(task.train("out", &[]), 0, "test");
    let run = task.path("out");
    let record = |name: &str, arguments: &[&str]| {
        let out = task.path(name).display().to_string();
        let all = [&["--out", &out], arguments].concat();
        check(task.run("record", &run, &all), 0, "");
    };
    record("same.jsonl", &[]);
    record("leaky.jsonl", &["--set", "layers.0.device.g_leak_pS=200"]);
    let run = run.display().to_string();
    (task, run)
}

fn judge(task: &Task, records: &str, arguments: &[&str], code: i32, expected: &str) -> String {
    let records = task.path(records).display().to_string();
    let all = [&[records.as_str()], arguments].concat();
    let output = check(task.run("monitor", &task.path("out"), &all), code, expected);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_chip_that_drifted() {
    let (task, _) = trained();
    judge(&task, "same.jsonl", &[], 0, "verdict: no drift");
    let text = judge(&task, "leaky.jsonl", &[], 4, "leaky.jsonl: drift in hidden");
    assert!(text.contains("mean of v"), "{text}");
    let text = judge(&task, "leaky.jsonl", &["--json"], 4, "");
    let first = text.lines().next().unwrap();
    let found: serde_json::Value = serde_json::from_str(first).unwrap();
    assert_eq!(found["drifted"][0], "hidden");
    assert_eq!(found["samples"]["reference"], 8);
}

#[test]
fn records_of_a_delivered_chip_are_a_reference() {
    let (task, run) = trained();
    let train = task.path("train.jsonl").display().to_string();
    let made = task.run(
        "record",
        &task.path("out"),
        &["--split", "train", "--out", &train],
    );
    check(made, 0, "");
    let leaky = task.path("leaky.jsonl").display().to_string();
    let command = bruno(&["monitor", &run, &leaky, "--reference", &train]);
    check(command, 4, "drift in hidden");
    let few = task.path("few.jsonl");
    let text = std::fs::read_to_string(&train).unwrap();
    std::fs::write(&few, text.lines().next().unwrap()).unwrap();
    let few = few.display().to_string();
    let command = bruno(&["monitor", &run, &leaky, "--reference", &few]);
    check(
        command,
        2,
        "1 samples of reference for 4 of records; allowed: at least 8",
    );
}

#[test]
fn records_that_do_not_fit() {
    let (task, run) = trained();
    let mistaken = |name: &str, text: &str, expected: &str| {
        let path: PathBuf = task.path(name);
        std::fs::write(&path, text).unwrap();
        let path = path.display().to_string();
        check(bruno(&["monitor", &run, &path]), 2, expected);
    };
    mistaken(
        "empty.jsonl",
        "\n",
        "has no sample; allowed: a line a sample",
    );
    mistaken("text.jsonl", "1,2,3", "line 1: is no record");
    mistaken(
        "absent.jsonl",
        r#"{"layers": {}}"#,
        "line 1: `layers.hidden` is absent",
    );
    let same = std::fs::read_to_string(task.path("same.jsonl")).unwrap();
    let cut = same.replacen("\"hidden\":[", "\"hidden\":[0,", 1);
    mistaken(
        "cut.jsonl",
        &cut,
        "words; allowed: a multiple of 28: 4 neurons of 7 words a window",
    );
    let large = same.replacen("\"readout\":[", "\"readout\":[4294967296,", 1);
    mistaken("large.jsonl", &large, "`layers.readout` has");
    let other = same.replacen("{\"layers\":{", "{\"layers\":{\"more\":[],", 1);
    mistaken(
        "other.jsonl",
        &other,
        "`layers.more` is no layer of the run's chip; allowed: hidden, readout",
    );
    let none = task.path("none.jsonl").display().to_string();
    check(
        bruno(&["monitor", &run, &none]),
        2,
        "none.jsonl: cannot be read",
    );
    let command = bruno(&["monitor", &run, &none, "--false-alarms", "2"]);
    check(command, 2, "allowed: 0.001..0.5");
}
