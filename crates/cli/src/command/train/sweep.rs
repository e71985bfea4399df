//! `bruno train --sweep`: one run for each combination of some fields' values, and what they trade.

mod asked;
mod axis;
mod shard;
mod table;

use super::{Report, Train, yields};
use crate::failure::Failure;
use crate::{invocation, output, ranks};
use asked::Asked;
pub use axis::{Axis, axis};
use bruno_chip::{ChipError, Description, Problem, set_field};
use bruno_device::Chip;
use bruno_ranks::collect_in_order;
use bruno_train::{TrainConfig, TrainError};
use serde_json::Value;
pub use shard::{SweepShard, merge};
use std::path::Path;
use table::Outcome;
pub use table::{Figures, Row};

/// Most runs of a sweep.
const MOST_RUNS: usize = 1_000;
/// Longest name of a run's folder, bytes: file systems end at 255.
const LONGEST_NAME: usize = 200;

/// The axis of the first seeds.
pub fn seeds(count: u32) -> Axis {
    Axis {
        fields: vec!["training.seed".into()],
        values: (0..count).map(Value::from).collect(),
    }
}

/// Trains every combination under `out`, or those of a shard, and prints what they reached.
pub fn run(train: &Train, out: &Path) -> Result<(), Failure> {
    if let Some(shard) = train.shard {
        return shard::run(train, out, shard);
    }
    let rows = rows(train, out)?;
    Asked::of(train)?.print(&rows, out, train.json)
}

/// Trains every combination under `out` and writes table, JSON, CSV and picture there.
pub fn rows(train: &Train, out: &Path) -> Result<Vec<Row>, Failure> {
    let runs = runs(train)?;
    let _lock = output::lock(out)?;
    invocation::keep(out)?;
    let mut rows = trained(train, out, runs)?;
    Asked::of(train)?.keep(&mut rows, out, &train.pictures)?;
    Ok(rows)
}

/// A run before it is trained.
struct Run {
    /// Its number among all, from 0.
    number: usize,
    /// Values of the swept fields.
    values: Vec<Value>,
    description: Description,
}

/// Every run of the sweep. A bad value ends it before any work, not after hours of it.
fn runs(train: &Train) -> Result<Vec<Run>, Failure> {
    check(&train.sweep, &train.chip)?;
    let points = combinations(&train.sweep).into_iter().enumerate();
    let run = |(number, values): (usize, Vec<Value>)| {
        Ok(Run {
            number,
            description: describe(train, &values)?,
            values,
        })
    };
    points.map(run).collect()
}

/// Trains runs, each in a folder of its own under `out`: one after the other, or spread over ranks.
fn trained(train: &Train, out: &Path, runs: Vec<Run>) -> Result<Vec<Row>, Failure> {
    let ranks = ranks::current();
    let count = runs.len();
    let mut runs: Vec<_> = runs.into_iter().map(Some).collect();
    let mut rows = Vec::new();
    for run in ranks.share().items(count).filter_map(|k| runs[k].take()) {
        let row = ranks::alone(|| row(train, out, run));
        let failed = row.is_err();
        rows.push(row);
        if failed {
            break;
        }
    }
    collect_in_order(ranks, rows, count)
}

/// Trains one run.
fn row(train: &Train, out: &Path, run: Run) -> Result<Row, Failure> {
    let count = combinations(&train.sweep).len();
    let name = name(&train.sweep, &run.values);
    tell!("run {} of {count}: {name}", run.number + 1);
    let outcome = match train.train(run.description, &out.join(&name), Report::Nothing) {
        Ok(trained) => Outcome::of(&trained),
        Err(failure) if is_its_own(&failure) => {
            tell!("warning: run {name} failed: {failure}");
            Outcome::Failed {
                failed: failure.to_string(),
            }
        }
        Err(failure) => return Err(failure),
    };
    let values = run.values;
    Ok(Row { values, outcome })
}

/// Whether a run failed for a reason that lies in its own values, so that others may still end well.
fn is_its_own(failure: &Failure) -> bool {
    match failure {
        Failure::FailedBatch { .. } | Failure::Chip(_) => true,
        Failure::Train(error) => matches!(
            error,
            TrainError::Setting(_) | TrainError::Dead { .. } | TrainError::NotFinite(_)
        ),
        _ => false,
    }
}

