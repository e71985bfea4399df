//! Whole runs of `bruno train` on a task of seconds: what is printed, kept and refused.

mod support;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;
use support::task::Task;
use support::{bruno, check};

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

/// Files that grow are added to, not rewritten: a checkpoint is as long after forty epochs as after two.
#[test]
fn a_checkpoint_does_not_grow() {
    let length = |epochs: &str| {
        let task = Task::new("");
        task.change("\"epochs\":3", &format!("\"epochs\":{epochs}"));
        check(task.train("out", &[]), 0, "results:");
        std::fs::metadata(task.path("out/checkpoint.json"))
            .unwrap()
            .len() as f64
    };
    let (short, long) = (length("2"), length("40"));
    assert!(long < 1.05 * short, "{short} bytes, then {long}");
}

/// A run that was started anew and killed leaves nothing of the one before.
#[test]
fn a_new_start_forgets_what_was_there() {
    let task = Task::new("");
    check(task.train("out", &[]), 0, "results:");
    task.change("\"range_pA\":900", "\"range_pA\":9");
    check(task.train("out", &["--restart"]), 2, "no neuron fired");
    for name in [
        "checkpoint.json",
        "best.json",
        "chip.json",
        "program.json",
        "comparison.json",
    ] {
        assert!(!task.path("out").join(name).exists(), "{name}");
    }
}
#[test]
fn a_description_is_not_overwritten() {
    let task = Task::new("");
    let before = std::fs::read(task.path("chip.json")).unwrap();
    check(task.train(".", &[]), 2, "choose another --out");
    assert_eq!(std::fs::read(task.path("chip.json")).unwrap(), before);
}

#[test]
fn lines_that_are_missing_are_told() {
    let task = Task::new("");
    check(task.train("out", &[]), 0, "results:");
    std::fs::remove_file(task.path("out/metrics.jsonl")).unwrap();
    check(
        task.train("out", &[]),
        0,
        "metrics.jsonl: lines of 3 of 3 epochs are missing",
    );
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

/// An absurd recurrence and surrogate, with which the adjoint grows without bound; `threads` change nothing of what is said, nor
/// do settings of epochs: a step that failed has no validation set.
fn not_finite(threads: &str, settings: &str) {
    let task = Task::new(&format!(r#""surrogate_tau_ms":0.1,{settings}"#));
    let chip = task.path("chip.json");
    let text = std::fs::read_to_string(&chip).unwrap();
    std::fs::write(
        &chip,
        text.replace("\"range_pA\":30}", "\"range_pA\":300000}"),
    )
    .unwrap();
    let mut command = task.train("out", &[]);
    command.args(["--threads", threads]);
    let named = "bruno: epoch 1, sample 0, window 1, neuron 1, layer `hidden`: adjoint of the mean current is -inf";
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
    let again = "mean          epoch 1, sample 0, window 1, neuron 1, layer `hidden`: adjoint of the mean current is -inf";
    repeat.args(["--threads", threads]);
    check(repeat, 0, again);
}

#[test]
fn a_number_that_is_not_finite_keeps_its_batch() {
    not_finite("1", "");
}
#[test]
fn threads_name_the_same_number() {
    not_finite("3", "");
}
#[test]
fn a_failed_step_needs_no_validation_set() {
    not_finite(
        "1",
        r#""keep":"best","metric":"accuracy","early_stop":{"patience":1},"#,
    );
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

/// Progress, the data, epochs: all of it beside the result.
#[test]
fn a_quiet_run_tells_nothing() {
    // An audit of so small a run warns.
    let task = Task::new(r#""audit":{"every_steps":0},"#);
    let output = check(task.train("quiet", &["--quiet"]), 0, "results:");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
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

/// Three epochs and then two more; after a kill in between the files are the same.
#[test]
fn a_run_that_is_extended() {
    let task = Task::new("");
    check(task.train("run", &[]), 0, "after 3 epochs");
    let more = ["--set", "training.epochs=5"];
    check(task.train("run", &more), 2, "`training.epochs` was 3, is 5");
    let more = [&more[..], &["--extend"]].concat();
    check(task.train("run", &more), 0, "after 5 epochs");
    let log = std::fs::read_to_string(task.path("run/metrics.jsonl")).unwrap();
    assert_eq!(log.lines().count(), 5);
    check(task.train("run", &more), 0, "after epoch 5");
    let fewer = ["--set", "training.epochs=4", "--extend"];
    check(
        task.train("run", &fewer),
        2,
        "is of a run of 5 epochs; `training.epochs` is 4",
    );
    let other = ["--set", "training.batch=2", "--extend"];
    check(task.train("run", &other), 2, "was made with other settings");
}

/// A run that is asked for a checkpoint in its midst says so, and ends with the files of one that was not.
#[test]
fn a_checkpoint_on_request() {
    let task = Task::new("");
    check(task.train("whole", &[]), 0, "results:");
    let mut command = task.train("asked", &[]);
    let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
    let id = process.id().to_string();
    let mut told = String::new();
    let mut lines = BufReader::new(process.stderr.take().unwrap());
    // The handler stands before anything is told; every line is answered by a request.
    while lines.read_line(&mut told).unwrap() > 0 {
        let _ = Command::new("kill").args(["-USR1", &id]).status();
    }
    assert!(process.wait().unwrap().success(), "{told}");
    assert!(told.contains("asked for by SIGUSR1"), "{told}");
    assert_eq!(files(&task.path("whole")), files(&task.path("asked")));
}
