//! Scores of a set of samples: sums from which every reported figure follows.

mod activity;
mod confusion;
mod evaluation;
mod interval;

pub use activity::{LayerActivity, LayerSummary};
pub use confusion::Confusion;
pub use evaluation::{Decision, Evaluation, Latency};
pub use interval::{CONFIDENCE, clopper_pearson, wilson};

use crate::Energy;
use serde::{Deserialize, Serialize};

/// Sums over samples from which every reported figure follows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Samples.
    pub samples: u64,
    /// Decisions: samples (classes) or frames (music).
    pub decisions: u64,
    /// Sum of the loss over decisions, nats.
    pub loss: f64,
    /// Right decisions (classes).
    pub right: u64,
    /// True positives, false positives, false negatives (music).
    pub keys: [u64; 3],
    /// Spikes of hidden neurons.
    pub spikes: u64,
    /// Hidden neurons times seconds.
    pub neuron_seconds: f64,
    /// Saturated updates.
    pub saturations: u64,
    /// Energy by cause.
    pub energy: Energy,
    /// Synapses that events read.
    #[serde(default)]
    pub reads: u64,
    /// Samples in which the last hidden layer did not fire: the readout hears nothing, its biases decide alone.
    #[serde(default)]
    pub silent: u64,
    /// Those of them that are classified rightly all the same.
    #[serde(default)]
    pub silent_right: u64,
}

impl Score {
    /// Adds another score.
    pub fn add(&mut self, other: &Self) {
        self.samples += other.samples;
        self.decisions += other.decisions;
        self.loss += other.loss;
        self.right += other.right;
        (0..3).for_each(|k| self.keys[k] += other.keys[k]);
        self.spikes += other.spikes;
        self.neuron_seconds += other.neuron_seconds;
        self.saturations += other.saturations;
        self.energy.add(&other.energy);
        self.reads += other.reads;
        self.silent += other.silent;
        self.silent_right += other.silent_right;
    }

    /// Mean loss a decision: cross-entropy, or negative log-likelihood a frame, summed over the keys, mean over all frames,
    /// as in Boulanger-Lewandowski et al. (ICML 2012) (nats).
    pub fn mean_loss(&self) -> f64 {
        self.loss / self.decisions.max(1) as f64
    }

    /// Share of right decisions; for music the frame-level accuracy of Bay et al. (ISMIR 2009), `TP/(TP+FP+FN)` over all
    /// frames, keys on where their probability is above a half.
    pub fn accuracy(&self) -> f64 {
        let keys: u64 = self.keys.iter().sum();
        if keys > 0 {
            self.keys[0] as f64 / keys as f64
        } else {
            self.right as f64 / self.decisions.max(1) as f64
        }
    }

    /// Wilson interval of the accuracy of classes; frames of music depend on one another and have none.
    pub fn interval(&self) -> Option<(f64, f64)> {
        let classes = self.decisions > 0 && self.keys == [0; 3];
        classes.then(|| wilson(self.right, self.decisions, CONFIDENCE))
    }

    /// Mean energy of a sample by the proxy of docs/method.md, nJ.
    pub fn energy_nj(&self) -> f64 {
        1e9 * self.energy.total_j() / self.samples.max(1) as f64
    }

    /// Mean firing rate of hidden neurons, Hz.
    pub fn rate_hz(&self) -> f64 {
        self.spikes as f64 / self.neuron_seconds.max(1e-12)
    }
}
