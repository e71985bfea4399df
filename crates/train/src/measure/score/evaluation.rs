//! Everything that is counted on a set of samples.

use super::{Confusion, LayerActivity, LayerSummary, Score};
use crate::measure::observed::Observed;
use crate::objective::loss::Loss;
use bruno_device::Chip;
use bruno_sim::Counters;
use serde::{Deserialize, Serialize};

/// What a sample was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Its class.
    pub class: usize,
    /// The class found.
    pub found: usize,
    /// Windows until the decision on the readout so far is right and stays so; none where it is wrong.
    pub settled: Option<u32>,
}

/// Counts over samples.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Sums.
    pub score: Score,
    /// Decisions by class; empty for music.
    pub confusion: Confusion,
    /// Time to decision of every sample that is classified rightly and in which the last hidden layer fired, ms, in the
    /// samples' order.
    pub decided_ms: Vec<f64>,
    /// Numbers, in the order in which they were added, of the samples in which the last hidden layer did not fire.
    #[serde(default)]
    pub silent: Vec<u64>,
    /// The class found in every sample, in their order; empty for music.
    #[serde(default)]
    pub found: Vec<usize>,
    /// Hidden layers.
    pub layers: Vec<LayerActivity>,
}

/// Time from where the outputs count until the decision on the readout so far is right and stays so; a sample whose
/// readout hears no spike has none.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Mean over the samples that are classified rightly, ms.
    pub mean_ms: f64,
    /// Median, ms.
    pub median_ms: f64,
    /// 90 % of them are decided by then, ms.
    pub p90_ms: f64,
}

impl Evaluation {
    /// Of one sample of a chip.
    pub(crate) fn of(
        chip: &Chip,
        observed: &Observed<'_>,
        counters: Counters,
        seconds: f64,
        loss: &Loss,
    ) -> Self {
        let hidden = chip.layers.iter().zip(&observed.spikes);
        let activity = hidden.map(|(layer, spikes)| {
            let shortest_us = f64::from(layer.codes.t_ref) + 1.0;
            LayerActivity {
                layer: layer.name.clone(),
                spikes: spikes.clone(),
                seconds,
                most: seconds * 1e6 / shortest_us,
            }
        });
        let layers: Vec<LayerActivity> = activity.collect();
        let neurons: usize = layers.iter().map(|l| l.spikes.len()).sum();
        let window_ms = f64::from(chip.window_ticks) * 1e-3;
        let outputs = chip.layers[chip.readout()].neurons;
        let decision = loss.decision;
        let last = layers.last();
        let silent = last.is_some_and(LayerActivity::is_silent);
        Self {
            score: Score {
                silent: u64::from(silent),
                silent_right: u64::from(silent) * loss.score.right,
                spikes: layers.iter().flat_map(|l| &l.spikes).sum(),
                neuron_seconds: seconds * neurons as f64,
                saturations: u64::from(counters.saturations),
                ..loss.score
            },
            confusion: decision.map_or_else(Confusion::default, |d| {
                Confusion::one(outputs, d.class, d.found)
            }),
            decided_ms: decision
                .filter(|_| !silent)
                .and_then(|d| d.settled)
                .map(|windows| f64::from(windows) * window_ms)
                .into_iter()
                .collect(),
            found: decision.iter().map(|d| d.found).collect(),
            silent: if silent { vec![0] } else { Vec::new() },
            layers,
        }
    }

    /// Adds other samples of the same chip.
    pub fn add(&mut self, other: &Self) {
        let before = self.score.samples;
        self.silent.extend(other.silent.iter().map(|k| before + k));
        self.score.add(&other.score);
        self.confusion.add(&other.confusion);
        self.decided_ms.extend(&other.decided_ms);
        self.found.extend(&other.found);
        if self.layers.is_empty() {
            self.layers.clone_from(&other.layers);
            return;
        }
        let pairs = self.layers.iter_mut().zip(&other.layers);
        pairs.for_each(|(a, b)| a.add(b));
    }

    /// Time to decision; none where no sample is classified rightly.
    pub fn latency(&self) -> Option<Latency> {
        let mut sorted = self.decided_ms.clone();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().checked_sub(1)?;
        let quantile = |q: f64| sorted[(q * last as f64).round() as usize];
        Some(Latency {
            mean_ms: sorted.iter().sum::<f64>() / sorted.len() as f64,
            median_ms: quantile(0.5),
            p90_ms: quantile(0.9),
        })
    }

    /// Figures of the hidden layers.
    pub fn activity(&self) -> Vec<LayerSummary> {
        self.layers.iter().map(LayerActivity::summary).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_the_latency() {
        let decided_ms = (1..=11).rev().map(f64::from).collect();
        let found = Evaluation {
            decided_ms,
            ..Evaluation::default()
        };
        let expected = Latency {
            mean_ms: 6.0,
            median_ms: 6.0,
            p90_ms: 10.0,
        };
        assert_eq!(found.latency(), Some(expected));
        assert_eq!(Evaluation::default().latency(), None);
    }

    #[test]
    fn silent_samples_are_numbered_in_their_order() {
        let sample = |silent: u64| Evaluation {
            score: Score {
                samples: 1,
                silent,
                ..Score::default()
            },
            silent: vec![0; silent as usize],
            ..Evaluation::default()
        };
        let mut sum = Evaluation::default();
        [0, 1, 0, 1, 1].map(sample).iter().for_each(|s| sum.add(s));
        assert_eq!((sum.silent, sum.score.silent), (vec![1, 3, 4], 3));
    }
}
