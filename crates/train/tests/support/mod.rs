//! A task of seconds, and runs on it.

#![allow(dead_code)] // each test binary uses its own part

use bruno_chip::Description;
use bruno_data::{Dataset, Event, Sample, Target};
use bruno_device::Chip;
use bruno_ranks::on_threads;
use bruno_sim::{Forward, IntegerModel};
use bruno_train::{Checkpoint, Parameters, TrainConfig, Trainer, simulated};

pub const CHIP: &str = r#"{"name":"tiny","inputs":4,
    "layers":[{"name":"hidden","kind":"felif","neurons":8,"recurrent":true,"synapse":{"bits":3,"range_pA":900},
               "recurrent_synapse":{"bits":3,"range_pA":30},"device":{"t_ref_ms":1}}],
    "readout":{"outputs":2,"synapse":{"range_pA":100}},
    "training":{"epochs":6,"batch":4,"learning_rate":0.1,"logit_per_pA":0.05,"init":{"readout_std":0.4},
                "device":[{"parameter":"threshold","bounds":[0.7,0.9]},{"parameter":"area","bounds":[3,5]}]}}"#;

/// Which half of the channels spikes.
pub fn data() -> Dataset {
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
        merged: 0,
    }
}

pub fn fresh() -> (Checkpoint, Chip) {
    fresh_of(CHIP)
}

pub fn fresh_of(text: &str) -> (Checkpoint, Chip) {
    let description = Description::parse("tiny", text).unwrap();
    let config = TrainConfig::of(&description).unwrap();
    let chip = Chip::resolve("tiny", &description).unwrap();
    let parameters = Parameters::new(&chip, &config);
    (Checkpoint::new(description, config, parameters), chip)
}

/// Runs `epochs` more epochs on `threads` threads.
pub fn train(run: Checkpoint, epochs: usize, threads: usize) -> Checkpoint {
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

/// The same on so many ranks, of `threads` threads each; what every rank has in the end.
pub fn train_on_ranks(
    run: &Checkpoint,
    epochs: usize,
    ranks: usize,
    threads: usize,
) -> Vec<Checkpoint> {
    let chip = Chip::resolve("tiny", &run.description).unwrap();
    let chip = simulated(&chip, &run.config);
    let data = data();
    on_threads(ranks, |ranks| {
        let factory = || -> Result<Box<dyn Forward>, _> { Ok(Box::new(IntegerModel::new(&chip))) };
        let trainer = Trainer::new("tiny", run.clone(), &data, &factory, threads).unwrap();
        let mut trainer = trainer.over(ranks);
        for _ in 0..epochs {
            trainer.epoch(|_| {}).unwrap();
        }
        trainer.run
    })
}

/// A fresh run with these settings in place of the number of epochs.
pub fn fresh_with(settings: &str) -> Checkpoint {
    fresh_of(&CHIP.replace(r#""epochs":6"#, settings)).0
}

/// The trainer of a fresh run of this chip.
pub fn audited(text: &str, check: impl FnOnce(&mut Trainer<'_>)) {
    let (run, chip) = fresh_of(text);
    let chip = simulated(&chip, &run.config);
    let data = data();
    let factory = || -> Result<Box<dyn Forward>, _> { Ok(Box::new(IntegerModel::new(&chip))) };
    check(&mut Trainer::new("tiny", run, &data, &factory, 2).unwrap());
}
