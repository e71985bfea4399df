//! What the neurons of a hidden layer did: rates, silent and saturated neurons.

use serde::{Deserialize, Serialize};

/// A neuron is saturated from this share of its highest rate on: it is then refractory more often than not, and its rate
/// says little of its input.
const SATURATED: f64 = 0.5;

/// Spikes of one hidden layer over a set of samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerActivity {
    /// Layer.
    pub layer: String,
    /// Spikes of every neuron.
    pub spikes: Vec<u64>,
    /// Length of the samples, s.
    pub seconds: f64,
    /// Spikes that a neuron could have had: one a refractory time and tick.
    pub most: f64,
}

/// Figures of one hidden layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerSummary {
    /// Layer.
    pub layer: String,
    /// Mean firing rate, Hz.
    #[serde(rename = "rate_Hz")]
    pub rate_hz: f64,
    /// Mean over neurons of the share of the highest rate that the refractory time allows.
    pub share_of_limit: f64,
    /// Neurons without a spike.
    pub silent: Vec<usize>,
    /// Neurons at half their highest rate or above.
    pub saturated: Vec<usize>,
}

impl LayerActivity {
    /// Adds the same layer's activity in other samples.
    pub fn add(&mut self, other: &Self) {
        let pairs = self.spikes.iter_mut().zip(&other.spikes);
        pairs.for_each(|(a, b)| *a += b);
        self.seconds += other.seconds;
        self.most += other.most;
    }

    /// Whether no neuron fired.
    pub fn is_silent(&self) -> bool {
        self.spikes.iter().all(|s| *s == 0)
    }

    /// The layer's figures.
    pub fn summary(&self) -> LayerSummary {
        let all = self.spikes.iter().sum::<u64>() as f64 / self.spikes.len().max(1) as f64;
        let limit = SATURATED * self.most;
        let those = |which: &dyn Fn(u64) -> bool| -> Vec<usize> {
            let neurons = self.spikes.iter().enumerate();
            neurons.filter(|(_, s)| which(**s)).map(|n| n.0).collect()
        };
        LayerSummary {
            layer: self.layer.clone(),
            rate_hz: all / self.seconds.max(1e-12),
            share_of_limit: all / self.most.max(1e-12),
            silent: those(&|s| s == 0),
            saturated: those(&|s| s > 0 && s as f64 >= limit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neurons_that_say_nothing() {
        let mut sum = LayerActivity {
            layer: "hidden".into(),
            spikes: vec![0, 20, 1],
            seconds: 0.5,
            most: 50.0,
        };
        let more = LayerActivity {
            spikes: vec![0, 30, 0],
            ..sum.clone()
        };
        sum.add(&more);
        let found = sum.summary();
        assert_eq!(
            (&found.silent[..], &found.saturated[..]),
            (&[0][..], &[1][..])
        );
        assert!((found.rate_hz - 17.0).abs() < 1e-9 && (found.share_of_limit - 0.17).abs() < 1e-9);
        assert!(!sum.is_silent());
    }
}
