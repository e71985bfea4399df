//! Whole searches: on a function that costs nothing, and on training of seconds with the integer model.

use bruno_chip::Description;
use bruno_data::{Dataset, Event, Sample, Target};
use bruno_ranks::{Alone, on_threads};
use bruno_sim::IntegerModel;
use bruno_train::TrainConfig;
use bruno_tune::{
    Budget, Goal, Outcome, Runner, Space, Study, Training, Trial, TuneConfig, TuneError, Validated,
};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

fn chip() -> Value {
    json!({"name":"tiny","inputs":4,
        "layers":[{"name":"hidden","kind":"lif","neurons":4,"synapse":{"range_pA":900},"device":{"t_ref_ms":1}}],
        "readout":{"outputs":2,"synapse":{"range_pA":100}},
        "training":{"epochs":3,"batch":4}})
}

fn space() -> Space {
    let space = json!({"learning_rate":{"low":0.001,"high":1,"log":true},"gradient":{"choices":["sample","mean"]}});
    serde_json::from_value(space).unwrap()
}

fn config(trials: usize) -> TuneConfig {
    TuneConfig {
        budget: Budget {
            trials,
            ..Budget::default()
        },
        startup: 4,
        parallel: 3,
        ..TuneConfig::default()
    }
}

fn search(path: &Path, config: &TuneConfig, runner: &dyn Runner) -> Result<Vec<Trial>, TuneError> {
    let (description, space) = (chip(), space());
    let study = Study {
        description: &description,
        space: &space,
        config,
        runner,
        ranks: &Alone,
    };
    study.run(path, &|_| {})
}

/// The same on so many ranks; what every rank finds.
fn search_on_ranks(path: &Path, config: &TuneConfig, ranks: usize) -> Vec<Vec<Trial>> {
    let (description, space) = (chip(), space());
    on_threads(ranks, |ranks| {
        let study = Study {
            description: &description,
            space: &space,
            config,
            runner: &Function::default(),
            ranks,
        };
        study.run(path, &|_| {}).unwrap()
    })
}

/// The best learning rate is 0.1 and `mean` the better gradient; each epoch comes nearer. Rates above 0.5 fail.
#[derive(Default)]
struct Function {
    epochs: AtomicUsize,
}

impl Runner for Function {
    fn run(
        &self,
        description: &Description,
        after_epoch: &mut dyn FnMut(Validated) -> bool,
    ) -> Result<(), TuneError> {
        let config = TrainConfig::of(description)?;
        if config.learning_rate > 0.5 {
            let unstable = bruno_chip::ChipError::Invalid {
                file: "t".into(),
                problems: vec![],
            };
            return Err(unstable.into());
        }
        let distance = (config.learning_rate / 0.1).ln().powi(2);
        let gradient = f64::from(config.gradient.name() == "sample");
        for epoch in 0..config.epochs {
            self.epochs.fetch_add(1, Ordering::Relaxed);
            let goal = distance + gradient + 1.0 / (epoch + 1) as f64;
            if !after_epoch(Validated { goal, silent: 0 }) {
                break;
            }
        }
        Ok(())
    }
}

#[test]
fn the_best_is_found_and_the_bad_are_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let function = Function::default();
    let trials = search(&dir.path().join("trials.jsonl"), &config(40), &function).unwrap();
    assert_eq!(trials.len(), 40);
    let best = trials
        .iter()
        .min_by(|a, b| a.goal().total_cmp(&b.goal()))
        .unwrap();
    assert!(
        best.outcome == Outcome::Done && best.goal() < 0.4,
        "{best:?}"
    );
    let epochs = function.epochs.load(Ordering::Relaxed);
    let counted: usize = trials.iter().map(|t| t.values.len()).sum();
    assert_eq!(epochs, counted);
    assert!(
        trials
            .iter()
            .any(|t| t.outcome == Outcome::Pruned && t.values.len() < 3)
    );
    assert!(
        trials
            .iter()
            .any(|t| matches!(t.outcome, Outcome::Failed(_)))
    );
}

/// A search of twelve trials is that of seven, killed in the middle of a round, and then twelve.
#[test]
fn a_killed_search_goes_on_with_the_same_trials() {
    let dir = tempfile::tempdir().unwrap();
    let [whole, parts] = ["whole", "parts"].map(|name| dir.path().join(name));
    let all = search(&whole, &config(12), &Function::default()).unwrap();
    search(&parts, &config(7), &Function::default()).unwrap();
    let again = Function::default();
    assert_eq!(search(&parts, &config(12), &again).unwrap(), all);
    let [whole, parts] = [whole, parts].map(|path| std::fs::read_to_string(path).unwrap());
    assert_eq!(whole, parts);
    let rest: usize = all[7..].iter().map(|t| t.values.len()).sum();
    assert_eq!(again.epochs.load(Ordering::Relaxed), rest);
}

