//! The training loop: samples spread over ranks and threads with one simulator each, gradients summed in the samples'
//! order, so that the result depends on the number of neither.

mod audits;
mod sample_trace;

pub use sample_trace::{NeuronTrace, SampleTrace, TracedLayer};

use crate::config::check_reach;
use crate::gradient::pass::Gradient;
use crate::measure::evaluate::{Load, evaluate};
use crate::measure::sample::{Of, Ran};
use crate::measure::score::Evaluation;
use crate::run::alive;
use crate::run::dropout::thinned;
use crate::run::not_finite::FailedBatch;
use crate::run::parallel::spread;
use crate::run::spent::Spent;
use crate::weights::in_force::{At, InForce, nominal_program};
use crate::{Checkpoint, Footprint, HardwareConfig, Measured, NotFinite, Objectives, TrainError};
use bruno_chip::{Description, Problem};
use bruno_data::{Dataset, Sample, Target};
use bruno_device::Chip;
use bruno_ranks::{Alone, Ranks, collect_in_order, sum_in_order};
use bruno_sim::{Forward, Program, SimError};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::time::Instant;

/// Makes one simulator of the run's [`crate::simulated`] chip; called once a thread.
pub type ModelFactory<'a> = dyn Fn() -> Result<Box<dyn Forward>, SimError> + Sync + 'a;

/// Work on the samples of these numbers, in a simulator that is loaded with the chip in force.
type Work<'a, T> = dyn Fn(&mut dyn Forward, &Checkpoint, &InForce, &[usize]) -> Result<Vec<T>, TrainError>
    + Sync
    + 'a;

/// A run in progress.
pub struct Trainer<'a> {
    /// State that is kept on disk.
    pub run: Checkpoint,
    /// The batch of the last step, if a number in it was not finite.
    pub failed: Option<FailedBatch>,
    pub(crate) data: &'a Dataset,
    file: String,
    models: Vec<Box<dyn Forward>>,
    ranks: &'a dyn Ranks,
    /// Where the time of steps went.
    pub spent: Spent,
}

