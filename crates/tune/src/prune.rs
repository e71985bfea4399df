//! The median rule (Golovin et al., KDD 2017): a trial whose goal after an epoch is worse than the median of the earlier
//! trials' after the same epoch is stopped.

use crate::Trial;

/// Whether a trial with these values so far goes on; `startup` earlier trials must have come as far.
pub(crate) fn goes_on(values: &[f64], earlier: &[Trial], startup: usize) -> bool {
    let Some(last) = values.len().checked_sub(1) else {
        return true;
    };
    let mut others: Vec<f64> = earlier
        .iter()
        .filter_map(|t| t.values.get(last).copied())
        .collect();
    if others.len() < startup {
        return true;
    }
    others.sort_by(f64::total_cmp);
    let half = others.len() / 2;
    let median = match others.len() % 2 {
        0 => 0.5 * (others[half - 1] + others[half]),
        _ => others[half],
    };
    values[last] <= median
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Outcome;

    fn check(values: &[f64], expected: bool) {
        let trial = |(number, values): (usize, &[f64])| Trial {
            number,
            point: vec![],
            values: values.to_vec(),
            silent: 0,
            outcome: Outcome::Done,
        };
        let earlier: [&[f64]; 4] = [&[5.0, 1.0], &[4.0, 2.0], &[3.0, 3.0], &[2.0]];
        let earlier: Vec<Trial> = earlier.into_iter().enumerate().map(trial).collect();
        assert_eq!(goes_on(values, &earlier, 3), expected);
    }

    #[test]
    fn at_the_median() {
        check(&[3.5], true);
    }
    #[test]
    fn above_the_median() {
        check(&[3.6], false);
    }
    #[test]
    fn after_two_epochs_three_count() {
        check(&[9.0, 2.0], true);
        check(&[1.0, 2.1], false);
    }
    #[test]
    fn where_none_has_been() {
        check(&[9.0, 9.0, 9.0], true);
    }
    #[test]
    fn before_the_first_epoch() {
        check(&[], true);
    }
}
