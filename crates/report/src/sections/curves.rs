//! How a run learned: its epochs.

use super::{Found, Shown};
use crate::folder::Folder;
use crate::svg::{Axis, Chart, Figure, HIGH, Mark, Series};
use bruno_train::{Checkpoint, EpochReport, Score};
use maud::html;

/// Most layers whose rates are drawn.
const MOST_LAYERS: usize = 6;

/// `metrics.jsonl` of a run.
pub(super) fn found(folder: &Folder<'_>, run: &Checkpoint) -> Found {
    let Some(path) = folder.file(&["metrics.jsonl"])? else {
        return Ok(None);
    };
    let epochs = EpochReport::load_log(&path)?;
    if epochs.is_empty() {
        return Ok(None);
    }
    let best = run.best_epoch();
    let body = html! {
        p {
            "Training figures are those of the samples while training; validation follows each epoch."
            @if let Some(best) = best { " Epoch " (best) " is the best by the validation set." }
        }
    };
    let figures = [
        both(
            "Loss",
            Axis::new("loss (nats)"),
            Score::mean_loss,
            &epochs,
            best,
        ),
        both(
            "Accuracy",
            Axis::share("accuracy"),
            Score::accuracy,
            &epochs,
            best,
        ),
        rates(&epochs),
        one("Gradient", Axis::from_zero("gradient norm"), &epochs, |e| {
            e.gradient_norm
        }),
        one(
            "Energy of a training sample",
            Axis::from_zero("energy (nJ)"),
            &epochs,
            |e| e.train.energy_nj(),
        ),
        one(
            "Codes that changed",
            Axis::from_zero("weights (% of all)"),
            &epochs,
            changed,
        ),
    ];
    Ok(Some(Shown::new(
        ("curves", "Learning curves", ""),
        body,
        figures,
    )))
}

fn over_epochs(epochs: &[EpochReport], of: impl Fn(&EpochReport) -> f64) -> Vec<(f64, f64)> {
    epochs.iter().map(|e| (e.epoch as f64, of(e))).collect()
}

fn chart(title: &str, y: Axis, series: Vec<Series>) -> Option<Figure> {
    let (title, x) = (title.into(), Axis::whole("epoch"));
    Chart {
        title,
        x,
        y,
        height: HIGH,
        series,
    }
    .figure()
}

/// A figure of the training and of the validation set.
fn both(
    title: &str,
    y: Axis,
    of: fn(&Score) -> f64,
    epochs: &[EpochReport],
    best: Option<usize>,
) -> Option<Figure> {
    let mut series = vec![Series::new(
        "training",
        Mark::Line,
        over_epochs(epochs, |e| of(&e.train)),
    )];
    if epochs.iter().any(|e| e.valid.decisions > 0) {
        let points = over_epochs(epochs, |e| of(&e.valid));
        let at_best = { points.iter() }
            .find(|p| best.is_some_and(|b| b as f64 == p.0))
            .copied();
        series.push(Series::new("validation", Mark::Line, points));
        series.extend(at_best.map(|point| Series::new("best epoch", Mark::Dots, [point])));
    }
    chart(title, y, series)
}

fn one(
    title: &str,
    y: Axis,
    epochs: &[EpochReport],
    of: fn(&EpochReport) -> f64,
) -> Option<Figure> {
    let points = over_epochs(epochs, of);
    // What is never there is no curve.
    let any = points.iter().any(|p| p.1 != 0.0);
    any.then(|| chart(title, y, vec![Series::new("", Mark::Line, points)]))?
}

fn changed(epoch: &EpochReport) -> f64 {
    let sum = |of: fn(&bruno_train::WeightStatistics) -> usize| {
        epoch.weights.iter().map(|w| of(w) as f64).sum::<f64>()
    };
    100.0 * sum(|w| w.changed) / sum(|w| w.weights).max(1.0)
}

/// The firing rate of each hidden layer.
fn rates(epochs: &[EpochReport]) -> Option<Figure> {
    let layers = epochs.first().map_or(&[][..], |e| &e.layers);
    let series = layers
        .iter()
        .take(MOST_LAYERS)
        .enumerate()
        .map(|(k, layer)| {
            let rate = |e: &EpochReport| e.layers.get(k).map_or(f64::NAN, |l| l.rate_hz);
            Series::new(&layer.layer, Mark::Line, over_epochs(epochs, rate))
        });
    chart(
        "Firing rate",
        Axis::from_zero("rate (Hz)"),
        series.collect(),
    )
}
