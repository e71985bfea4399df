//! A data sample as the chip's stimulus.

use bruno_data::Sample;
use bruno_sim::Stimulus;

/// The stimulus of a sample: whole windows of `window` ticks that cover its duration.
pub fn stimulus(sample: &Sample, window: u32) -> Stimulus {
    let mut events: Vec<(u32, u32)> = sample.events.iter().map(|e| (e.t_us, e.channel)).collect();
    events.sort_unstable();
    events.dedup();
    Stimulus {
        events,
        windows: sample.duration_us.div_ceil(window),
    }
}
