//! Streams of the recorder and the layout of a record.

use super::{banks, numbers};
use bruno_device::Chip;
use std::fmt::Write;

/// The section.
pub(super) fn print(chip: &Chip) -> String {
    let mut page = String::from(
        "## Recorder\n\nAt the end of a window every bank copies its states and counters and sends them on its stream, neuron by neuron, while the\n\
         next window runs. Stream s has bit s of `rec_valid_o`, `rec_last_o`, `rec_ready_i` and the bits `[32*s+31 : 32*s]` of\n`rec_data_o`.\n\n\
         | stream | layer | neurons | words of a record |\n|---|---|---|---|\n",
    );
    let mut longest = 0;
    for (stream, index, first, last) in banks(chip) {
        let layer = &chip.layers[index];
        let words = (last - first + 1) * layer.record_words(chip.recorder).len();
        longest = longest.max(words);
        let _ = writeln!(
            page,
            "| {stream} | `{}` | {first}..{last} | {words} |",
            layer.name
        );
    }
    let _ = writeln!(
        page,
        "\nA record that has not left when the next one is due keeps its place; the new one is dropped and `overrun` is set. With a\n\
         reader that is always ready the window must have at least {longest} ticks.\n"
    );
    for layer in &chip.layers {
        let _ = writeln!(
            page,
            "Words of one neuron of `{}`, in order:\n\n| word | name | format | what it is |\n|---|---|---|---|",
            layer.name
        );
        for (at, word) in layer.record_words(chip.recorder).iter().enumerate() {
            let (format, about) = describe(chip, word);
            let _ = writeln!(page, "| {at} | `{word}` | {format} | {about} |");
        }
        page += "\n";
    }
    page
}

/// Format and meaning of a record word.
fn describe(chip: &Chip, word: &str) -> (String, &'static str) {
    let lsb = |state: &str| {
        let formats = numbers::formats(chip);
        let own = formats.into_iter().find(|f| f.name == state);
        own.map_or(String::new(), |f| f.lsb)
    };
    let state = |sign: &str, name: &str, about| (format!("{sign}, LSB {}", lsb(name)), about);
    let signed = "signed, extended to 32 bits";
    match word {
        "v" => state(signed, "v", "membrane after the window's last tick"),
        "p" => state("unsigned", "p", "occupation after it"),
        "i" => state(signed, "i", "synaptic current after it"),
        "n_spike" => ("unsigned".into(), "spikes in the window"),
        "n_sat" => ("unsigned".into(), "saturated updates in the window"),
        "sum_v" => state("signed", "v", "sum of v after each tick of the window"),
        _ => state("unsigned", "p", "sum of p after each tick of the window"),
    }
}
