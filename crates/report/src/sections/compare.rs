//! Chips side by side, each with settings of its own: `compare.json`.

use super::{Found, Shown, table};
use crate::folder::Folder;
use crate::svg::{Axis, Chart, Figure, HIGH, Mark, Series};
use crate::text::{self, number};
use maud::html;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Most arms, most pairs of them in the tables.
const MOST_ARMS: usize = 12;

/// What a page needs of the file.
#[derive(Deserialize)]
struct Comparison {
    arms: Vec<Arm>,
    pairs: Vec<Pair>,
}

#[derive(Deserialize)]
struct Arm {
    name: String,
    search: Search,
    means: BTreeMap<String, Mean>,
    runs: Vec<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
struct Search {
    trials: u64,
    epochs: u64,
    values: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
struct Mean {
    mean: f64,
    deviation: Option<f64>,
}

#[derive(Deserialize)]
struct Pair {
    from: String,
    to: String,
    differences: BTreeMap<String, Option<Difference>>,
}

#[derive(Deserialize)]
struct Difference {
    mean: f64,
    interval: (f64, f64),
}

/// Names in the file, and as a reader knows them.
const QUANTITIES: [(&str, &str); 7] = [
    ("accuracy", "Accuracy"),
    ("loss_nats", "Loss (nats)"),
    ("rate_Hz", "Rate (Hz)"),
    ("energy_nJ", "Energy (nJ a sample)"),
    ("energy_least_nJ", "with reads, word lines, clock: least"),
    ("energy_most_nJ", "most"),
    ("area_um2", "Area (um2)"),
];

/// The comparison of a folder.
pub(super) fn found(folder: &Folder<'_>) -> Found {
    let Some(found) = folder.json::<Comparison>(&["compare.json"], "bruno compare")? else {
        return Ok(None);
    };
    let heads = QUANTITIES.map(|(_, head)| head);
    let arm = |arm: &Arm| {
        let cell = |(name, _): (&str, &str)| match arm.means.get(name) {
            Some(Mean {
                mean,
                deviation: Some(d),
            }) => format!("{} \u{b1} {}", number(*mean), number(*d)),
            Some(Mean { mean, .. }) => number(*mean),
            None => String::new(),
        };
        let mut row = vec![text::name(&arm.name)];
        row.extend(QUANTITIES.map(cell));
        row.push(format!(
            "{} trials, {} epochs",
            arm.search.trials, arm.search.epochs
        ));
        row.push(settings(&arm.search));
        row
    };
    let pair = |pair: &Pair| {
        let cell = |(name, _): (&str, &str)| match pair.differences.get(name) {
            Some(Some(Difference {
                mean,
                interval: (low, high),
            })) => {
                format!("{} ({} .. {})", number(*mean), number(*low), number(*high))
            }
            _ => String::new(),
        };
        let mut row = vec![format!(
            "{} \u{2212} {}",
            text::name(&pair.to),
            text::name(&pair.from)
        )];
        row.extend(QUANTITIES.map(cell));
        row
    };
    let arms: Vec<Vec<String>> = found.arms.iter().take(MOST_ARMS).map(arm).collect();
    let pairs: Vec<Vec<String>> = found
        .pairs
        .iter()
        .take(MOST_ARMS * MOST_ARMS)
        .map(pair)
        .collect();
    let arm_heads = [&["Arm"], &heads[..], &["Search", "Settings found"]].concat();
    let pair_heads = [&["Difference"], &heads[..]].concat();
    let body = html! {
        p { "Each arm was trained with settings that a search within the same budget found; means over the seeds and their \
             deviations, on the test set." }
        (table(&arm_heads, 1, &arms))
        p { "Differences are paired by seed, with intervals of 95 %; one that holds 0 shows no difference. They speak of other \
             seeds, not of other test samples." }
        (table(&pair_heads, 1, &pairs))
    };
    let costs = [
        ("rate_Hz", "rate (Hz)"),
        ("energy_nJ", "energy (nJ a sample)"),
        ("area_um2", "area (um2)"),
    ];
    let figures = costs.map(|(name, axis)| trade(&found.arms, name, axis));
    let shown = Shown::new(
        (
            "compare",
            "Chips side by side",
            "bruno compare A.json B.json",
        ),
        body,
        figures,
    );
    Ok(Some(shown.headed([("Arms", found.arms.len().to_string())])))
}

fn settings(search: &Search) -> String {
    let value = |v: &Value| {
        v.as_f64()
            .map_or_else(|| text::name(&v.to_string()), number)
    };
    let settings = search.values.iter().flatten();
    let settings: Vec<String> = settings
        .map(|(f, v)| format!("{} {}", text::name(f), value(v)))
        .collect();
    settings.join(", ")
}

/// Accuracy of every seed against a cost.
fn trade(arms: &[Arm], cost: &str, axis: &str) -> Option<Figure> {
    let series = |arm: &Arm| {
        let figure =
            |run: &BTreeMap<String, Value>, name: &str| run.get(name).and_then(Value::as_f64);
        let points = arm
            .runs
            .iter()
            .filter_map(|r| Some((figure(r, cost)?, figure(r, "accuracy")?)));
        Series::new(&arm.name, Mark::Dots, points)
    };
    Chart {
        title: format!("Accuracy against {axis}"),
        x: Axis::new(axis),
        y: Axis::share("test accuracy"),
        height: HIGH,
        series: arms.iter().take(MOST_ARMS).map(series).collect(),
    }
    .figure()
}
