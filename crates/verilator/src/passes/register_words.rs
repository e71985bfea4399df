//! A layer's registers are words, however few bits they have: the loop over neurons spreads them into vectors, and words
//! spread from memory by one instruction.
//!
//! Assumed: a header declares a member as `CData/*bits*/ name;` (`SData`, `IData`) by the size that its bits need, and the
//! model keeps the bits of a word that a register does not have at zero, whatever the size.

use super::{Pass, Rewritten};
use crate::names::{SIZES, TYPE_COMMENT, WITHIN, WORD_COMMENT, encoded};
use bruno_device::{Chip, Layer};
use std::collections::BTreeSet;

pub(super) struct RegisterWords {
    /// Members of the top module that hold the registers of the layers.
    words: BTreeSet<String>,
}

impl RegisterWords {
    pub fn new(chip: &Chip) -> Self {
        let top = encoded(&chip.name);
        let of = |layer: &Layer| {
            let name = encoded(&layer.name);
            let registers = layer.model.registers.iter();
            let all: Vec<String> = registers
                .map(|r| {
                    let register = layer.model.register(*r).name;
                    format!("{top}{WITHIN}{name}_{}", encoded(&register))
                })
                .collect();
            all
        };
        Self {
            words: chip.layers.iter().flat_map(of).collect(),
        }
    }
}

impl Pass for RegisterWords {
    fn name(&self) -> &'static str {
        "registers as words"
    }

    fn rewrite(&self, text: &str) -> Rewritten {
        let mut hits = 0;
        let lines = text
            .lines()
            .map(|line| match line.split_once(TYPE_COMMENT) {
                Some((before, after)) if self.words.contains(member(after)) => {
                    hits += 1;
                    let indent = before.trim_end_matches(SIZES);
                    format!("{indent}{WORD_COMMENT}{after}\n")
                }
                _ => format!("{line}\n"),
            });
        let text = lines.collect();
        Rewritten { text, hits }
    }
}

/// The name in `10:0*/ name;`.
fn member(declaration: &str) -> &str {
    let name = declaration.split_once("*/ ").map_or("", |(_, name)| name);
    name.trim_end_matches(';')
}

#[cfg(test)]
mod tests {
    use super::{Pass, RegisterWords};

    fn check(line: &str, expected: &str) {
        let words = ["chip__DOT__hidden_in_m".to_string()].into();
        let found = RegisterWords { words }.rewrite(line);
        assert_eq!(found.text, format!("{expected}\n"));
        assert_eq!(found.hits, usize::from(line != expected));
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
}
