//! Speed: what `bruno bench --out` writes.

use super::{Found, Shown, facts, table};
use crate::folder::Folder;
use crate::svg::{Axis, Chart, HIGH, Mark, Series};
use crate::text::{self, number, percent};
use maud::html;
use serde::Deserialize;

/// Most rows of a table.
const MOST_ROWS: usize = 60;

/// What a page needs of the file.
#[derive(Deserialize)]
struct Bench {
    about: About,
    runs: u64,
    forward: Vec<Forward>,
    training: Option<Training>,
    #[serde(default)]
    start: Vec<Start>,
}

#[derive(Deserialize)]
struct About {
    processor: String,
    cores: u64,
    load: f64,
    compiler: String,
    verilator: String,
    vector_bits: u32,
}

#[derive(Deserialize)]
struct Forward {
    neurons: u64,
    inputs: u64,
    rate_hz: f64,
    seconds: f64,
    /// Median, least, most.
    ns: [f64; 3],
    fired_hz: f64,
    bytes_per_neuron_window: f64,
}

#[derive(Deserialize)]
struct Training {
    neurons: u64,
    batch: u64,
    seconds: f64,
    forward_s: f64,
    backward_s: f64,
    step_over_forward: f64,
    efficiency_of_two: f64,
}

#[derive(Deserialize)]
struct Start {
    neurons: u64,
    cold_s: f64,
    check_s: f64,
    warm_s: f64,
}

/// The bench of a folder.
pub(super) fn found(folder: &Folder<'_>) -> Found {
    let Some(bench) = folder.json::<Bench>(&["bench.json"], "bruno bench --out DIR")? else {
        return Ok(None);
    };
    let about = &bench.about;
    let machine = [
        (
            "Processor",
            format!(
                "{}, {} cores, load {}",
                text::name(&about.processor),
                about.cores,
                number(about.load)
            ),
        ),
        (
            "Compiler",
            format!(
                "{}, vectors of {} bits",
                text::cut(&about.compiler, 120),
                about.vector_bits
            ),
        ),
        ("Verilator", text::cut(&about.verilator, 120)),
    ];
    let row = |f: &Forward| {
        let [median, least, most] = f.ns.map(number);
        let range = format!("{least} .. {most}");
        vec![
            f.neurons.to_string(),
            f.inputs.to_string(),
            number(f.rate_hz),
            number(f.seconds),
            median,
            range,
            number(f.fired_hz),
            number(f.bytes_per_neuron_window),
        ]
    };
    let rows: Vec<Vec<String>> = bench.forward.iter().take(MOST_ROWS).map(row).collect();
    let heads = [
        "Neurons",
        "Inputs",
        "Input rate (Hz)",
        "Length (s)",
        "ns a neuron and tick",
        "Least .. most",
        "Neurons' rate (Hz)",
        "Bytes a neuron and window",
    ];
    let body = html! {
        (facts(&machine))
        h3 { "Forward pass, one core, median of " (bench.runs) " runs" }
        (table(&heads, 0, &rows))
        @if let Some(t) = &bench.training { (training(t)) }
        @if !bench.start.is_empty() { h3 { "From the description to a running model" } (start(&bench.start)) }
    };
    let points = || bench.forward.iter().map(|f| (f.neurons as f64, f.ns));
    let median = Series::new(
        "",
        Mark::Dots,
        points().map(|(n, [median, ..])| (n, median)),
    )
    .with_intervals(points().map(|(_, [_, least, most])| (least, most)));
    let chart = Chart {
        title: "Forward pass".into(),
        x: Axis::new("neurons"),
        y: Axis::from_zero("ns a neuron and tick"),
        height: HIGH,
        series: vec![median],
    };
    let figure = if bench.forward.len() > 1 {
        chart.figure()
    } else {
        None
    };
    Ok(Some(Shown::new(
        ("bench", "Speed", "bruno bench --out DIR"),
        body,
        [figure],
    )))
}

fn training(t: &Training) -> maud::Markup {
    html! {
        h3 { "Training step: " (t.neurons) " neurons, " (t.batch) " samples of " (number(t.seconds)) " s" }
        (facts(&[
            ("Forward", format!("{} s", number(t.forward_s))),
            ("Backward", format!("{} s", number(t.backward_s))),
            ("Step / forward", number(t.step_over_forward)),
            ("Efficiency of two threads", percent(t.efficiency_of_two)),
        ]))
    }
}

fn start(rows: &[Start]) -> maud::Markup {
    let row = |s: &Start| {
        vec![
            s.neurons.to_string(),
            number(s.cold_s),
            number(s.check_s),
            number(s.warm_s),
        ]
    };
    let rows: Vec<Vec<String>> = rows.iter().take(MOST_ROWS).map(row).collect();
    table(
        &[
            "Neurons",
            "Built (s)",
            "Of which check (s)",
            "From the cache (s)",
        ],
        0,
        &rows,
    )
}
