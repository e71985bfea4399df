//! `bruno check` looks at the data set of a chip: what training would refuse is refused, what is odd is named.

mod support;

use support::task::Task;
use support::{bruno, check};

/// What is said of a task's chip with some arguments.
fn checked(task: &Task, arguments: &[&str], code: i32, expected: &str) {
    let chip = task.path("chip.json").display().to_string();
    let all = [&["check", &chip][..], arguments].concat();
    check(bruno(&all), code, expected);
}

/// The same with the task's data.
fn with_data(task: &Task, code: i32, expected: &str) {
    let data = task.path("data").display().to_string();
    checked(task, &["--data", &data], code, expected);
}

#[test]
fn data_that_fit() {
    with_data(&Task::new(""), 0, "fine  data set data: 8 + 4 + 4 samples");
}
#[test]
fn data_that_are_not_named() {
    checked(&Task::new(""), &[], 0, "the data set was not looked at");
}
#[test]
fn data_that_are_not_there() {
    checked(&Task::new(""), &["--data", "nowhere"], 2, "nowhere");
}
#[test]
fn settings_that_are_out_of_range() {
    let task = Task::new("");
    task.change("\"channels\":4", "\"channels\":0");
    checked(&task, &[], 2, "channels");
}
#[test]
fn other_channels_than_inputs() {
    let task = Task::new("");
    task.change("\"inputs\":4", "\"inputs\":2");
    with_data(&task, 2, "allowed: 4 (the channels of data set");
}
#[test]
fn a_class_without_test_samples() {
    let task = Task::new("");
    let path = task.path("data/labels.csv");
    let labels = std::fs::read_to_string(&path).unwrap();
    std::fs::write(path, labels.replace("high,test", "low,test")).unwrap();
    with_data(
        &task,
        0,
        "look  data: no test samples of 1 of 2 classes (`high`)",
    );
}
#[test]
fn built_in_data_for_another_chip() {
    let task = Task::new("");
    task.change(r#"{"kind":"events","channels":4}"#, r#"{"kind":"braille"}"#);
    checked(&task, &[], 2, "24");
}
#[test]
fn built_in_data_are_looked_at() {
    let task = Task::new("");
    let same = r#"{"kind":"same","symbols":2,"lines":2,"train":4}"#;
    task.change(r#"{"kind":"events","channels":4}"#, same);
    checked(&task, &[], 0, "data set same-2: 4 + 100 + 400 samples");
}
