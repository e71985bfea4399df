//! Descriptions as people write them, and fields that the command line changes.

mod support;

use support::task::Task;
use support::{bruno, check, written};

const SMALL: &str = r#"{
  // two neurons
  "$schema": "chip.schema.json",
  "name": "mini", "inputs": 2, /* of a sensor */
  "layers": [{"name": "one", "kind": "felif", "neurons": 2, "synapse": {"range_pA": 300}}],
  "readout": {"outputs": 1, "synapse": {"range_pA": 100}},
  "training": {"epochs": 3, "data": {"kind": "jsb"}}
}"#;

/// The small chip with a piece of its text replaced is refused with these words.
fn refused(from: &str, to: &str, expected: &str) {
    assert!(SMALL.contains(from), "`{from}` is not in the chip");
    let (_dir, path) = written(&SMALL.replace(from, to));
    check(bruno(&["check", &path]), 2, expected);
}

fn set(command: &str, changes: &[&str], code: i32, expected: &str) {
    let (_dir, path) = written(SMALL);
    let mut arguments = vec![command, &path];
    changes
        .iter()
        .for_each(|change| arguments.extend(["--set", change]));
    check(bruno(&arguments), code, expected);
}

#[test]
fn comments_and_a_schema() {
    let (_dir, path) = written(SMALL);
    check(bruno(&["check", &path]), 0, "mini: 2 inputs");
}
#[test]
fn a_field_of_training_that_is_unknown() {
    refused(
        "epochs",
        "epocs",
        "field `training.epocs`: unknown field `epocs`, did you mean `epochs`?",
    );
}
#[test]
fn the_line_of_a_field_of_training() {
    refused(
        "\"epochs\": 3",
        "\"epochs\": \"three\"",
        "a whole number of 0 or more at line 7",
    );
}
#[test]
fn a_field_twice_in_training() {
    refused(
        "\"epochs\": 3",
        "\"epochs\": 3, \"epochs\": 4",
        "field `training.epochs`: stands twice",
    );
}
#[test]
fn a_list_in_place_of_a_synapse() {
    refused(
        "{\"range_pA\": 300}",
        "[3, 300]",
        "field `layers[0].synapse`: is a list, expected an object, each field with its name at line 5",
    );
}
#[test]
fn a_list_in_place_of_training() {
    refused(
        "{\"epochs\": 3, \"data\": {\"kind\": \"jsb\"}}",
        "[3]",
        "field `training`: is a list, expected an object",
    );
}
#[test]
fn a_neuron_without_its_unit() {
    refused(
        "\"neurons\": 2",
        "\"neurons\": 2, \"device\": {\"area\": 3}",
        "did you mean `area_um2`?",
    );
}

#[test]
fn set_a_number() {
    set(
        "check",
        &["layers.0.neurons=16"],
        0,
        "one: 16 Felif neurons",
    );
}
#[test]
fn set_a_word_and_a_field_of_training() {
    set(
        "check",
        &["rounding=stochastic", "epochs=7", "name=other"],
        0,
        "other: 2 inputs",
    );
}
#[test]
fn set_a_value_out_of_range() {
    set(
        "check",
        &["layers.0.neurons=0"],
        2,
        "chip.json with layers.0.neurons=0: 1 problem(s)",
    );
}
#[test]
fn set_a_field_that_is_unknown() {
    set(
        "check",
        &["layers.0.nuerons=1"],
        2,
        "did you mean `neurons`?",
    );
}
#[test]
fn set_a_place_that_is_not_there() {
    set(
        "check",
        &["layers.3.neurons=1"],
        2,
        "a path to `3` of a list of 1",
    );
}
#[test]
fn set_without_a_value() {
    set("check", &["rounding"], 2, "write FIELD=VALUE");
}
#[test]
fn set_for_training() {
    let task = Task::new("");
    check(
        task.train("out", &["--set", "epochs=1"]),
        0,
        "after 1 epochs",
    );
}
#[test]
fn set_changes_no_run() {
    let task = Task::new("");
    check(
        task.train("out", &["--set", "epochs=1"]),
        0,
        "after 1 epochs",
    );
    let run = task.path("out").display().to_string();
    let arguments = ["montecarlo", &run, "--chips", "2", "--set", "epochs=2"];
    check(
        bruno(&arguments),
        2,
        "is a trained run, of which --set epochs=2 can change nothing",
    );
}

#[test]
fn sweeps_of_words_and_of_fields_that_change_together() {
    let task = Task::new("");
    let axes = [
        "--sweep",
        "gradient=mean,sample",
        "--sweep",
        "epochs+batch=1,2",
    ];
    let output = check(
        task.train("out", &[&axes[..], &["--json"]].concat()),
        0,
        "epochs+batch",
    );
    let table: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let values: Vec<_> = (0..4).map(|k| table["runs"][k]["values"].clone()).collect();
    let expected = serde_json::json!([["mean", 1], ["mean", 2], ["sample", 1], ["sample", 2]]);
    assert_eq!(serde_json::Value::from(values), expected);
    assert!(
        task.path("out/gradient=sample,epochs+batch=2/chip.json")
            .exists()
    );
}

/// `bruno eval RUN` is `bruno eval RUN/checkpoint.json`.
#[test]
fn eval_of_a_folder() {
    let task = Task::new("");
    check(
        task.train("out", &["--set", "epochs=1"]),
        0,
        "after 1 epochs",
    );
    check(
        task.run("eval", &task.path("out"), &["--json"]),
        0,
        "\"accuracy\"",
    );
}
