//! The training loop: samples spread over threads with one simulator each, gradients summed in the samples' order, so
//! that the result does not depend on the number of threads.

use crate::adjoint;
use crate::loss::{self, Score};
use crate::pass::{Demand, Gradient, Pass};
use crate::{Checkpoint, TrainConfig, TrainError, stimulus};
use bruno_chip::Description;
use bruno_data::{Dataset, Sample, Target};
use bruno_device::Chip;
use bruno_sim::{Forward, Program, SimError, Trace};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// Makes one simulator of the chip; called once a thread.
pub type ModelFactory<'a> = dyn Fn() -> Result<Box<dyn Forward>, SimError> + Sync + 'a;

/// What an epoch did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EpochReport {
    /// Number of the epoch, from 1.
    pub epoch: usize,
    /// On the training set, while training.
    pub train: Score,
    /// On the validation set afterwards; empty without one.
    pub valid: Score,
    /// Mean gradient norm before clipping.
    pub gradient_norm: f64,
}

/// A run in progress.
pub struct Trainer<'a> {
    /// State that is kept on disk.
    pub run: Checkpoint,
    data: &'a Dataset,
    file: String,
    models: Vec<Box<dyn Forward>>,
    /// Seconds spent in forward and backward passes, summed over threads.
    pub seconds: [f64; 2],
}

/// What one training sample yields.
struct Outcome {
    gradient: Gradient,
    score: Score,
    seconds: [f64; 2],
}

impl<'a> Trainer<'a> {
    /// Starts or continues a run. `file` is the description's, for errors.
    pub fn new(
        file: &str,
        run: Checkpoint,
        data: &'a Dataset,
        factory: &ModelFactory<'_>,
        threads: usize,
    ) -> Result<Self, TrainError> {
        let chip = run.parameters.chip(file, &run.description)?;
        data.check_channels(chip.inputs, chip.layers[chip.readout()].neurons)?;
        check_frames(data, chip.window_ticks)?;
        let models = (0..threads.max(1))
            .map(|_| factory())
            .collect::<Result<_, _>>()?;
        Ok(Self {
            run,
            data,
            file: file.into(),
            models,
            seconds: [0.0; 2],
        })
    }

    /// Sets the output biases to the log-odds of each output in the training set (music; a fresh run only).
    pub fn start_biases(&mut self) {
        let mut counts = vec![0u64; self.data.outputs];
        let mut frames = 0u64;
        for sample in &self.data.train {
            if let Target::Frames { next, .. } = &sample.target {
                frames += next.len() as u64;
                next.iter().flatten().for_each(|k| counts[*k as usize] += 1);
            }
        }
        if frames == 0 {
            return;
        }
        let place = self.run.parameters.bias.clone();
        for (bias, count) in self.run.parameters.values[place].iter_mut().zip(counts) {
            // Half a count keeps the odds of keys that never sound finite.
            let odds = (count as f64 + 0.5) / (frames as f64 - count as f64 + 0.5);
            *bias = odds.ln() as f32;
        }
    }

    /// One epoch; `done` hears how many samples were finished.
    pub fn epoch(&mut self, mut done: impl FnMut(u64)) -> Result<EpochReport, TrainError> {
        let epoch = self.run.epoch + 1;
        let order = self.order(epoch);
        let batch = self.run.config.batch;
        let steps = order.len().div_ceil(batch);
        let mut train = Score::default();
        let mut norms = 0.0;
        for (step, samples) in order.chunks(batch).enumerate() {
            let (gradient, score) = self.batch(epoch, samples)?;
            train.add(&score);
            let progress =
                ((epoch - 1) * steps + step) as f64 / (self.run.config.epochs * steps) as f64;
            norms += f64::from(self.update(gradient, progress));
            done(samples.len() as u64);
        }
        let valid = self.evaluate(&self.data.valid.clone(), &mut done)?;
        let report = EpochReport {
            epoch,
            train,
            valid,
            gradient_norm: norms / steps.max(1) as f64,
        };
        self.run.epoch = epoch;
        self.run.history.push(report.clone());
        Ok(report)
    }

