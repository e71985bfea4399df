//! What the epochs done say about the next: the best of them, and whether another is worth while.

use crate::{Checkpoint, EarlyStop};

impl Checkpoint {
    /// Whether no epoch is left to do.
    pub fn is_done(&self) -> bool {
        self.epoch >= self.config.epochs || self.stopped_early()
    }

    /// Whether the run ended because the validation figure no longer improved.
    pub fn stopped_early(&self) -> bool {
        let stop = |s: &EarlyStop| waited(&self.costs(), s.min_delta) >= s.patience;
        self.epoch < self.config.epochs && self.config.early_stop.as_ref().is_some_and(stop)
    }

    /// The epoch (from 1) with the best validation figure, the first of equals; none without a validation set.
    pub fn best_epoch(&self) -> Option<usize> {
        best(&self.costs()).map(|k| self.history[k].epoch)
    }

    /// The validation figure of every epoch, less is better; none without a validation set.
    fn costs(&self) -> Vec<f64> {
        let validated = self.history.iter().filter(|e| e.valid.decisions > 0);
        let cost = |e: &crate::EpochReport| self.config.metric.cost(&e.valid);
        validated.map(cost).collect()
    }
}

/// The first of the smallest.
fn best(costs: &[f64]) -> Option<usize> {
    let all = 0..costs.len();
    all.min_by(|a, b| costs[*a].total_cmp(&costs[*b]))
}

/// Epochs since the figure last improved by more than `min_delta`.
fn waited(costs: &[f64], min_delta: f64) -> usize {
    let mut reference = f64::INFINITY;
    let mut since = 0;
    for cost in costs {
        since += 1;
        if *cost < reference - min_delta {
            (reference, since) = (*cost, 0);
        }
    }
    since
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(losses: &[f64], min_delta: f64, first: usize, since: usize) {
        assert_eq!(
            (best(losses), waited(losses, min_delta)),
            (Some(first), since)
        );
    }

    #[test]
    fn falling() {
        check(&[3.0, 2.0, 1.0], 0.0, 2, 0);
    }
    #[test]
    fn rising() {
        check(&[1.0, 2.0, 3.0], 0.0, 0, 2);
    }
    #[test]
    fn equal_is_no_improvement() {
        check(&[1.0, 1.0], 0.0, 0, 1);
    }
    #[test]
    fn small_steps_that_add_up() {
        check(&[1.0, 0.95, 0.89], 0.1, 2, 0);
    }
    #[test]
    fn too_small_a_step() {
        check(&[1.0, 0.95, 0.91], 0.1, 2, 2);
    }
    #[test]
    fn no_validation() {
        assert_eq!(best(&[]), None);
    }
}
