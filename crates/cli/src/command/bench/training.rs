//! One step of training: forward pass, records, coarse backward pass, optimiser.

use super::{inputs, memory};
use crate::failure::Failure;
use crate::running::fast_model;
use bruno_chip::Description;
use bruno_data::{Dataset, Event, Sample, Target};
use bruno_device::Chip;
use bruno_sim::Forward;
use bruno_train::{Checkpoint, Parameters, TrainConfig, Trainer};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use std::time::Instant;

const NEURONS: usize = 128;
const INPUTS: u32 = 24;
const BATCH: usize = 4;
const RATE_HZ: f64 = 50.0;
/// Of 1 ms, the default.
const WINDOWS_PER_S: f64 = 1000.0;

/// One measurement.
#[derive(Serialize)]
pub struct Row {
    pub neurons: usize,
    pub batch: usize,
    pub seconds: f64,
    /// Time of the forward passes, summed over threads, s.
    pub forward_s: f64,
    /// Time of the backward passes, summed over threads, s.
    pub backward_s: f64,
    /// The whole step over its forward passes, one thread.
    pub step_over_forward: f64,
    /// Time of one thread over twice the time of two.
    pub efficiency_of_two: f64,
    /// What the step adds to the process's memory at its peak, bytes per neuron and window of the batch.
    pub bytes_per_neuron_window: f64,
}

/// One step of a batch, with one thread and with two.
pub fn measure(seconds: f64) -> Result<Row, Failure> {
    let one = step(seconds, 1)?;
    let two = step(seconds, 2)?;
    let windows = seconds * WINDOWS_PER_S * (NEURONS * BATCH) as f64;
    Ok(Row {
        neurons: NEURONS,
        batch: BATCH,
        seconds,
        forward_s: one.passes[0],
        backward_s: one.passes[1],
        step_over_forward: one.whole / one.passes[0],
        efficiency_of_two: one.whole / (2.0 * two.whole),
        bytes_per_neuron_window: one.added / windows,
    })
}

struct Step {
    whole: f64,
    passes: [f64; 2],
    added: f64,
}

fn step(seconds: f64, threads: usize) -> Result<Step, Failure> {
    let text = format!(
        r#"{{"name":"step","inputs":{INPUTS},"recorder":"mean",
            "layers":[{{"name":"hidden","kind":"felif","neurons":{NEURONS},"recurrent":true,
                       "synapse":{{"range_pA":300}},"recurrent_synapse":{{"range_pA":20}}}}],
            "readout":{{"outputs":7,"synapse":{{"range_pA":100}}}},
            "training":{{"batch":{BATCH},"epochs":1,"gradient":"mean"}}}}"#
    );
    let description = Description::parse("step", &text)?;
    let config = TrainConfig::of(&description)?;
    let chip = Chip::resolve("step", &description)?;
    let design = bruno_hdl::generate(&chip)?;
    let factory = || -> Result<Box<dyn Forward>, _> { Ok(Box::new(fast_model(&chip, &design)?)) };
    let parameters = Parameters::new(&chip, &config);
    let run = Checkpoint::new(description, config, parameters);
    let data = poisson(seconds);
    let mut trainer = Trainer::new("step", run, &data, &factory, threads)?;
    memory::reset_peak();
    let before = memory::peak();
    let start = Instant::now();
    trainer.epoch(|_| {})?;
    Ok(Step {
        whole: start.elapsed().as_secs_f64(),
        passes: [trainer.spent.forward, trainer.spent.backward],
        added: (memory::peak() - before).max(0.0),
    })
}

/// One batch.
fn poisson(seconds: f64) -> Dataset {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let duration_us = (seconds * 1e6) as u32;
    let mut sample = |class: usize| {
        let spikes = inputs::poisson(INPUTS, RATE_HZ, duration_us, &mut rng);
        let event = |(t_us, channel)| Event { t_us, channel };
        let events = spikes.into_iter().map(event).collect();
        let target = Target::Class { class, from_us: 0 };
        Sample {
            events,
            duration_us,
            target,
        }
    };
    Dataset {
        name: "poisson".into(),
        channels: INPUTS as usize,
        outputs: 7,
        class_names: (0..7).map(|k| k.to_string()).collect(),
        train: (0..BATCH).map(&mut sample).collect(),
        ..Dataset::default()
    }
}
