//! Descriptions, programs, runs, and what the commands write about them.

use super::Reader;
use super::sets::written;
use super::slot::with_file;
use crate::Form;
use bruno_chip::Description;
use bruno_data::{Dataset, Event, Sample, Target};
use bruno_device::Chip;
use bruno_monitor::Features;
use bruno_montecarlo::{ChipRecord, Results, Settings, Summary};
use bruno_sim::{Forward, IntegerModel, Program, Stimulus};
use bruno_train::{Checkpoint, FailedBatch, NotFinite, Parameters, TrainConfig, Trainer};
use bruno_tune::{Journal, Outcome, Space, Trial, TuneConfig};
use serde::Serialize;
use std::path::Path;
use std::sync::LazyLock;

pub(super) const READERS: &[Reader] = &[
    Reader {
        name: "description",
        form: Form::Json,
        seeds: || written(&["chip.json", "options.json", "files.json"]),
        read: description,
    },
    Reader {
        name: "program",
        form: Form::Json,
        seeds: || vec![json(&RUN.1)],
        read: program,
    },
    Reader {
        name: "checkpoint",
        form: Form::Json,
        seeds: || vec![json(&RUN.0)],
        read: |bytes| serde_json::from_slice::<Checkpoint>(bytes).is_ok_and(|r| run(&r)),
    },
    Reader {
        name: "failed_batch",
        form: Form::Json,
        seeds: || vec![json(&batch())],
        read: |bytes| serde_json::from_slice::<FailedBatch>(bytes).is_ok_and(|b| run(&b.run)),
    },
    Reader {
        name: "virtual_chips",
        form: Form::Lines,
        seeds: || vec![virtual_chips()],
        read: |bytes| {
            with_file(bytes, |path| {
                Results::open(path, settings()).is_ok_and(|r| summed(&r))
            })
        },
    },
    Reader {
        name: "journal",
        form: Form::Lines,
        seeds: || vec![journal()],
        read: |bytes| {
            with_file(bytes, |path| {
                let (space, config) = search();
                Journal::open(path, &value(), &space, &config).is_ok()
            })
        },
    },
    Reader {
        name: "search",
        form: Form::Json,
        seeds: || written(&["tune.json"]),
        read: |bytes| {
            let config = serde_json::from_slice::<TuneConfig>(bytes);
            config.is_ok_and(|c| {
                c.check().is_ok() && c.space.is_none_or(|s| s.check(&value()).is_ok())
            })
        },
    },
    Reader {
        name: "records",
        form: Form::Lines,
        seeds: || vec![records()],
        read: |bytes| with_file(bytes, monitored),
    },
];

/// A description, resolved and looked at as `bruno check` does.
fn description(bytes: &[u8]) -> bool {
    let Ok(description) = Description::parse("chip", &String::from_utf8_lossy(bytes)) else {
        return false;
    };
    let _ = TrainConfig::of(&description);
    let Ok(chip) = Chip::resolve("chip", &description) else {
        return false;
    };
    let _ = chip.findings();
    true
}

fn program(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Program>(bytes).is_ok_and(|p| p.check(&CHIP).is_ok())
}

/// A run, that of a failed batch too, and the program that its parameters give.
fn run(run: &Checkpoint) -> bool {
    let described = run.parameters.describe(&run.description);
    if let Ok(chip) = Chip::resolve("chip", &described) {
        let _ = run.parameters.program(&chip).check(&chip);
    }
    true
}

fn summed(results: &Results) -> bool {
    if let [nominal, chips @ ..] = &results.records[..] {
        let summary = Summary::new(nominal, chips, Some(0.5));
        let _ = summary.panel();
    }
    true
}

static CHIP: LazyLock<Chip> = LazyLock::new(|| {
    let text = String::from_utf8_lossy(&written(&["chip.json"])[0]).into_owned();
    let description = Description::parse("chip", &text).expect("a valid description");
    Chip::resolve("chip", &description).expect("a valid chip")
});

