//! `bruno train --sweep` and `bruno tune` on a task of seconds.

mod support;

use std::process::Command;
use support::task::Task;
use support::{bruno, check};

#[test]
fn a_sweep_shows_what_is_traded() {
    let task = Task::new("");
    let axis = ["--sweep", "objectives.energy.weight=0,9", "--json"];
    let output = check(
        task.train("out", &axis),
        0,
        "\"fields\":[\"objectives.energy.weight\"]",
    );
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let energy = |run: usize| found["runs"][run]["energy_nJ"].as_f64().unwrap();
    assert!(energy(1) < energy(0), "{found}");
    assert_eq!(found["runs"][1]["front"][0], true);
    let again = check(task.train("out", &axis), 0, "after epoch 3");
    assert_eq!(output.stdout, again.stdout);
    for file in [
        "sweep.csv",
        "sweep.svg",
        "objectives.energy.weight=9/chip.json",
    ] {
        assert!(task.path("out").join(file).is_file(), "{file}");
    }
}
#[test]
fn a_sweep_refuses_before_it_trains() {
    let task = Task::new("");
    let axis = ["--sweep", "objectives.energy.weight=0,-1"];
    check(
        task.train("out", &axis),
        2,
        "`training.objectives.energy.weight` is -1",
    );
    let axis = ["--sweep", "layers.1.neurons=3"];
    check(task.train("out", &axis), 2, "a path to `1` of a list of 1");
    assert!(!task.path("out").exists());
}
/// One run in which a layer stays silent; the others keep their place in the table.
#[test]
fn a_sweep_with_a_dead_run() {
    let task = Task::new("");
    let sweep = |values: &str, json: &[&str]| {
        let axis = format!("layers.0.synapse.range_pA={values}");
        task.train("out", &[&["--sweep", &axis], json].concat())
    };
    let output = check(sweep("9,900", &["--json"]), 0, "range_pA=9 failed: ");
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let dead = found["runs"][0]["failed"].as_str().unwrap();
    assert!(
        dead.starts_with("layer `hidden`: no neuron fired"),
        "{dead}"
    );
    assert!(found["runs"][1]["accuracy"].is_f64(), "{found}");
    let csv = std::fs::read_to_string(task.path("out/sweep.csv")).unwrap();
    let empty = ",".repeat(14);
    assert!(csv.contains(&format!("\n9{empty}\"layer")), "{csv}");
    check(sweep("9,900", &[]), 0, "       9  failed: layer `hidden`");
    check(
        sweep("8,9", &[]),
        2,
        "all 2 runs failed; the first one: layer",
    );
}
#[test]
fn a_sweep_without_an_end() {
    let task = Task::new("");
    let values = vec!["1"; 300].join(",");
    let fields = ["batch", "seed"].map(|field| format!("training.{field}={values}"));
    let axes = ["--sweep", &fields[0], "--sweep", &fields[1]];
    let expected =
        "`--sweep` is every combination of the values, 90000 runs; allowed: up to 1000 runs";
    check(task.train("out", &axes), 2, expected);
    assert!(!task.path("out").exists());
}

const YIELD: [&str; 5] = ["--yield-chips", "3", "--yield-accuracy", "0.6", "--json"];

#[test]
fn a_sweep_gives_the_yield_that_montecarlo_finds() {
    let task = Task::new("");
    task.change(
        r#""neurons":4,"#,
        r#""neurons":4,"variability":"illustrative","#,
    );
    let arguments = [&["--sweep", "layers.0.neurons=4,6"], &YIELD[..]].concat();
    let found = check(task.train("out", &arguments), 0, "\"yield\":{").stdout;
    let found: serde_json::Value = serde_json::from_slice(&found).unwrap();
    let runs = ["layers.0.neurons=4", "layers.0.neurons=6"];
    for (run, name) in runs.iter().enumerate() {
        let arguments = ["--chips", "3", "--target", "0.6", "--json"];
        let path = task.path("out").join(name);
        let mut again = task.run("montecarlo", &path, &arguments);
        // The first takes up the chips of the sweep, the second draws them again.
        let expected = if run == 0 { "after 3 chips" } else { "" };
        if run == 1 {
            again.arg("--out").arg(task.path("again"));
        }
        let again = check(again, 0, expected).stdout;
        let again: serde_json::Value = serde_json::from_slice(&again).unwrap();
        assert_eq!(found["runs"][run]["yield"], again["yield"]);
    }
}
#[test]
fn a_yield_needs_spreads() {
    let task = Task::new("");
    let arguments = [&["--sweep", "layers.0.neurons=4,6"], &YIELD[..]].concat();
    check(task.train("out", &arguments), 2, "all chips are one");
    assert!(!task.path("out").exists());
}
#[test]
fn a_yield_needs_a_sweep() {
    check(Task::new("").train("out", &YIELD), 2, "--sweep");
}

/// A search with these settings of it.
fn tune(task: &Task, settings: &str, more: &[&str]) -> Command {
    let path = task.path("tune.json");
    std::fs::write(&path, settings).unwrap();
    let mut process = task.run("tune", &task.path("chip.json"), more);
    process.arg("--settings").arg(path);
    process.arg("--out").arg(task.path("search"));
    process
}

#[test]
fn a_search_ends_with_a_description() {
    let task = Task::new("");
    let settings = r#"{"space":{"learning_rate":{"low":0.01,"high":0.3,"log":true},
        "layers.0.device.g_leak_pS":{"choices":[10,20]}},"startup":2,"budget":{"trials":3}}"#;
    let found = check(tune(&task, settings, &["--json"]), 0, "\"goal\":\"loss\"");
    let again = check(tune(&task, settings, &["--json"]), 0, "\"goal\":\"loss\"");
    assert_eq!(found.stdout, again.stdout);
    check(
        tune(&task, settings, &["--trials", "4"]),
        0,
        "best of 4 trials",
    );
    let best = task.path("search/best_chip.json").display().to_string();
    check(bruno(&["check", &best]), 0, "layer `hidden`");
}
#[test]
fn a_search_with_an_unknown_setting() {
    let task = Task::new("");
    check(
        tune(&task, r#"{"trails":3}"#, &[]),
        2,
        "unknown field `trails`",
    );
}
#[test]
fn a_search_of_an_unknown_field() {
    let task = Task::new("");
    let settings = r#"{"space":{"learning":{"low":1,"high":2}}}"#;
    check(tune(&task, settings, &[]), 2, "unknown field `learning`");
}

/// The same numbers through the Verilated RTL as from the integer model.
fn check_rtl(command: impl Fn(&Task) -> Command) {
    let [integer, rtl] = [Task::new(""), Task::new("").through_rtl()]
        .map(|task| check(command(&task), 0, "{").stdout);
    assert_eq!(
        String::from_utf8_lossy(&rtl),
        String::from_utf8_lossy(&integer)
    );
}
#[test]
fn a_sweep_through_the_rtl() {
    let axis = ["--sweep", "objectives.energy.weight=0,9", "--json"];
    check_rtl(|task| task.train("out", &axis));
}
#[test]
fn a_search_through_the_rtl() {
    let settings = r#"{"space":{"learning_rate":{"low":0.01,"high":0.3,"log":true},
        "surrogate_tau_ms":{"low":5,"high":40}},"startup":2,"budget":{"trials":3}}"#;
    check_rtl(|task| tune(task, settings, &["--json"]));
}
