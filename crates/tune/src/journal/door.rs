//! The one door through which trials come: the estimator and what is said of a search take every number for true.

use super::{Outcome, Trial};
use crate::{Range, Space};
use std::collections::BTreeSet;

/// Most trials of a search, and most epochs of one.
const MOST: usize = 1_000_000;

/// Checks the trials of the lines after the header.
///
/// # Errors
/// What is wrong, with its line, and what to do.
pub(super) fn check(trials: &[Trial], space: &Space) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for (trial, line) in trials.iter().zip(2..) {
        let twice = || {
            format!(
                "`number` is {} a second time; allowed: each once",
                trial.number
            )
        };
        let twice = (!seen.insert(trial.number)).then(twice);
        if let Some(problem) = twice.or_else(|| trial.problem(space)) {
            return Err(format!(
                "line {line}: {problem}; remove the line, or choose another --out"
            ));
        }
    }
    Ok(())
}

impl Trial {
    fn problem(&self, space: &Space) -> Option<String> {
        if self.number >= MOST {
            let number = self.number;
            return Some(format!("`number` is {number}; allowed: below {MOST}"));
        }
        let (found, fields) = (self.point.len(), space.0.len());
        if found != fields {
            return Some(format!(
                "`point` has {found} coordinates; allowed: {fields}, one a field of the space"
            ));
        }
        let inside = |((field, range), x): ((&String, &Range), &f64)| {
            let (low, high) = range.coordinates();
            let outside = !(low..=high).contains(x);
            outside.then(|| format!("`point` is {x} in `{field}`; allowed: {low}..{high}"))
        };
        let mut pairs = space.0.iter().zip(&self.point);
        pairs.find_map(inside).or_else(|| self.values_problem())
    }

    fn values_problem(&self) -> Option<String> {
        let failed = matches!(self.outcome, Outcome::Failed(_));
        let found = self.values.len();
        let bad = found > MOST || (found == 0 && !failed);
        bad.then(|| {
            format!(
                "`values` has {found} numbers; allowed: one an epoch, none where a trial failed"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    /// A trial after trial 2 of a search over `x` from 1 to 3.
    fn check(trial: &str, expected: &str) {
        let space = serde_json::from_str(r#"{"x":{"low":1,"high":3}}"#).unwrap();
        let before = r#"{"number":2,"point":[1.5],"values":[0.3],"outcome":"done"}"#;
        let trials = [before, trial].map(|line| serde_json::from_str(line).unwrap());
        let text = super::check(&trials, &space).map_or_else(|e| e, |()| "good".into());
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn a_good_one() {
        let trial = r#"{"number":4,"point":[3],"values":[0.1],"outcome":"done"}"#;
        check(trial, "good");
    }
    #[test]
    fn the_same_number_again() {
        let trial = r#"{"number":2,"point":[1.5],"values":[0.3],"outcome":"done"}"#;
        check(trial, "line 3: `number` is 2 a second time");
    }
    #[test]
    fn a_point_of_another_space() {
        let trial = r#"{"number":3,"point":[2,2],"values":[0.3],"outcome":"done"}"#;
        check(trial, "line 3: `point` has 2 coordinates; allowed: 1");
    }
    #[test]
    fn a_point_outside() {
        let trial = r#"{"number":3,"point":[4],"values":[0.3],"outcome":"done"}"#;
        check(trial, "`point` is 4 in `x`; allowed: 1..3");
    }
    #[test]
    fn a_trial_that_ended_without_a_value() {
        let trial = r#"{"number":3,"point":[2],"values":[],"outcome":"done"}"#;
        check(trial, "`values` has 0 numbers");
        check(&trial.replace("\"done\"", r#"{"failed":"why"}"#), "good");
    }
}
