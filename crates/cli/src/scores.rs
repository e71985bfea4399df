//! Scores as `train` and `eval` print them, as text and as JSON.

use bruno_data::Dataset;
use bruno_train::{CONFIDENCE, Confusion, Evaluation, LayerSummary};
use serde_json::{Value, json};

/// Most classes whose whole confusion matrix is printed, and most mistakes that are listed where there are more.
const MOST_CLASSES: usize = 10;
/// Most neurons that are listed by number.
const MOST_LISTED: usize = 8;

/// One line a figure.
pub fn lines(set: &Dataset, found: &Evaluation) -> Vec<String> {
    let score = &found.score;
    let mut lines = Vec::new();
    match score.interval() {
        Some((low, high)) => {
            lines.push(format!(
                "accuracy                      {:.3} of {} samples ({:.0} % interval {low:.3}..{high:.3})",
                score.accuracy(),
                score.decisions,
                100.0 * CONFIDENCE
            ));
            lines.push(format!(
                "cross-entropy                 {:.3} nats",
                score.mean_loss()
            ));
        }
        None => {
            lines.push(format!(
                "negative log-likelihood       {:.3} nats a frame, {} frames",
                score.mean_loss(),
                score.decisions
            ));
            lines.push(format!(
                "frame accuracy TP/(TP+FP+FN)  {:.3}",
                score.accuracy()
            ));
        }
    }
    lines.push(silent_line(found));
    if let Some(latency) = found.latency() {
        lines.push(format!(
            "time to a decision that stays {:.0} ms (mean {:.0}, 90 % within {:.0}), of right samples",
            latency.median_ms, latency.mean_ms, latency.p90_ms
        ));
    }
    lines.push(format!(
        "firing rate                   {:.1} Hz",
        score.rate_hz()
    ));
    lines.push(format!(
        "saturated updates             {}",
        score.saturations
    ));
    lines.extend(found.activity().iter().map(layer_line));
    lines.extend(confusion_lines(&set.class_names, &found.confusion));
    lines
}

/// The figures of [`lines`], and every neuron and count behind them.
pub fn json(set: &Dataset, found: &Evaluation) -> Value {
    let score = &found.score;
    let rows: Vec<&[u64]> = found.confusion.rows().collect();
    json!({
        "decisions": score.decisions, "loss_nats": score.mean_loss(), "accuracy": score.accuracy(),
        "interval": score.interval(), "confidence": score.interval().map(|_| CONFIDENCE),
        "rate_Hz": score.rate_hz(), "saturations": score.saturations,
        "silent_samples": found.silent, "silent_right": score.silent_right, "found": found.found,
        "latency": found.latency(), "layers": found.activity(),
        "classes": set.class_names, "confusion": rows,
    })
}

/// Samples whose readout hears nothing.
fn silent_line(found: &Evaluation) -> String {
    let score = &found.score;
    let mut line = format!(
        "samples without a spike       {} of {}",
        score.silent, score.samples
    );
    if score.silent > 0 {
        let numbers: Vec<usize> = found.silent.iter().map(|k| *k as usize).collect();
        line += &format!(
            " (the last hidden layer is silent, output biases alone decide): {}",
            listed(&numbers)
        );
    }
    if score.silent > 0 && !found.found.is_empty() {
        line += &format!("; {} of them count as right", score.silent_right);
    }
    line
}

fn layer_line(layer: &LayerSummary) -> String {
    format!(
        "`{}`: {:.1} Hz, {:.1} % of the highest rate; silent neurons: {}; saturated: {}",
        layer.layer,
        layer.rate_hz,
        100.0 * layer.share_of_limit,
        listed(&layer.silent),
        listed(&layer.saturated)
    )
}

/// The confusion matrix, or the commonest mistakes where it is large.
fn confusion_lines(names: &[String], confusion: &Confusion) -> Vec<String> {
    let rows: Vec<&[u64]> = confusion.rows().collect();
    if rows.len() > MOST_CLASSES {
        let mistakes = confusion.mistakes();
        let first = mistakes.iter().take(MOST_CLASSES);
        let text =
            first.map(|(class, found, n)| format!("{} as {} {n}", names[*class], names[*found]));
        let text: Vec<String> = text.collect();
        let kinds = mistakes.len();
        return vec![format!(
            "commonest of {kinds} mistakes: {}",
            text.join(", ")
        )];
    }
    if rows.is_empty() {
        return Vec::new();
    }
    let counts = rows.iter().flat_map(|row| row.iter());
    let counts = counts.map(|n| n.to_string().len());
    let width = counts.chain(names.iter().map(|n| n.chars().count()));
    let width = width.max().unwrap_or(0) + 2;
    let row = |name: &str, cells: &mut dyn Iterator<Item = String>| {
        let cells: String = cells.map(|c| format!("{c:>width$}")).collect();
        format!("{name:>width$}{cells}")
    };
    let head = row("", &mut names.iter().cloned());
    let body = names.iter().zip(&rows);
    let body = body.map(|(name, r)| row(name, &mut r.iter().map(u64::to_string)));
    let title = "classes found (columns) by class (rows)".to_string();
    [title, head].into_iter().chain(body).collect()
}

/// Neurons or channels by number, the first few of many.
pub fn listed(numbers: &[usize]) -> String {
    if numbers.is_empty() {
        return "none".into();
    }
    let first = numbers.iter().take(MOST_LISTED);
    let mut text = first.map(usize::to_string).collect::<Vec<_>>().join(", ");
    if numbers.len() > MOST_LISTED {
        text += &format!(" and {} more", numbers.len() - MOST_LISTED);
    }
    text
}
