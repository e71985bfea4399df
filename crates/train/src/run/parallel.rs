//! Samples spread over threads, one simulator each, which may run several at once; results come back in the order of the
//! samples.

use crate::TrainError;
use bruno_sim::{Forward, Program};

/// Work on samples that run together: a result for each, in their order.
pub type Group<'a, T> =
    dyn Fn(&mut dyn Forward, &[usize]) -> Result<Vec<T>, TrainError> + Sync + 'a;

/// Loads every model (where there is something to load) and works through `indices`, every thread its share, as many at a
/// time as its model runs soonest ([`Forward::at_once`]); results in the order of `indices`.
///
/// # Errors
/// The first of the models' and of the work.
pub fn spread<T: Send>(
    models: &mut [Box<dyn Forward>],
    program: Option<&Program>,
    indices: &[usize],
    group: &Group<'_, T>,
) -> Result<Vec<T>, TrainError> {
    let threads = models.len();
    let work = |place: usize, model: &mut Box<dyn Forward>| -> Result<Vec<T>, TrainError> {
        program.map_or(Ok(()), |p| model.load(p))?;
        let own: Vec<usize> = indices
            .iter()
            .copied()
            .skip(place)
            .step_by(threads)
            .collect();
        let mut results = Vec::with_capacity(own.len());
        let mut left = &own[..];
        while !left.is_empty() {
            let count = model.at_once(left.len()).clamp(1, left.len());
            let (now, later) = left.split_at(count);
            results.extend(group(model.as_mut(), now)?);
            left = later;
        }
        Ok(results)
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
