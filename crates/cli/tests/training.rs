//! Whole runs of `bruno train` on a task of seconds: what is printed, kept and refused.

mod support;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
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
        process.args(["--simulator", "integer", "--threads", "1"]);
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
