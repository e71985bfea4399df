//! Streams of the recorder and the layout of a record.

use super::banks;
use bruno_device::{Chip, RecordWord};
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
        let words = (last - first + 1) * layer.model.words.len();
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
        for (at, word) in layer.model.words.iter().enumerate() {
            let (name, about) = (&word.name, &word.about);
            let _ = writeln!(page, "| {at} | `{name}` | {} | {about} |", format(word));
        }
        page += "\n";
    }
    page
}

/// Sign, extension and LSB of a word.
fn format(word: &RecordWord) -> String {
    let mut text = String::from(if word.signed { "signed" } else { "unsigned" });
    if word.signed && word.bits < 32 {
        text += ", extended to 32 bits";
    }
    if let Some(lsb) = &word.lsb {
        text += &format!(", LSB {lsb}");
    }
    text
}
