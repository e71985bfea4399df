//! A level table in training is what runs wherever its checkpoint does.

mod support;

use serde_json::Value;
use std::fs::{read_to_string, write};
use support::check;
use support::task::Task;

/// What becomes of a run's trained tables in its checkpoint.
enum Tables {
    /// Nothing.
    Trained,
    /// They are the description's, and none is in training: `chip.json` as a user would train it on.
    Written,
    /// Those that training started from.
    Forgotten,
}

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

/// The run's directory with these tables in its checkpoint.
fn with(task: &Task, tables: &Tables) -> &'static str {
    let read = |name: &str| -> Value {
        serde_json::from_str(&read_to_string(task.path("out").join(name)).unwrap()).unwrap()
    };
    let mut run = read("checkpoint.json");
    let name = match tables {
        Tables::Trained => return "out",
        Tables::Written => "written",
        Tables::Forgotten => "forgotten",
    };
    let values = run["parameters"]["values"].clone();
    let layers = run["parameters"]["layers"].as_array_mut().unwrap();
    let projections = layers.iter_mut().flat_map(|layer| {
        let layer = layer.as_object_mut().unwrap().values_mut();
        layer.filter(|v| v.get("trained_levels").is_some())
    });
    let mut count = 0;
    for projection in projections {
        let table = projection["trained_levels"].take();
        let place = |end: &str| table["place"][end].as_u64().unwrap() as usize;
        if let Tables::Written = tables {
            let levels = &values.as_array().unwrap()[place("start")..place("end")];
            assert_ne!(projection["start_levels"].as_array().unwrap(), levels);
            projection["start_levels"] = levels.into();
        }
        count += 1;
    }
    assert_eq!(count, 3, "input, recurrence, readout");
    if let Tables::Written = tables {
        run["description"] = read("chip.json");
    }
    std::fs::create_dir_all(task.path(name)).unwrap();
    write(task.path(name).join("checkpoint.json"), run.to_string()).unwrap();
    name
}

/// The figures that `score` finds are those of the tables that were written into the description, and not those of the
/// tables that training started from.
fn check_tables(score: impl Fn(&Task, &str) -> Vec<Value>) {
    let task = trained();
    let [trained, written, forgotten] = [Tables::Trained, Tables::Written, Tables::Forgotten]
        .map(|tables| score(&task, with(&task, &tables)));
    assert_eq!(trained, written);
    assert_ne!(trained, forgotten);
}

#[test]
fn evaluation_runs_them() {
    check_tables(|task, run| {
        let checkpoint = task.path(run).join("checkpoint.json");
        let found = check(task.run("eval", &checkpoint, &["--json"]), 0, "loss_nats");
        let found: Value = serde_json::from_slice(&found.stdout).unwrap();
        ["loss_nats", "energy_nJ", "layers"]
            .map(|field| found[field].clone())
            .to_vec()
    });
}

#[test]
fn virtual_chips_run_them() {
    check_tables(|task, run| {
        check(
            task.run("montecarlo", &task.path(run), &["--chips", "3"]),
            0,
            "ideal chip",
        );
        let chips = read_to_string(task.path(run).join("montecarlo/chips.jsonl")).unwrap();
        // The first line tells the settings.
        let chips = chips
            .lines()
            .skip(1)
            .map(|line| serde_json::from_str(line).unwrap());
        let chips: Vec<Value> = chips.collect();
        assert_eq!(chips.len(), 4);
        chips
    });
}
