//! What mattered: the share of the goal's variance over the space that each field explains by itself (functional analysis
//! of variance on a random forest, Hutter et al., ICML 2014; crate `fanova`).

use crate::{Space, Trial};
use fanova::{FanovaOptions, RandomForestOptions};
use serde::Serialize;

/// Fewer trials than this say nothing.
const FEWEST: usize = 10;

/// One field's share.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Importance {
    /// Path of the field.
    pub field: String,
    /// Share of the variance, mean over the forest's trees.
    pub share: f64,
    /// Its standard deviation over the trees.
    pub deviation: f64,
}

/// The fields, the most important first; none with fewer than ten trials that did not fail. What the shares leave to 1
/// belongs to several fields together. A pruned trial counts with its last value.
pub fn importances(space: &Space, trials: &[Trial]) -> Option<Vec<Importance>> {
    let finite: Vec<&Trial> = trials.iter().filter(|t| t.goal().is_finite()).collect();
    if finite.len() < FEWEST {
        return None;
    }
    let column = |k: usize| finite.iter().map(|t| t.point[k]).collect::<Vec<f64>>();
    let columns: Vec<Vec<f64>> = (0..space.0.len()).map(column).collect();
    // Choices are places: which one, not where in its interval the coordinate lies.
    let columns: Vec<Vec<f64>> = columns
        .into_iter()
        .zip(space.0.values())
        .map(|(column, range)| match range {
            crate::Range::Choices(_) => column.into_iter().map(f64::floor).collect(),
            crate::Range::Interval(_) => column,
        })
        .collect();
    let goals: Vec<f64> = finite.iter().map(|t| t.goal()).collect();
    let features = columns.iter().map(Vec::as_slice).collect();
    let forest = RandomForestOptions::new().seed(0);
    let mut fanova = FanovaOptions::new()
        .random_forest(forest)
        .fit(features, &goals)
        .ok()?;
    let mut found: Vec<Importance> = space
        .0
        .keys()
        .enumerate()
        .map(|(k, field)| {
            let importance = fanova.quantify_importance(&[k]);
            Importance {
                field: field.clone(),
                share: importance.mean,
                deviation: importance.stddev,
            }
        })
        .collect();
    found.sort_by(|a, b| b.share.total_cmp(&a.share));
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Outcome, TuneConfig, sampler};

    fn trials(space: &Space, count: usize) -> Vec<Trial> {
        let config = TuneConfig {
            startup: count,
            ..TuneConfig::default()
        };
        let trial = |number| {
            let point = sampler::point(space, &config, number, &[]).unwrap();
            let goal = 3.0 * point[1] + 0.3 * point[0];
            Trial {
                number,
                point,
                values: vec![goal],
                silent: 0,
                outcome: Outcome::Done,
            }
        };
        (0..count).map(trial).collect()
    }

    #[test]
    fn the_field_that_matters_comes_first() {
        let space = r#"{"a":{"low":0,"high":1},"b":{"low":0,"high":1},"c":{"choices":[1,2]}}"#;
        let space: Space = serde_json::from_str(space).unwrap();
        let found = importances(&space, &trials(&space, 60)).unwrap();
        assert_eq!(found[0].field, "b");
        assert!(found[0].share > 0.8, "{found:?}");
        assert!(found[1..].iter().all(|i| i.share < 0.1), "{found:?}");
        assert_eq!(importances(&space, &trials(&space, 9)), None);
    }
}
