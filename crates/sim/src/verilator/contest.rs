//! The fastest of several builds of a model: what the compiler makes of the loop over neurons differs by some percent with
//! options whose effect depends on the chip, so they are compared on the machine that the model is for.

use super::VerilatedModel;
use crate::SimError;
use bruno_device::Chip;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Neuron-ticks of a lap: some milliseconds.
const LAP: usize = 1 << 21;
/// Laps of each build, in turn; the shortest counts, for other work on the machine only adds to them.
const LAPS: usize = 7;

/// The build that needs least time for the same ticks; the first where they are equal.
pub(super) fn fastest<'a>(
    chip: &Chip,
    builds: &'a [PathBuf],
) -> Result<Option<&'a PathBuf>, SimError> {
    if builds.len() < 2 {
        return Ok(builds.first());
    }
    let open = |path: &PathBuf| VerilatedModel::open(chip, path, Path::new(""));
    let mut models = builds.iter().map(open).collect::<Result<Vec<_>, _>>()?;
    let neurons: usize = chip.layers.iter().map(|l| l.neurons).sum();
    let ticks = (LAP / neurons.max(1)).max(1) as u32;
    let mut best = vec![Duration::MAX; builds.len()];
    for _ in 0..LAPS {
        for (model, best) in models.iter_mut().zip(&mut best) {
            *best = lap(model, ticks)?.min(*best);
        }
    }
    Ok(builds.iter().zip(best).min_by_key(|b| b.1).map(|b| b.0))
}

/// Time of ticks from the reset of the states on, without spikes.
fn lap(model: &mut VerilatedModel, ticks: u32) -> Result<Duration, SimError> {
    model.clear()?;
    let start = Instant::now();
    model.ticks(0, ticks, &[])?;
    Ok(start.elapsed())
}
