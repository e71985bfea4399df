//! Whole runs on a task that takes seconds: it is learnt, a killed run continues to the same numbers, and the number of
//! threads changes nothing.

use bruno_chip::Description;
use bruno_data::{Dataset, Event, Sample, Target};
use bruno_device::Chip;
use bruno_sim::{Forward, IntegerModel};
use bruno_train::{Checkpoint, GradientKind, Parameters, TrainConfig, Trainer, simulated};

const CHIP: &str = r#"{"name":"tiny","inputs":4,
    "layers":[{"name":"hidden","kind":"felif","neurons":8,"recurrent":true,"synapse":{"bits":3,"range_pA":900},
               "recurrent_synapse":{"bits":3,"range_pA":30},"device":{"t_ref_ms":1}}],
    "readout":{"outputs":2,"synapse":{"range_pA":100}},
    "training":{"epochs":6,"batch":4,"learning_rate":0.1,"logit_per_pA":0.05,"init":{"readout_std":0.4},
                "device":[{"parameter":"threshold","bounds":[0.7,0.9]},{"parameter":"area","bounds":[3,5]}]}}"#;

/// Which half of the channels spikes.
fn data() -> Dataset {
    let sample = |index: u32| {
        let class = (index % 2) as usize;
        let time = |k: u32| 1_000 + k * 4_000 + (index * 37) % 900;
        let event = |k: u32| Event {
            t_us: time(k),
            channel: 2 * class as u32 + k % 2,
        };
        Sample {
            events: (0..8).map(event).collect(),
            duration_us: 40_000,
            target: Target::Class { class, from_us: 0 },
        }
    };
    Dataset {
        name: "halves".into(),
        channels: 4,
        outputs: 2,
        class_names: vec!["low".into(), "high".into()],
        train: (0..12).map(sample).collect(),
        valid: (12..16).map(sample).collect(),
        test: (16..24).map(sample).collect(),
    }
}

fn fresh() -> (Checkpoint, Chip) {
    fresh_of(CHIP)
}

fn fresh_of(text: &str) -> (Checkpoint, Chip) {
    let description = Description::parse("tiny", text).unwrap();
    let config = TrainConfig::of(&description).unwrap();
    let chip = Chip::resolve("tiny", &description).unwrap();
    let parameters = Parameters::new(&chip, &config);
    (Checkpoint::new(description, config, parameters), chip)
}

/// Runs `epochs` more epochs on `threads` threads.
fn train(run: Checkpoint, epochs: usize, threads: usize) -> Checkpoint {
    let chip = Chip::resolve("tiny", &run.description).unwrap();
    let data = data();
    let chip = simulated(&chip, &run.config);
    let factory = || -> Result<Box<dyn Forward>, _> { Ok(Box::new(IntegerModel::new(&chip))) };
    let mut trainer = Trainer::new("tiny", run, &data, &factory, threads).unwrap();
    for _ in 0..epochs {
        trainer.epoch(|_| {}).unwrap();
    }
    trainer.run
}

