//! Scores samples on simulators of a chip, spread over ranks and threads; the result does not depend on their numbers.

use crate::measure::sample::{Of, Ran};
use crate::measure::score::Evaluation;
use crate::run::parallel::spread;
use crate::{Checkpoint, TrainError};
use bruno_data::Sample;
use bruno_device::Chip;
use bruno_ranks::{Ranks, collect_in_order};
use bruno_sim::{Forward, Program};

/// Samples between two words of progress: of a thread of the only rank, and of a rank of several, which may have different
/// numbers of threads.
const THREADS_PART: usize = 16;
const RANKS_PART: usize = 64;

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
    ranks: &dyn Ranks,
    chip: &Chip,
    run: &Checkpoint,
    samples: &[Sample],
    load: Load<'_>,
    mut done: impl FnMut(u64),
) -> Result<Evaluation, TrainError> {
    let of = Of {
        chip,
        parameters: &run.parameters,
        config: &run.config,
    };
    let score = |model: &mut dyn Forward, group: &[usize]| -> Vec<Result<Evaluation, TrainError>> {
        let samples: Vec<&Sample> = group.iter().map(|k| &samples[*k]).collect();
        let ran = Ran::forward(model, of, &samples, &[]).into_iter();
        ran.map(|ran| Ok(ran?.found)).collect()
    };
    let work = |model: &mut dyn Forward, group: &[usize]| match load {
        Load::Once(_) => score(model, group),
        Load::EverySample(program) => {
            let one = |index: &usize| match program(*index).and_then(|p| Ok(model.load(&p)?)) {
                Ok(()) => score(model, &[*index]),
                Err(error) => vec![Err(error)],
            };
            group.iter().flat_map(one).collect()
        }
    };
    let program = match load {
        Load::Once(program) => Some(program),
        Load::EverySample(_) => None,
    };
    let mut sum = Evaluation::default();
    let all: Vec<usize> = (0..samples.len()).collect();
    let length = match ranks.size() {
        1 => THREADS_PART * models.len(),
        size => RANKS_PART * size,
    };
    for part in all.chunks(length) {
        let items = ranks.share().items(part.len());
        let own: Vec<usize> = items.map(|k| part[k]).collect();
        let found = spread(models, program, &own, &|model, group| {
            Ok(work(model, group))
        })?;
        let found = collect_in_order(ranks, found, part.len())?;
        found.iter().for_each(|f| sum.add(f));
        done(part.len() as u64);
    }
    Ok(sum)
}
