//! Verilator's C++ of what is evaluated every tick, so that the compiler learns what bruno knows of its RTL. Nothing that the
//! model computes changes.

mod seldom_branches;
mod spike_search;
mod tick_temporaries;
mod whole_states;

use crate::build::file_error;
use crate::{compile, names};
use bruno_device::Chip;
use bruno_hdl::states;
use bruno_sim::SimError;
use std::collections::BTreeSet;
use std::path::Path;

/// What these files do, as a part of a model's key in the cache.
pub(crate) const SOURCES: [&str; 6] = [
    include_str!("cpp_text.rs"),
    seldom_branches::SOURCE,
    spike_search::SOURCE,
    names::SPIKE_SEARCH,
    tick_temporaries::SOURCE,
    whole_states::SOURCE,
];

/// The sources in `dir` with what these files do. A folded chip's stay: its lanes keep from clock to clock what a bank
/// forgets in every tick.
pub(crate) fn rewrite(dir: &Path, chip: &Chip) -> Result<(), SimError> {
    if chip.fold > 1 {
        return Ok(());
    }
    let of_layers = chip.layers.iter().flat_map(|layer| states(chip, layer));
    let states: BTreeSet<_> = of_layers.collect();
    let banks = chip.layers.iter().map(|layer| layer.banks.len()).max();
    for path in compile::hot_sources(dir)? {
        let mut text = std::fs::read_to_string(&path).map_err(|e| file_error(&path, e))?;
        text = tick_temporaries::rewrite(&text);
        for (array, bits, signed) in &states {
            text = whole_states::rewrite(&text, array, *bits, *signed);
        }
        text = spike_search::rewrite(&text);
        text = seldom_branches::rewrite(&text, banks == Some(1));
        text = format!("{}{text}", names::SPIKE_SEARCH);
        std::fs::write(&path, text).map_err(|e| file_error(&path, e))?;
    }
    Ok(())
}

/// Where in `text`, which begins with the bracket `open`, the bracket that closes it is.
pub(crate) fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

/// How Verilator names an array of a bank: in the class of a chip with one bank a layer, and in a class of banks.
pub(crate) const BANK_PREFIXES: [&str; 2] = ["__DOT__", "__PVT__"];
/// Where the members of a class are.
pub(crate) const MEMBERS: &str = "vlSelf->";

/// The members of this name in banks that `text` mentions, each once.
pub(crate) fn members<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let words = text.split(MEMBERS).skip(1).map(|rest| {
        let end = rest.find(|c| !is_of_word(c));
        &rest[..end.unwrap_or(rest.len())]
    });
    let of_banks = |word: &&str| {
        let before = word.strip_suffix(name).unwrap_or_default();
        BANK_PREFIXES.iter().any(|p| before.ends_with(p))
    };
    let mut all: Vec<&str> = words.filter(of_banks).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Whether a character can go on a name.
pub(crate) fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
