//! What a run wrote beside its checkpoint, read again: the door of `metrics.jsonl` and `comparison.json`.

// Files of strangers are read here: nothing of them may end in a panic.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use crate::{Comparison, EpochReport, TrainError};
use bruno_chip::Problem;
use bruno_host::{LineLog, read_text};
use std::io;
use std::path::Path;

impl EpochReport {
    /// The reports of a log, a line an epoch; half a line at its end, which a killed run may have left, is passed over.
    ///
    /// # Errors
    /// A log that cannot be read; a line that no run writes, with its number.
    pub fn load_log(path: &Path) -> Result<Vec<Self>, TrainError> {
        let mut reports: Vec<Self> = Vec::new();
        let read = LineLog::read(path, |line| {
            let report: Self = serde_json::from_slice(line)?;
            if let Some(problem) = report.problem() {
                return Err(io::Error::other(problem.to_string()));
            }
            reports.push(report);
            Ok(true)
        });
        let line = reports.len() + 1;
        match read {
            Ok(_) => Ok(reports),
            Err(e) => Err(damaged(path, &format!("line {line}: {e}"))),
        }
    }
}

impl Comparison {
    /// Reads a file of `bruno train`.
    ///
    /// # Errors
    /// A file that cannot be read or that no run writes.
    pub fn load(path: &Path) -> Result<Self, TrainError> {
        let text = read_text(path).map_err(|e| damaged(path, &format!("cannot be read: {e}")))?;
        let found: Self = serde_json::from_str(&text).map_err(|e| damaged(path, &e.to_string()))?;
        match found.problem() {
            None => Ok(found),
            Some(problem) => Err(damaged(path, &problem.to_string())),
        }
    }

    fn problem(&self) -> Option<Problem> {
        let score = |m: &crate::Measured| m.score.problem("score");
        score(&self.before).or_else(|| score(&self.after))
    }
}

fn damaged(path: &Path, what: &str) -> TrainError {
    TrainError::Checkpoint {
        path: path.display().to_string(),
        what: format!("{what}; move it away, or train again"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("metrics.jsonl");
        std::fs::write(&path, text).unwrap();
        let found = EpochReport::load_log(&path).map(|reports| format!("{} epochs", reports.len()));
        let found = found.unwrap_or_else(|e| e.to_string());
        assert!(found.contains(expected), "{found}");
    }

    /// A line whose training set had so many samples.
    fn line(samples: u64) -> String {
        let score = crate::Score {
            samples,
            ..Default::default()
        };
        let report = EpochReport {
            epoch: 1,
            train: score,
            valid: score,
            layers: Vec::new(),
            gradient_norm: 0.5,
            latency: None,
            area: Default::default(),
            audits: Vec::new(),
            weights: Vec::new(),
        };
        serde_json::to_string(&report).unwrap()
    }

    #[test]
    fn lines_and_half_a_line() {
        check(
            &format!("{}\n{}\n{{\"epoch\":", line(3), line(3)),
            "2 epochs",
        );
    }
    #[test]
    fn no_lines() {
        check("", "0 epochs");
    }
    #[test]
    fn a_line_of_something_else() {
        check(
            &format!("{}\n{{}}\n", line(3)),
            "metrics.jsonl: line 2: missing field",
        );
    }
    #[test]
    fn counts_that_no_sum_holds() {
        check(
            &format!("{}\n", line(u64::MAX)),
            "line 1: `a count of train` is 18446744073709551615",
        );
    }
}
