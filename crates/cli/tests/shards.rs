//! Job arrays: what shards give once they are merged is what one run gives, byte for byte; shards that do not belong together
//! are refused by name.

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use support::faults::tree;
use support::task::Task;
use support::{bruno, check};

/// A task whose chips differ, with a trained run in `run`.
fn task() -> Task {
    let task = Task::new("");
    let spread = r#""neurons":4,"variability":"illustrative","#;
    task.change(r#""neurons":4,"#, spread);
    check(task.train("run", &[]), 0, "results:");
    task
}

/// Scores virtual chips into `out`.
fn chips(task: &Task, out: &str, arguments: &[&str], code: i32, expected: &str) {
    let out = task.path(out).display().to_string();
    let all = [&["--threads", "1", "--out", &out], arguments].concat();
    check(
        task.run("montecarlo", &task.path("run"), &all),
        code,
        expected,
    );
}

/// Trains a sweep into `out`.
fn sweep(task: &Task, out: &str, arguments: &[&str], code: i32, expected: &str) {
    let axes = ["--threads", "1", "--sweep", "objectives.energy.weight=0,9"];
    let more = ["--sweep", "training.seed=1,2", "--set", "training.epochs=1"];
    let all = [&axes[..], &more, arguments].concat();
    check(task.train(out, &all), code, expected);
}

fn merge(task: &Task, out: &str, code: i32, expected: &str) {
    let out = task.path(out).display().to_string();
    check(bruno(&["merge", &out]), code, expected);
}

/// The files of a folder but for the shards' and the pages of a sweep's runs, which say how each was called.
fn results(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = tree(folder);
    files.retain(|name, _| !name.starts_with("shards") && !name.ends_with("/report.html"));
    files
}

fn assert_same(task: &Task, one: &str, merged: &str) {
    let [one, merged] = [one, merged].map(|name| results(&task.path(name)));
    let differ = one
        .iter()
        .find(|(name, bytes)| merged.get(*name) != Some(*bytes));
    assert_eq!(differ.map(|(name, _)| name), None);
    assert_eq!(one.len(), merged.len());
}

#[test]
fn virtual_chips() {
    let task = task();
    let asked = ["--chips", "4", "--target", "0.5"];
    chips(&task, "one", &asked, 0, "yield at 0.500");
    let shard = |k: &str| {
        let told = format!("shard {k} is finished");
        chips(
            &task,
            "many",
            &[&asked[..], &["--shard", k]].concat(),
            0,
            &told,
        );
    };
    shard("3/3");
    shard("1/3");
    merge(
        &task,
        "many",
        2,
        "no finished shard 2/3 of 3; run these with the same --out",
    );
    // It had fewer chips to do at first, and goes on.
    chips(
        &task,
        "many",
        &["--chips", "1", "--shard", "2/3"],
        0,
        "shard 2/3 is finished",
    );
    merge(
        &task,
        "many",
        2,
        "2-of-3: --chips is 1 in this shard and 4 in",
    );
    shard("2/3");
    merge(&task, "many", 0, "yield at 0.500");
    assert_same(&task, "one", "many");
    // Once more changes nothing.
    merge(&task, "many", 0, "yield at 0.500");
    assert_same(&task, "one", "many");
    chips(
        &task,
        "many",
        &["--chips", "4", "--shard", "1/2"],
        0,
        "shard 1/2 is finished",
    );
    merge(&task, "many", 2, "all shards must be of one division");
}

#[test]
fn chips_of_other_settings() {
    let task = task();
    let shard = |k, more: &[&str]| {
        let asked = ["--chips", "2", "--shard", k];
        chips(&task, "out", &[&asked[..], more].concat(), 0, "is finished");
    };
    shard("1/2", &[]);
    shard("2/2", &["--seed", "9"]);
    merge(
        &task,
        "out",
        2,
        "shard 2/2 was made with other settings than the first one (--seed)",
    );
    chips(
        &task,
        "out",
        &["--chips", "2", "--shard", "2/2"],
        2,
        "made with other settings (--seed)",
    );
    shard("2/2", &["--restart", "--samples", "2"]);
    merge(&task, "out", 2, "than the first one (--samples, data)");
    chips(
        &task,
        "out",
        &["--shard", "3/2"],
        2,
        "allowed: K/N with K from 1 to N",
    );
    merge(&task, "run", 2, "holds no shards");
    std::fs::write(task.path("out/shards/2-of-2/shard.json"), "{").unwrap();
    merge(&task, "out", 2, "shard.json: is no finished shard");
}

#[test]
fn a_sweep() {
    let task = Task::new("");
    sweep(&task, "one", &[], 0, "results:");
    for k in ["2/3", "3/3", "1/3"] {
        sweep(&task, "many", &["--shard", k], 0, "is finished");
    }
    merge(&task, "many", 0, "sweep.json");
    assert_same(&task, "one", "many");
    sweep(
        &task,
        "many",
        &["--shard", "2/3", "--set", "training.batch=2", "--restart"],
        0,
        "is finished",
    );
    merge(
        &task,
        "many",
        2,
        "shard 2/3 was made with other settings than the first one: `description.training.batch` was 4, is 2",
    );
    check(task.train("x", &["--shard", "1/2"]), 2, "--sweep");
}

#[test]
fn a_sweep_on_other_data() {
    let task = Task::new("");
    sweep(&task, "out", &["--shard", "1/2"], 0, "is finished");
    std::fs::write(task.path("data/0.csv"), "t_us,channel\n1,1\n").unwrap();
    sweep(&task, "out", &["--shard", "2/2"], 0, "is finished");
    merge(
        &task,
        "out",
        2,
        "shard 2/2 was made with other settings than the first one: the training samples",
    );
}

#[test]
fn shards_of_two_kinds() {
    let task = task();
    chips(
        &task,
        "out",
        &["--chips", "1", "--shard", "1/2"],
        0,
        "is finished",
    );
    sweep(&task, "out", &["--shard", "2/2"], 0, "is finished");
    merge(&task, "out", 2, "is a shard of a sweep, but");
}
