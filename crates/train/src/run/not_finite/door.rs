//! The one door through which a failed batch comes: its run is checked as a checkpoint, its samples against the run's
//! chip.

use super::FailedBatch;
use crate::run::checkpoint::door::{first_above, wrong};
use bruno_chip::{Description, Problem};
use bruno_data::{Sample, Target};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Most steps of a run: samples are counted in 64 bits.
const MOST_STEPS: usize = 1_000_000_000_000;
/// Longest sample, us.
const LONGEST_US: u32 = 3_600_000_000;

impl<'de> Deserialize<'de> for FailedBatch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The derived function of this name, which checks the run alone.
        let unchecked = Self::deserialize(deserializer)?;
        match unchecked.problem() {
            None => Ok(unchecked),
            Some(problem) => Err(serde::de::Error::custom(problem)),
        }
    }
}

impl Serialize for FailedBatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The derived function of this name.
        Self::serialize(self, serializer)
    }
}

impl FailedBatch {
    /// The first thing that is wrong with what was read.
    fn problem(&self) -> Option<Problem> {
        let description = &self.run.description;
        if !(0.0..=1.0).contains(&self.progress) {
            return Some(wrong("progress", self.progress, "0..1"));
        }
        let (numbers, samples) = (self.samples.len(), self.stimuli.len());
        if samples == 0 || numbers != samples {
            let value = format!("{numbers} numbers of {samples} samples");
            return Some(wrong("samples", value, "a number for each of `stimuli`"));
        }
        let names = self.class_names.len();
        if names != 0 && names != description.readout.outputs {
            let allowed = format!("{}, one an output, or none", description.readout.outputs);
            return Some(wrong("class_names", format!("{names} names"), allowed));
        }
        first_above([("step", self.step, MOST_STEPS)]).or_else(|| {
            let samples = self.stimuli.iter().enumerate();
            { samples }.find_map(|(k, s)| sample_problem(&format!("stimuli[{k}]"), s, description))
        })
    }
}

/// The first thing in which a sample is none of a chip's.
fn sample_problem(at: &str, sample: &Sample, chip: &Description) -> Option<Problem> {
    let duration = sample.duration_us;
    if !(1..=LONGEST_US).contains(&duration) {
        let allowed = format!("1..{LONGEST_US} us");
        return Some(wrong(&format!("{at}.duration_us"), duration, allowed));
    }
    let fits = |e: &&bruno_data::Event| e.t_us < duration && (e.channel as usize) < chip.inputs;
    if let Some(event) = sample.events.iter().find(|e| !fits(e)) {
        let value = format!("channel {} at {} us", event.channel, event.t_us);
        let allowed = format!("channels below {}, times below {duration} us", chip.inputs);
        return Some(wrong(&format!("{at}.events"), value, allowed));
    }
    target_problem(&format!("{at}.target"), sample, chip.readout.outputs)
}

fn target_problem(at: &str, sample: &Sample, outputs: usize) -> Option<Problem> {
    match &sample.target {
        Target::Class { class, .. } if *class >= outputs => Some(wrong(
            at,
            format!("class {class}"),
            format!("0..{}", outputs - 1),
        )),
        Target::Class { .. } => None,
        Target::Frames { frame_us, next } => {
            let frames = u64::from(*frame_us) * next.len() as u64;
            if *frame_us == 0 || next.is_empty() || frames > u64::from(sample.duration_us) {
                let value = format!("{} frames of {frame_us} us", next.len());
                let allowed = format!("frames within the sample's {} us", sample.duration_us);
                return Some(wrong(at, value, allowed));
            }
            let key = next
                .iter()
                .flatten()
                .find(|key| **key as usize >= outputs)?;
            Some(wrong(
                at,
                format!("output {key}"),
                format!("0..{}", outputs - 1),
            ))
        }
    }
}