#[test]
fn a_budget_of_epochs_ends_a_search() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(40);
    config.budget.epochs = Some(10);
    let function = Function::default();
    search(&dir.path().join("trials.jsonl"), &config, &function).unwrap();
    let epochs = function.epochs.load(Ordering::Relaxed);
    // A round that has started is finished.
    assert!((10..10 + 3 * 3).contains(&epochs), "{epochs}");
}

/// The message when a search goes on with other settings.
fn refused(change: impl Fn(&mut TuneConfig), expected: &str) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("trials.jsonl");
    let mut config = config(3);
    search(&path, &config, &Function::default()).unwrap();
    change(&mut config);
    let error = search(&path, &config, &Function::default()).unwrap_err();
    assert!(error.to_string().contains(expected), "{error}");
}

#[test]
fn another_search_in_the_same_place() {
    refused(|c| c.seed = 9, "a setting of the search differs");
}
#[test]
fn no_trials_at_once() {
    refused(|c| c.parallel = 0, "`parallel` is 0");
}

#[test]
fn where_everything_fails() {
    struct Failing;
    impl Runner for Failing {
        fn run(
            &self,
            _: &Description,
            after: &mut dyn FnMut(Validated) -> bool,
        ) -> Result<(), TuneError> {
            after(Validated {
                goal: f64::NAN,
                silent: 0,
            });
            Ok(())
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let error = search(&dir.path().join("t"), &config(3), &Failing).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("all 3 trials failed; the first one: the goal is NaN")
    );
}

/// Which half of the channels spikes.
fn data() -> Dataset {
    let sample = |index: u32| {
        let class = (index % 2) as usize;
        let event = |k: u32| Event {
            t_us: 1_000 + k * 2_000 + (index * 37) % 900,
            channel: 2 * class as u32 + k % 2,
        };
        Sample {
            events: (0..5).map(event).collect(),
            duration_us: 12_000,
            target: Target::Class { class, from_us: 0 },
        }
    };
    Dataset {
        name: "halves".into(),
        channels: 4,
        outputs: 2,
        class_names: vec!["low".into(), "high".into()],
        train: (0..8).map(sample).collect(),
        valid: (8..12).map(sample).collect(),
        ..Dataset::default()
    }
}

/// Neurons of a file, searched by a number of theirs beside a setting of training.
#[test]
fn trials_of_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let data = data();
    let mut description = chip();
    description["layers"][0] =
        json!({"name":"hidden","model":"lif_subtractive","neurons":4,"synapse":{"range_pA":900}});
    let space = json!({"layers.0.parameters.tau_m":{"low":5,"high":40},"learning_rate":{"low":0.01,"high":0.3,"log":true}});
    let (space, config): (Space, _) = (serde_json::from_value(space).unwrap(), config(5));
    let study = Study {
        description: &description,
        space: &space,
        config: &config,
        runner: &Training {
            file: "tiny",
            data: &data,
            simulators: &|chip| Ok(Box::new(IntegerModel::new(chip))),
            goal: Goal::Loss,
            threads: 1,
            ranks: &Alone,
        },
        ranks: &Alone,
    };
    let trials = study
        .run(&dir.path().join("trials.jsonl"), &|_| {})
        .unwrap();
    let goals: Vec<f64> = trials.iter().map(Trial::goal).collect();
    assert!(goals.iter().all(|goal| goal.is_finite()), "{trials:?}");
    assert!(goals.windows(2).any(|pair| pair[0] != pair[1]), "{goals:?}");
}

/// Trials of a round shared by ranks, and trials that all ranks run: the journal is the same, also where it was begun on one.
#[test]
fn ranks_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    for parallel in [1, 3] {
        let config = TuneConfig {
            parallel,
            ..config(12)
        };
        let one = path(&format!("one{parallel}"));
        let trials = search(&one, &config, &Function::default()).unwrap();
        for ranks in [2, 4] {
            let many = path(&format!("{ranks}of{parallel}"));
            search(
                &many,
                &TuneConfig {
                    budget: self::config(5).budget,
                    ..config.clone()
                },
                &Function::default(),
            )
            .unwrap();
            for found in search_on_ranks(&many, &config, ranks) {
                assert_eq!(found, trials, "{ranks} ranks, {parallel} trials at once");
            }
            let bytes = |path: &Path| std::fs::read(path).unwrap();
            assert!(bytes(&one) == bytes(&many));
        }
    }
}

/// Trials that train; on any number of threads they are the same.
#[test]
fn trials_train() {
    let dir = tempfile::tempdir().unwrap();
    let data = data();
    let train = |threads: usize, name: &str| {
        let runner = Training {
            file: "tiny",
            data: &data,
            simulators: &|chip| Ok(Box::new(IntegerModel::new(chip))),
            goal: Goal::Loss,
            threads,
            ranks: &Alone,
        };
        search(&dir.path().join(name), &config(5), &runner).unwrap()
    };
    let trials = train(1, "one");
    assert_eq!(trials, train(2, "two"));
    assert!(
        trials
            .iter()
            .all(|t| t.goal().is_finite() && !t.values.is_empty())
    );
}
