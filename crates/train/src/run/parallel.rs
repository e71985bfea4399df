//! Samples spread over threads, one simulator each; results come back in the order of the samples.

use crate::TrainError;
use bruno_sim::{Forward, Program};

/// Loads every model (where there is something to load) and works through `indices`, every thread its share; results in
/// the order of `indices`.
///
/// # Errors
/// The first of the models' and of the work.
pub fn spread<T: Send>(
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
