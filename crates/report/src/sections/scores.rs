//! The score on the test set: `test.json`, which `bruno train` and `bruno eval --json` write.

use super::{Found, Shown, facts, note, table};
use crate::folder::Folder;
use crate::svg::bars;
use crate::text::{self, number, optional, percent};
use bruno_train::{Energy, Footprint, Latency, LayerSummary, Periphery};
use maud::{Markup, html};
use serde::Deserialize;

/// Most classes whose whole confusion matrix is shown, and most mistakes that are listed where there are more.
const MOST_CLASSES: usize = 20;
/// Most layers, warnings and remarks.
const MOST_LINES: usize = 20;

/// What a page needs of the file.
#[derive(Deserialize)]
struct Scored {
    data: String,
    epochs: u64,
    decisions: u64,
    accuracy: f64,
    interval: Option<(f64, f64)>,
    loss_nats: f64,
    #[serde(rename = "rate_Hz")]
    rate_hz: f64,
    silent_samples: Vec<u64>,
    latency: Option<Latency>,
    layers: Vec<LayerSummary>,
    classes: Vec<String>,
    confusion: Vec<Vec<u64>>,
    #[serde(rename = "energy_nJ")]
    energy_nj: f64,
    #[serde(rename = "energy_J")]
    energy: Energy,
    #[serde(rename = "energy_left_out_nJ", default)]
    left_out: Option<Periphery>,
    area: Footprint,
    warnings: Vec<String>,
    data_notes: Vec<String>,
}

/// What the energy proxy leaves out, from little to much that may be assumed.
fn left_out(scored: &Scored) -> String {
    scored.left_out.map_or("not measured".into(), |periphery| {
        let [least, most] = periphery.total().map(number);
        format!("{least} to {most} nJ a sample")
    })
}

/// The score of a run.
pub(super) fn found(folder: &Folder<'_>) -> Found {
    let made_by = "bruno eval DIR/checkpoint.json --json";
    let Some(scored) = folder.json::<Scored>(&["test.json"], made_by)? else {
        return Ok(None);
    };
    let interval = scored.interval.map_or(String::new(), |(low, high)| {
        format!(" ({} .. {})", number(low), number(high))
    });
    let accuracy = format!("{}{interval}", number(scored.accuracy));
    let rows = [
        (
            "Data",
            format!(
                "{}, {} decisions",
                text::name(&scored.data),
                scored.decisions
            ),
        ),
        ("Accuracy (95 % interval)", accuracy.clone()),
        ("Loss", format!("{} nats", number(scored.loss_nats))),
        ("Time to a decision that stays", decided(&scored)),
        ("Firing rate", format!("{} Hz", number(scored.rate_hz))),
        (
            "Samples without a spike",
            scored.silent_samples.len().to_string(),
        ),
        (
            "Energy (proxy)",
            format!("{} nJ a sample", number(scored.energy_nj)),
        ),
        (
            "Left out by it: reads, word lines, clock",
            left_out(&scored),
        ),
        ("Area", format!("{} um2", number(scored.area.total_um2()))),
        ("Trained", format!("{} epochs", scored.epochs)),
    ];
    let warnings = scored.warnings.iter().take(MOST_LINES);
    let notes = scored.data_notes.iter().take(MOST_LINES);
    let body = html! {
        @for warning in warnings { p.warning { (text::cut(warning, 400)) } }
        (facts(&rows))
        @for line in notes { (note(Some(text::cut(line, 400)))) }
        (confusion(&scored))
        h3 { "Hidden layers" }
        (layers(&scored.layers))
    };
    let Energy {
        spikes_j,
        synapses_j,
        leak_j,
    } = scored.energy;
    let sum = scored.energy.total_j();
    let share = |joule: f64| {
        if sum > 0.0 {
            scored.energy_nj * joule / sum
        } else {
            0.0
        }
    };
    let named = |rows: [(&str, f64); 3]| rows.map(|(name, value)| (name.to_string(), value));
    let energy = named([
        ("synapses", share(synapses_j)),
        ("spikes", share(spikes_j)),
        ("leak", share(leak_j)),
    ]);
    let area = named([
        ("capacitors", scored.area.capacitors_um2),
        ("neuron circuits", scored.area.neurons_um2),
        ("RRAM devices", scored.area.cells_um2),
    ]);
    let figures = [
        bars("Energy by cause", &energy, "nJ a sample"),
        bars("Area by part", &area, "um2"),
    ];
    let command = "bruno eval DIR/checkpoint.json";
    let shown = Shown::new(("test", "Score on the test set", command), body, figures);
    Ok(Some(shown.headed([
        ("Test accuracy", accuracy),
        ("Energy (nJ a sample)", number(scored.energy_nj)),
        ("Area (um2)", number(scored.area.total_um2())),
        (
            "Time to decision (ms)",
            optional(scored.latency.map(|l| l.median_ms)),
        ),
    ])))
}

