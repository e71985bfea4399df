//! What the runs of a sweep trade: `sweep.json`.

use super::{Found, Shown, note, run};
use crate::folder::Folder;
use crate::svg::{Axis, Chart, Figure, HIGH, Mark, Series};
use crate::text::{self, number, optional, percent};
use bruno_chip::Description;
use bruno_montecarlo::Yield;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

/// Most rows of the table, most runs with a number in the pictures.
const MOST_ROWS: usize = 200;
const MOST_NUMBERED: usize = 60;

/// What a page needs of the file.
#[derive(Deserialize)]
struct Sweep {
    fields: Vec<String>,
    /// What all runs share; unknown of older files.
    description: Option<Description>,
    runs: Vec<Run>,
}

/// One run: its figures, or why it failed.
#[derive(Deserialize)]
struct Run {
    values: Vec<Value>,
    accuracy: Option<f64>,
    loss_nats: Option<f64>,
    #[serde(rename = "energy_nJ")]
    energy_nj: Option<f64>,
    area_um2: Option<f64>,
    latency_ms: Option<f64>,
    #[serde(rename = "rate_Hz")]
    rate_hz: Option<f64>,
    #[serde(rename = "yield")]
    yield_: Option<Yield>,
    /// No other run is at least as accurate and cheaper in energy, area, latency.
    #[serde(default)]
    front: [bool; 3],
    failed: Option<String>,
}

impl Run {
    fn costs(&self) -> [Option<f64>; 3] {
        [self.energy_nj, self.area_um2, self.latency_ms]
    }
}

const COSTS: [&str; 3] = ["energy (nJ a sample)", "area (um2)", "latency (ms)"];
const TITLES: [&str; 3] = [
    "Accuracy against energy",
    "Accuracy against area",
    "Accuracy against latency",
];

/// The sweep of a folder.
pub(super) fn found(folder: &Folder<'_>) -> Found {
    let Some(sweep) = folder.json::<Sweep>(&["sweep.json"], "bruno train --sweep")? else {
        return Ok(None);
    };
    let failed = sweep.runs.iter().filter(|r| r.failed.is_some()).count();
    let body = html! {
        p {
            (sweep.runs.len()) " runs" @if failed > 0 { ", of which " (failed) " failed" } ". Bold figures: no other run is at least as \
             accurate and cheaper in this. The pictures show the runs by their numbers in the table. Each run has a page of its own in \
             its folder."
            @if let Some(target) = target(&sweep.runs) {
                " Yield: the share of virtual chips with a test accuracy of " (number(target)) " or more, with its 95 % interval."
            }
        }
        (table(&sweep))
        @if let Some(chip) = &sweep.description { (run::chip(chip)) }
        (note(text::left_out(MOST_ROWS.min(sweep.runs.len()), sweep.runs.len(), "sweep.csv")))
    };
    let title = match &sweep.description {
        Some(chip) => format!("{}: sweep", chip.name),
        None => "Sweep".into(),
    };
    let mut figures: Vec<Option<Figure>> = (0..3).map(|cost| trade(&sweep.runs, cost)).collect();
    figures.push(yields(&sweep.runs));
    let fields: Vec<String> = sweep
        .fields
        .iter()
        .map(|f| format!("--sweep {}=\u{2026}", text::name(f)))
        .collect();
    let yields = match target(&sweep.runs) {
        Some(target) => format!(
            " --yield-chips \u{2026} --yield-accuracy {}",
            number(target)
        ),
        None => String::new(),
    };
    let command = format!("bruno train CHIP.json {}{yields}", fields.join(" "));
    let best = sweep
        .runs
        .iter()
        .filter_map(|r| r.accuracy)
        .fold(f64::NAN, f64::max);
    let shown = Shown::new(("sweep", &title, &command), body, figures);
    Ok(Some(shown.headed([
        ("Runs", sweep.runs.len().to_string()),
        ("Best test accuracy", number(best)),
    ])))
}

/// Least accuracy of a good chip, where yields were asked for.
fn target(runs: &[Run]) -> Option<f64> {
    runs.iter().find_map(|run| run.yield_).map(|y| y.target)
}

