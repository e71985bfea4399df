//! Yardsticks: what models without spikes make of a set. Of classes: ridge regression, softmax regression and nearest samples
//! on spike counts; of frames: logistic regression on the last two.

mod cholesky;
mod features;
mod frames;
mod nearest;
mod ridge;
mod softmax;

use crate::{Dataset, Sample, Target};
use nalgebra::DMatrix;
pub use ridge::ridge_accuracy;

/// Equal parts of a sample whose spikes are counted.
const BINS: usize = 8;
/// A model whose settings validation chooses, and which a network should beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Yardstick {
    /// Ridge regression on the spikes of each channel.
    RidgeOnCounts,
    /// Ridge regression on the spikes of each channel in 8 parts of a sample.
    RidgeOnBins,
    /// Softmax regression on the same.
    SoftmaxOnBins,
    /// The nearest training samples by the same.
    NearestOnBins,
    /// Logistic regression on the last two frames.
    LogisticOnFrames,
}

impl Yardstick {
    /// Those of a set: of classes, or of frames.
    pub fn all(set: &Dataset) -> Vec<Self> {
        match set.class_names.is_empty() {
            true => vec![Self::LogisticOnFrames],
            false => vec![
                Self::RidgeOnCounts,
                Self::RidgeOnBins,
                Self::SoftmaxOnBins,
                Self::NearestOnBins,
            ],
        }
    }

    /// What it takes on a set.
    pub fn cost(self, set: &Dataset) -> YardstickCost {
        let bins = self.bins();
        let features = set.channels * bins;
        let scored = set.valid.len() + set.test.len();
        let [n, s, d, c] = [set.train.len(), scored, features, set.outputs].map(|x| x as f64);
        let dense = 8.0 * (n + s) * d;
        let (unknowns, multiplications, bytes) = match self {
            Self::RidgeOnCounts | Self::RidgeOnBins => return ridge::cost(set, bins),
            Self::SoftmaxOnBins => {
                let multiplications = softmax::multiplications([n, s, d, c]);
                (
                    features * set.outputs,
                    multiplications,
                    dense + 16.0 * n * c,
                )
            }
            Self::NearestOnBins => (set.train.len(), n * s * d, dense + 8.0 * n * s),
            Self::LogisticOnFrames => {
                let weights = (2 * set.channels + 1) * set.outputs;
                (weights, frames::multiplications(set), 40.0 * weights as f64)
            }
        };
        YardstickCost {
            unknowns,
            multiplications,
            bytes,
        }
    }

    /// Its score on the test set: accuracy (0..1), of frames the cross-entropy of one, nats. `done` hears how many
    /// multiplications were done.
    pub fn score(self, set: &Dataset, done: &mut dyn FnMut(f64)) -> f64 {
        match self {
            Self::RidgeOnCounts | Self::RidgeOnBins => {
                ridge::tuned_accuracy(set, self.bins(), done)
            }
            Self::SoftmaxOnBins => softmax::tuned_accuracy(set, self.bins(), done),
            Self::NearestOnBins => nearest::tuned_accuracy(set, self.bins(), done),
            Self::LogisticOnFrames => frames::tuned_nats(set, done),
        }
    }

    fn bins(self) -> usize {
        match self {
            Self::RidgeOnCounts | Self::LogisticOnFrames => 1,
            Self::RidgeOnBins | Self::SoftmaxOnBins | Self::NearestOnBins => BINS,
        }
    }
}

/// What a yardstick takes, at most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct YardstickCost {
    /// Unknowns: of a ridge features or samples, whichever are fewer; weights; samples that are compared with.
    pub unknowns: usize,
    /// Multiplications, for all settings.
    pub multiplications: f64,
    /// Memory, bytes.
    pub bytes: f64,
}

fn class(sample: &Sample) -> Option<usize> {
    match sample.target {
        Target::Class { class, .. } => Some(class),
        Target::Frames { .. } => None,
    }
}

fn one_hot(set: &Dataset) -> DMatrix<f64> {
    let hot = |row: usize, column: usize| f64::from(class(&set.train[row]) == Some(column));
    DMatrix::from_fn(set.train.len(), set.outputs, hot)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Event;

    /// Class 0 spikes early, class 1 late, both equally often.
    pub(super) fn early_or_late(duration_us: u32) -> Dataset {
        let sample = |class: usize, k: u32| Sample {
            events: vec![Event {
                t_us: 600 * class as u32 + k,
                channel: 0,
            }],
            duration_us,
            target: Target::Class { class, from_us: 0 },
        };
        let samples = || (0..20).map(|k| sample(k as usize % 2, k)).collect();
        Dataset {
            name: "early or late".into(),
            channels: 1,
            outputs: 2,
            class_names: vec!["early".into(), "late".into()],
            train: samples(),
            test: samples(),
            ..Dataset::default()
        }
    }

    #[test]
    fn softmax_and_neighbours_see_time_too() {
        for yardstick in [Yardstick::SoftmaxOnBins, Yardstick::NearestOnBins] {
            let mut done = 0.0;
            let set = early_or_late(1000);
            assert_eq!(yardstick.score(&set, &mut |n| done += n), 1.0);
            assert!(done <= yardstick.cost(&set).multiplications && done > 0.0);
        }
    }

    /// Frames in which a channel is heard when it was not heard two frames before.
    #[test]
    fn the_last_two_frames_tell_the_next() {
        let pattern = [0, 0, 1, 1];
        let song = |start: usize| {
            let heard = |k: usize| pattern[(start + k) % 4] == 1;
            Sample {
                events: (0..40)
                    .filter(|k| heard(*k))
                    .map(|k| Event {
                        t_us: 100 * k as u32,
                        channel: 0,
                    })
                    .collect(),
                duration_us: 4000,
                target: Target::Frames {
                    frame_us: 100,
                    next: (1..=40).map(|k| vec![0; usize::from(heard(k))]).collect(),
                },
            }
        };
        let songs = || (0..4).map(song).collect();
        let set = Dataset {
            channels: 1,
            outputs: 1,
            train: songs(),
            test: songs(),
            ..Dataset::default()
        };
        assert_eq!(Yardstick::all(&set), [Yardstick::LogisticOnFrames]);
        let nats = Yardstick::LogisticOnFrames.score(&set, &mut |_| {});
        // One frame tells nothing: ln 2. The first frame of a song has no frame before it.
        assert!(nats < 0.1, "{nats}");
    }
}
