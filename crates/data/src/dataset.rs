//! What every data set becomes.

use crate::DataError;

/// One input spike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// Time since the start of the sample, us.
    pub t_us: u32,
    /// Input channel.
    pub channel: u32,
}

/// What a sample should make the chip say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Index of its class.
    Class(usize),
    /// Next-frame prediction: at `(f+1) * frame_us` the outputs must show `next[f]`, a set of output indices.
    Frames {
        /// Length of a frame, us.
        frame_us: u32,
        /// Active outputs of the following frame, for every frame but the last.
        next: Vec<Vec<u32>>,
    },
}

/// One sample: events sorted by time, then channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Input spikes.
    pub events: Vec<Event>,
    /// Length, us.
    pub duration_us: u32,
    /// Right answer.
    pub target: Target,
}

/// A data set with its split.
#[derive(Debug, Clone, PartialEq, Eq)]
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
}

impl Dataset {
    /// Checks that the set fits a chip with so many inputs and outputs.
    pub fn check_channels(&self, inputs: usize, outputs: usize) -> Result<(), DataError> {
        if self.channels != inputs {
            let allowed = format!(
                "{} (the channels of data set `{}`)",
                self.channels, self.name
            );
            return Err(DataError::setting("the chip's `inputs`", inputs, allowed));
        }
        if self.outputs != outputs {
            let allowed = format!("{} (the outputs of data set `{}`)", self.outputs, self.name);
            return Err(DataError::setting(
                "the chip's `readout.outputs`",
                outputs,
                allowed,
            ));
        }
        Ok(())
    }

    /// One line on what the set holds.
    pub fn summary(&self) -> String {
        let all = || self.train.iter().chain(&self.valid).chain(&self.test);
        let events: usize = all().map(|s| s.events.len()).sum();
        let seconds: f64 = all().map(|s| f64::from(s.duration_us) * 1e-6).sum();
        format!(
            "{}: {} + {} + {} samples (train, valid, test), {} channels, {:.1} Hz a channel, {:.2} s a sample",
            self.name,
            self.train.len(),
            self.valid.len(),
            self.test.len(),
            self.channels,
            events as f64 / seconds.max(1e-9) / self.channels as f64,
            seconds / all().count().max(1) as f64
        )
    }
}