/// A trained run of the chip, and its program.
static RUN: LazyLock<(Checkpoint, Program)> = LazyLock::new(|| {
    let description = CHIP.description.clone();
    let config = TrainConfig::of(&description).expect("valid settings");
    let parameters = Parameters::new(&CHIP, &config);
    let run = Checkpoint::new(description, config, parameters);
    let factory = || -> Result<Box<dyn Forward>, _> { Ok(Box::new(IntegerModel::new(&CHIP))) };
    let data = data();
    let mut trainer = Trainer::new("chip", run, &data, &factory, 1).expect("a valid run");
    trainer.epoch(|_| {}).expect("an epoch of it");
    let program = trainer.run.parameters.program(&CHIP);
    (trainer.run, program)
});

fn data() -> Dataset {
    let sample = |class: usize| Sample {
        events: (0..4)
            .map(|k| Event {
                t_us: 500 + 1500 * k,
                channel: 2 * class as u32 + k % 2,
            })
            .collect(),
        duration_us: 8000,
        target: Target::Class { class, from_us: 0 },
    };
    let samples = || vec![sample(0), sample(1)];
    Dataset {
        name: "two".into(),
        channels: 4,
        outputs: 2,
        class_names: vec!["low".into(), "high".into()],
        train: samples(),
        valid: samples(),
        test: samples(),
        ..Dataset::default()
    }
}

fn batch() -> FailedBatch {
    let data = data();
    FailedBatch {
        fault: NotFinite::of("loss", f64::INFINITY),
        step: 0,
        progress: 0.0,
        samples: vec![0, 1],
        stimuli: data.train,
        class_names: data.class_names,
        run: RUN.0.clone(),
    }
}

/// Records of the run's samples, a line each.
fn records() -> Vec<u8> {
    let mut model = IntegerModel::new(&CHIP);
    model.load(&RUN.1).expect("the run's program");
    let lines = data().test.into_iter().map(|sample| {
        let stimulus = Stimulus {
            events: sample.events.iter().map(|e| (e.t_us, e.channel)).collect(),
            windows: sample.duration_us.div_ceil(RUN.1.window),
        };
        let trace = model.run(&stimulus).expect("a sample's trace");
        bruno_monitor::line(&CHIP, &trace)
    });
    lines.collect::<Vec<_>>().join("\n").into_bytes()
}

/// Records, and what is seen of them.
fn monitored(path: &Path) -> bool {
    let features = Features::of(&CHIP);
    let mut seen = Vec::new();
    bruno_monitor::read(path, &CHIP, |layers| seen.push(features.seen(layers))).is_ok()
}

fn settings() -> Settings {
    Settings::new(&RUN.0, &RUN.0.description, &data().test, "test", 1)
}

fn virtual_chips() -> Vec<u8> {
    let record = |chip| ChipRecord {
        chip,
        accuracy: 0.5,
        loss_nats: 0.7,
        rate_hz: 40.0,
        saturations: 3,
        silent_samples: 0,
        stuck_devices: 1,
        deviation_rms_pa: 2.0,
        held_rms_pa: 0.5,
        held_largest_pa: 1.0,
    };
    let records = [None, Some(0), Some(1)].map(|chip| json(&record(chip)));
    [vec![json(&settings())], records.to_vec()]
        .concat()
        .join(&b'\n')
}

/// The description of a search, and its settings.
fn value() -> serde_json::Value {
    serde_json::to_value(&CHIP.description).unwrap_or_default()
}

fn search() -> (Space, TuneConfig) {
    let config: TuneConfig =
        serde_json::from_slice(&written(&["tune.json"])[0]).expect("valid settings");
    let space = config
        .space
        .clone()
        .unwrap_or_else(|| Space(Default::default()));
    (space, config)
}

fn journal() -> Vec<u8> {
    let (space, config) = search();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("trials.jsonl");
    let mut journal = Journal::open(&path, &value(), &space, &config).expect("a new journal");
    for number in 0..2 {
        let trial = Trial {
            number,
            point: space
                .0
                .values()
                .map(|range| range.coordinates().0)
                .collect(),
            values: vec![0.7],
            silent: 0,
            outcome: Outcome::Done,
        };
        journal.add(trial).expect("a trial");
    }
    std::fs::read(path).expect("the journal")
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("bruno's own values are JSON")
}
