//! What every data set becomes.

use crate::DataError;
use serde::{Deserialize, Serialize};

/// Longest sample, us: times are 32 bits of microseconds.
pub(crate) const LONGEST_US: u32 = 3_600_000_000;

/// One input spike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Event {
    /// Time since the start of the sample, us.
    pub t_us: u32,
    /// Input channel.
    pub channel: u32,
}

/// What a sample should make the chip say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// One of several classes.
    Class {
        /// Its index.
        class: usize,
        /// From here on the outputs count, us.
        from_us: u32,
    },
    /// Next-frame prediction: at `(f+1) * frame_us` the outputs must show `next[f]`, a set of output indices.
    Frames {
        /// Length of a frame, us.
        frame_us: u32,
        /// Active outputs of the following frame, for every frame but the last.
        next: Vec<Vec<u32>>,
    },
}

/// One sample: events sorted by time, then channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// Input spikes.
    pub events: Vec<Event>,
    /// Length, us.
    pub duration_us: u32,
    /// Right answer.
    pub target: Target,
}

/// A data set with its split.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dataset {
    /// Name, for reports.
    pub name: String,
    /// Input channels.
    pub channels: usize,
    /// Outputs: classes or keys.
    pub outputs: usize,
    /// Names of the classes; empty for frames.
    pub class_names: Vec<String>,
    /// Samples to train on.
    pub train: Vec<Sample>,
    /// Samples to choose settings on.
    pub valid: Vec<Sample>,
    /// Samples to report on.
    pub test: Vec<Sample>,
    /// Events that [`Dataset::played`] made one with another of the same tick and channel.
    pub merged: usize,
}

impl Dataset {
    /// Checks that the set fits a chip with so many inputs and outputs; an error names the first that differs.
    pub fn check_channels(&self, inputs: usize, outputs: usize) -> Result<(), DataError> {
        if self.channels != inputs {
            let allowed = format!(
                "{} (the channels of data set `{}`)",
                self.channels, self.name
            );
            let remedy = "set `inputs` to this number or choose another data set";
            return Err(DataError::setting("inputs", inputs, allowed, remedy));
        }
        if self.outputs != outputs {
            let allowed = format!("{} (the outputs of data set `{}`)", self.outputs, self.name);
            let remedy = "set `readout.outputs` to this number or choose another data set";
            let what = "readout.outputs";
            return Err(DataError::setting(what, outputs, allowed, remedy));
        }
        Ok(())
    }

    /// The set as a chip gets it: played `by` times as fast, for chips whose time constants are that much shorter, and with
    /// one event for all of a tick and channel, since a channel spikes at most once in a tick.
    ///
    /// # Errors
    /// Frames that would not last whole microseconds.
    pub fn played(mut self, by: u32) -> Result<Self, DataError> {
        let splits = [&mut self.train, &mut self.valid, &mut self.test];
        for sample in splits.into_iter().flatten() {
            sample.events.iter_mut().for_each(|e| e.t_us /= by);
            self.merged += merge(&mut sample.events);
            sample.duration_us = sample.duration_us.div_ceil(by);
            match &mut sample.target {
                Target::Class { from_us, .. } => *from_us /= by,
                Target::Frames { frame_us, .. } if frame_us.is_multiple_of(by) => *frame_us /= by,
                Target::Frames { frame_us, .. } => {
                    let allowed = format!("a divisor of the frame's {frame_us} us");
                    let remedy = "choose another `training.data.acceleration` or frame";
                    return Err(DataError::setting(
                        "training.data.acceleration",
                        by,
                        allowed,
                        remedy,
                    ));
                }
            }
        }
        Ok(self)
    }

    /// All samples: training, validation, test.
    pub fn samples(&self) -> impl Iterator<Item = &Sample> {
        self.train.iter().chain(&self.valid).chain(&self.test)
    }

    /// One line on what the set holds: samples of each split, channels, mean events a sample, mean rate of a channel
    /// (Hz), shortest and longest sample (s). [`Dataset::notes`] says what to beware of.
    pub fn summary(&self) -> String {
        let all = || self.samples();
        let events: usize = all().map(|s| s.events.len()).sum();
        let seconds: f64 = all().map(|s| f64::from(s.duration_us) * 1e-6).sum();
        let duration = |us: Option<u32>| f64::from(us.unwrap_or(0)) * 1e-6;
        let shortest = duration(all().map(|s| s.duration_us).min());
        let longest = duration(all().map(|s| s.duration_us).max());
        format!(
            "{}: {} + {} + {} samples (train, valid, test), {} channels, {:.1} events a sample, {:.1} Hz a channel, {shortest:.2}..{longest:.2} s",
            self.name,
            self.train.len(),
            self.valid.len(),
            self.test.len(),
            self.channels,
            events as f64 / all().count().max(1) as f64,
            events as f64 / seconds.max(1e-9) / self.channels.max(1) as f64,
        )
    }
}

/// Makes equal events one; gives how many are gone.
fn merge(events: &mut Vec<Event>) -> usize {
    let before = events.len();
    events.sort_unstable();
    events.dedup();
    before - events.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> Dataset {
        let sample = |duration_us| Sample {
            events: vec![Event {
                t_us: 5,
                channel: 1,
            }],
            duration_us,
            target: Target::Class {
                class: 0,
                from_us: 0,
            },
        };
        Dataset {
            name: "tiny".into(),
            channels: 2,
            outputs: 1,
            class_names: vec!["x".into()],
            train: vec![sample(1_000_000)],
            valid: Vec::new(),
            test: vec![sample(3_000_000)],
            merged: 0,
        }
    }

    fn check(inputs: usize, outputs: usize, expected: &str) {
        let result = set().check_channels(inputs, outputs);
        let text = result.err().map_or("fits".into(), |e| e.to_string());
        assert!(text.starts_with(expected), "{text}");
    }

    #[test]
    fn fits() {
        check(2, 1, "fits");
    }
    #[test]
    fn inputs() {
        check(3, 1, "inputs is 3; allowed: 2 ");
    }
    #[test]
    fn outputs() {
        check(2, 9, "readout.outputs is 9; allowed: 1 ");
    }
    fn check_accelerated(target: Target, by: u32, expected: Result<Target, &str>) {
        let mut set = set();
        set.train[0].target = target;
        match (set.played(by), expected) {
            (Ok(set), Ok(target)) => {
                let sample = &set.train[0];
                assert_eq!(sample.duration_us, 1_000_000u32.div_ceil(by));
                assert_eq!(sample.events[0].t_us, 5 / by);
                assert_eq!(sample.target, target);
            }
            (Err(e), Err(text)) => assert!(e.to_string().contains(text), "{e}"),
            (found, _) => panic!("{found:?}"),
        }
    }
    fn class(from_us: u32) -> Target {
        Target::Class { class: 0, from_us }
    }
    fn frames(frame_us: u32) -> Target {
        let next = Vec::new();
        Target::Frames { frame_us, next }
    }

    #[test]
    fn an_accelerated_class() {
        check_accelerated(class(400), 4, Ok(class(100)));
    }
    #[test]
    fn accelerated_frames() {
        check_accelerated(frames(20_000), 10, Ok(frames(2000)));
    }
    #[test]
    fn frames_of_broken_microseconds() {
        check_accelerated(frames(20_000), 3, Err("a divisor of the frame's 20000 us"));
    }
    #[test]
    fn summary() {
        let expected = "tiny: 1 + 0 + 1 samples (train, valid, test), 2 channels, 1.0 events a sample, 0.2 Hz a channel, 1.00..3.00 s";
        assert_eq!(set().summary(), expected);
    }
}
