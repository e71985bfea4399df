//! Membranes and synaptic currents stored with their sign. Verilator keeps the upper bits of a register at zero, so the loop over
//! neurons would extend a state's sign when it reads it and clear it again when it writes it. Here the array holds the extended
//! word, which is what the kernels write: they clamp to the register's range (docs/formal.md proves it of each), so no bit
//! that the register does not have is lost.

use super::{MEMBERS, closing, is_of_word, members};

/// What this file does, as a part of a model's key in the cache.
pub(super) const SOURCE: &str = include_str!("signed_states.rs");

/// The source with such arrays of a bank: their name, and the bits of a register.
pub(super) fn rewrite(text: &str, array: &str, bits: u32) -> String {
    let mut text = text.to_string();
    if bits < u32::BITS {
        for name in members(&text.clone(), array) {
            text = with_signs(&text, name, bits).unwrap_or(text);
        }
    }
    text
}

/// `None` where Verilator writes it in another way.
fn with_signs(text: &str, name: &str, bits: u32) -> Option<String> {
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
        rest = access(&mut before, element, after, bits)?;
    }
    Some(before + rest)
}

/// Adds an element, written or read, to what stands before it, and returns what stands behind.
fn access<'t>(before: &mut String, element: &str, after: &'t str, bits: u32) -> Option<&'t str> {
    let trimmed = after.trim_start();
    let mask = format!("{:#x}U", u32::MAX >> (u32::BITS - bits));
    if let Some(value) = trimmed.strip_prefix("= ") {
        let (value, after) = value.split_at(value.find(';')?);
        let word = value.strip_prefix(&format!("({mask} & "));
        let word = word.and_then(|word| word.strip_suffix(')'));
        // What a kernel writes is the name of a variable.
        *before += &match word.filter(|word| word.chars().all(is_of_word)) {
            Some(word) => format!("{element} = {word}"),
            None => format!("{element} = {}", extended(value, bits)),
        };
        return Some(after);
    }
    let sign = format!("{:#x}U", 1u32 << (bits - 1));
    let extends = before.trim_end().strip_suffix('^');
    let extends = extends.and_then(|b| b.trim_end().strip_suffix(&format!("({sign}")));
    let subtracts = trimmed.strip_prefix(')').and_then(|a| {
        let a = a.trim_start().strip_prefix('-')?;
        a.trim_start().strip_prefix(&format!("(IData)({sign})"))
    });
    if let (Some(kept), Some(after)) = (extends, subtracts) {
        before.truncate(kept.len());
        *before += element;
        return Some(after);
    }
    *before += &format!("({mask} & {element})");
    Some(after)
}

/// A register's value as a word with its sign.
fn extended(value: &str, bits: u32) -> String {
    let gap = u32::BITS - bits;
    format!("static_cast<IData>(static_cast<int32_t>(({value}) << {gap}U) >> {gap}U)")
}

#[cfg(test)]
mod tests {
    use super::rewrite;

    const ARRAY: &str = "vlSelf->chip__DOT__hidden_0__DOT__i";

    fn check(text: &str, expected: &str) {
        assert_eq!(
            rewrite(&text.replace("ARRAY", ARRAY), "i", 24),
            expected.replace("ARRAY", ARRAY)
        );
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