    /// The order of an epoch follows from (seed, epoch) alone.
    fn order(&self, epoch: usize) -> Vec<usize> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.run.config.seed);
        rng.set_stream(epoch as u64);
        let mut order: Vec<usize> = (0..self.data.train.len()).collect();
        order.shuffle(&mut rng);
        order
    }

    fn batch(&mut self, epoch: usize, samples: &[usize]) -> Result<(Gradient, Score), TrainError> {
        let chip = self.chip()?;
        let program = self.run.parameters.program(&chip);
        let run = &self.run;
        let data = self.data;
        let one = |model: &mut dyn Forward, index: usize| {
            train_sample(model, &chip, run, &data.train[index])
        };
        let outcomes = spread(&mut self.models, &program, samples, &one)?;
        let mut gradient = vec![0.0f32; self.run.parameters.values.len()];
        let mut score = Score::default();
        for (outcome, sample) in outcomes.iter().zip(samples) {
            self.check_finite(&outcome.gradient, epoch, *sample)?;
            let share = 1.0 / samples.len() as f32;
            gradient
                .iter_mut()
                .zip(&outcome.gradient)
                .for_each(|(sum, g)| *sum += share * g);
            score.add(&outcome.score);
            (0..2).for_each(|k| self.seconds[k] += outcome.seconds[k]);
        }
        Ok((gradient, score))
    }

    fn check_finite(
        &self,
        gradient: &[f32],
        epoch: usize,
        sample: usize,
    ) -> Result<(), TrainError> {
        match gradient.iter().position(|g| !g.is_finite()) {
            None => Ok(()),
            Some(at) => Err(TrainError::NotFinite {
                epoch,
                sample,
                tensor: self.run.parameters.name(at),
                value: gradient[at],
            }),
        }
    }

    /// One optimiser step; returns the gradient's norm.
    fn update(&mut self, mut gradient: Gradient, progress: f64) -> f32 {
        let config = &self.run.config;
        // A cosine from 1 to a hundredth.
        let schedule = 0.01 + 0.99 * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos());
        let rates = [
            config.learning_rate * schedule,
            config.device_learning_rate * schedule,
        ];
        let parameters = &mut self.run.parameters;
        let device: Vec<_> = parameters.layers.iter().map(|l| l.device.clone()).collect();
        let rate = |k: usize| rates[usize::from(device.iter().any(|d| d.contains(&k)))] as f32;
        let norm = self.run.adam.clip(&mut gradient, config.clip as f32);
        self.run.adam.step(&mut parameters.values, &gradient, rate);
        parameters.clip();
        norm
    }

    /// Scores samples with the parameters at hand.
    pub fn evaluate(
        &mut self,
        samples: &[Sample],
        mut done: impl FnMut(u64),
    ) -> Result<Score, TrainError> {
        let chip = self.chip()?;
        let program = self.run.parameters.program(&chip);
        let run = &self.run;
        let one = |model: &mut dyn Forward, index: usize| {
            let sample = &samples[index];
            let stimulus = stimulus(sample, chip.window_ticks);
            let trace = model.run(&stimulus)?;
            let bias = &run.parameters.values[run.parameters.bias.clone()];
            let currents = readout_currents(&chip, &trace);
            let loss = loss::task(
                &sample.target,
                &currents,
                bias,
                &run.config,
                chip.window_ticks,
            );
            Ok(activity(&chip, &trace, stimulus.windows, loss.score).0)
        };
        let mut score = Score::default();
        let all: Vec<usize> = (0..samples.len()).collect();
        for part in all.chunks(16 * self.models.len()) {
            let scores = spread(&mut self.models, &program, part, &one)?;
            scores.iter().for_each(|s| score.add(s));
            done(part.len() as u64);
        }
        Ok(score)
    }

    /// The chip with the device parameters at hand.
    pub fn chip(&self) -> Result<Chip, TrainError> {
        Ok(self
            .run
            .parameters
            .chip(&self.file, &self.run.description)?)
    }

    /// The description with the device parameters at hand.
    pub fn description(&self) -> Description {
        self.run.parameters.describe(&self.run.description)
    }
}

fn check_frames(data: &Dataset, window: u32) -> Result<(), TrainError> {
    let all = data.train.iter().chain(&data.valid).chain(&data.test);
    for sample in all {
        if let Target::Frames { frame_us, .. } = sample.target
            && (frame_us % window != 0 || frame_us == 0)
        {
            return Err(TrainError::Data(bruno_data::DataError::Setting {
                what: "the frame".into(),
                found: format!("{frame_us} us"),
                allowed: format!("whole windows of {window} us"),
                remedy: "change `data.frame_ms` or `window_ticks`".into(),
            }));
        }
    }
    Ok(())
}

