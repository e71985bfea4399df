//! Pages of results: what commands write at their end, and `bruno report` on what they left.

mod support;

use std::path::Path;
use support::task::Task;
use support::{bruno, check};

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// A page holds these words, loads nothing and runs nothing.
fn page(path: &Path, expected: &[&str]) {
    let text = read(path);
    for words in expected {
        assert!(text.contains(words), "no `{words}` in:\n{text}");
    }
    for loads in [
        "http:", "https:", "src=", "url(", "@import", "<link", "onload",
    ] {
        assert!(!text.contains(loads), "`{loads}`");
    }
    let scripts = text.matches("<script").count();
    assert_eq!(
        scripts,
        text.matches(r#"<script type="application/json""#).count()
    );
    assert!(text.len() < 1_000_000);
}

/// A task that is trained into `run`.
fn trained(settings: &str) -> Task {
    let task = Task::new(settings);
    check(task.train("run", &[]), 0, "results:");
    task
}

fn report(task: &Task, dir: &str, code: i32, expected: &str) {
    check(
        bruno(&["report", &task.path(dir).display().to_string()]),
        code,
        expected,
    );
}

#[test]
fn of_a_run() {
    let task = trained("");
    let path = task.path("run/report.html");
    let sections = [
        "What was run",
        "Score on the test set",
        "Learning curves",
        "Before and after",
        "Spikes of hidden",
        "Membrane of hidden",
        "Weights and levels",
        "bruno montecarlo DIR",
        "Samples by true class",
    ];
    page(&path, &sections);
    let written = read(&path);
    report(&task, "run", 0, "run/report.html");
    assert_eq!(
        read(&path),
        written,
        "`bruno report` writes what the run wrote"
    );
    assert!(
        !written.contains(&task.path("").display().to_string()),
        "a path of this machine"
    );
}
#[test]
fn elsewhere() {
    let task = trained("");
    let (dir, out) = (task.path("run"), task.path("mail/page.html"));
    let [dir, out] = [&dir, &out].map(|p| p.display().to_string());
    check(bruno(&["report", &dir, "--out", &out]), 0, "mail/page.html");
    assert_eq!(read(Path::new(&out)), read(&task.path("run/report.html")));
}
#[test]
fn of_a_run_without_its_score() {
    let task = trained("");
    std::fs::remove_file(task.path("run/test.json")).unwrap();
    report(&task, "run", 0, "report.html");
    page(
        &task.path("run/report.html"),
        &["bruno eval DIR/checkpoint.json --json &gt; DIR/test.json"],
    );
    let score = task.run("eval", &task.path("run/checkpoint.json"), &["--json"]);
    let score = check(score, 0, "accuracy").stdout;
    std::fs::write(task.path("run/test.json"), score).unwrap();
    report(&task, "run", 0, "report.html");
    page(&task.path("run/report.html"), &["Samples by true class"]);
}
#[test]
fn of_a_sweep() {
    let task = Task::new("");
    let axis = ["--sweep", "training.learning_rate=0.1,0.2"];
    check(task.train("sweep", &axis), 0, "report.html");
    let words = [
        "--sweep training.learning_rate",
        "Accuracy against energy",
        "2 runs",
    ];
    page(&task.path("sweep/report.html"), &words);
    page(
        &task.path("sweep/training.learning_rate=0.2/report.html"),
        &["Learning curves"],
    );
}
#[test]
fn of_virtual_chips() {
    let task = Task::new("");
    task.change(
        r#""neurons":4,"#,
        r#""neurons":4,"variability":"illustrative","#,
    );
    check(task.train("run", &[]), 0, "results:");
    let asked = ["--chips", "3", "--target", "0.5"];
    check(
        task.run("montecarlo", &task.path("run"), &asked),
        0,
        "yield",
    );
    let words = ["of 3 chips reach 0.5", "Clopper-Pearson", "ideal chip"];
    page(&task.path("run/montecarlo/report.html"), &words);
    report(&task, "run", 0, "report.html");
    page(&task.path("run/report.html"), &["of 3 chips reach 0.5"]);
    assert!(!read(&task.path("run/report.html")).contains("other trained parameters"));
    check(task.train("run", &["--restart"]), 0, "results:");
    assert!(!read(&task.path("run/report.html")).contains("other trained parameters"));
    task.change(r#""epochs":3"#, r#""epochs":2"#);
    check(task.train("run", &["--restart"]), 0, "results:");
    page(
        &task.path("run/report.html"),
        &["These chips have other trained parameters"],
    );
}
#[test]
fn of_a_search() {
    let task = Task::new("");
    let out = task.path("tune").display().to_string();
    let asked = ["--trials", "2", "--out", &out];
    check(
        task.run("tune", &task.path("chip.json"), &asked),
        0,
        "results:",
    );
    report(&task, "tune", 0, "report.html");
    page(
        &task.path("tune/report.html"),
        &["Trials in their order", "bruno tune"],
    );
}
#[test]
fn of_an_audit() {
    let task = trained("");
    let asked = ["--json", "--samples", "2"];
    let audit = check(
        task.run("audit", &task.path("run/checkpoint.json"), &asked),
        0,
        "cosine",
    );
    std::fs::write(task.path("run/audit.json"), audit.stdout).unwrap();
    report(&task, "run", 0, "report.html");
    page(
        &task.path("run/report.html"),
        &["hidden: input weights", "Window "],
    );
}

/// Gates that stand beside a run, of a chip of this name.
fn gates_of(chip: &str, is_own: bool) {
    let task = trained("");
    let gates = serde_json::json!({
        "chip": chip, "target": "generic", "memories_as": "apart", "cells": 7, "area_um2": null, "flip_flops": 1,
        "memory_bits": 0, "modules": [], "memories": [], "layers": [], "placement": null, "files": "",
        "timing": {"status": "not_measured", "reason": "simple gates have no delays"},
    });
    std::fs::create_dir(task.path("run/synth")).unwrap();
    std::fs::write(task.path("run/synth/report.json"), gates.to_string()).unwrap();
    report(&task, "run", 0, "report.html");
    page(&task.path("run/report.html"), &["7, of which 1 flip-flops"]);
    let text = read(&task.path("run/report.html"));
    assert_eq!(text.contains("of another chip than the run"), !is_own);
}

#[test]
fn of_gates() {
    gates_of("tiny", true);
}
#[test]
fn of_gates_of_another_chip() {
    gates_of("somebody", false);
}
#[test]
fn a_class_that_would_be_markup() {
    let task = Task::new("");
    let labels = task.path("data/labels.csv");
    let text = read(&labels).replace(",low,", ",<script>alert(1)</script>,");
    std::fs::write(&labels, text).unwrap();
    check(task.train("run", &[]), 0, "results:");
    page(&task.path("run/report.html"), &["&lt;script&gt;alert(1"]);
}

/// A damaged file is named, with exit code 2; a run that ends beside it is told and ends well.
fn damaged(file: &str, expected: &str) {
    let task = trained("");
    let path = task.path("run").join(file);
    let text = if path.exists() {
        read(&path)
    } else {
        String::new()
    };
    std::fs::write(&path, format!("{{\n{text}")).unwrap();
    report(&task, "run", 2, expected);
}

#[test]
fn a_damaged_checkpoint() {
    damaged("checkpoint.json", "checkpoint.json: ");
}
#[test]
fn damaged_metrics() {
    damaged("metrics.jsonl", "metrics.jsonl: line 1: ");
}
#[test]
fn a_damaged_score() {
    damaged(
        "test.json",
        "test.json: is not what `bruno eval DIR/checkpoint.json --json` writes",
    );
}
#[test]
fn a_damaged_sample() {
    damaged(
        "sample.json",
        "sample.json: is not what `bruno train` writes",
    );
}
#[test]
fn a_damaged_comparison() {
    damaged("comparison.json", "comparison.json: ");
}
#[test]
fn a_damaged_audit_beside_a_run() {
    damaged(
        "audit.json",
        "audit.json: is not what `bruno audit --json` writes",
    );
    let task = Task::new("");
    std::fs::create_dir(task.path("run")).unwrap();
    std::fs::write(task.path("run/audit.json"), "{").unwrap();
    check(task.train("run", &[]), 0, "warning: no report.html: ");
}
#[test]
fn no_results() {
    report(
        &Task::new(""),
        "data",
        2,
        "data: holds no results that a report shows",
    );
}
#[test]
fn no_folder() {
    report(&Task::new(""), "nowhere", 2, "nowhere: is no folder");
}
