//! What the epochs done say about the next: the best of them, and whether another is worth while.

use crate::config::Metric;
use crate::{Checkpoint, EarlyStop, EpochReport};

/// The epoch (from 1) with the best validation figure, the first of equals; none without a validation set.
pub fn best_epoch(history: &[EpochReport], metric: Metric) -> Option<usize> {
    let validated = history.iter().filter(|e| e.valid.decisions > 0);
    let cost = |e: &&EpochReport| metric.cost(&e.valid);
    let best = validated.min_by(|a, b| cost(a).total_cmp(&cost(b)));
    best.map(|e| e.epoch)
}

/// Epochs since the validation figure last improved by more than `stop.min_delta`.
fn waited(history: &[EpochReport], metric: Metric, stop: &EarlyStop) -> usize {
    let mut reference = f64::INFINITY;
    let mut since = 0;
    for cost in history.iter().map(|e| metric.cost(&e.valid)) {
        since += 1;
        if cost < reference - stop.min_delta {
            (reference, since) = (cost, 0);
        }
    }
    since
}

impl Checkpoint {
    /// Whether no epoch is left to do.
    pub fn is_done(&self) -> bool {
        self.epoch >= self.config.epochs || self.stopped_early()
    }

    /// Whether the run ended because the validation figure no longer improved.
    pub fn stopped_early(&self) -> bool {
        let metric = self.config.metric;
        let stop = |s: &EarlyStop| waited(&self.history, metric, s) >= s.patience;
        self.epoch < self.config.epochs && self.config.early_stop.as_ref().is_some_and(stop)
    }

    /// The best epoch so far.
    pub fn best_epoch(&self) -> Option<usize> {
        best_epoch(&self.history, self.config.metric)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Score;

    /// A history with these validation losses.
    fn history(losses: &[f64]) -> Vec<EpochReport> {
        let report = |(k, loss): (usize, &f64)| EpochReport {
            epoch: k + 1,
            train: Score::default(),
            valid: Score {
                decisions: 1,
                loss: *loss,
                ..Score::default()
            },
            layers: Vec::new(),
            gradient_norm: 0.0,
            audits: Vec::new(),
        };
        losses.iter().enumerate().map(report).collect()
    }

    fn check(losses: &[f64], min_delta: f64, best: usize, since: usize) {
        let history = history(losses);
        let stop = EarlyStop {
            patience: 1,
            min_delta,
        };
        assert_eq!(best_epoch(&history, Metric::Loss), Some(best));
        assert_eq!(waited(&history, Metric::Loss, &stop), since);
    }

    #[test]
    fn falling() {
        check(&[3.0, 2.0, 1.0], 0.0, 3, 0);
    }
    #[test]
    fn rising() {
        check(&[1.0, 2.0, 3.0], 0.0, 1, 2);
    }
    #[test]
    fn equal_is_no_improvement() {
        check(&[1.0, 1.0], 0.0, 1, 1);
    }
    #[test]
    fn too_small_a_step() {
        check(&[1.0, 0.95, 0.89], 0.1, 3, 0);
        check(&[1.0, 0.95, 0.91], 0.1, 3, 2);
    }
    #[test]
    fn no_validation() {
        let mut history = history(&[1.0]);
        history[0].valid = Score::default();
        assert_eq!(best_epoch(&history, Metric::Accuracy), None);
    }
}
