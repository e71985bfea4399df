//! The yardsticks beside a result: models without spikes, computed after it is printed.

use crate::progress::Progress;
use crate::ranks;
use bruno_data::{Dataset, Yardstick};
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

/// One yardstick's test score.
pub struct Measured {
    yardstick: Yardstick,
    result: Result<f64, String>,
}

/// The yardsticks of a set.
pub fn yardsticks(set: &Dataset, demand: Demand) -> Vec<Measured> {
    if demand == Demand::Never || !ranks::speaks() {
        return Vec::new();
    }
    let one = |yardstick| Measured {
        yardstick,
        result: score(set, yardstick, demand),
    };
    Yardstick::all(set).into_iter().map(one).collect()
}

/// What it is called in texts and in JSON.
fn names(yardstick: Yardstick) -> (&'static str, &'static str) {
    match yardstick {
        Yardstick::RidgeOnCounts => ("ridge on spike counts", "ridge_counts"),
        Yardstick::RidgeOnBins => ("ridge on counts in 8 bins", "ridge_8_bins"),
        Yardstick::SoftmaxOnBins => ("softmax on counts in 8 bins", "softmax_8_bins"),
        Yardstick::NearestOnBins => ("nearest by counts in 8 bins", "nearest_8_bins"),
        Yardstick::LogisticOnFrames => ("logistic on 2 frames, nats", "logistic_2_frames_nats"),
    }
}

fn score(set: &Dataset, yardstick: Yardstick, demand: Demand) -> Result<f64, String> {
    let cost = yardstick.cost(set);
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
    let mut progress = Progress::new(names(yardstick).0, total, "million multiplications");
    let (mut done, mut told) = (0.0, 0);
    Ok(yardstick.score(set, &mut |multiplications| {
        done += multiplications;
        let units = (done / UNIT) as u64;
        progress.advance(units - told);
        told = units;
    }))
}

impl Measured {
    /// One line.
    pub fn line(&self) -> String {
        let (name, _) = names(self.yardstick);
        match &self.result {
            Ok(score) => format!("  {name:<30}{score:.3}"),
            Err(note) => format!("  {name:<30}{note}"),
        }
    }

    /// Its score (null where it was left out, with the reason beside it).
    pub fn json(&self) -> Map<String, Value> {
        let (_, key) = names(self.yardstick);
        let mut fields = Map::new();
        fields.insert(key.into(), json!(self.result.as_ref().ok()));
        if let Err(note) = &self.result {
            fields.insert(format!("{key}_note"), json!(note));
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
            .map(Measured::line)
            .collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn what_takes_seconds_is_computed() {
        let expected = [
            "  ridge on spike counts         1.000",
            "  ridge on counts in 8 bins     1.000",
            "  softmax on counts in 8 bins   1.000",
            "  nearest by counts in 8 bins   1.000",
        ];
        check(8, 20, Demand::Auto, &expected);
    }
    #[test]
    fn what_takes_minutes_is_named() {
        let expected = [
            "  ridge on spike counts         left out: 6000 unknowns take 1.3e12 multiplications and 0.7 GB; --ridge always computes it",
            "  ridge on counts in 8 bins     left out: 6000 unknowns take 6.4e12 multiplications and 1.9 GB; --ridge always computes it",
            "  softmax on counts in 8 bins   left out: 320000 unknowns take 3.8e12 multiplications and 7.7 GB; --ridge always computes it",
            "  nearest by counts in 8 bins   left out: 6000 unknowns take 9.6e8 multiplications and 7.7 GB; --ridge always computes it",
        ];
        check(6000, 20_000, Demand::Auto, &expected);
    }
    #[test]
    fn never() {
        check(8, 20, Demand::Never, &[]);
    }
}
