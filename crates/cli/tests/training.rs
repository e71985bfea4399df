//! Whole runs of `bruno train` on a task of seconds: what is printed, kept and refused.

mod support;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use support::{bruno, check};

const CHIP: &str = r#"{"name":"tiny","inputs":4,
    "layers":[{"name":"hidden","kind":"felif","neurons":4,"recurrent":true,"synapse":{"bits":3,"range_pA":900},
               "recurrent_synapse":{"bits":3,"range_pA":30},"device":{"t_ref_ms":1}}],
    "readout":{"outputs":2,"synapse":{"range_pA":100}},
    "training":{"data":{"kind":"events","channels":4},"epochs":3,"batch":4,"learning_rate":0.1,
                "init":{"readout_std":0.4},"device":[{"parameter":"area","bounds":[3,5]}]}}"#;

/// A chip, its data and a place for results.
struct Task {
    dir: tempfile::TempDir,
}

impl Task {
    /// The chip, whose `training` begins with `settings`, and samples in which one half of the channels spikes.
    fn new(settings: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let chip = CHIP.replace("\"epochs\":3", &format!("{settings}\"epochs\":3"));
        std::fs::write(dir.path().join("chip.json"), chip).unwrap();
        let data = dir.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let mut labels = "file,label,split,duration_us\n".to_string();
        for index in 0..16 {
            let split = ["train", "train", "valid", "test"][index / 4];
            let class = ["low", "high"][index % 2];
            writeln!(labels, "{index}.csv,{class},{split},16000").unwrap();
            let mut events = "t_us,channel\n".to_string();
            for k in 0..6 {
                let t_us = 500 + k * 2_000 + (index * 137) % 900;
                writeln!(events, "{t_us},{}", 2 * (index % 2) + k % 2).unwrap();
            }
            std::fs::write(data.join(format!("{index}.csv")), events).unwrap();
        }
        std::fs::write(data.join("labels.csv"), labels).unwrap();
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn run(&self, command: &str, file: &Path, arguments: &[&str]) -> Command {
        let mut process = bruno(&[command, &file.display().to_string()]);
        process.arg("--data").arg(self.path("data"));
        process.args(["--simulator", "integer"]);
        process.args(arguments);
        process
    }

    /// `bruno train` into the directory `out`.
    fn train(&self, out: &str, arguments: &[&str]) -> Command {
        let mut process = self.run("train", &self.path("chip.json"), arguments);
        process.arg("--out").arg(self.path(out));
        process
    }
}

/// The files that a finished run leaves, but for event files, which hold the time of day.
fn files(dir: &Path) -> Vec<(String, String)> {
    let names = [
        "best.json",
        "checkpoint.json",
        "chip.json",
        "metrics.jsonl",
        "program.json",
        "steps.jsonl",
    ];
    let text = |name: &str| std::fs::read_to_string(dir.join(name)).unwrap();
    names.map(|name| (name.to_string(), text(name))).to_vec()
}

/// Kills a run at moments that are spread over its length, continues it each time, and compares what it leaves in the end.
fn killed_and_resumed(settings: &str, arguments: &[&str], seed: u64) {
    let task = Task::new(settings);
    let start = Instant::now();
    check(task.train("whole", arguments), 0, "results:");
    let length = start.elapsed();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut killed = 0;
    for _ in 0..12 {
        let mut command = task.train("killed", arguments);
        let mut process = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(length.mul_f64(rng.random_range(0.02..0.6)));
        if process.try_wait().unwrap().is_none() {
            process.kill().unwrap();
            killed += 1;
        }
        process.wait().unwrap();
    }
    assert!(killed > 0, "no run lasted long enough to be killed");
    check(task.train("killed", arguments), 0, "results:");
    assert_eq!(files(&task.path("whole")), files(&task.path("killed")));
}

#[test]
fn a_killed_run_ends_with_the_same_files() {
    killed_and_resumed(r#""keep":"best","#, &["--checkpoint-every", "1"], 1);
}
#[test]
fn a_killed_run_that_stops_early_too() {
    killed_and_resumed(r#""early_stop":{"patience":1,"min_delta":0.01},"#, &[], 2);
}

#[test]
fn other_settings_are_named() {
    let task = Task::new("");
    check(task.train("out", &[]), 0, "results:");
    let chip = task.path("chip.json");
    let text = std::fs::read_to_string(&chip).unwrap();
    let text = text
        .replace("\"batch\":4", "\"batch\":2")
        .replace("\"t_ref_ms\":1", "\"t_ref_ms\":2");
    std::fs::write(&chip, text).unwrap();
    let expected =
        "`layers[0].device.t_ref_ms` was 1.0, is 2.0; `training.batch` was 4, is 2; restore them";
    check(task.train("out", &[]), 2, expected);
    check(task.train("out", &["--restart"]), 0, "results:");
}

#[test]
fn the_best_epoch_is_kept() {
    let task = Task::new(r#""keep":"best","#);
    check(task.train("out", &[]), 0, "the best by validation loss");
    let lines = std::fs::read_to_string(task.path("out/metrics.jsonl")).unwrap();
    let loss = |line: &str| {
        let epoch: serde_json::Value = serde_json::from_str(line).unwrap();
        (
            epoch["valid"]["loss"].as_f64().unwrap(),
            epoch["epoch"].clone(),
        )
    };
    let best = lines.lines().map(loss).min_by(|a, b| a.0.total_cmp(&b.0));
    let kept = std::fs::read_to_string(task.path("out/best.json")).unwrap();
    let kept: serde_json::Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept["epoch"], best.unwrap().1);
}

#[test]
fn a_run_stops_early() {
    let task = Task::new(r#""early_stop":{"patience":1,"min_delta":1000},"#);
    check(
        task.train("out", &[]),
        0,
        "stopped early: validation loss no longer improves",
    );
    let lines = std::fs::read_to_string(task.path("out/metrics.jsonl")).unwrap();
    // The first epoch is an improvement on nothing.
    assert_eq!(lines.lines().count(), 2);
}

#[test]
fn nothing_to_choose_the_best_epoch_on() {
    let task = Task::new(r#""keep":"best","#);
    let labels = task.path("data/labels.csv");
    let text = std::fs::read_to_string(&labels).unwrap();
    std::fs::write(&labels, text.replace("valid", "train")).unwrap();
    check(
        task.train("out", &[]),
        2,
        "`training.keep` is given; allowed: its default where the data set has no validation samples",
    );
}

/// An absurd recurrence and surrogate, with which the adjoint grows without bound; `threads` change nothing of what is said.
fn not_finite(threads: &str) {
    let task = Task::new(r#""surrogate_tau_ms":0.1,"#);
    let chip = task.path("chip.json");
    let text = std::fs::read_to_string(&chip).unwrap();
    std::fs::write(
        &chip,
        text.replace("\"range_pA\":30}", "\"range_pA\":300000}"),
    )
    .unwrap();
    let mut command = task.train("out", &[]);
    command.args(["--threads", threads]);
    let named = "bruno: epoch 1, sample 0, window 2, neuron 2, layer `hidden`: adjoint of the mean current is -inf";
    let output = check(command, 2, named);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("failed-batch.json` repeats it"), "{text}");
    let batch = task.path("out/failed-batch.json");
    let mut repeat = bruno(&[
        "audit",
        &batch.display().to_string(),
        "--simulator",
        "integer",
    ]);
    let again = "mean          epoch 1, sample 0, window 2, neuron 2, layer `hidden`: adjoint of the mean current is -inf";
    repeat.args(["--threads", threads]);
    check(repeat, 0, again);
}

#[test]
fn a_number_that_is_not_finite_keeps_its_batch() {
    not_finite("1");
}
#[test]
fn threads_name_the_same_number() {
    not_finite("3");
}

#[test]
fn a_silent_layer_is_an_error() {
    let task = Task::new("");
    let chip = task.path("chip.json");
    let text = std::fs::read_to_string(&chip).unwrap();
    std::fs::write(&chip, text.replace("\"range_pA\":900", "\"range_pA\":9")).unwrap();
    check(task.train("out", &[]), 2, "layer `hidden`: no neuron fired");
}

#[test]
fn scores_are_printed_and_evaluation_repeats_them() {
    let task = Task::new("");
    let trained = check(task.train("out", &["--json"]), 0, "\"confusion\":[[");
    let checkpoint = task.path("out/checkpoint.json");
    let scored = check(
        task.run("eval", &checkpoint, &["--json"]),
        0,
        "\"interval\"",
    );
    assert_eq!(trained.stdout, scored.stdout);
    let found: serde_json::Value = serde_json::from_slice(&scored.stdout).unwrap();
    assert_eq!(found["classes"], serde_json::json!(["high", "low"]));
    assert_eq!(found["layers"][0]["layer"], "hidden");
    let text = check(task.run("eval", &checkpoint, &[]), 0, "(95 % interval 0.");
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(
        text.contains("classes found (columns) by class (rows)"),
        "{text}"
    );
}

#[test]
fn before_and_after_are_measured() {
    let task = Task::new("");
    check(task.train("hand", &[]), 0, "hidden: area (um2)");
    let baseline = task.path("hand/checkpoint.json").display().to_string();
    let settings = r#""device_learning_rate":0.3,"objectives":{"area":{"weight":9}},"#;
    let chip = std::fs::read_to_string(task.path("chip.json")).unwrap();
    let chip = chip.replace("\"epochs\":3", &format!("{settings}\"epochs\":3"));
    std::fs::write(task.path("chip.json"), chip).unwrap();
    let with = ["--baseline", &baseline];
    check(task.train("out", &with), 0, &format!("before: {baseline}"));
    let text = std::fs::read(task.path("out/comparison.json")).unwrap();
    let found: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let area = |of: &str| found[of]["area"]["capacitors_um2"].as_f64().unwrap();
    assert!(area("after") < 0.95 * area("before"), "{found}");
}
#[test]
fn a_baseline_on_other_data() {
    let task = Task::new("");
    check(task.train("hand", &[]), 0, "results:");
    let path = task.path("hand/checkpoint.json");
    let other = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, other.replace("\"channels\":4", "\"channels\":5")).unwrap();
    let with = ["--baseline", &path.display().to_string()];
    check(task.train("out", &with), 2, "was trained on other data");
}
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
