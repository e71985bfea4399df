//! The yardsticks beside a result: ridge regressions on spike counts, computed after it is printed.

use crate::progress::Progress;
use crate::ranks;
use bruno_data::{Dataset, RidgeCost, tuned_ridge_accuracy};
use serde_json::{Map, Value, json};

/// Most multiplications that are done unasked: some seconds.
const MOST_MULTIPLICATIONS: f64 = 6e10;
/// Most memory that is taken unasked, bytes.
const MOST_BYTES: f64 = 1e9;
/// Multiplications of a unit of progress.
const UNIT: f64 = 1e6;

/// Whether yardsticks are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Demand {
    /// Where they take seconds; a note says so where they do not.
    Auto,
    /// Whatever they take.
    Always,
    /// Not at all.
    Never,
}

/// One regression's test accuracy.
pub struct Yardstick {
    name: &'static str,
    key: &'static str,
    result: Result<f64, String>,
}

/// The regressions on counts and on counts in 8 bins; none for a set without classes.
pub fn yardsticks(set: &Dataset, demand: Demand) -> Vec<Yardstick> {
    if set.class_names.is_empty() || demand == Demand::Never || !ranks::speaks() {
        return Vec::new();
    }
    let kinds = [
        ("ridge on spike counts", "ridge_counts", 1),
        ("ridge on counts in 8 bins", "ridge_8_bins", 8),
    ];
    let one = |(name, key, bins)| Yardstick {
        name,
        key,
        result: accuracy(set, name, bins, demand),
    };
    kinds.into_iter().map(one).collect()
}

fn accuracy(set: &Dataset, name: &str, bins: usize, demand: Demand) -> Result<f64, String> {
    let cost = RidgeCost::of(set, bins);
    let dear = cost.multiplications > MOST_MULTIPLICATIONS || cost.bytes > MOST_BYTES;
    if dear && demand == Demand::Auto {
        return Err(format!(
            "left out: {} unknowns take {:.1e} multiplications and {:.1} GB; --ridge always computes it",
            cost.unknowns,
            cost.multiplications,
            1e-9 * cost.bytes
        ));
    }
    let total = (cost.multiplications / UNIT).ceil() as u64;
    let mut progress = Progress::new(name, total, "million multiplications");
    let (mut done, mut told) = (0.0, 0);
    Ok(tuned_ridge_accuracy(set, bins, &mut |multiplications| {
        done += multiplications;
        let units = (done / UNIT) as u64;
        progress.advance(units - told);
        told = units;
    }))
}

impl Yardstick {
    /// One line.
    pub fn line(&self) -> String {
        match &self.result {
            Ok(accuracy) => format!("  {:<30}{accuracy:.3}", self.name),
            Err(note) => format!("  {:<30}{note}", self.name),
        }
    }

    /// Its accuracy (null where it was left out, with the reason beside it).
    pub fn json(&self) -> Map<String, Value> {
        let mut fields = Map::new();
        fields.insert(self.key.into(), json!(self.result.as_ref().ok()));
        if let Err(note) = &self.result {
            fields.insert(format!("{}_note", self.key), json!(note));
        }
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_data::{Sample, Target};

    /// So many training samples without events on so many channels.
    fn check(samples: usize, channels: usize, demand: Demand, expected: &[&str]) {
        let sample = |k: usize| Sample {
            events: Vec::new(),
            duration_us: 1000,
            target: Target::Class {
                class: k % 2,
                from_us: 0,
            },
        };
        let set = Dataset {
            channels,
            outputs: 2,
            class_names: vec!["a".into(), "b".into()],
            train: (0..samples).map(sample).collect(),
            test: vec![sample(0)],
            ..Dataset::default()
        };
        let lines: Vec<String> = yardsticks(&set, demand)
            .iter()
            .map(Yardstick::line)
            .collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn what_takes_seconds_is_computed() {
        let expected = [
            "  ridge on spike counts         1.000",
            "  ridge on counts in 8 bins     1.000",
        ];
        check(8, 20, Demand::Auto, &expected);
    }
    #[test]
    fn what_takes_minutes_is_named() {
        let expected = [
            "  ridge on spike counts         left out: 6000 unknowns take 1.0e12 multiplications and 0.7 GB; --ridge always computes it",
            "  ridge on counts in 8 bins     left out: 6000 unknowns take 6.1e12 multiplications and 1.9 GB; --ridge always computes it",
        ];
        check(6000, 20_000, Demand::Auto, &expected);
    }
    #[test]
    fn never() {
        check(8, 20, Demand::Never, &[]);
    }
}
