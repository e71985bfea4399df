//! A device from measurements: `fit.json` (a card) and `levels.json` (a level table) of `bruno device fit`.

use super::{Found, Shown, facts, note, table};
use crate::folder::Folder;
use crate::svg::{Axis, Chart, Figure, HIGH, Mark, Series};
use crate::text::{self, number};
use maud::html;
use serde::Deserialize;

/// Most parameters, columns of measurements, levels, remarks.
const MOST: usize = 30;
const MOST_COLUMNS: usize = 8;
const MOST_LEVELS: usize = 256;

/// What a page needs of `fit.json`.
#[derive(Deserialize)]
struct Fit {
    #[serde(rename = "temperature_K")]
    temperature_k: f64,
    noise: f64,
    estimates: Vec<Estimate>,
    correlation: Vec<Vec<f64>>,
    #[serde(default)]
    compared: Vec<Compared>,
}

#[derive(Deserialize)]
struct Estimate {
    name: String,
    unit: String,
    start: f64,
    value: f64,
    standard_error: f64,
}

/// A measured column and the fitted model.
#[derive(Deserialize)]
struct Compared {
    name: String,
    times_s: Vec<f64>,
    measured: Vec<f64>,
    fitted: Vec<f64>,
    rms: f64,
}

/// The fit of a folder.
pub(super) fn found(folder: &Folder<'_>) -> Found {
    let Some(fit) = folder.json::<Fit>(&["fit.json", "fit/fit.json"], "bruno device fit")? else {
        return Ok(None);
    };
    let row = |e: &Estimate| {
        let share = 100.0 * (e.standard_error / e.value).abs();
        vec![
            text::name(&e.name),
            number(e.start),
            number(e.value),
            number(e.standard_error),
            format!("{share:.2} %"),
            text::name(&e.unit),
        ]
    };
    let rows: Vec<Vec<String>> = fit.estimates.iter().take(MOST).map(row).collect();
    let names: Vec<String> = fit
        .estimates
        .iter()
        .take(MOST)
        .map(|e| text::name(&e.name))
        .collect();
    let heads: Vec<&str> = [""]
        .into_iter()
        .chain(names.iter().map(String::as_str))
        .collect();
    let correlation = fit.correlation.iter().zip(&names).map(|(row, name)| {
        let cells = row.iter().take(MOST).map(|c| format!("{c:.2}"));
        [name.clone()].into_iter().chain(cells).collect()
    });
    let correlation: Vec<Vec<String>> = correlation.collect();
    let misfits = fit.compared.iter().take(MOST_COLUMNS);
    let misfits: Vec<Vec<String>> = misfits
        .map(|c| vec![text::name(&c.name), format!("{:.3} %", 100.0 * c.rms)])
        .collect();
    let body = html! {
        (facts(&[
            ("Temperature", format!("{} K", fit.temperature_k)),
            ("Error of the measurement", format!("{} % of a column's range", number(100.0 * fit.noise))),
        ]))
        (table(&["Parameter", "Start", "Value", "Standard error", "Of the value", "Unit"], 1, &rows))
        h3 { "Correlation of the estimates" }
        (table(&heads, 1, &correlation))
        @if !misfits.is_empty() {
            h3 { "Difference between fit and measurement" }
            (table(&["Column", "RMS, share of the measured range"], 1, &misfits))
        }
    };
    let figures: Vec<Option<Figure>> = fit.compared.iter().take(MOST_COLUMNS).map(curves).collect();
    Ok(Some(Shown::new(
        ("fit", "Fit of a device", "bruno device fit"),
        body,
        figures,
    )))
}

/// Measured and fitted values over time.
fn curves(column: &Compared) -> Option<Figure> {
    let over = |name: &str, values: &[f64]| {
        let times = column.times_s.iter().map(|t| 1e3 * t);
        Series::new(name, Mark::Line, times.zip(values.iter().copied()))
    };
    let name = text::name(&column.name);
    Chart {
        y: Axis::new(name.rsplit(": ").next().unwrap_or_default()),
        height: HIGH,
        title: name,
        x: Axis::new("t (ms)"),
        series: vec![
            over("measured", &column.measured),
            over("fitted", &column.fitted),
        ],
    }
    .figure()
}

/// What a page needs of `levels.json`.
#[derive(Deserialize)]
struct Levels {
    bits: u32,
    key: String,
    levels: Vec<Level>,
    notes: Vec<String>,
    #[serde(rename = "levels_pA")]
    currents: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Level {
    key: u32,
    readings: u64,
    mean: f64,
    sigma: f64,
    standard_error: f64,
}

/// The level table of a folder.
pub(super) fn levels(folder: &Folder<'_>) -> Found {
    let Some(found) =
        folder.json::<Levels>(&["levels.json", "fit/levels.json"], "bruno device fit")?
    else {
        return Ok(None);
    };
    let unit = if found.currents.is_some() { "pA" } else { "uS" };
    let row = |(code, l): (usize, &Level)| {
        vec![
            code.to_string(),
            l.key.to_string(),
            l.readings.to_string(),
            number(l.mean),
            number(l.sigma),
            number(l.standard_error),
        ]
    };
    let rows: Vec<Vec<String>> = found
        .levels
        .iter()
        .take(MOST_LEVELS)
        .enumerate()
        .map(row)
        .collect();
    let key = text::name(&found.key);
    let (mean, sigma, error) = (
        format!("Mean ({unit})"),
        format!("Deviation ({unit})"),
        format!("Standard error ({unit})"),
    );
    let body = html! {
        p { "A level table of " (found.bits) " bits." }
        @for line in found.notes.iter().take(MOST) { (note(Some(text::cut(line, 300)))) }
        (table(&["Code", &key, "Readings", &mean, &sigma, &error], 0, &rows))
    };
    let drawn = || found.levels.iter().take(MOST_LEVELS);
    let points = drawn().enumerate().map(|(code, l)| (code as f64, l.mean));
    let series = Series::new("", Mark::Dots, points)
        .with_intervals(drawn().map(|l| (l.mean - l.sigma, l.mean + l.sigma)));
    let chart = Chart {
        title: "Levels, with the deviation of a reading".into(),
        x: Axis::whole("code"),
        y: Axis::new(&format!("level ({unit})")),
        height: HIGH,
        series: vec![series],
    };
    Ok(Some(Shown::new(
        ("levels", "Level table", "bruno device fit"),
        body,
        [chart.figure()],
    )))
}