fn table(sweep: &Sweep) -> Markup {
    let has_yield = sweep.runs.iter().any(|r| r.yield_.is_some());
    html! {
        div.scroll { table {
            thead { tr {
                th scope="col" { "Run" }
                @for field in &sweep.fields { th.n scope="col" { (path(field)) } }
                @for head in ["Accuracy", "Loss (nats)", "Energy (nJ a sample)", "Area (um2)", "Latency (ms)", "Rate (Hz)"] {
                    th.n scope="col" { (head) }
                }
                @if has_yield { th.n scope="col" { "Yield (95 %)" } }
            } }
            tbody {
                @for (k, run) in sweep.runs.iter().take(MOST_ROWS).enumerate() {
                    tr {
                        td { (k + 1) }
                        @for value in &run.values { td.n { (value_text(value)) } }
                        @match &run.failed {
                            Some(why) => td colspan="7" { "failed: " (text::cut(why, 200)) },
                            None => (figures(run, has_yield)),
                        }
                    }
                }
            }
        } }
    }
}

fn figures(run: &Run, has_yield: bool) -> Markup {
    html! {
        td.n { (optional(run.accuracy)) }
        td.n { (optional(run.loss_nats)) }
        @for (cost, on) in run.costs().into_iter().zip(run.front) {
            td.n.best[on] { (optional(cost)) }
        }
        td.n { (optional(run.rate_hz)) }
        @if has_yield {
            td.n { @if let Some(y) = &run.yield_ { (percent(y.share)) " (" (percent(y.interval.0)) " .. " (percent(y.interval.1)) ")" } }
        }
    }
}

/// A path of a description, which may break at its dots.
fn path(field: &str) -> Markup {
    let field = text::name(field);
    html! { @for part in field.split_inclusive('.') { (part) wbr; } }
}

/// A swept value as it stands in a table.
fn value_text(value: &Value) -> String {
    match value {
        Value::String(text) => text::name(text),
        Value::Number(n) => n.as_f64().map_or_else(String::new, number),
        other => text::name(&other.to_string()),
    }
}

/// The numbers of the runs with both figures, with these.
fn points(runs: &[Run], of: impl Fn(&Run) -> Option<(f64, f64)>) -> Vec<(usize, (f64, f64))> {
    let numbered = runs.iter().enumerate();
    numbered
        .filter_map(|(k, run)| Some((k, of(run)?)))
        .collect()
}

fn numbered(name: &str, points: &[(usize, (f64, f64))]) -> Series {
    let series = Series::new(name, Mark::Dots, points.iter().map(|p| p.1));
    match points.len() <= MOST_NUMBERED {
        true => series.labelled(points.iter().map(|p| (p.0 + 1).to_string())),
        false => series,
    }
}

/// Accuracy against a cost, with the runs that no other beats.
fn trade(runs: &[Run], cost: usize) -> Option<Figure> {
    let place = |run: &Run| Some((run.costs().get(cost).copied()??, run.accuracy?));
    let on_front = |run: &Run| run.front.get(cost).copied().unwrap_or(false);
    let beaten = points(runs, |run| place(run).filter(|_| !on_front(run)));
    let mut front = points(runs, |run| place(run).filter(|_| on_front(run)));
    front.sort_by(|a, b| a.1.0.total_cmp(&b.1.0));
    let unbeaten = Series {
        mark: Mark::Joined,
        ..numbered("no other run is better", &front)
    };
    Chart {
        title: TITLES.get(cost)?.to_string(),
        x: Axis::new(COSTS.get(cost)?),
        y: Axis::share("test accuracy"),
        height: HIGH,
        series: vec![unbeaten, numbered("other runs", &beaten)],
    }
    .figure()
}

/// The yield of each run against its energy, with its interval.
fn yields(runs: &[Run]) -> Option<Figure> {
    let found = points(runs, |run| Some((run.energy_nj?, run.yield_?.share)));
    let interval = |run: &Run| run.energy_nj.and(run.yield_).map(|y| y.interval);
    let target = target(runs)?;
    let series = numbered("", &found).with_intervals(runs.iter().filter_map(interval));
    Chart {
        title: "Yield against energy (95 % intervals)".into(),
        x: Axis::new("energy (nJ a sample)"),
        y: Axis::share(&format!("yield at {} or more", number(target))),
        height: HIGH,
        series: vec![series],
    }
    .figure()
}
