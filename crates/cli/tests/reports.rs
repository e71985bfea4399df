//! What a report says beside its figures: of data, silent samples, device effects; and that chip.json and program.json alone
//! decide as the run does.

mod support;

use serde_json::Value;
use std::path::Path;
use support::task::Task;
use support::{bruno, check};

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Writes a file of a task anew.
fn edit(path: &Path, change: impl Fn(&mut Value)) {
    let mut value = json(path);
    change(&mut value);
    std::fs::write(path, value.to_string()).unwrap();
}

/// The JSON that an evaluation prints, without what tells a run from a program.
fn scored(task: &Task, file: &str, arguments: &[&str]) -> Value {
    let all = [&["--json", "--ridge", "never"], arguments].concat();
    let output = check(task.run("eval", &task.path(file), &all), 0, "accuracy");
    let mut value: Value = serde_json::from_slice(&output.stdout).unwrap();
    for run in ["epochs", "seed", "quantisation", "area", "area_um2"] {
        value.as_object_mut().unwrap().remove(run);
    }
    value
}

/// A task that is trained into `out`.
fn trained(settings: &str) -> Task {
    let task = Task::new(settings);
    check(task.train("out", &[]), 0, "results:");
    task
}

/// Chip and program alone give every figure of the checkpoint, sample for sample.
fn same_decisions(task: &Task) {
    let program = task.path("out/program.json").display().to_string();
    for split in ["train", "test"] {
        let of_run = scored(task, "out/checkpoint.json", &["--split", split]);
        let alone = ["--split", split, "--program", &program];
        assert_eq!(scored(task, "out/chip.json", &alone), of_run);
    }
}