/// Loads every model and works through `indices`, every thread its share; results in the order of `indices`.
fn spread<T: Send>(
    models: &mut [Box<dyn Forward>],
    program: &Program,
    indices: &[usize],
    one: &(dyn Fn(&mut dyn Forward, usize) -> Result<T, TrainError> + Sync),
) -> Result<Vec<T>, TrainError> {
    let threads = models.len();
    let work = |place: usize, model: &mut Box<dyn Forward>| -> Result<Vec<T>, TrainError> {
        model.load(program)?;
        let own = indices.iter().skip(place).step_by(threads);
        own.map(|index| one(model.as_mut(), *index)).collect()
    };
    let work = &work;
    let mut parts: Vec<std::vec::IntoIter<T>> = std::thread::scope(|scope| {
        let spawn = |(place, model)| scope.spawn(move || work(place, model));
        let running: Vec<_> = models.iter_mut().enumerate().map(spawn).collect();
        let join =
            |handle: std::thread::ScopedJoinHandle<'_, Result<Vec<T>, TrainError>>| match handle
                .join()
            {
                Ok(result) => result.map(Vec::into_iter),
                Err(panic) => std::panic::resume_unwind(panic),
            };
        running.into_iter().map(join).collect::<Result<_, _>>()
    })?;
    let ordered = (0..indices.len()).filter_map(|k| parts[k % threads].next());
    Ok(ordered.collect())
}

fn train_sample(
    model: &mut dyn Forward,
    chip: &Chip,
    run: &Checkpoint,
    sample: &Sample,
) -> Result<Outcome, TrainError> {
    let config: &TrainConfig = &run.config;
    let parameters = &run.parameters;
    let start = Instant::now();
    let stimulus = stimulus(sample, chip.window_ticks);
    let trace = model.run(&stimulus)?;
    let forward = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let bias = &parameters.values[parameters.bias.clone()];
    let loss = loss::task(
        &sample.target,
        &readout_currents(chip, &trace),
        bias,
        config,
        chip.window_ticks,
    );
    let (score, counts) = activity(chip, &trace, stimulus.windows, loss.score);
    let seconds = f64::from(stimulus.windows) * f64::from(chip.window_ticks) * 1e-6;
    let by_spikes: Vec<Vec<f32>> = counts
        .iter()
        .map(|c| loss::rate_penalty(c, seconds, config))
        .collect();
    let pass = Pass {
        chip,
        parameters,
        config,
        stimulus: &stimulus,
        demand: Demand {
            by_current: &loss.by_current,
            by_spikes: &by_spikes,
        },
    };
    let mut gradient = pass.gradient(config.gradient, &trace)?;
    gradient[parameters.bias.clone()].copy_from_slice(&loss.by_bias);
    Ok(Outcome {
        gradient,
        score,
        seconds: [forward, start.elapsed().as_secs_f64()],
    })
}

/// Readout currents at the end of each window, pA, `[window][output]`.
fn readout_currents(chip: &Chip, trace: &Trace) -> Vec<f32> {
    let index = chip.readout();
    let words = chip.layers[index].record_words(chip.recorder).len();
    let lsb = chip.description.formats.i_lsb_pa() as f32;
    trace.layers[index]
        .records
        .chunks_exact(words)
        .map(|r| r[0] as f32 * lsb)
        .collect()
}

/// Adds activity to a score; also the spike counts of the hidden neurons by layer.
fn activity(chip: &Chip, trace: &Trace, windows: u32, mut score: Score) -> (Score, Vec<Vec<u32>>) {
    let seconds = f64::from(windows) * f64::from(chip.window_ticks) * 1e-6;
    let mut counts = Vec::new();
    for (layer, trace) in adjoint::hidden(chip).zip(&trace.layers) {
        let mut own = vec![0u32; layer.neurons];
        trace
            .spikes
            .iter()
            .for_each(|s| own[s.neuron as usize] += 1);
        score.spikes += trace.spikes.len() as u64;
        score.neuron_seconds += seconds * layer.neurons as f64;
        counts.push(own);
    }
    score.saturations += u64::from(trace.saturations);
    (score, counts)
}
