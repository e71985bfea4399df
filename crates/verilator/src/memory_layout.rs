//! How the members of the model's classes lie in memory: types in the headers that Verilator writes.
//!
//! - Arrays of words begin where a cache line does: vectors that cross a line cost a tenth of the speed.
//! - A layer's registers are words, however few bits they have (the others stay zero, as Verilator keeps them anyhow): the
//!   loop over neurons spreads them into vectors, and words spread from memory by one instruction.

use crate::names::{ARRAY, ARRAY_AT_LINE, encoded};
use bruno_device::{Chip, Layer};
use bruno_hdl::registers;
use std::collections::BTreeSet;

/// What this file does, as a part of a model's key in the cache.
pub(crate) const SOURCE: &str = include_str!("memory_layout.rs");

/// A header with these types.
pub(crate) fn lay_out(header: &str, words: &BTreeSet<String>) -> String {
    let lines = header.lines().map(|line| match line.split_once("Data/*") {
        Some((before, after)) if words.contains(member(after)) => {
            let indent = before.trim_end_matches(['C', 'S', 'I']);
            format!("{indent}IData/*{after}")
        }
        _ => line.to_string(),
    });
    let text: String = lines.map(|line| line + "\n").collect();
    text.replace(ARRAY, ARRAY_AT_LINE)
}

/// The name in `10:0*/ name;`.
fn member(declaration: &str) -> &str {
    let name = declaration.split_once("*/ ").map_or("", |(_, name)| name);
    name.trim_end_matches(';')
}

/// Members of the top module that hold the registers of the layers.
pub(crate) fn register_words(chip: &Chip) -> BTreeSet<String> {
    let top = encoded(&chip.name);
    let of = |layer: &Layer| {
        let name = encoded(&layer.name);
        let all: Vec<String> = registers(layer)
            .map(|(_, r)| format!("{top}__DOT__{name}_{}", r.name))
            .collect();
        all
    };
    chip.layers.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::lay_out;

    fn check(line: &str, expected: &str) {
        let words = ["chip__DOT__hidden_in_m".to_string()].into();
        assert_eq!(lay_out(line, &words), format!("{expected}\n"));
    }

    #[test]
    fn registers_are_words() {
        check(
            "        SData/*10:0*/ chip__DOT__hidden_in_m;",
            "        IData/*10:0*/ chip__DOT__hidden_in_m;",
        );
    }

    #[test]
    fn other_members_stay() {
        let line = "        CData/*0:0*/ chip__DOT__hidden_in_m_q;";
        check(line, line);
    }

    #[test]
    fn arrays_of_words_begin_a_line() {
        check(
            "        VlUnpacked<IData/*31:0*/, 128> v;",
            "        alignas(64) VlUnpacked<IData/*31:0*/, 128> v;",
        );
    }

    #[test]
    fn other_arrays_stay() {
        let line = "        VlUnpacked<CData/*2:0*/, 128> code;";
        check(line, line);
    }
}