#[test]
fn chip_and_program_decide_as_the_run() {
    same_decisions(&trained(r#""seed":3,"#));
}
#[test]
fn so_do_trained_level_tables() {
    same_decisions(&trained(
        r#""levels":{"learning_rate":0.05},"logit_per_pA":0.02,"#,
    ));
}
#[test]
fn so_do_the_keys_of_music() {
    let task = Task::new("");
    let chip = r#"{"name":"song","inputs":88,"window_ticks":500,
        "layers":[{"name":"hidden","kind":"lif","neurons":4,"synapse":{"bits":3,"range_pA":900},"device":{"t_ref_ms":1}}],
        "readout":{"outputs":88,"synapse":{"range_pA":100}},
        "training":{"data":{"kind":"jsb","frame_ms":4,"spacing_ms":1},"epochs":2,"batch":2,"learning_rate":0.1}}"#;
    std::fs::write(task.path("chip.json"), chip).unwrap();
    let song = |key: u32| {
        (0..6)
            .map(|f| vec![key + f % 3, key + 7])
            .collect::<Vec<_>>()
    };
    let songs = |keys: [u32; 2]| keys.map(song);
    let data = serde_json::json!({"train": songs([40, 50]), "valid": songs([41, 51]), "test": songs([42, 52])});
    std::fs::remove_dir_all(task.path("data")).unwrap();
    std::fs::write(task.path("data"), data.to_string()).unwrap();
    check(task.train("out", &[]), 0, "results:");
    same_decisions(&task);
    let program = json(&task.path("out/program.json"));
    assert_eq!(program["decision"]["rule"], "keys");
    assert_eq!(program["decision"]["frame_us"], 4000);
    // A key is on at a logit above 0, and biases start at the log-odds: without them no key of these songs is off.
    edit(&task.path("out/program.json"), |p| {
        p["decision"]["bias"] = vec![9.0; 88].into();
    });
    let program = task.path("out/program.json").display().to_string();
    let alone = scored(&task, "out/chip.json", &["--program", &program]);
    assert_ne!(alone, scored(&task, "out/checkpoint.json", &[]));
}

#[test]
fn a_program_holds_biases_scale_rule_and_classes() {
    let task = trained("");
    let program = json(&task.path("out/program.json"));
    let decision = &program["decision"];
    assert_eq!(program["version"], 1);
    assert_eq!(decision["rule"], "largest_mean");
    assert_eq!(decision["logit_per_pA"], 0.05);
    assert_eq!(decision["classes"], serde_json::json!(["high", "low"]));
    // Of both outputs the first is found whatever the chip does.
    edit(&task.path("out/program.json"), |p| {
        p["decision"]["bias"] = serde_json::json!([100.0, -100.0]);
    });
    let program = task.path("out/program.json").display().to_string();
    let found = scored(&task, "out/chip.json", &["--program", &program]);
    assert_eq!(found["found"], serde_json::json!([0, 0, 0, 0]));
}

/// A changed program, and what is said of it.
fn refused(change: impl Fn(&mut Value), expected: &str) {
    let task = trained("");
    let path = task.path("out/program.json");
    edit(&path, change);
    let program = path.display().to_string();
    let arguments = ["--program", &program];
    check(
        task.run("eval", &task.path("out/chip.json"), &arguments),
        2,
        expected,
    );
}

#[test]
fn a_program_of_before_the_version() {
    let old = |p: &mut Value| {
        let object = p.as_object_mut().unwrap();
        object.remove("version");
        object.remove("decision");
    };
    refused(
        old,
        "program.json: has no version: it was written before output biases",
    );
}
#[test]
fn a_program_of_another_version() {
    refused(
        |p| p["version"] = 7.into(),
        "has version 7, this bruno reads 1",
    );
}
#[test]
fn a_program_with_a_bias_too_few() {
    let expected = "`decision.bias` has 1 entries; allowed: 2, the chip's outputs";
    refused(|p| p["decision"]["bias"] = vec![0.0].into(), expected);
}
#[test]
fn a_program_with_classes_in_another_order() {
    let expected = r#"its outputs are the classes ["low", "high"], those of data set `data` are ["high", "low"]"#;
    refused(
        |p| p["decision"]["classes"] = vec!["low", "high"].into(),
        expected,
    );
}
#[test]
fn a_program_of_another_window() {
    refused(
        |p| p["window"] = 500.into(),
        "`window` is 500; allowed: 1000, the chip's",
    );
}

/// Writes a sample of a task's data.
fn sample(task: &Task, number: usize, events: &str) {
    let path = task.path(&format!("data/{number}.csv"));
    std::fs::write(path, format!("t_us,channel\n{events}")).unwrap();
}

/// What a task prints where it is trained, at exit 0.
fn says(task: &Task, arguments: &[&str], expected: &str) {
    check(task.train("out", arguments), 0, expected);
}

#[test]
fn silent_samples_are_counted_and_named() {
    let task = Task::new("");
    task.change("\"learning_rate\":0.1", "\"learning_rate\":0");
    // Samples 12..15 are the test set; at a learning rate of 0 all biases are 0, and one event does not make a spike.
    (12..15).for_each(|number| sample(&task, number, "15900,0\n"));
    says(
        &task,
        &[],
        "samples without a spike       3 of 4 (the last hidden layer is silent, output biases alone decide): 0, 1, 2; 1 of them count as right",
    );
    let found = scored(&task, "out/checkpoint.json", &[]);
    assert_eq!(found["silent_samples"], serde_json::json!([0, 1, 2]));
    // All logits are equal: the first class wins.
    assert_eq!(found["found"].as_array().unwrap()[..3], [0, 0, 0]);
}

#[test]
fn merged_events_are_counted() {
    let task = Task::new("");
    task.change("\"channels\":4", "\"channels\":4,\"acceleration\":2");
    let close: String = (0..6).map(|k| format!("{},0\n", 3000 + k)).collect();
    let events = close + "9000,1\n11000,2\n";
    (0..16).for_each(|number| sample(&task, number, &events));
    let expected = "data: 37.5 % of the 128 events (48) fell together with another of the same tick (1 us) and channel";
    says(&task, &["--ridge", "never"], "5.0 events a sample");
    says(&task, &["--restart"], expected);
}

#[test]
fn whole_numbers_sort_as_numbers() {
    let task = Task::new("");
    task.change("\"outputs\":2", "\"outputs\":3");
    let labels = task.path("data/labels.csv");
    let text = std::fs::read_to_string(&labels).unwrap();
    let text = text
        .replace("high", "10")
        .replace("low", "9")
        .replacen(",9,", ",2,", 1);
    std::fs::write(&labels, text).unwrap();
    says(
        &task,
        &[],
        "data: no test samples of 1 of 3 classes (`2`): its accuracy says nothing of them",
    );
    let program = json(&task.path("out/program.json"));
    assert_eq!(
        program["decision"]["classes"],
        serde_json::json!(["2", "9", "10"])
    );
}

#[test]
fn one_class_says_nothing() {
    let task = Task::new("");
    task.change("\"outputs\":2", "\"outputs\":1");
    let labels = task.path("data/labels.csv");
    let text = std::fs::read_to_string(&labels).unwrap();
    std::fs::write(&labels, text.replace("high", "low")).unwrap();
    says(
        &task,
        &[],
        "data: there is one class, `low`: every decision is right, an accuracy says nothing",
    );
}

#[test]
fn other_data_is_named() {
    let task = trained("");
    sample(&task, 13, "900,1\n2000,2\n9000,3\n");
    let expected = "the data differs from that of the run (test samples); give the same";
    check(task.train("out", &[]), 2, expected);
    let eval = task.run("eval", &task.path("out/checkpoint.json"), &[]);
    check(
        eval,
        0,
        "data: the data differs from that of the run: test samples",
    );
    let labels = task.path("data/labels.csv");
    let text = std::fs::read_to_string(&labels).unwrap();
    std::fs::write(&labels, text.replace("high", "up")).unwrap();
    let eval = task.run("eval", &task.path("out/checkpoint.json"), &[]);
    check(
        eval,
        2,
        "other channels, outputs or classes (here 2: low, up)",
    );
}

#[test]
fn effects_are_named() {
    let task = Task::new("");
    task.change(
        "\"range_pA\":900",
        r#""range_pA":900,"rram":{"lrs_uS":40,"hrs_uS":1,"read_V":0.2,"read_noise":{"sigma":0.1}}"#,
    );
    task.change("\"t_ref_ms\":1", "\"t_ref_ms\":1,\"noise_pA_rms\":5");
    says(
        &task,
        &[],
        "device effects in force        membrane noise (`hidden`)",
    );
    let found = scored(&task, "out/checkpoint.json", &[]);
    let expected = serde_json::json!({"active": ["membrane noise (`hidden`)"], "inactive": ["read noise (input of `hidden`)"]});
    assert_eq!(found["effects"], expected);
    let audit = task.run(
        "audit",
        &task.path("out/checkpoint.json"),
        &["--samples", "1"],
    );
    check(
        audit,
        0,
        "described, not in force       read noise (input of `hidden`)",
    );
    let chips = ["--chips", "1", "--samples", "1", "--json"];
    let drawn = task.run("montecarlo", &task.path("out"), &chips);
    check(drawn, 0, "\"chips_differ\": true");
    let summary = json(&task.path("out/montecarlo/summary.json"));
    assert_eq!(summary["effects"]["active"].as_array().unwrap().len(), 2);
}

#[test]
fn equal_chips_have_no_yield_worth_its_name() {
    let task = trained("");
    let chips = ["--chips", "2", "--samples", "1", "--target", "0.5"];
    let expected = "no effect that makes chips differ is described: all chips are equal, their spread and yield say nothing";
    check(
        task.run("montecarlo", &task.path("out"), &chips),
        0,
        expected,
    );
    assert_eq!(
        json(&task.path("out/montecarlo/summary.json"))["chips_differ"],
        false
    );
}

#[test]
fn a_program_is_checked_by_check_too() {
    let task = trained("");
    let [chip, program] =
        ["chip.json", "program.json"].map(|f| task.path("out").join(f).display().to_string());
    let arguments = ["check", &chip, "--program", &program];
    check(bruno(&arguments), 0, "codes of `hidden`: 16 weights use");
    edit(Path::new(&program), |p| {
        p["decision"]["logit_per_pA"] = 0.into()
    });
    check(bruno(&arguments), 2, "the scale above 0");
}
