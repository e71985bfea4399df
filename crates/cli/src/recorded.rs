//! What the recorder of a run's chip says of samples.

use crate::failure::Failure;
use crate::progress::Progress;
use crate::running::Running;
use bruno_data::Sample;
use bruno_device::Chip;
use bruno_sim::{Program, Trace};
use bruno_train::{spread, stimulus};

/// Samples of which the records are in memory at one time, a thread.
const PART: usize = 16;

/// Runs samples on a chip with a program, and gives each one's trace in their order.
pub fn run(
    (chip, program): (&Chip, &Program),
    samples: &[Sample],
    running: &Running,
    mut each: impl FnMut(&Trace) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let design = bruno_hdl::generate(chip)?;
    let threads = running.threads().clamp(1, samples.len().max(1));
    let models = (0..threads).map(|_| running.model(chip, &design));
    let mut models = models.collect::<Result<Vec<_>, _>>()?;
    let stimuli: Vec<_> = samples
        .iter()
        .map(|s| stimulus(s, chip.window_ticks))
        .collect();
    for stimulus in &stimuli {
        stimulus.check(chip, chip.window_ticks)?;
    }
    let mut progress = Progress::new("record", samples.len() as u64, "samples");
    let all: Vec<usize> = (0..samples.len()).collect();
    for part in all.chunks(PART * threads) {
        let traces = spread(&mut models, Some(program), part, &|model, group| {
            let traces = group.iter().map(|k| model.run(&stimuli[*k]));
            Ok(traces.collect::<Result<Vec<Trace>, _>>()?)
        })?;
        traces.iter().try_for_each(&mut each)?;
        progress.advance(part.len() as u64);
    }
    Ok(())
}
