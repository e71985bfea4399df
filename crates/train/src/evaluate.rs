//! Scores samples on simulators of a chip, spread over threads; the result does not depend on their number.

use crate::loss::{self, Score};
use crate::{Checkpoint, TrainError, adjoint, stimulus};
use bruno_data::Sample;
use bruno_device::Chip;
use bruno_sim::{Forward, Program, Trace};

/// What is loaded into the simulators.
#[derive(Clone, Copy)]
pub enum Load<'a> {
    /// One program for all samples.
    Once(&'a Program),
    /// A program for the sample of this index.
    EverySample(&'a (dyn Fn(usize) -> Result<Program, TrainError> + Sync)),
}

/// Scores samples with the output biases and the loss of a run; every model simulates `chip`, whose records and formats
/// are those of the run's own chip. `done` hears how many samples were finished.
///
/// # Errors
/// Those of the simulators and of the programs.
pub fn evaluate(
    models: &mut [Box<dyn Forward>],
    chip: &Chip,
    run: &Checkpoint,
    samples: &[Sample],
    load: Load<'_>,
    mut done: impl FnMut(u64),
) -> Result<Score, TrainError> {
    let bias = &run.parameters.values[run.parameters.bias.clone()];
    let one = |model: &mut dyn Forward, index: usize| {
        let sample = &samples[index];
        if let Load::EverySample(program) = load {
            model.load(&program(index)?)?;
        }
        let stimulus = stimulus(sample, chip.window_ticks);
        let trace = model.run(&stimulus)?;
        let currents = readout_currents(chip, &trace);
        let window = chip.window_ticks;
        let loss = loss::task(&sample.target, &currents, bias, &run.config, window);
        Ok(activity(chip, &trace, stimulus.windows, loss.score).0)
    };
    let program = match load {
        Load::Once(program) => Some(program),
        Load::EverySample(_) => None,
    };
    let mut score = Score::default();
    let all: Vec<usize> = (0..samples.len()).collect();
    for part in all.chunks(16 * models.len()) {
        let scores = spread(models, program, part, &one)?;
        scores.iter().for_each(|s| score.add(s));
        done(part.len() as u64);
    }
    Ok(score)
}

/// Loads every model (where there is something to load) and works through `indices`, every thread its share; results in the order of `indices`.
pub(crate) fn spread<T: Send>(
    models: &mut [Box<dyn Forward>],
    program: Option<&Program>,
    indices: &[usize],
    one: &(dyn Fn(&mut dyn Forward, usize) -> Result<T, TrainError> + Sync),
) -> Result<Vec<T>, TrainError> {
    let threads = models.len();
    let work = |place: usize, model: &mut Box<dyn Forward>| -> Result<Vec<T>, TrainError> {
        program.map_or(Ok(()), |p| model.load(p))?;
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

/// Readout currents at the end of each window, pA, `[window][output]`.
pub(crate) fn readout_currents(chip: &Chip, trace: &Trace) -> Vec<f32> {
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
pub(crate) fn activity(
    chip: &Chip,
    trace: &Trace,
    windows: u32,
    mut score: Score,
) -> (Score, Vec<Vec<u32>>) {
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
