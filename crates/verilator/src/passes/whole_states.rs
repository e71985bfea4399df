//! States stored as the kernels write them. Verilator keeps the upper bits of a register at zero: the loop over neurons would
//! clear them when it writes a state, and extend a signed state's sign again when it reads it. Here an array holds the
//! kernel's word.
//!
//! Assumed: what a kernel writes is in the register's range, so that no bit is lost which the register does not have. Only
//! states are written so of which `bruno_hdl::states_in_range` shows it for this chip (docs/formal.md). An element is
//! named `array[index]`, and `array[index] = value;` writes it.

use super::cpp::{closing, is_of_word, members};
use super::{Pass, Rewritten};
use crate::names::MEMBERS;
use bruno_device::Chip;
use bruno_hdl::states_in_range;
use std::collections::BTreeSet;

pub(super) struct WholeStates {
    /// Arrays of a bank: name, bits of a register, whether it is signed.
    states: BTreeSet<(String, u32, bool)>,
}

impl WholeStates {
    /// The states of which every layer that has them keeps the range; none of a layer whose kernels cannot be followed, and
    /// none whose name is that of another word in another layer: an array is known by its name.
    pub fn new(chip: &Chip) -> Self {
        let mut states = BTreeSet::new();
        let mut lost = BTreeSet::new();
        for layer in &chip.layers {
            let kept = states_in_range(chip, layer).unwrap_or_default();
            let all = bruno_hdl::states(chip, layer).into_iter();
            lost.extend(all.filter(|state| !kept.contains(state)));
            states.extend(kept);
        }
        let named = |name: &str| states.iter().filter(|(other, ..)| other == name).count();
        let several: BTreeSet<String> = states
            .iter()
            .filter(|(name, ..)| named(name) > 1)
            .map(|(name, ..)| name.clone())
            .collect();
        states.retain(|state| !lost.contains(state) && !several.contains(&state.0));
        Self { states }
    }
}

impl Pass for WholeStates {
    fn name(&self) -> &'static str {
        "whole states"
    }

    fn rewrite(&self, text: &str) -> Rewritten {
        let mut text = text.to_string();
        let mut hits = 0;
        for (array, bits, signed) in &self.states {
            let (bits, signed) = (*bits, *signed);
            for name in members(&text.clone(), array) {
                if let Some(whole) = (Register { bits, signed }).whole(&text, name) {
                    hits += 1;
                    text = whole;
                }
            }
        }
        Rewritten { text, hits }
    }
}

/// What an element of an array is in the RTL.
#[derive(Clone, Copy)]
struct Register {
    bits: u32,
    signed: bool,
}

impl Register {
    /// The source with a whole array; `None` where Verilator writes it in another way.
    fn whole(self, text: &str, name: &str) -> Option<String> {
        let member = format!("{MEMBERS}{name}");
        let mut before = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(&member) {
            let (skipped, found) = rest.split_at(at);
            before += skipped;
            let after = &found[member.len()..];
            if after.starts_with(is_of_word) {
                before += &member;
                rest = after;
                continue;
            }
            let index = after.trim_start();
            let end = found.len() - index.len() + closing(index, '[', ']')? + 1;
            let (element, after) = found.split_at(end);
            rest = match after.trim_start().strip_prefix("= ") {
                Some(value) => self.written(&mut before, element, value)?,
                None => self.read(&mut before, element, after),
            };
        }
        Some(before + rest)
    }

    /// Adds an element that is written to what stands before it, and returns what stands behind its value.
    fn written<'t>(self, before: &mut String, element: &str, value: &'t str) -> Option<&'t str> {
        let (value, after) = value.split_at(value.find(';')?);
        let word = value.strip_prefix(&format!("({} & ", self.mask()));
        let word = word.and_then(|word| word.strip_suffix(')'));
        // What a kernel writes is the name of a variable.
        *before += &match word.filter(|word| word.chars().all(is_of_word)) {
            Some(word) => format!("{element} = {word}"),
            None => format!("{element} = {}", self.extended(value)),
        };
        Some(after)
    }

    /// The same of an element that is read.
    fn read<'t>(self, before: &mut String, element: &str, after: &'t str) -> &'t str {
        if !self.signed {
            *before += element;
            return after;
        }
        let sign = format!("{:#x}U", 1u32 << (self.bits - 1));
        let extends = before.trim_end().strip_suffix('^');
        let extends = extends.and_then(|b| b.trim_end().strip_suffix(&format!("({sign}")));
        let subtracts = after.trim_start().strip_prefix(')').and_then(|after| {
            let after = after.trim_start().strip_prefix('-')?;
            after.trim_start().strip_prefix(&format!("(IData)({sign})"))
        });
        if let (Some(kept), Some(after)) = (extends, subtracts) {
            before.truncate(kept.len());
            *before += element;
            return after;
        }
        *before += &format!("({} & {element})", self.mask());
        after
    }

    fn mask(self) -> String {
        format!("{:#x}U", u32::MAX >> (u32::BITS - self.bits))
    }

    /// A register's value as a word.
    fn extended(self, value: &str) -> String {
        let gap = u32::BITS - self.bits;
        match self.signed {
            true => {
                format!("static_cast<IData>(static_cast<int32_t>(({value}) << {gap}U) >> {gap}U)")
            }
            false => value.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Pass, WholeStates};

    const ARRAY: &str = "vlSelf->chip__DOT__hidden_0__DOT__i";

    fn check_as(signed: bool, text: &str, expected: &str) {
        let states = [("i".into(), 24, signed)].into();
        let found = WholeStates { states }.rewrite(&text.replace("ARRAY", ARRAY));
        assert_eq!(found.text, expected.replace("ARRAY", ARRAY));
    }

    fn check(text: &str, expected: &str) {
        check_as(true, text, expected);
    }

    #[test]
    fn an_unsigned_word_that_is_written() {
        check_as(false, "ARRAY[k] = (0xffffffU & next);", "ARRAY[k] = next;");
    }

    #[test]
    fn an_unsigned_state_that_is_read() {
        check_as(false, "p = ARRAY[k];", "p = ARRAY[k];");
    }

    #[test]
    fn a_state_that_is_read_with_its_sign() {
        check(
            "i = ((0x800000U ^ ARRAY\n  [(0x7fU & k)])\n - (IData)(0x800000U));",
            "i = (ARRAY\n  [(0x7fU & k)]);",
        );
    }

    #[test]
    fn a_state_that_is_read_as_bits() {
        check("i = ARRAY[k[0]];", "i = (0xffffffU & ARRAY[k[0]]);");
    }

    #[test]
    fn a_word_that_is_written() {
        check("ARRAY[k] \n = (0xffffffU & next);", "ARRAY[k] = next;");
    }

    #[test]
    fn a_register_that_is_written() {
        check(
            "ARRAY[k] = vlSelf->reset;",
            "ARRAY[k] = static_cast<IData>(static_cast<int32_t>((vlSelf->reset) << 8U) >> 8U);",
        );
    }

    #[test]
    fn other_arrays_stay() {
        check(
            "ARRAYnject[k] = vlSelf->i[k];",
            "ARRAYnject[k] = vlSelf->i[k];",
        );
    }
}
