//! What was trained, and how.

use super::{Shown, facts, word};
use crate::ReportError;
use crate::folder::Folder;
use crate::text;
use bruno_chip::{Description, LayerDescription};
use bruno_host::read_text;
use bruno_train::Checkpoint;
use maud::{Markup, html};
use serde::Deserialize;
use std::path::Path;

/// Most characters of the description that a page shows.
const MOST_CHARACTERS: usize = 60_000;
/// Most hidden layers that are named.
const MOST_LAYERS: usize = 12;

/// Most commands that are shown.
const MOST_CALLS: usize = 12;

/// What a page needs of a line of `commands.jsonl`.
#[derive(Deserialize)]
struct Call {
    version: String,
    command: Vec<String>,
}

/// The run.
pub(super) fn shown(folder: &Folder<'_>, run: &Checkpoint) -> Result<Shown, ReportError> {
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
    let calls = calls(folder)?;
    let body = html! {
        (facts(&rows))
        @if !calls.is_empty() {
            p { "How it was called:" }
            @for call in &calls { pre { (call) } }
        }
        (chip_file(chip))
    };
    let command = "bruno train CHIP.json";
    Ok(Shown::new(("run", "What was run", command), body, []))
}

/// The commands that made a run, with bruno's version, the last ones.
fn calls(folder: &Folder<'_>) -> Result<Vec<String>, ReportError> {
    let Some(path) = folder.file(&["commands.jsonl"])? else {
        return Ok(Vec::new());
    };
    let text = read_text(&path).unwrap_or_default();
    let calls = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let call = |call: Call| {
        let words: Vec<&str> = shown_words(&call.command);
        let words = text::cut(&words.join(" "), 1000);
        format!("{words}  (bruno {})", text::cut(&call.version, 40))
    };
    let calls: Vec<String> = calls.map(call).collect();
    Ok(calls.into_iter().rev().take(MOST_CALLS).rev().collect())
}

/// The words of a command without those that say where its results went: of one run they are the same wherever it lies.
fn shown_words(command: &[String]) -> Vec<&str> {
    let is_place = |word: &str| matches!(word, "--out" | "-o");
    let before = std::iter::once("").chain(command.iter().map(String::as_str));
    let words = command.iter().map(String::as_str).zip(before);
    let shown = words.filter(|(word, before)| {
        !is_place(word) && !is_place(before) && !word.starts_with("--out=")
    });
    shown.map(|(word, _)| without_folders(word)).collect()
}

/// A word of a command; of a path from the root the last part, for a page that is mailed says nothing of folders.
fn without_folders(word: &str) -> &str {
    let path = Path::new(word);
    let last = path.file_name().and_then(|name| name.to_str());
    last.filter(|_| path.is_absolute()).unwrap_or(word)
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
