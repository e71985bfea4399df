//! What the epochs done say about the next: the best of them, and whether another is worth while. It takes as much room
//! after a thousand epochs as after one; their reports are in the log of whoever runs them.

use crate::{Checkpoint, EarlyStop, EpochReport};
use serde::{Deserialize, Serialize};

/// The epochs done, as far as a run that goes on has to know them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// The last report.
    pub last: Option<EpochReport>,
    /// The first of those with the best validation figure; none without a validation set.
    pub best: Option<Mark>,
    /// The last whose validation figure was better than that of such an epoch before it by more than
    /// `early_stop.min_delta`; none without a validation set.
    pub improved: Option<Mark>,
}

/// An epoch and what it reached.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// Number of the epoch, from 1.
    pub epoch: usize,
    /// Its validation figure; less is better.
    pub cost: f64,
}

impl Standing {
    /// Counts in an epoch with its validation figure.
    fn judge(&mut self, found: Mark, min_delta: f64) {
        let better = |best: Mark| found.cost.total_cmp(&best.cost).is_lt();
        if self.best.is_none_or(better) {
            self.best = Some(found);
        }
        if self
            .improved
            .is_none_or(|reference| found.cost < reference.cost - min_delta)
        {
            self.improved = Some(found);
        }
    }
}

impl Checkpoint {
    /// Counts in an epoch that has ended.
    pub(crate) fn ended(&mut self, report: EpochReport) {
        let (epoch, stop) = (report.epoch, &self.config.early_stop);
        if report.valid.decisions > 0 {
            let cost = self.config.metric.cost(&report.valid);
            let min_delta = stop.as_ref().map_or(0.0, |s| s.min_delta);
            self.standing.judge(Mark { epoch, cost }, min_delta);
        }
        self.epoch = epoch;
        self.standing.last = Some(report);
    }

    /// The report of the last epoch.
    pub fn last_epoch(&self) -> Option<&EpochReport> {
        self.standing.last.as_ref()
    }

    /// Whether no epoch is left to do.
    pub fn is_done(&self) -> bool {
        self.epoch >= self.config.epochs || self.stopped_early()
    }

    /// Whether the run ended because the validation figure no longer improved.
    pub fn stopped_early(&self) -> bool {
        let stop = |s: &EarlyStop| self.waited() >= s.patience;
        self.epoch < self.config.epochs && self.config.early_stop.as_ref().is_some_and(stop)
    }

    /// The epoch (from 1) with the best validation figure, the first of equals; none without a validation set.
    pub fn best_epoch(&self) -> Option<usize> {
        self.standing.best.map(|best| best.epoch)
    }

    /// Epochs since the validation figure last improved.
    fn waited(&self) -> usize {
        let since = |mark: Mark| self.epoch.saturating_sub(mark.epoch);
        self.standing.improved.map_or(0, since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Epochs from 1 with these validation figures: the best of them, and the last that improved.
    fn check(losses: &[f64], min_delta: f64, best: usize, improved: usize) {
        let mut standing = Standing::default();
        for (epoch, cost) in (1..).zip(losses.iter().copied()) {
            standing.judge(Mark { epoch, cost }, min_delta);
        }
        let epoch = |mark: Option<Mark>| mark.unwrap().epoch;
        assert_eq!(
            (epoch(standing.best), epoch(standing.improved)),
            (best, improved)
        );
    }

    #[test]
    fn falling() {
        check(&[3.0, 2.0, 1.0], 0.0, 3, 3);
    }
    #[test]
    fn rising() {
        check(&[1.0, 2.0, 3.0], 0.0, 1, 1);
    }
    #[test]
    fn equal_is_no_improvement() {
        check(&[1.0, 1.0], 0.0, 1, 1);
    }
    #[test]
    fn small_steps_that_add_up() {
        check(&[1.0, 0.95, 0.89], 0.1, 3, 3);
    }
    #[test]
    fn too_small_a_step() {
        check(&[1.0, 0.95, 0.91], 0.1, 3, 1);
    }
}
