//! Trained weights: how many stand at each level of their table.

use super::{Shown, note, table};
use crate::svg::{Axis, Chart, Figure, HIGH, Mark, Series};
use crate::text::{self, number, percent};
use bruno_train::{Checkpoint, Projection, Quantised, WeightStatistics};
use maud::html;

/// Most projections that are drawn.
const MOST: usize = 8;

/// The weights of a run as it stands in its checkpoint.
pub(super) fn shown(run: &Checkpoint) -> Shown {
    let hidden = run.description.layers.iter().map(|l| l.name.as_str());
    let names = hidden.chain(["readout"]);
    let layers = names
        .zip(&run.parameters.layers)
        .zip(run.parameters.quantised());
    let values = &run.parameters.values;
    let mut figures = Vec::new();
    for ((name, own), (input, recurrent)) in layers {
        figures.push(levels(
            &format!("{name}: input weights"),
            &own.input,
            &input,
            values,
        ));
        if let (Some(projection), Some(codes)) = (&own.recurrent, recurrent) {
            figures.push(levels(
                &format!("{name}: recurrent weights"),
                projection,
                &codes,
                values,
            ));
        }
    }
    let all = figures.len();
    figures.truncate(MOST);
    let statistics = run.last_epoch().map_or(&[][..], |e| &e.weights);
    let rows: Vec<Vec<String>> = statistics.iter().take(MOST).map(row).collect();
    let heads = [
        "Weights",
        "Number",
        "Levels used",
        "At an end of the table",
        "Changed in the last epoch",
        "Mean distance from the level (pA)",
    ];
    let body = html! {
        @if !rows.is_empty() { (table(&heads, 1, &rows)) }
        (note(text::left_out(figures.len(), all, "checkpoint.json")))
    };
    Shown::new(("weights", "Weights and levels", ""), body, figures)
}

fn row(s: &WeightStatistics) -> Vec<String> {
    let kind = if s.recurrent { "recurrent" } else { "input" };
    vec![
        format!("{}: {kind}", text::name(&s.layer)),
        s.weights.to_string(),
        format!("{} of {}", s.levels.0, s.levels.1),
        percent(s.clipped),
        s.changed.to_string(),
        number(s.distance_pa),
    ]
}

/// Weights at each level, as bars at the levels' currents.
fn levels(
    title: &str,
    projection: &Projection,
    codes: &Quantised,
    values: &[f32],
) -> Option<Figure> {
    let scale = f64::from(projection.scale_pa);
    let table: Vec<f64> = projection
        .levels(values)
        .iter()
        .map(|l| f64::from(*l) * scale)
        .collect();
    let mut counts = vec![0u64; table.len()];
    for code in &codes.codes {
        if let Some(count) = counts.get_mut(usize::from(*code)) {
            *count += 1;
        }
    }
    let gaps = table.iter().zip(table.iter().skip(1)).map(|(a, b)| b - a);
    let width = gaps.fold(f64::INFINITY, f64::min);
    let points = table.iter().copied().zip(counts.iter().map(|n| *n as f64));
    let mark = if width.is_finite() {
        Mark::Bars(width)
    } else {
        Mark::Dots
    };
    Chart {
        title: title.into(),
        x: Axis::new("level (pA)"),
        y: Axis::from_zero("weights"),
        height: HIGH,
        series: vec![Series::new("", mark, points)],
    }
    .figure()
}