fn decided(scored: &Scored) -> String {
    scored.latency.map_or("\u{2013}".into(), |l| {
        format!(
            "median {} ms, mean {} ms, 90 % within {} ms",
            number(l.median_ms),
            number(l.mean_ms),
            number(l.p90_ms)
        )
    })
}

fn layers(layers: &[LayerSummary]) -> Markup {
    let row = |l: &LayerSummary| {
        vec![
            text::name(&l.layer),
            number(l.rate_hz),
            percent(l.share_of_limit),
            l.silent.len().to_string(),
            l.saturated.len().to_string(),
        ]
    };
    let rows: Vec<Vec<String>> = layers.iter().take(MOST_LINES).map(row).collect();
    let heads = [
        "Layer",
        "Rate (Hz)",
        "Share of the highest rate",
        "Silent neurons",
        "Saturated neurons",
    ];
    html! { (table(&heads, 1, &rows)) (note(text::left_out(rows.len(), layers.len(), "test.json"))) }
}

/// The confusion matrix, or the commonest mistakes of many classes; nothing for music.
fn confusion(scored: &Scored) -> Markup {
    let names: Vec<String> = scored.classes.iter().map(|c| text::cut(c, 20)).collect();
    let square = scored.confusion.iter().all(|row| row.len() == names.len());
    if scored.confusion.is_empty() || scored.confusion.len() != names.len() || !square {
        return Markup::default();
    }
    html! {
        h3 { "Confusion" }
        @if names.len() > MOST_CLASSES {
            (mistakes(&names, &scored.confusion))
        } @else {
            div.scroll { table.confusion {
                caption { "Samples by true class (rows) and class found (columns)" }
                thead { tr { td {} @for name in &names { th scope="col" { (name) } } } }
                tbody {
                    @for (name, row) in names.iter().zip(&scored.confusion) {
                        @let all = row.iter().map(|n| *n as f64).sum::<f64>().max(1.0);
                        tr {
                            th scope="row" { (name) }
                            @for n in row { td class=(heat(*n as f64 / all)) { (n) } }
                        }
                    }
                }
            } }
        }
    }
}

/// The class of a cell by its share of the row.
fn heat(share: f64) -> String {
    match (4.0 * share).ceil() as u32 {
        0 => String::new(),
        level => format!("h{}", level.min(4)),
    }
}

fn mistakes(names: &[String], counts: &[Vec<u64>]) -> Markup {
    let cells = counts.iter().zip(names).flat_map(|(row, class)| {
        row.iter()
            .zip(names)
            .map(move |(n, found)| (*n, class, found))
    });
    let mut wrong: Vec<_> = cells
        .filter(|(n, class, found)| *n > 0 && !std::ptr::eq(*class, *found))
        .collect();
    wrong.sort_by_key(|(n, ..)| std::cmp::Reverse(*n));
    let first = wrong.iter().take(MOST_CLASSES);
    let rows: Vec<Vec<String>> = first
        .map(|(n, class, found)| vec![(*class).clone(), (*found).clone(), n.to_string()])
        .collect();
    html! {
        p { "The commonest mistakes of " (names.len()) " classes:" }
        (table(&["True class", "Class found", "Samples"], 2, &rows))
        (note(text::left_out(rows.len(), wrong.len(), "test.json")))
    }
}