/// What one training sample yields.
struct Outcome {
    gradient: Gradient,
    found: Evaluation,
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
        check_data(&chip, data)?;
        check_reach(&run.config, &chip)?;
        check_objectives(&run.config.objectives, data)?;
        let models = (0..threads.max(1))
            .map(|_| factory())
            .collect::<Result<_, _>>()?;
        Ok(Self {
            run,
            failed: None,
            data,
            file: file.into(),
            models,
            ranks: &Alone,
            spent: Spent::default(),
        })
    }

    /// The same run, its training and its scores spread over ranks, each of which calls the same methods in the same order.
    /// All are given the same results.
    pub fn over(self, ranks: &'a dyn Ranks) -> Self {
        Self { ranks, ..self }
    }

    /// The same, for the steps from now on.
    pub fn work_with(&mut self, ranks: &'a dyn Ranks) {
        self.ranks = ranks;
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

    /// Works through these samples, each on a simulator of the chip in force; number 0 is `at`.
    fn on_chips<T: Send>(
        &mut self,
        at: At,
        samples: &[usize],
        work: &Work<'_, T>,
    ) -> Result<Vec<T>, TrainError> {
        let chip = self.chip()?;
        let run = &self.run;
        let in_force = |k: usize| {
            let at = At {
                sample: at.sample + k,
                ..at
            };
            InForce::at(&run.parameters, &run.config, &chip, at)
        };
        let hardware = run.config.hardware.as_ref();
        let shared = match hardware.is_some_and(HardwareConfig::varies_by_sample) {
            true => None,
            false => Some(in_force(0)?),
        };
        let group = |model: &mut dyn Forward, group: &[usize]| match &shared {
            Some(shared) => work(model, run, shared, group),
            None => {
                let one = |k: &usize| {
                    let own = in_force(*k)?;
                    model.load(&own.program)?;
                    work(model, run, &own, &[*k])
                };
                let all: Result<Vec<_>, _> = group.iter().map(one).collect();
                Ok(all?.into_iter().flatten().collect())
            }
        };
        let program = shared.as_ref().map(|s| &s.program);
        spread(&mut self.models, program, samples, &group)
    }

    /// The start of a step of the whole run.
    pub(crate) fn at(&self, epoch: usize, step: usize) -> At {
        At {
            epoch,
            step,
            sample: step * self.run.config.batch,
        }
    }

    /// The start of the next step.
    fn next(&self) -> At {
        self.at(self.run.epoch + 1, self.steps_done())
    }

    /// The samples of an epoch in their order.
    pub(crate) fn order(&self, epoch: usize) -> Vec<usize> {
        order(self.run.config.seed, epoch, self.data.train.len())
    }

    pub(crate) fn batch(
        &mut self,
        at: At,
        samples: &[usize],
    ) -> Result<(Gradient, Evaluation), TrainError> {
        let data = self.data;
        // The first sample that fails is named, whatever the number of threads.
        let work =
            |model: &mut dyn Forward, run: &Checkpoint, in_force: &InForce, group: &[usize]| {
                let share = run.config.regularisation.input_dropout;
                let thinned = |k: &usize| {
                    let place = (at.step, *k);
                    thinned(&data.train[samples[*k]], share, run.config.seed, place)
                };
                let samples: Vec<_> = group.iter().map(thinned).collect();
                let samples: Vec<&Sample> = samples.iter().map(|s| &**s).collect();
                Ok(train_samples(model, in_force, run, &samples))
            };
        let count = samples.len();
        let own: Vec<usize> = self.ranks.share().items(count).collect();
        let outcomes = self.on_chips(at, &own, &work)?;
        let (mut gradients, mut found, mut passes) = (Vec::new(), Vec::new(), Vec::new());
        for (outcome, k) in outcomes.into_iter().zip(own) {
            let outcome = outcome.map_err(|e| e.at(at.epoch, Some(samples[k])));
            found.push(match outcome {
                Ok(outcome) => {
                    passes.push(outcome.seconds);
                    gradients.push(outcome.gradient);
                    Ok(Ok(outcome.found))
                }
                // Every rank must know of it: all go back to where they were before the step.
                Err(TrainError::NotFinite(fault)) => Ok(Err(fault)),
                Err(other) => Err(other),
            });
        }
        self.spent += Spent::of_samples(&passes, self.models.len());
        let start = Instant::now();
        let mut sum = Evaluation::default();
        let found: Vec<Result<Evaluation, Box<NotFinite>>> =
            collect_in_order(self.ranks, found, count)?;
        for one in found {
            sum.add(&one.map_err(TrainError::NotFinite)?);
        }
        let width = self.run.parameters.values.len();
        let gradient = sum_in_order(self.ranks, &gradients, count, width, 1.0 / count as f32);
        self.spent.together += start.elapsed().as_secs_f64();
        Ok((gradient, sum))
    }

    /// Scores samples on the nominal chip with the parameters at hand.
    ///
    /// # Errors
    /// Those of the simulators; a layer that is silent on all samples, and weights that all have one code.
    pub fn evaluate(
        &mut self,
        samples: &[Sample],
        done: impl FnMut(u64),
    ) -> Result<Evaluation, TrainError> {
        let found = self.score(samples, done)?;
        self.check_alive(&found)?;
        Ok(found)
    }

    /// Scores samples on a chip that is loaded with this program, which must fit it.
    ///
    /// # Errors
    /// Those of [`Trainer::evaluate`].
    pub fn evaluate_program(
        &mut self,
        program: &Program,
        samples: &[Sample],
        done: impl FnMut(u64),
    ) -> Result<Evaluation, TrainError> {
        let chip = self.chip()?;
        let load = Load::Once(program);
        let (models, ranks) = (&mut self.models, self.ranks);
        let found = evaluate(models, ranks, &chip, &self.run, samples, load, done)?;
        self.check_alive(&found)?;
        Ok(found)
    }

    fn score(
        &mut self,
        samples: &[Sample],
        done: impl FnMut(u64),
    ) -> Result<Evaluation, TrainError> {
        let chip = self.chip()?;
        let program = nominal_program(&chip, &self.run.parameters, &self.run.config);
        let load = Load::Once(&program);
        let (models, ranks) = (&mut self.models, self.ranks);
        evaluate(models, ranks, &chip, &self.run, samples, load, done)
    }

    /// Refuses activity in which a layer is silent, and weights that all have one code.
    pub(crate) fn check_alive(&self, found: &Evaluation) -> Result<(), TrainError> {
        alive::check(&self.chip()?, &self.run.parameters, found)
    }

    /// Scores samples with the weights at hand on the description's own device cards; silent layers are no error there.
    pub fn evaluate_on_start_cards(
        &mut self,
        samples: &[Sample],
        done: impl FnMut(u64),
    ) -> Result<Evaluation, TrainError> {
        let start = self.run.parameters.without_device();
        let trained = std::mem::replace(&mut self.run.parameters, start);
        let score = self.score(samples, done);
        self.run.parameters = trained;
        score
    }

    /// The chip with the device parameters at hand, as it was measured; `name` says what it is.
    pub fn measured(&self, name: &str, found: &Evaluation) -> Measured {
        let description = self.description();
        Measured::new(name, &self.run, &description, found)
    }

    /// The description's own chip, as it was measured.
    pub fn measured_at_start(&self, name: &str, found: &Evaluation) -> Measured {
        Measured::new(name, &self.run, &self.run.description, found)
    }

    /// The chip with the device parameters at hand.
    pub fn chip(&self) -> Result<Chip, TrainError> {
        Ok(self
            .run
            .parameters
            .chip(&self.file, &self.run.description)?)
    }

    /// The area of the chip with the device parameters at hand.
    pub fn footprint(&self) -> Footprint {
        Footprint::of(&self.description(), &self.run.config.objectives)
    }

    /// The description with the device parameters at hand.
    pub fn description(&self) -> Description {
        self.run.parameters.describe(&self.run.description)
    }
}

