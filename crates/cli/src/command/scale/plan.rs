//! What is trained: the lengths of its samples, how they are dealt to ranks and threads, the cores that these share.

use bruno_data::{Dataset, Sample};
use bruno_train::{Trainer, order};
use serde::Serialize;

/// Steps over which a prediction is averaged.
const STEPS: usize = 16;

/// A run, as far as its time depends on it.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// Lengths of the training samples in the order of the first epoch, s.
    #[serde(skip)]
    pub lengths: Vec<f64>,
    pub samples: usize,
    pub batch: usize,
    pub epochs: usize,
    /// Trained numbers.
    pub parameters: usize,
    /// Of a rank.
    pub threads: usize,
    /// Of a machine.
    pub cores: usize,
    pub ranks_of_machine: usize,
}

impl Plan {
    pub fn of(
        trainer: &Trainer<'_>,
        set: &Dataset,
        threads: usize,
        ranks_of_machine: usize,
    ) -> Self {
        let run = &trainer.run;
        let length = |s: &Sample| f64::from(s.duration_us) * 1e-6;
        let order = order(run.config.seed, 1, set.train.len());
        Self {
            lengths: order.iter().map(|k| length(&set.train[*k])).collect(),
            samples: set.train.len(),
            batch: run.config.batch.min(set.train.len()),
            epochs: run.config.epochs,
            parameters: run.parameters.values.len(),
            threads,
            cores: cores(),
            ranks_of_machine,
        }
    }

    /// How many threads share a core, where so many ranks train.
    pub fn sharing(&self, ranks: usize) -> f64 {
        let threads = ranks.min(self.ranks_of_machine) * self.threads;
        (threads as f64 / self.cores as f64).max(1.0)
    }

    /// Samples of a step that the thread with most of them works through.
    pub fn samples_of_thread(&self, ranks: usize, batch: usize) -> usize {
        batch.div_ceil(ranks).div_ceil(self.threads)
    }

    /// Length of what the thread with most to do works through in a step, s, mean over some steps of whole batches. After the
    /// last sample comes the first again.
    pub fn longest(&self, ranks: usize, batch: usize) -> f64 {
        let of_step = |step: usize| self.longest_of(step * batch, batch, ranks);
        (0..STEPS).map(of_step).sum::<f64>() / STEPS as f64
    }

    /// The same of `count` samples from one on, dealt to ranks in turn and by each rank to its threads.
    pub fn longest_of(&self, from: usize, count: usize, ranks: usize) -> f64 {
        let slots = ranks * self.threads;
        let mut sums = vec![0.0; slots.min(count)];
        let lengths = self.lengths.iter().cycle().skip(from % self.samples.max(1));
        for (k, length) in lengths.take(count).enumerate() {
            sums[k % slots] += length;
        }
        sums.into_iter().fold(0.0, f64::max)
    }
}

/// Of the machine, also where this process is bound to some of them.
fn cores() -> usize {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let listed = text.lines().filter(|l| l.starts_with("processor")).count();
    let own = std::thread::available_parallelism().map_or(1, usize::from);
    listed.max(own)
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Six samples of these lengths in batches of four, ranks of two threads, two a machine of two cores.
    pub fn plan() -> Plan {
        Plan {
            lengths: vec![1.0, 2.0, 3.0, 4.0, 5.0, 1.0],
            samples: 6,
            batch: 4,
            epochs: 3,
            parameters: 1000,
            threads: 2,
            cores: 2,
            ranks_of_machine: 2,
        }
    }

    #[test]
    fn threads_share_cores() {
        assert_eq!(
            [1, 2, 8].map(|ranks| plan().sharing(ranks)),
            [1.0, 2.0, 2.0]
        );
    }

    #[test]
    fn the_thread_with_most_to_do() {
        let check = |from, count, ranks, expected: f64| {
            let found = plan().longest_of(from, count, ranks);
            assert!((found - expected).abs() < 1e-12, "{found}");
        };
        // 1, 3 and 2, 4.
        check(0, 4, 1, 6.0);
        check(0, 4, 2, 4.0);
        check(0, 4, 100, 4.0);
        // 5, 1, 1, 2: the first samples come again.
        check(4, 4, 1, 6.0);
        // 1, 2, 3, 4, 5, 1, 1, 2 of which each thread has two.
        check(0, 8, 2, 6.0);
    }
    /// Steps of two begin at each even sample, in turn.
    #[test]
    fn a_mean_over_steps() {
        let expected = (6.0 * 2.0 + 5.0 * 4.0 + 5.0 * 5.0) / 16.0;
        assert_eq!(plan().longest(2, 2), expected);
    }
}
