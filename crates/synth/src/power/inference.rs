//! The energy of an inference: samples of a data set, each from a reset with the weights of a trained chip.

use super::figures::Load;
use serde::{Deserialize, Serialize};
use std::fmt::{Display, Formatter};

/// What samples took.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct Inference {
    /// Which samples, in words.
    pub of: String,
    /// Whether every sample was played to its end; otherwise the energies are those of its first ticks.
    pub whole: bool,
    /// A sample, nJ.
    pub nj: Spread,
    /// As many ticks without input spikes, nJ.
    pub idle_nj: Spread,
    /// In their order.
    pub samples: Vec<Sample>,
}

/// A sample, or the first ticks of it.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct Sample {
    /// What was played.
    pub load: Load,
    /// Ticks that the whole sample has.
    pub of_ticks: u64,
    /// What was played took, nJ.
    pub nj: f64,
    /// As many ticks without input spikes, nJ.
    pub idle_nj: f64,
}

/// Over samples.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize)]
pub struct Spread {
    /// Mean.
    pub mean: f64,
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
}

impl Sample {
    /// A sample that was played, of so many ticks, beside as many without input spikes.
    pub fn new(load: Load, of_ticks: u64, idle: &Load) -> Self {
        Self {
            nj: load.energy.total_pj() / 1000.0,
            idle_nj: idle.energy.total_pj() / 1000.0,
            of_ticks,
            load,
        }
    }
}

impl Inference {
    /// Of these samples.
    pub fn new(of: String, samples: Vec<Sample>) -> Self {
        Self {
            of,
            whole: samples.iter().all(|s| s.load.ticks == s.of_ticks),
            nj: Spread::of(samples.iter().map(|s| s.nj)),
            idle_nj: Spread::of(samples.iter().map(|s| s.idle_nj)),
            samples,
        }
    }
}

impl Spread {
    fn of(values: impl Iterator<Item = f64> + Clone) -> Self {
        Self {
            mean: values.clone().sum::<f64>() / values.clone().count() as f64,
            min: values.clone().fold(f64::INFINITY, f64::min),
            max: values.fold(f64::NEG_INFINITY, f64::max),
        }
    }
}

impl Display for Spread {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1} ({:.1} to {:.1})", self.mean, self.min, self.max)
    }
}

impl Display for Inference {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        writeln!(
            f,
            "{:<6} {:>10} {:>10} {:>12} {:>10} {:>12} {:>12}",
            "sample", "ticks", "of", "input spikes", "spikes", "nJ", "idle nJ"
        )?;
        for (at, s) in self.samples.iter().enumerate() {
            let Load {
                ticks,
                input_events,
                spikes,
                ..
            } = s.load;
            writeln!(
                f,
                "{at:<6} {ticks:>10} {:>10} {input_events:>12} {spikes:>10} {:>12.1} {:>12.1}",
                s.of_ticks, s.nj, s.idle_nj
            )?;
        }
        let what = match self.whole {
            true => "an inference",
            false => "the first ticks of an inference, not all of it",
        };
        write!(
            f,
            "{what}: {} nJ, idle {} nJ; mean (least to most) of {}",
            self.nj, self.idle_nj, self.of
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Energy;

    fn load(ticks: u64, clock_pj: f64) -> Load {
        let energy = Energy {
            internal_pj: 500.0,
            switching_pj: 500.0,
            clock_pj,
        };
        Load {
            ticks,
            energy,
            ..Load::default()
        }
    }

    fn check(of_ticks: [u64; 2], expected: &str) {
        let energies = [2000.0, 5000.0].map(|pj| load(10, pj));
        let idle = load(10, 1000.0);
        let samples = (energies.into_iter().zip(of_ticks))
            .map(|(load, of)| Sample::new(load, of, &idle))
            .collect();
        let text = Inference::new("two".into(), samples).to_string();
        assert_eq!(text.lines().last(), Some(expected));
    }

    #[test]
    fn whole_samples() {
        check(
            [10, 10],
            "an inference: 4.5 (3.0 to 6.0) nJ, idle 2.0 (2.0 to 2.0) nJ; mean (least to most) of two",
        );
    }
    #[test]
    fn a_part_says_so() {
        check(
            [10, 11],
            "the first ticks of an inference, not all of it: 4.5 (3.0 to 6.0) nJ, idle 2.0 (2.0 to 2.0) nJ; mean (least to \
             most) of two",
        );
    }
}