#[test]
fn the_task_is_learnt() {
    let run = train(fresh().0, 6, 2);
    let last = run.history.last().unwrap();
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

#[test]
fn threads_change_nothing() {
    assert_eq!(train(fresh().0, 2, 1), train(fresh().0, 2, 3));
}

/// A fresh run with these settings in place of the number of epochs.
fn fresh_with(settings: &str) -> Checkpoint {
    fresh_of(&CHIP.replace(r#""epochs":6"#, settings)).0
}

/// An objective that is worth a nat makes the trained chip cheaper in what it asks for.
fn check_objective(objective: &str, cost: impl Fn(&Checkpoint) -> f64) {
    let settings = r#""epochs":3,"device_learning_rate":0.2"#;
    let plain = train(fresh_with(settings), 3, 2);
    let objectives = format!(r#""objectives":{{{objective}}},{settings}"#);
    let asked = train(fresh_with(&objectives), 3, 2);
    let (plain, asked) = (cost(&plain), cost(&asked));
    assert!(
        asked < 0.95 * plain,
        "{objective}: {asked}, {plain} without"
    );
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
fn energy_is_saved() {
    let energy = |run: &Checkpoint| run.history.last().unwrap().valid.energy_nj();
    check_objective(r#""energy":{"weight":3}"#, energy);
}
#[test]
fn area_is_saved() {
    let area = |run: &Checkpoint| run.history.last().unwrap().area.total_um2();
    check_objective(r#""area":{"weight":3}"#, area);
}
#[test]
fn music_has_no_time_of_a_decision() {
    let run = fresh_with(r#""objectives":{"latency":{"weight":1}},"epochs":6"#);
    let chip = Chip::resolve("tiny", &run.description).unwrap();
    let mut music = data();
    for sample in &mut music.train {
        let next = vec![vec![0]];
        let frame_us = 40_000;
        sample.target = Target::Frames { frame_us, next };
    }
    let factory = || -> Result<Box<dyn Forward>, _> { Ok(Box::new(IntegerModel::new(&chip))) };
    let refused = Trainer::new("tiny", run, &music, &factory, 1)
        .err()
        .unwrap();
    assert!(
        refused.to_string().contains("no class to decide for"),
        "{refused}"
    );
}

/// Nothing pulls below a target: the run is that without the objective.
#[test]
fn a_target_that_is_met_changes_nothing() {
    let met = r#""objectives":{"energy":{"weight":1,"target_nJ":1e6},"area":{"weight":1,"target_um2":1e6}},"epochs":6"#;
    let met = train(fresh_with(met), 1, 1);
    assert_eq!(met.parameters, train(fresh().0, 1, 1).parameters);
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
    assert_eq!(run.history.last().unwrap().valid.accuracy(), 1.0);
}

/// The trainer of a fresh run of this chip.
fn audited(text: &str, check: impl FnOnce(&mut Trainer<'_>)) {
    let (run, chip) = fresh_of(text);
    let chip = simulated(&chip, &run.config);
    let data = data();
    let factory = || -> Result<Box<dyn Forward>, _> { Ok(Box::new(IntegerModel::new(&chip))) };
    check(&mut Trainer::new("tiny", run, &data, &factory, 2).unwrap());
}

/// Checkpointed and full backpropagation are the same; the readout's gradient is exact in all; none is far off.
#[test]
fn an_audit_measures_each_gradient() {
    audited(CHIP, |trainer| {
        let data = data();
        let samples: Vec<&Sample> = data.train[..4].iter().collect();
        let kinds = [
            GradientKind::Bptt,
            GradientKind::Transition,
            GradientKind::Mean,
        ];
        let audit = trainer.audit(&samples, &kinds, |_| {}).unwrap();
        let names: Vec<&str> = audit.groups.iter().map(|g| g.group.as_str()).collect();
        let wanted = [
            "hidden: input weights",
            "hidden: recurrent weights",
            "hidden: threshold",
            "hidden: area",
            "readout: input weights",
        ];
        assert_eq!(names, wanted);
        for group in &audit.groups {
            let [full, transition, mean] = group.agreements[..] else {
                panic!("three gradients")
            };
            assert!((full.cosine - 1.0).abs() < 1e-6 && (full.ratio - 1.0).abs() < 1e-6);
            assert!(transition.cosine > 0.99, "{group:?}");
            assert!(mean.cosine > 0.8, "{group:?}");
        }
    });
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

/// With a cosine that no approximation reaches, every audit takes the next more exact gradient.
#[test]
fn a_poor_gradient_is_replaced() {
    let audit = r#""gradient":"sample","audit":{"every_steps":1,"samples":2,"least_cosine":1,"reaction":"switch"},"epochs":6"#;
    audited(&CHIP.replace(r#""epochs":6"#, audit), |trainer| {
        let report = trainer.epoch(|_| {}).unwrap();
        let switched: Vec<_> = report.audits.iter().map(|a| a.switched_to).collect();
        let ladder = [
            GradientKind::Mean,
            GradientKind::Transition,
            GradientKind::Checkpointed,
        ];
        assert_eq!(switched, ladder.map(Some));
        assert_eq!(trainer.run.gradient, GradientKind::Checkpointed);
    });
}

#[test]
fn a_warning_changes_nothing() {
    let audit = r#""audit":{"every_steps":2,"least_cosine":1},"epochs":6"#;
    let (plain, _) = fresh();
    let plain = train(plain, 1, 1);
    audited(&CHIP.replace(r#""epochs":6"#, audit), |trainer| {
        let report = trainer.epoch(|_| {}).unwrap();
        assert!(report.audits.len() == 2 && report.audits.iter().all(|a| a.low));
        assert_eq!(trainer.run.parameters, plain.parameters);
    });
}

/// The chip with every device effect, and these of them sampled in training.
fn with_effects(hardware: &str) -> String {
    let rram = r#""range_pA":$,"rram":{"lrs_uS":40,"hrs_uS":1,"read_V":0.2,"programming":{"sigma_uS":[2]},
        "read_noise":{"sigma":0.02},"stuck":{"hrs_probability":0.02},"drift":{"nu":0.01,"time_s":1e4},"die":{"sigma":0.05}}"#;
    let with = |text: String, range: &str| {
        text.replace(&format!("\"range_pA\":{range}"), &rram.replace('$', range))
    };
    let text = ["900", "30", "100"].into_iter().fold(CHIP.into(), with);
    let variability =
        r#""neurons":8,"variability":{"die":{"v_th":0.03,"area":0.03},"device":{"area":0.05}}"#;
    let text = text.replace(r#""neurons":8"#, variability);
    text.replace(
        r#""epochs":6"#,
        &format!(r#""hardware":{hardware},"epochs":6"#),
    )
}

const ALL_EFFECTS: &str =
    r#"["programming","read_noise","stuck","drift","conductance","die","device"]"#;

/// With these virtual chips the task is learnt, resuming and threads change nothing.
fn check_sampled(hardware: &str) {
    let run = || fresh_of(&with_effects(hardware)).0;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("checkpoint.json");
    train(run(), 3, 1).save(&path).unwrap();
    let continued = train(Checkpoint::load(&path).unwrap(), 3, 2);
    let whole = train(run(), 6, 3);
    assert_eq!(continued, whole);
    assert_eq!(whole.history.last().unwrap().valid.accuracy(), 1.0);
    assert_ne!(whole.parameters, train(fresh().0, 6, 1).parameters);
}

#[test]
fn virtual_chips_by_step() {
    check_sampled(&format!(r#"{{"effects":{ALL_EFFECTS}}}"#));
}
#[test]
fn virtual_chips_by_sample() {
    check_sampled(&format!(r#"{{"draw":"sample","effects":{ALL_EFFECTS}}}"#));
}
#[test]
fn virtual_chips_by_epoch() {
    check_sampled(r#"{"draw":"epoch","effects":["programming","die"]}"#);
}

/// The exact gradients replay the virtual chip that the forward pass ran.
#[test]
fn an_audit_sees_the_virtual_chip() {
    let text = with_effects(&format!(r#"{{"effects":{ALL_EFFECTS}}}"#));
    audited(&text, |trainer| {
        let data = data();
        let samples: Vec<&Sample> = data.train[..4].iter().collect();
        let kinds = [GradientKind::Transition, GradientKind::Mean];
        let audit = trainer.audit(&samples, &kinds, |_| {}).unwrap();
        for group in &audit.groups {
            assert!(group.agreements[0].cosine > 0.99, "{group:?}");
            assert!(group.agreements[1].cosine > 0.8, "{group:?}");
        }
        assert_eq!(audit, trainer.audit(&samples, &kinds, |_| {}).unwrap());
    });
}

/// Without spread a virtual chip is the nominal one, bit for bit.
#[test]
fn effects_of_no_size_change_nothing() {
    let text = with_effects(r#"{"effects":["programming"]}"#).replace("[2]", "[0]");
    let found = train(fresh_of(&text).0, 2, 1);
    let plain = train(fresh().0, 2, 1);
    let scores = |run: &Checkpoint| run.history.iter().map(|r| r.train).collect::<Vec<_>>();
    assert_eq!(scores(&found), scores(&plain));
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
    assert_eq!(continued.history.last().unwrap().valid.accuracy(), 1.0);
    let statistics = &continued.history[0].weights;
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
    assert_eq!(run.history.last().unwrap().valid.accuracy(), 1.0);
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

/// An audit has the level tables as groups of their own.
#[test]
fn an_audit_has_level_tables() {
    let text = CHIP.replace(
        r#""epochs":6"#,
        r#""levels":{"projections":["input"]},"epochs":6"#,
    );
    audited(&text, |trainer| {
        let data = data();
        let samples: Vec<&Sample> = data.train[..2].iter().collect();
        let audit = trainer
            .audit(&samples, &[GradientKind::Transition], |_| {})
            .unwrap();
        let levels = audit
            .groups
            .iter()
            .find(|g| g.group == "hidden: input levels");
        assert!(levels.unwrap().agreements[0].cosine > 0.99);
    });
}
