//! Number formats with the physical value of one LSB.

use bruno_chip::Rounding;
use bruno_device::{Chip, State};
use std::fmt::Write;

/// The section.
pub(super) fn print(chip: &Chip) -> String {
    let mut page = String::from(
        "## Number formats\n\n| state | what it is | code, bits | one LSB | range |\n|---|---|---|---|---|\n",
    );
    for state in states(chip) {
        let sign = if state.signed() { "signed " } else { "" };
        if let (Some(lsb), Some(range)) = (state.lsb_text(), state.range_text()) {
            let _ = writeln!(
                page,
                "| `{}` | {} | {sign}{} | {lsb} | {range} |",
                state.name, state.about, state.bits
            );
        }
    }
    let rounding = match chip.rounding {
        Rounding::Nearest => "to nearest, half up",
        Rounding::Truncate => "toward zero",
        Rounding::Stochastic => "stochastic, one generator a layer (register `seed`)",
    };
    let _ = writeln!(
        page,
        "\nTwo's complement; rounding {rounding}; states saturate at the ends of their range. Times are counted in ticks of 1 us.\n"
    );
    page
}

/// The states that any layer has, each once.
fn states(chip: &Chip) -> Vec<&State> {
    let mut all: Vec<&State> = Vec::new();
    for state in chip.layers.iter().flat_map(|l| &l.model.states) {
        if !all.contains(&state) {
            all.push(state);
        }
    }
    all
}