/// Refuses a sweep that is not meant so, before anything of it is laid out.
fn check(axes: &[Axis], chip: &Path) -> Result<(), Failure> {
    let runs = axes
        .iter()
        .fold(1usize, |runs, axis| runs.saturating_mul(axis.values.len()));
    let longest = |axis: &Axis| axis.values.iter().map(|v| axis::text(v).len()).max();
    let name: usize = axes
        .iter()
        .map(|axis| axis.name().len() + 2 + longest(axis).unwrap_or(0))
        .sum();
    let fields: Vec<&String> = axes.iter().flat_map(|axis| &axis.fields).collect();
    let again = (1..fields.len()).find(|k| fields[..*k].contains(&fields[*k]));
    let problem = |value: String, allowed: String, remedy: &str| {
        let problem = Problem {
            field: "--sweep".into(),
            value,
            allowed,
            remedy: remedy.into(),
        };
        Err(ChipError::Invalid {
            file: chip.display().to_string(),
            problems: vec![problem],
        }
        .into())
    };
    if runs > MOST_RUNS {
        return problem(
            format!("every combination of the values, {runs} runs"),
            format!("up to {MOST_RUNS} runs"),
            "give fewer values, or sweep the fields one after the other",
        );
    }
    if name > LONGEST_NAME {
        return problem(
            format!(
                "{} fields, with which the name of a run's folder has {name} bytes",
                axes.len()
            ),
            format!("names of up to {LONGEST_NAME} bytes"),
            "sweep fewer fields at once",
        );
    }
    match again {
        Some(k) => problem(
            format!("`{}` twice", fields[k]),
            "every field once".into(),
            "put all its values behind one --sweep",
        ),
        None => Ok(()),
    }
}

/// Every combination of the values, the last field's changing fastest.
fn combinations(axes: &[Axis]) -> Vec<Vec<Value>> {
    axes.iter().fold(vec![Vec::new()], |points, axis| {
        let longer = |point: &Vec<Value>| {
            let of = |value: &Value| [&point[..], std::slice::from_ref(value)].concat();
            axis.values.iter().map(of).collect::<Vec<_>>()
        };
        points.iter().flat_map(longer).collect()
    })
}

fn name(axes: &[Axis], point: &[Value]) -> String {
    let part = |(axis, value): (&Axis, &Value)| format!("{}={}", axis.name(), axis::text(value));
    axes.iter()
        .zip(point)
        .map(part)
        .collect::<Vec<_>>()
        .join(",")
}

/// The description with a point's values, checked as `bruno train` checks it.
fn describe(train: &Train, point: &[Value]) -> Result<Description, Failure> {
    let file = train.chip.display().to_string();
    let mut json = train.changes.json(&train.chip)?;
    for (axis, value) in train.sweep.iter().zip(point) {
        for field in &axis.fields {
            set_field(&mut json, field, value.clone()).map_err(|problem| ChipError::Invalid {
                file: file.clone(),
                problems: vec![problem],
            })?;
        }
    }
    let place = format!("{file} with {}", name(&train.sweep, point));
    let description = Description::parse(&place, &json.to_string())?;
    TrainConfig::of(&description)?;
    Chip::resolve(&place, &description)?;
    if train.yield_chips.is_some() {
        yields::check(&description, &place)?;
    }
    Ok(description)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_refused(sweeps: &[&str], expected: &str) {
        let axes: Vec<Axis> = sweeps.iter().map(|s| axis(s).unwrap()).collect();
        let refused = check(&axes, Path::new("chip.json"));
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains(expected), "{refused}");
    }

    #[test]
    fn more_runs_than_anyone_waits_for() {
        let many = vec!["0"; 40].join(",");
        let sweeps = [format!("a={many}"), format!("b={many}")];
        check_refused(&sweeps.each_ref().map(String::as_str), "1600 runs");
    }
    #[test]
    fn more_runs_than_a_word_counts() {
        let many = vec!["0"; 256].join(",");
        let sweeps: Vec<String> = (0..9).map(|k| format!("f{k}={many}")).collect();
        let sweeps: Vec<&str> = sweeps.iter().map(String::as_str).collect();
        check_refused(&sweeps, "allowed: up to 1000 runs");
    }
    #[test]
    fn a_name_that_no_folder_has() {
        check_refused(&[&format!("{}=1", "a.".repeat(120))], "up to 200 bytes");
    }
    #[test]
    fn a_field_twice() {
        check_refused(&["a=1", "b=1", "a=2"], "`a` twice");
    }
    #[test]
    fn every_combination() {
        let axes = [axis("a=1,2").unwrap(), axis("b=3,4").unwrap()];
        let points = combinations(&axes);
        assert_eq!(points, [[1, 3], [1, 4], [2, 3], [2, 4]]);
        assert_eq!(name(&axes, &points[1]), "a=1,b=4");
    }
}
