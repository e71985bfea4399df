//! Whole runs on a task that takes seconds: it is learnt, a killed run continues to the same numbers, and the number of
//! threads changes nothing.

mod support;

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_train::Checkpoint;
use support::{CHIP, audited, fresh, fresh_of, fresh_with, train, train_on_ranks};

#[test]
fn the_task_is_learnt() {
    let run = train(fresh().0, 6, 2);
    let last = run.last_epoch().unwrap();
    assert!(
        last.valid.accuracy() == 1.0 && last.valid.mean_loss() < 0.5,
        "{last:?}"
    );
    let changed = run.parameters.describe(&run.description);
    assert_ne!(
        changed.layers[0].device, run.description.layers[0].device,
        "device parameters move"
    );
}

#[test]
fn a_killed_run_ends_with_the_same_numbers() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("checkpoint.json");
    train(fresh().0, 2, 1).save(&path).unwrap();
    let continued = train(Checkpoint::load(&path).unwrap(), 2, 1);
    assert_eq!(continued, train(fresh().0, 4, 1));
}

/// The chip of the batch, the audits and what regularises are the same on every rank, too.
#[test]
fn ranks_change_nothing() {
    let settings = r#""epochs":6,"audit":{"every_steps":2,"samples":2},"regularisation":{"input_dropout":0.2}"#;
    let run = fresh_with(settings);
    let one = train(run.clone(), 1, 1);
    // 12 samples in batches of 4: also more ranks than samples.
    for (ranks, threads) in [(2, 2), (3, 1), (5, 1)] {
        for found in train_on_ranks(&run, 1, ranks, threads) {
            assert_eq!(found, one, "{ranks} ranks, {threads} threads");
        }
    }
}

#[test]
fn threads_change_nothing() {
    assert_eq!(train(fresh().0, 2, 1), train(fresh().0, 2, 3));
}

#[test]
fn decayed_weights_are_smaller() {
    let squares = |run: Checkpoint| {
        let place = run.parameters.layers[0].input.place.clone();
        let weights = run.parameters.values[place].iter();
        weights.map(|w| w * w).sum::<f32>()
    };
    let decayed =
        fresh_with(r#""epochs":2,"regularisation":{"weight_decay":1,"input_dropout":0.2}"#);
    let plain = fresh_with(r#""epochs":2,"regularisation":{"input_dropout":0.2}"#);
    assert!(squares(train(decayed, 2, 1)) < 0.8 * squares(train(plain, 2, 2)));
}
#[test]
fn a_die_has_one_area() {
    let text = CHIP
        .replace(
            r#""layers":["#,
            r#""layers":[{"name":"first","kind":"lif","neurons":5,"synapse":{"range_pA":900}},"#,
        )
        .replace(r#""bounds":[3,5]"#, r#""bounds":[3,5],"shared":"die""#);
    let run = train(fresh_of(&text).0, 1, 1);
    let layers = run.parameters.describe(&run.description).layers;
    let cards = [&layers[0].device, &layers[1].device];
    assert_eq!(cards[0].area_um2, cards[1].area_um2);
    assert_ne!(cards[0].area_um2, 4.0);
    assert_ne!(cards[0].v_th_v, cards[1].v_th_v);
}

/// A record of level `jacobian` holds the words of `mean`, and training reads those.
#[test]
fn jacobian_records_train_as_means() {
    let text = CHIP.replace("\"inputs\":4", "\"inputs\":4,\"recorder\":\"jacobian\"");
    let found = train(fresh_of(&text).0, 2, 1);
    assert_eq!(found.parameters, train(fresh().0, 2, 1).parameters);
}

/// Short words with random rounding learn the task too.
#[test]
fn stochastic_rounding_trains() {
    let text = CHIP.replace("\"inputs\":4", "\"inputs\":4,\"rounding\":\"stochastic\"");
    let run = train(fresh_of(&text).0, 6, 2);
    assert_eq!(run.last_epoch().unwrap().valid.accuracy(), 1.0);
}

/// Rounding at random and gating train, and resume to the same numbers.
#[test]
fn weights_rounded_at_random() {
    let weights = r#""weights":{"rounding":"stochastic","straight_through":"gated"},"epochs":6"#;
    let text = CHIP.replace(r#""epochs":6"#, weights);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("checkpoint.json");
    train(fresh_of(&text).0, 3, 1).save(&path).unwrap();
    let continued = train(Checkpoint::load(&path).unwrap(), 3, 2);
    assert_eq!(continued, train(fresh_of(&text).0, 6, 1));
    assert_eq!(continued.last_epoch().unwrap().valid.accuracy(), 1.0);
    let started = train(fresh_of(&text).0, 1, 1);
    let statistics = &started.last_epoch().unwrap().weights;
    assert!(statistics.len() == 3 && statistics.iter().all(|s| s.distance_pa > 0.0));
    assert!(statistics.iter().any(|s| s.changed > 0));
}

/// Level tables, an attached reset and the refractory time train, resume to the same numbers, and reach the description.
#[test]
fn everything_in_training() {
    let settings = r#""levels":{"learning_rate":0.05},"reset":"attached","epochs":6"#;
    let refractory =
        r#""device":[{"parameter":"refractory","bounds":[0.5,2]},{"parameter":"threshold""#;
    let text = CHIP
        .replace(r#""epochs":6"#, settings)
        .replace(r#""device":[{"parameter":"threshold""#, refractory);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("checkpoint.json");
    train(fresh_of(&text).0, 3, 1).save(&path).unwrap();
    let run = train(Checkpoint::load(&path).unwrap(), 3, 2);
    assert_eq!(run, train(fresh_of(&text).0, 6, 1));
    assert_eq!(run.last_epoch().unwrap().valid.accuracy(), 1.0);
    let trained = run.parameters.describe(&run.description);
    assert_ne!(trained.layers[0].device.t_ref_ms, 1.0);
    // What is written as chip.json is a valid description whose levels are the program's.
    let json = serde_json::to_string(&trained).unwrap();
    let read = Description::parse("chip.json", &json).unwrap();
    let chip = Chip::resolve("chip.json", &read).unwrap();
    let program = run.parameters.program(&chip);
    program.check(&chip).unwrap();
    let synapses = [&read.layers[0].synapse, &read.readout.synapse];
    for (layer, synapse) in [0, 1].into_iter().zip(synapses) {
        let levels = synapse.levels_pa.as_ref().unwrap();
        assert!(levels.is_sorted() && *levels != even(levels.len(), levels[levels.len() - 1]));
        assert_eq!(program.layers[layer].levels, chip.layers[layer].levels);
    }
    assert!(
        read.layers[0]
            .recurrent_synapse
            .as_ref()
            .unwrap()
            .levels_pa
            .is_some()
    );
}

/// Even steps over +-range.
fn even(count: usize, range: f64) -> Vec<f64> {
    let step = |k: usize| range * (2.0 * k as f64 / (count - 1) as f64 - 1.0);
    (0..count).map(step).collect()
}

#[test]
fn weights_that_are_all_the_same_are_an_error() {
    let same = CHIP
        .replace("\"init\":{", "\"init\":{\"recurrent_std\":0,")
        .replace("\"learning_rate\":0.1", "\"learning_rate\":0");
    audited(&same, |trainer| {
        let error = trainer.epoch(|_| {}).unwrap_err().to_string();
        let expected = "layer `hidden`: all recurrent weights have code";
        assert!(error.starts_with(expected), "{error}");
    });
}
