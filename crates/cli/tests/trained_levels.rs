//! A level table in training is what runs wherever its checkpoint does.

mod support;

use serde_json::Value;
use std::fs::{read_to_string, write};
use support::check;
use support::task::Task;

/// A run with every table in training, of RRAM devices with errors of programming.
fn trained() -> Task {
    let task = Task::new(r#""levels":{"learning_rate":0.2},"#);
    task.change(
        r#""range_pA":900"#,
        r#""range_pA":900,"rram":{"source":"test","lrs_uS":40,"hrs_uS":1,"read_V":0.2,"programming":{"sigma_uS":[0,4]}}"#,
    );
    check(task.train("out", &[]), 0, "results:");
    task
}

/// The directory of the same run with the tables that training started from.
fn forgotten(task: &Task) -> &'static str {
    let path = task.path("out").join("checkpoint.json");
    let mut run: Value = serde_json::from_str(&read_to_string(path).unwrap()).unwrap();
    let places: Vec<(usize, Value)> = projections(&mut run)
        .map(|projection| {
            let start = projection["trained_levels"]["place"]["start"]
                .as_u64()
                .unwrap();
            (start as usize, projection["start_levels"].clone())
        })
        .collect();
    assert_eq!(places.len(), 3, "input, recurrence, readout");
    let values = run["parameters"]["values"].as_array_mut().unwrap();
    for (start, levels) in places {
        let levels = levels.as_array().unwrap();
        let trained = &mut values[start..start + levels.len()];
        assert_ne!(trained, &levels[..]);
        trained.clone_from_slice(levels);
    }
    std::fs::create_dir_all(task.path("forgotten")).unwrap();
    let path = task.path("forgotten").join("checkpoint.json");
    write(path, run.to_string()).unwrap();
    "forgotten"
}

/// Those of a run that have a table in training.
fn projections(run: &mut Value) -> impl Iterator<Item = &mut Value> {
    let layers = run["parameters"]["layers"].as_array_mut().unwrap();
    let all = layers
        .iter_mut()
        .flat_map(|layer| layer.as_object_mut().unwrap().values_mut());
    all.filter(|v| v.get("trained_levels").is_some_and(Value::is_object))
}

/// What `bruno eval` finds of a checkpoint, or of a description and its program.
fn evaluated(task: &Task, file: &str, program: &[&str]) -> Value {
    let arguments = [program, &["--json"]].concat();
    let found = check(
        task.run("eval", &task.path(file), &arguments),
        0,
        "loss_nats",
    );
    let found: Value = serde_json::from_slice(&found.stdout).unwrap();
    found["loss_nats"].clone()
}

/// The mean losses of the ideal chip and of three virtual ones of a run.
fn losses_of_chips(task: &Task, run: &str) -> Vec<Value> {
    check(
        task.run("montecarlo", &task.path(run), &["--chips", "3"]),
        0,
        "ideal chip",
    );
    let chips = read_to_string(task.path(run).join("montecarlo/chips.jsonl")).unwrap();
    // The first line tells the settings.
    let chips = chips.lines().skip(1).map(|line| {
        let chip: Value = serde_json::from_str(line).unwrap();
        chip["loss_nats"].clone()
    });
    chips.collect()
}

#[test]
fn evaluation_runs_them() {
    let task = trained();
    let program = task.path("out/program.json").display().to_string();
    let trained = evaluated(&task, "out/checkpoint.json", &[]);
    let written = evaluated(&task, "out/chip.json", &["--program", &program]);
    assert_eq!(trained, written);
    let forgotten = format!("{}/checkpoint.json", forgotten(&task));
    assert_ne!(trained, evaluated(&task, &forgotten, &[]));
}

#[test]
fn virtual_chips_run_them() {
    let task = trained();
    let trained = losses_of_chips(&task, "out");
    assert_eq!(trained.len(), 4);
    assert_eq!(trained[0], evaluated(&task, "out/checkpoint.json", &[]));
    let forgotten = losses_of_chips(&task, forgotten(&task));
    let pairs = trained.iter().zip(&forgotten);
    assert!(
        pairs.clone().all(|(a, b)| a != b),
        "{trained:?} {forgotten:?}"
    );
}
