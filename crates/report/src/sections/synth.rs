//! The chip as gates: `report.json` of `bruno synth`.

use super::{Found, Shown, facts, note, table, word};
use crate::folder::Folder;
use crate::svg::bars;
use crate::text::{self, number, optional};
use bruno_synth::{Module, Report, Timing};
use bruno_train::Checkpoint;
use maud::html;

/// Most modules of the table and of the picture.
const MOST_ROWS: usize = 60;
const MOST_BARS: usize = 15;

/// The synthesis of a folder, or of a run in the folder above.
pub(super) fn found(folder: &Folder<'_>, run: Option<&Checkpoint>) -> Found {
    let places = [bruno_synth::REPORT, "synth/report.json"];
    let Some(report) = folder.json::<Report>(&places, "bruno synth")? else {
        return Ok(None);
    };
    let rows = [
        ("Chip", text::name(&report.chip)),
        (
            "Target",
            format!(
                "{}, memories {}",
                word(&report.target),
                word(&report.memories_as)
            ),
        ),
        (
            "Cells",
            format!(
                "{}, of which {} flip-flops",
                report.cells, report.flip_flops
            ),
        ),
        (
            "Area",
            format!("{} um2 without memories", optional(report.area_um2)),
        ),
        ("Memory", format!("{} bits", report.memory_bits)),
        ("Longest path", timing(&report.timing)),
    ];
    let module = |m: &Module| {
        vec![
            text::name(&m.name),
            m.instances.to_string(),
            m.cells.to_string(),
            optional(m.area_um2),
            m.flip_flops.to_string(),
            m.memory_bits.to_string(),
        ]
    };
    let modules: Vec<Vec<String>> = report.modules.iter().take(MOST_ROWS).map(module).collect();
    let layer = |l: &bruno_synth::LayerArea| {
        vec![
            text::name(&l.layer),
            l.neurons.to_string(),
            number(l.cells_per_neuron),
            optional(l.area_um2_per_neuron),
            l.memory_bits.to_string(),
        ]
    };
    let layers: Vec<Vec<String>> = report.layers.iter().take(MOST_ROWS).map(layer).collect();
    let of_another = run.is_some_and(|run| run.description.name != report.chip);
    let body = html! {
        @if of_another { p.warning { "These gates are of another chip than the run." } }
        (facts(&rows))
        h3 { "Modules" }
        (table(&["Module", "Times", "Cells", "Area (um2)", "Flip-flops", "Memory bits"], 1, &modules))
        p.note { "A row's cells are without memories and without the modules inside it." }
        (note(text::left_out(modules.len(), report.modules.len(), "report.json")))
        h3 { "Layers" }
        (table(&["Layer", "Neurons", "Cells a neuron", "Area a neuron (um2)", "Memory bits"], 1, &layers))
    };
    let has_area = report.area_um2.is_some();
    let amount = |m: &Module| {
        let one = if has_area {
            m.area_um2.unwrap_or(0.0)
        } else {
            m.cells as f64
        };
        (m.name.clone(), one * m.instances as f64)
    };
    let mut amounts: Vec<(String, f64)> = report.modules.iter().map(amount).collect();
    amounts.sort_by(|a, b| b.1.total_cmp(&a.1));
    amounts.truncate(MOST_BARS);
    let figure = match has_area {
        true => bars("Area by module, all instances", &amounts, "um2"),
        false => bars("Cells by module, all instances", &amounts, "cells"),
    };
    let shown = Shown::new(
        ("synth", "Gates: area by module", "bruno synth CHIP.json"),
        body,
        [figure],
    );
    Ok(Some(shown.headed([(
        "Digital area (um2)",
        optional(report.area_um2),
    )])))
}

fn timing(timing: &Timing) -> String {
    match timing {
        Timing::Measured(p) => format!(
            "{} ns ({} MHz) before layout",
            number(p.longest_path_ns),
            number(p.fmax_mhz)
        ),
        Timing::Placed {
            fmax_mhz,
            longest_path_ns,
        } => format!(
            "{} ns ({} MHz) after routing",
            number(*longest_path_ns),
            number(*fmax_mhz)
        ),
        Timing::NotMeasured { reason } => format!("not measured: {}", text::cut(reason, 300)),
    }
}