/// The order of so many samples in an epoch (from 1): it follows from seed and epoch alone.
pub fn order(seed: u64, epoch: usize, samples: usize) -> Vec<usize> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(epoch as u64);
    let mut order: Vec<usize> = (0..samples).collect();
    order.shuffle(&mut rng);
    order
}

/// Checks that a data set fits a chip: channels, outputs, frames of whole windows.
pub fn check_data(chip: &Chip, data: &Dataset) -> Result<(), TrainError> {
    data.check_channels(chip.inputs, chip.layers[chip.readout()].neurons)?;
    check_frames(data, chip.window_ticks)
}

/// Only classes have a time of decision.
fn check_objectives(objectives: &Objectives, data: &Dataset) -> Result<(), TrainError> {
    let classes = |s: &Sample| matches!(s.target, Target::Class { .. });
    if objectives.latency.is_none() || data.train.iter().all(classes) {
        return Ok(());
    }
    Err(TrainError::Setting(Problem {
        field: "training.objectives.latency".into(),
        value: "given".into(),
        allowed: "none with this data set: its samples have no class to decide for".into(),
        remedy: "leave it out".into(),
    }))
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

/// Samples forward and backward; the time of the forward passes is shared by them.
fn train_samples(
    model: &mut dyn Forward,
    in_force: &InForce,
    run: &Checkpoint,
    samples: &[&Sample],
) -> Vec<Result<Outcome, TrainError>> {
    let of = Of {
        chip: &in_force.chip,
        parameters: &run.parameters,
        config: &run.config,
    };
    let start = Instant::now();
    let ran = Ran::forward(model, of, samples, &[run.gradient]);
    let forward = start.elapsed().as_secs_f64() / samples.len() as f64;
    let one = |ran: Result<Ran, TrainError>| {
        let ran = ran?;
        let start = Instant::now();
        let pass = ran.pass(in_force, of.parameters, of.config);
        let mut gradient = pass.gradient(run.gradient, &ran.recording)?;
        ran.add_direct(of.parameters, &mut gradient);
        Ok(Outcome {
            gradient,
            found: ran.found,
            seconds: [forward, start.elapsed().as_secs_f64()],
        })
    };
    ran.into_iter().map(one).collect()
}
