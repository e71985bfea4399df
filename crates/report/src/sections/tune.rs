//! A search for settings: `tune.json`.

use super::{Found, Shown, note, table};
use crate::folder::Folder;
use crate::svg::{Axis, Chart, HIGH, Mark, Series, bars};
use crate::text::{self, number};
use maud::html;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Most trials of the table, most fields of a trial.
const MOST_TRIALS: usize = 20;
const MOST_FIELDS: usize = 20;

/// What a page needs of the file.
#[derive(Deserialize)]
struct Search {
    goal: String,
    importances: Option<Vec<Importance>>,
    trials: Vec<Trial>,
}

#[derive(Deserialize)]
struct Importance {
    field: String,
    share: f64,
}

#[derive(Deserialize)]
struct Trial {
    trial: u64,
    values: Map<String, Value>,
    after_epochs: Vec<f64>,
    outcome: Value,
}

impl Trial {
    /// The goal at its end, if it came to one.
    fn goal(&self) -> Option<f64> {
        let is_done = self.outcome.as_str() == Some("done");
        self.after_epochs.last().copied().filter(|_| is_done)
    }
}

/// The search of a folder.
pub(super) fn found(folder: &Folder<'_>) -> Found {
    let Some(search) = folder.json::<Search>(&["tune.json"], "bruno tune")? else {
        return Ok(None);
    };
    let goal = format!("validation {}", text::name(&search.goal));
    let mut done: Vec<(f64, &Trial)> = search
        .trials
        .iter()
        .filter_map(|t| Some((t.goal()?, t)))
        .collect();
    done.sort_by(|a, b| a.0.total_cmp(&b.0));
    let row = |(value, trial): &(f64, &Trial)| {
        let values = trial.values.iter().take(MOST_FIELDS);
        let values: Vec<String> = values
            .map(|(f, v)| format!("{} {}", text::name(f), text::name(&short(v))))
            .collect();
        vec![trial.trial.to_string(), number(*value), values.join(", ")]
    };
    let rows: Vec<Vec<String>> = done.iter().take(MOST_TRIALS).map(row).collect();
    let body = html! {
        p { (search.trials.len()) " trials, " (done.len()) " came to their end; the best first. Less is better." }
        (table(&["Trial", &goal, "Settings"], 3, &rows))
        (note(text::left_out(rows.len(), done.len(), "tune.json")))
        @if search.importances.is_none() { p.note { "Too few trials to say what mattered." } }
    };
    let ends = search
        .trials
        .iter()
        .filter_map(|t| Some((t.trial as f64, t.goal()?)));
    let mut best = f64::INFINITY;
    let so_far = search.trials.iter().filter_map(|t| {
        best = best.min(t.goal()?);
        Some((t.trial as f64, best))
    });
    let chart = Chart {
        title: "Trials in their order".into(),
        x: Axis::whole("trial"),
        y: Axis::new(&goal),
        height: HIGH,
        series: vec![
            Series::new("trial", Mark::Dots, ends),
            Series::new("best so far", Mark::Line, so_far),
        ],
    };
    let shares = search.importances.iter().flatten().take(MOST_FIELDS);
    let shares: Vec<(String, f64)> = shares.map(|i| (i.field.clone(), 100.0 * i.share)).collect();
    let figures = [
        chart.figure(),
        bars("What mattered: variance by each field alone", &shares, "%"),
    ];
    let best = done.first().map_or("\u{2013}".into(), |d| number(d.0));
    let shown = Shown::new(
        ("tune", "Search for settings", "bruno tune CHIP.json"),
        body,
        figures,
    );
    Ok(Some(shown.headed([("Best", format!("{best} ({goal})"))])))
}

fn short(value: &Value) -> String {
    match value {
        Value::Number(n) if n.is_f64() => n.as_f64().map_or(String::new(), number),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
