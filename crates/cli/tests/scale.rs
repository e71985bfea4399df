//! `bruno scale` on a task of seconds; what it measures is not tested.

mod support;

use support::check;
use support::task::Task;

#[test]
fn a_plan_of_one_process() {
    let task = Task::new("");
    let options = ["--steps", "1", "--most", "8", "--threads", "1", "--json"];
    let ran = task.run("scale", &task.path("chip.json"), &options);
    let output = check(ran, 0, "messages of 30 us, 10 Gbit/s a rank");
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = found["rows"].as_array().unwrap();
    let ranks: Vec<_> = rows
        .iter()
        .map(|row| row["ranks"].as_u64().unwrap())
        .collect();
    assert_eq!(ranks, [1, 2, 4, 8]);
    assert_eq!(rows[0]["efficiency"], 1.0);
    // Nothing is sent by one rank, and all of it costs time of two.
    assert_eq!(rows[0]["step_s"]["gradients"], 0.0);
    assert!(
        rows[1]["step_s"]["rounds"].as_f64().unwrap() >= 30e-6,
        "{rows:?}"
    );
    assert!(!task.path("out").exists());
}
#[test]
fn a_network_that_is_named() {
    let task = Task::new("");
    let run = |options: &[&str]| {
        let all = [&["--steps", "1", "--most", "2"], options].concat();
        task.run("scale", &task.path("chip.json"), &all)
    };
    let network = ["--latency-us", "2", "--gbit-s", "100"];
    check(run(&network), 0, "messages of 2 us, 100 Gbit/s a rank");
    check(run(&network[..2]), 2, "--gbit-s <GBIT_S>");
    check(
        run(&["--latency-us", "0", "--gbit-s", "1"]),
        2,
        "a number, 0.001..1e9",
    );
}
