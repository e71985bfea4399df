//! What was trained, and how.

use super::{Shown, facts, word};
use crate::text;
use bruno_chip::{Description, LayerDescription};
use bruno_train::Checkpoint;
use maud::{Markup, html};

/// Most characters of the description that a page shows.
const MOST_CHARACTERS: usize = 60_000;
/// Most hidden layers that are named.
const MOST_LAYERS: usize = 12;

/// The run.
pub(super) fn shown(run: &Checkpoint) -> Shown {
    let (chip, config) = (&run.description, &run.config);
    let kind = config.data.as_ref().and_then(|d| d.get("kind"));
    let data = kind.and_then(|k| k.as_str()).unwrap_or("braille");
    let stopped = match (run.is_done(), run.stopped_early()) {
        (_, true) => ", stopped early",
        (true, _) => "",
        (false, _) => ", not at its end",
    };
    let device = config.device.iter();
    let device = device.map(|d| {
        format!(
            "{} {} .. {}",
            text::name(&d.parameter),
            text::number(d.bounds.0),
            text::number(d.bounds.1)
        )
    });
    let device: Vec<String> = device.collect();
    let mut rows = vec![
        (
            "Chip",
            format!(
                "{}: {} inputs, {} outputs",
                chip.name, chip.inputs, chip.readout.outputs
            ),
        ),
        ("Hidden layers", layers(chip)),
        (
            "Window",
            format!(
                "{} us, recorder {}",
                chip.window_ticks,
                word(&chip.recorder)
            ),
        ),
        ("Data", text::name(data)),
        ("Seed", config.seed.to_string()),
        (
            "Epochs",
            format!("{} of {}{stopped}", run.epoch, config.epochs),
        ),
        ("Samples a step", config.batch.to_string()),
        ("Gradient", word(&run.gradient)),
        ("Learning rate", text::number(config.learning_rate)),
        ("File format", format!("checkpoint {}", run.version)),
    ];
    if !device.is_empty() {
        rows.push(("Trained device parameters", device.join("; ")));
    }
    let body = html! {
        (facts(&rows))
        (chip_file(chip))
    };
    let command = "bruno train CHIP.json";
    Shown::new(("run", "What was run", command), body, [])
}

/// The description of a chip, to be unfolded.
fn chip_file(chip: &Description) -> Markup {
    let description = serde_json::to_string_pretty(chip).unwrap_or_default();
    html! {
        details {
            summary { "CHIP.json: the description" }
            pre { (text::cut(&description, MOST_CHARACTERS)) }
        }
    }
}

/// What a sweep's runs have in common.
pub(super) fn chip(chip: &Description) -> Markup {
    let shape = format!(
        "{} inputs, {}, {} outputs",
        chip.inputs,
        layers(chip),
        chip.readout.outputs
    );
    html! { (facts(&[("Before any value is set", shape)])) (chip_file(chip)) }
}

fn layers(chip: &Description) -> String {
    let one = |l: &LayerDescription| {
        let recurrent = if l.recurrent { ", recurrent" } else { "" };
        format!(
            "{}: {} {}{recurrent}, {}-bit synapses",
            l.name,
            l.neurons,
            word(&l.kind),
            l.synapse.bits
        )
    };
    let mut all: Vec<String> = chip.layers.iter().take(MOST_LAYERS).map(one).collect();
    if chip.layers.len() > MOST_LAYERS {
        all.push(format!("{} more", chip.layers.len() - MOST_LAYERS));
    }
    all.join("; ")
}
