//! Files from strangers, as a user meets them: exit 2, the file and the field named, nothing written elsewhere.

mod support;

use serde_json::{Value, json};
use std::path::Path;
use support::check;
use support::task::Task;

/// A trained run whose file, below `out`, has another value at a place.
fn changed(file: &str, pointer: &str, value: Value) -> Task {
    let task = Task::new("");
    check(task.train("out", &[]), 0, "results:");
    let path = task.path("out").join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let mut stored: Value = serde_json::from_str(&text).unwrap();
    *stored.pointer_mut(pointer).expect("a place in the file") = value;
    std::fs::write(&path, stored.to_string()).unwrap();
    task
}

/// Everything below a directory, by path.
fn tree(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        found.push(path.clone());
        if path.is_dir() {
            found.extend(tree(&path));
        }
    }
    found.sort();
    found
}

/// `eval`, `audit` and `montecarlo` refuse a checkpoint with this value, and write nothing.
fn refused(pointer: &str, value: Value, expected: &str) {
    let task = changed("checkpoint.json", pointer, value);
    let checkpoint = task.path("out/checkpoint.json");
    let before = tree(&task.path("."));
    for command in ["eval", "audit", "montecarlo"] {
        let output = check(task.run(command, &checkpoint, &[]), 2, expected);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(text.contains("checkpoint.json: "), "{text}");
    }
    assert_eq!(tree(&task.path(".")), before);
}

#[test]
fn a_name_that_leads_elsewhere() {
    refused("/description/name", json!("../../x"), "`name` is `../../x`");
}
#[test]
fn a_place_beyond_the_values() {
    let field = "/parameters/layers/0/input/place/end";
    refused(
        field,
        json!(1_000_000_000),
        "`parameters.layers[0].input.place.end` is 1000000000",
    );
}
#[test]
fn a_run_that_continues_is_checked_too() {
    let task = changed("checkpoint.json", "/adam/step", json!(-1));
    check(task.train("out", &[]), 2, "`adam.step` is -1");
}

/// Virtual chips that a run left, with another accuracy of the first.
#[test]
fn an_accuracy_that_asks_for_all_memory() {
    let task = Task::new("");
    task.change(
        r#""neurons":4,"#,
        r#""neurons":4,"variability":"illustrative","#,
    );
    check(task.train("run", &[]), 0, "results:");
    let out = task.path("chips").display().to_string();
    let chips = |count: &str| {
        let arguments = ["--chips", count, "--threads", "1", "--out", &out];
        task.run("montecarlo", &task.path("run"), &arguments)
    };
    check(chips("2"), 0, "");
    let path = task.path("chips/chips.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    for value in [json!(4_294_967_295u32), json!(1e300)] {
        let changed = text.lines().map(|line| {
            let mut record: Value = serde_json::from_str(line).unwrap();
            if record["chip"] == 0 {
                record["accuracy"] = value.clone();
            }
            record.to_string() + "\n"
        });
        std::fs::write(&path, changed.collect::<String>()).unwrap();
        check(chips("3"), 2, "chips.jsonl");
        check(chips("3"), 2, "`accuracy` is ");
    }
}
