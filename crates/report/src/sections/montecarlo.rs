//! Virtual chips: the distribution of their accuracy, the yield (`chips.jsonl` and `summary.json`).

use super::{Found, Shown, facts};
use crate::folder::Folder;
use crate::svg::{Axis, Chart, Figure, HIGH, Mark, Series};
use crate::text::{self, number, percent};
use bruno_montecarlo::{Results, Summary, Yield};
use bruno_train::Checkpoint;
use maud::html;
use serde::Deserialize;

/// What the records alone do not say.
#[derive(Deserialize)]
struct Asked {
    chips: usize,
    chips_differ: bool,
    #[serde(rename = "yield")]
    yield_: Option<Yield>,
}

/// The virtual chips of a folder, or of a run in the folder above.
pub(super) fn found(folder: &Folder<'_>, run: Option<&Checkpoint>) -> Found {
    let Some(path) = folder.file(&["chips.jsonl", "montecarlo/chips.jsonl"])? else {
        return Ok(None);
    };
    let beside = ["summary.json", "montecarlo/summary.json"];
    let asked = folder.json::<Asked>(&beside, "bruno montecarlo DIR")?;
    let Some(results) = Results::load(&path)? else {
        return Ok(None);
    };
    let chips = results.chips(asked.as_ref().map_or(usize::MAX, |a| a.chips));
    let (Some(ideal), false) = (results.records.first(), chips.is_empty()) else {
        return Ok(None);
    };
    let best = folder
        .file(&["best.json"])?
        .map(|best| Checkpoint::load(&best))
        .transpose()?;
    let own = |run: &Checkpoint| results.settings.is_of(run);
    let of_others = run.is_some_and(|run| !own(run) && !best.as_ref().is_some_and(own));
    let target = asked.as_ref().and_then(|a| a.yield_).map(|y| y.target);
    let summary = Summary::new(ideal, chips, target);
    let [low, lower, median, upper, high] = summary.quantiles.map(number);
    let settings = &results.settings;
    let mut rows = vec![
        (
            "Virtual chips",
            format!("{}, seed {}", summary.chips, settings.seed),
        ),
        (
            "Scored on",
            format!(
                "{} samples ({})",
                settings.samples,
                text::name(&settings.split)
            ),
        ),
        ("Accuracy of the ideal chip", number(summary.nominal)),
        (
            "Mean, deviation",
            format!("{}, {}", number(summary.mean), number(summary.deviation)),
        ),
        (
            "Least, quartiles, most",
            [low, lower, median, upper, high].join(", "),
        ),
    ];
    if let Some(y) = &summary.yield_ {
        rows.push((
            "Yield",
            format!(
                "{} of {} chips reach {}: {} ({} interval {} .. {}, Clopper-Pearson)",
                y.good,
                summary.chips,
                number(y.target),
                percent(y.share),
                percent(y.confidence),
                percent(y.interval.0),
                percent(y.interval.1)
            ),
        ));
    }
    let body = html! {
        @if of_others { p.warning { "These chips have other trained parameters than the run: " code { "bruno montecarlo DIR --restart" } } }
        @if asked.as_ref().is_some_and(|a| !a.chips_differ) {
            p.warning { "No effect that makes chips differ is described: all chips are equal, their spread and yield say nothing." }
        }
        (facts(&rows))
        @if summary.yield_.is_none() { p.note { "No yield: " code { "--target" } " gives the least accuracy of a good chip." } }
    };
    let command = "bruno montecarlo DIR";
    let shown = Shown::new(
        ("montecarlo", "Virtual chips", command),
        body,
        [histogram(&summary)],
    );
    Ok(Some(match &summary.yield_ {
        None => shown,
        Some(y) => {
            let interval = format!(
                "{} ({} .. {})",
                percent(y.share),
                percent(y.interval.0),
                percent(y.interval.1)
            );
            shown.headed([("Yield", interval)])
        }
    }))
}

fn histogram(summary: &Summary) -> Option<Figure> {
    let width = summary.histogram.first().map_or(0.1, |b| b.width);
    let bars = summary
        .histogram
        .iter()
        .map(|b| (b.low + 0.5 * b.width, b.chips as f64));
    let rule = |name: &str, at: f64| Series::new(name, Mark::Rule, [(at, 0.0)]);
    let mut series = vec![
        Series::new("virtual chips", Mark::Bars(width), bars),
        rule("ideal chip", summary.nominal),
    ];
    series.extend(summary.yield_.map(|y| rule("target", y.target)));
    Chart {
        title: "Accuracy of virtual chips".into(),
        x: Axis::new("accuracy"),
        y: Axis::from_zero("chips"),
        height: HIGH,
        series,
    }
    .figure()
}
