//! Checkpoints and failed batches from strangers: each number changed to extremes, each list to other lengths.

mod support;

use bruno_data::{Dataset, Event, Sample, Target};
use bruno_device::Chip;
use bruno_sim::{Forward, IntegerModel};
use bruno_train::{Checkpoint, FailedBatch, NotFinite, Stored, Trainer, simulated};
use serde_json::{Value, json};
use support::{CHIP, data, fresh_of};

/// A run in the middle of its second epoch, with all that a checkpoint can hold.
fn run() -> Checkpoint {
    let settings =
        r#""epochs":3,"levels":{},"early_stop":{"patience":2},"metric":"accuracy","keep":"best""#;
    let text = CHIP.replace(r#""epochs":6"#, settings);
    let (run, _) = fresh_of(&text.replace(r#""neurons":8"#, r#""neurons":2"#));
    let chip = Chip::resolve("tiny", &run.description).unwrap();
    let data = data();
    let factory = || -> Result<Box<dyn Forward>, _> { Ok(Box::new(IntegerModel::new(&chip))) };
    let mut trainer = Trainer::new("tiny", run, &data, &factory, 1).unwrap();
    trainer.epoch(|_| {}).unwrap();
    trainer.step().unwrap();
    trainer.run
}

fn batch() -> FailedBatch {
    let data = data();
    FailedBatch {
        fault: NotFinite::of("loss", f64::INFINITY),
        step: 4,
        progress: 0.5,
        samples: vec![3, 1],
        stimuli: data.train[..2].to_vec(),
        class_names: data.class_names,
        run: run(),
    }
}

/// What a file with this in place of the value at `pointer` is refused with.
fn check(stored: Value, pointer: &str, value: Value, expected: &str) {
    let mut stored = stored;
    *stored.pointer_mut(pointer).expect("a place in the file") = value;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("checkpoint.json");
    std::fs::write(&path, stored.to_string()).unwrap();
    let error = Stored::load(&path).err().expect("must be refused");
    assert!(error.to_string().contains(expected), "{error}");
}

fn of_run(pointer: &str, value: Value, expected: &str) {
    check(
        serde_json::to_value(run()).unwrap(),
        pointer,
        value,
        expected,
    );
}
fn of_batch(pointer: &str, value: Value, expected: &str) {
    check(
        serde_json::to_value(batch()).unwrap(),
        pointer,
        value,
        expected,
    );
}

#[test]
fn what_is_written_is_read() {
    let text = serde_json::to_string(&run()).unwrap();
    assert_eq!(serde_json::from_str::<Checkpoint>(&text).unwrap(), run());
    let text = serde_json::to_string(&batch()).unwrap();
    assert_eq!(serde_json::from_str::<FailedBatch>(&text).unwrap(), batch());
}
#[test]
fn a_name_that_leads_elsewhere() {
    of_run(
        "/description/name",
        json!("../../x"),
        "`name` is `../../x`; allowed: a-z",
    );
    of_run(
        "/description/layers/0/name",
        json!("/x"),
        "`layers[0].name` is `/x`",
    );
    of_run(
        "/description/name",
        json!("/proc/self/cwd/x"),
        "`name` is `/proc/self/cwd/x`",
    );
}
#[test]
fn a_name_that_is_verilog() {
    of_run(
        "/description/layers/0/name",
        json!("hidden; initial $system(\"id\"); //"),
        "`layers[0].name` is `hidden; initial",
    );
}
#[test]
fn no_neurons() {
    of_run(
        "/description/layers/0/neurons",
        json!(0),
        "`layers[0].neurons` is 0; allowed: 1..4096",
    );
}
#[test]
fn bits_that_ask_for_terabytes() {
    of_run(
        "/description/layers/0/synapse/bits",
        json!(40),
        "`layers[0].synapse.bits` is 40; allowed: 1..8",
    );
}
#[test]
fn no_neurons_in_a_bank() {
    of_run(
        "/description/bank_neurons",
        json!(0),
        "`bank_neurons` is 0; allowed: 1..4096",
    );
}
#[test]
fn another_version() {
    of_run("/version", json!(3), "has version 3");
    of_batch("/run/version", json!(3), "has version 3");
}
#[test]
fn a_place_beyond_the_values() {
    let field = "/parameters/layers/0/input/place/end";
    of_run(
        field,
        json!(1_000_000_000),
        "`parameters.layers[0].input.place.end` is 1000000000; allowed:",
    );
}
#[test]
fn a_place_from_its_end_to_its_start() {
    of_run(
        "/parameters/layers/0/input/place/start",
        json!(5000),
        "`parameters.layers[0].input.place.start` is 5000; allowed: 0",
    );
}
#[test]
fn a_bias_beyond_the_values() {
    of_run(
        "/parameters/bias/start",
        json!(1_000_000_000),
        "`parameters.bias.start` is 1000000000",
    );
}
#[test]
fn a_device_place_beyond_the_values() {
    of_run(
        "/parameters/layers/0/device",
        json!([1_000_000_000]),
        "`parameters.layers[0].device` is [1000000000]; allowed: [",
    );
}
#[test]
fn too_few_values() {
    of_run(
        "/parameters/values",
        json!([0.1]),
        "`parameters.values` is 1 numbers; allowed:",
    );
}
#[test]
fn an_optimiser_of_other_parameters() {
    of_run("/adam/first", json!([]), "`adam.first` is 0 numbers");
    of_run("/adam/second", json!([]), "`adam.second` is 0 numbers");
    of_run("/adam/step", json!(-1), "`adam.step` is -1");
}
#[test]
fn a_value_beyond_32_bits() {
    of_run(
        "/parameters/values/0",
        json!(1e300),
        "number out of range at line",
    );
}
#[test]
fn more_epochs_than_asked_for() {
    of_run("/epoch", json!(4), "`epoch` is 4; allowed: 0..3");
}
#[test]
fn a_gradient_that_is_not_recorded() {
    of_run(
        "/gradient",
        json!("jacobian"),
        "`training.gradient` is jacobian",
    );
}
#[test]
fn codes_of_another_chip() {
    of_run("/unfinished/codes/0/0", json!(200), "`unfinished.codes`");
}
#[test]
fn counts_that_overflow() {
    of_run(
        "/unfinished/train/score/spikes",
        json!(u64::MAX),
        "a count of unfinished.train.score",
    );
    of_run(
        "/standing/last/train/samples",
        json!(u64::MAX),
        "a count of standing.last",
    );
}
#[test]
fn a_confusion_of_other_classes() {
    of_run(
        "/unfinished/train/confusion/classes",
        json!(u32::MAX),
        "`unfinished.train.confusion`",
    );
}
#[test]
fn a_sample_of_another_chip() {
    of_batch(
        "/stimuli/0/events/0/channel",
        json!(9),
        "`stimuli[0].events` is channel 9",
    );
    of_batch(
        "/stimuli/1/target/Class/class",
        json!(2),
        "`stimuli[1].target` is class 2",
    );
    of_batch(
        "/stimuli/1/duration_us",
        json!(0),
        "`stimuli[1].duration_us` is 0",
    );
}
#[test]
fn samples_without_numbers() {
    of_batch("/samples", json!([]), "`samples` is 0 numbers of 2 samples");
}
#[test]
fn names_of_too_few_classes() {
    of_batch(
        "/class_names",
        json!(["a"]),
        "`class_names` is 1 names; allowed: 2",
    );
}

/// Every place of a JSON value.
fn places(value: &Value, at: String, found: &mut Vec<String>) {
    found.push(at.clone());
    match value {
        Value::Array(entries) => {
            // Of many numbers the first and the last say enough.
            let ends = entries.iter().enumerate();
            let ends = ends.filter(|(k, e)| !e.is_number() || *k == 0 || k + 1 == entries.len());
            ends.for_each(|(k, entry)| places(entry, format!("{at}/{k}"), found));
        }
        Value::Object(fields) => fields
            .iter()
            .for_each(|(k, v)| places(v, format!("{at}/{k}"), found)),
        _ => {}
    }
}

/// What may stand in place of a value.
fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::Number(_) => {
            let whole = [0, 1, 2, 1000, u64::from(u32::MAX), 1 << 44, u64::MAX].map(Value::from);
            let broken = [-1.0, -1e9, 0.5, 1e-320, 1e9, 1e38, 1e300].map(Value::from);
            whole.into_iter().chain(broken).collect()
        }
        Value::Array(entries) => {
            let half = entries[..entries.len() / 2].to_vec();
            let twice = [&entries[..], entries].concat();
            vec![json!([]), half.into(), twice.into()]
        }
        Value::Bool(b) => vec![json!(!b)],
        _ => vec![Value::Null],
    }
}

/// A run that is accepted is scored and trained one step; neither may panic.
fn used(run: Checkpoint) {
    let sample = |class| Sample {
        events: (0..4)
            .map(|k| Event {
                t_us: 100 * k,
                channel: k,
            })
            .collect(),
        duration_us: 500,
        target: Target::Class { class, from_us: 0 },
    };
    let data = Dataset {
        train: vec![sample(0), sample(1)],
        test: vec![sample(1)],
        ..data()
    };
    let chip = run.parameters.chip("t", &run.description).unwrap();
    let chip = simulated(&chip, &run.config);
    let factory = || -> Result<Box<dyn Forward>, _> { Ok(Box::new(IntegerModel::new(&chip))) };
    let Ok(mut trainer) = Trainer::new("t", run, &data, &factory, 1) else {
        return;
    };
    let _ = trainer.evaluate(&data.test, |_| {});
    let _ = trainer.step();
}

#[test]
fn any_change_of_a_checkpoint_is_an_error_or_a_run() {
    let stored = serde_json::to_value(run()).unwrap();
    let mut all = Vec::new();
    places(&stored, String::new(), &mut all);
    let mut accepted = 0;
    for place in &all {
        for other in others(stored.pointer(place).unwrap()) {
            let mut changed = stored.clone();
            *changed.pointer_mut(place).unwrap() = other;
            if let Ok(run) = serde_json::from_value::<Checkpoint>(changed) {
                accepted += 1;
                used(run);
            }
        }
    }
    assert!(
        accepted > 100,
        "{accepted} of the changes at {} places",
        all.len()
    );
}
