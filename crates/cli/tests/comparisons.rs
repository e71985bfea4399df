//! `bruno compare` on a task of seconds.

mod support;

use std::process::Command;
use support::check;
use support::task::Task;

/// Two arms of the task: as it is, and with something else in it.
fn compare(task: &Task, from: &str, to: &str, arguments: &[&str]) -> Command {
    let text = std::fs::read_to_string(task.path("chip.json")).unwrap();
    assert!(text.contains(from), "`{from}` is not in the chip");
    std::fs::write(task.path("other.json"), text.replace(from, to)).unwrap();
    let other = task.path("other.json").display().to_string();
    let own = ["--trials", "2", "--search-epochs", "1", "--seeds", "2"];
    let all = [&[&other[..]], &own[..], arguments].concat();
    let mut command = task.run("compare", &task.path("chip.json"), &all);
    command.arg("--out").arg(task.path("out"));
    command
}

#[test]
fn two_arms() {
    let task = Task::new("");
    let more = || compare(&task, r#""neurons":4"#, r#""neurons":6"#, &["--json"]);
    let output = check(more(), 0, "arm other: 2 seeds");
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let arms = found["arms"].as_array().unwrap();
    for (arm, name) in arms.iter().zip(["chip", "other"]) {
        assert_eq!(arm["name"], name);
        assert_eq!(arm["search"]["trials"], 2);
        assert_eq!(arm["runs"].as_array().unwrap().len(), 2);
    }
    // By hand: the mean of the two seeds, and the mean of their differences.
    let area = |arm: usize, run: usize| arms[arm]["runs"][run]["area_um2"].as_f64().unwrap();
    let mean = 0.5 * (area(0, 0) + area(0, 1));
    let close = |value: &serde_json::Value, expected: f64| {
        assert!((value.as_f64().unwrap() - expected).abs() < 1e-9, "{value}");
    };
    close(&arms[0]["means"]["area_um2"]["mean"], mean);
    let difference = 0.5 * (area(1, 0) - area(0, 0) + area(1, 1) - area(0, 1));
    let pair = &found["pairs"][0];
    assert_eq!(
        (&pair["from"], &pair["to"]),
        (&"chip".into(), &"other".into())
    );
    close(&pair["differences"]["area_um2"]["mean"], difference);
    for file in [
        "compare.json",
        "compare.svg",
        "report.html",
        "other/search/tune.json",
        "chip/seeds/sweep.csv",
    ] {
        assert!(task.path("out").join(file).is_file(), "{file}");
    }
    // What was done is not done again, and says the same.
    let again = check(more(), 0, "after epoch 3");
    assert_eq!(output.stdout, again.stdout);
}

fn refused(from: &str, to: &str, expected: &str) {
    let task = Task::new("");
    check(compare(&task, from, to, &[]), 2, expected);
    assert!(!task.path("out").exists(), "no work before a refusal");
}
#[test]
fn other_data() {
    refused(
        r#""channels":4"#,
        r#""channels":4,"acceleration":2"#,
        "`training.data` is",
    );
}
#[test]
fn other_epochs() {
    refused(
        r#""epochs":3"#,
        r#""epochs":4"#,
        "`training.epochs` is 4; allowed: 3, as in",
    );
}
#[test]
fn another_budget() {
    let tune = r#""tune":{"startup":3,"space":{"batch":{"choices":[2,4]}}},"epochs":3"#;
    refused(
        r#""epochs":3"#,
        tune,
        "`training.tune.budget` is 2 trials, epochs None, startup 3",
    );
}
#[test]
fn a_search_that_leaves_the_bounds() {
    let space = r#""tune":{"budget":{"trials":2},"space":{"layers.0.device.area_um2":{"low":3.5,"high":30}}},"epochs":3"#;
    refused(
        r#""epochs":3"#,
        space,
        "change it or `space[layers.0.device.area_um2]`, which reaches 30.0",
    );
}
#[test]
fn one_arm() {
    let task = Task::new("");
    check(
        task.run("compare", &task.path("chip.json"), &[]),
        2,
        "`the arms` is one; allowed: two or more",
    );
}
#[test]
fn one_arm_twice() {
    let task = Task::new("");
    let same = task.path("chip.json").display().to_string();
    check(
        task.run("compare", &task.path("chip.json"), &[&same]),
        2,
        "`the file's name` is chip",
    );
}
