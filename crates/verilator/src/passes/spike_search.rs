//! Channels that spike, where a bank of many asks group by group and then bit by bit: such a loop goes on at the next word
//! that is not zero, at the next bit that is set. A tick asks for them in every bank with a row to add: 112 times at
//! N = 1024, thousands of times at N = 4096.
//!
//! Assumed: the loop's only statements are a branch on what is asked and the step of its counter; what is asked are inputs of
//! the bank, which no statement of the loop changes.

use super::cpp::closing;
use super::{Pass, Rewritten};
use crate::names::HEXADECIMAL;

/// How the head of a loop begins; its condition follows in brackets.
const LOOP: &str = "while ";

/// The functions that the loops call are those of `sim/spike_search.h`.
pub(super) struct SpikeSearch;

impl Pass for SpikeSearch {
    fn name(&self) -> &'static str {
        "spike search"
    }

    fn rewrite(&self, text: &str) -> Rewritten {
        let mut hits = 0;
        let mut rewritten = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(LOOP) {
            let (before, found) = rest.split_at(at + LOOP.len());
            rewritten += before;
            rest = found;
            if let Some((condition, body)) = search(found) {
                hits += 1;
                rewritten += &condition;
                rest = body;
            }
        }
        rewritten += rest;
        Rewritten {
            text: rewritten,
            hits,
        }
    }
}

/// The condition in another's place of a loop that only does something where what it asks holds, and what follows it.
fn search(text: &str) -> Option<(String, &str)> {
    let (condition, body) = in_brackets(text, '(', ')')?;
    let (end, counter) = condition
        .strip_prefix('(')?
        .strip_suffix(')')?
        .split_once(" > ")?;
    let (statements, _) = in_brackets(body.trim_start(), '{', '}')?;
    let statements: String = statements.split_whitespace().collect();
    let (asked, branch) = in_brackets(statements.strip_prefix("if")?, '(', ')')?;
    let (_, after) = in_brackets(branch, '{', '}')?;
    if after != format!("{counter}=(0x3ffffffU&((IData)(1U)+{counter}));") {
        return None;
    }
    let next = next_word(asked, end, counter).or_else(|| next_bit(asked, end, counter))?;
    Some((format!("({end} > ({counter} = {next}))"), body))
}

/// Where `asked` is whether the word `counter` of some is not zero.
fn next_word(asked: &str, end: &str, counter: &str) -> Option<String> {
    let (words, index) = asked
        .strip_prefix("(0U!=")?
        .strip_suffix(')')?
        .split_once('[')?;
    let mask = index
        .strip_prefix('(')?
        .strip_suffix(&format!("&{counter})]"))?;
    // Verilator cuts an index to its bits, which changes none that the loop has.
    let cut = number(mask)? < number(end)? - 1;
    (!cut).then(|| format!("bruno_next_word({words}, {counter}, {end})"))
}

/// Where `asked` is whether the bit `counter` of a word is set.
fn next_bit(asked: &str, end: &str, counter: &str) -> Option<String> {
    let (word, bit) = asked
        .strip_prefix("(1U&(")?
        .strip_suffix("))")?
        .split_once(">>")?;
    let own = format!("(0x1fU&{counter})");
    let of_group = |bit: &str| {
        let (group, rest) = bit
            .strip_prefix("(0x1fU&(")?
            .strip_suffix("))")?
            .split_once('|')?;
        (rest == own && multiple_of_word(group)).then_some(())
    };
    let whole = end == "0x20U" && (bit == own || of_group(bit).is_some());
    whole.then(|| format!("bruno_next_bit({word}, {counter})"))
}

/// Whether a number's five lowest bits are zero.
fn multiple_of_word(text: &str) -> bool {
    text.ends_with("<<5U))") || number(text).is_some_and(|n| n % 32 == 0)
}

/// What `text` has in the brackets that it begins with, and what follows them.
fn in_brackets(text: &str, open: char, close: char) -> Option<(&str, &str)> {
    let inner = text.strip_prefix(open)?;
    let end = closing(text, open, close)?;
    Some((&inner[..end - 1], &text[end + 1..]))
}

/// A constant as Verilator writes it.
fn number(text: &str) -> Option<u32> {
    let digits = text.strip_suffix('U')?;
    match digits.strip_prefix(HEXADECIMAL) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => digits.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Pass, SpikeSearch};

    const COUNTS: &str = "j = (0x3ffffffU & ((IData)(1U) \n + j));";

    fn check(end: &str, asked: &str, statements: &str, next: Option<&str>) {
        let text = |condition: &str| {
            format!(
                "j = 0U;\nwhile {condition} {{\n if ({asked}) {{\n x = y;\n }}\n {statements}}}\n"
            )
        };
        let given = text(&format!("({end} > j)").replace("(", "((").replace(")", "))"));
        let expected = match next {
            Some(next) => text(&format!("({end} > (j = {next}))")),
            None => given.clone(),
        };
        let found = SpikeSearch.rewrite(&given);
        assert_eq!(found.text, expected);
        assert_eq!(found.hits, usize::from(next.is_some()));
    }

    #[test]
    fn words() {
        let next = Some("bruno_next_word(a->s, j, 0x20U)");
        check("0x20U", "(0U != a->s[\n (0x1fU & j)])", COUNTS, next);
    }

    #[test]
    fn words_whose_index_is_cut() {
        check("0x21U", "(0U != a->s[(0x1fU & j)])", COUNTS, None);
    }

    #[test]
    fn bits() {
        let next = Some("bruno_next_bit(a->s, j)");
        check("0x20U", "(1U & (a->s >> (0x1fU & j)))", COUNTS, next);
    }

    #[test]
    fn bits_of_a_group() {
        let next = Some("bruno_next_bit(s[(7U&g)], j)");
        let asked = "(1U & (s[(7U & g)] >> (0x1fU & ((0xe0U & (g << 5U)) | (0x1fU & j)))))";
        check("0x20U", asked, COUNTS, next);
    }

    #[test]
    fn bits_of_a_group_with_a_number() {
        let next = Some("bruno_next_bit(s[1U], j)");
        let asked = |first| format!("(1U & (s[1U] >> (0x1fU & ({first} | (0x1fU & j)))))");
        check("0x20U", &asked("0x20U"), COUNTS, next);
        check("0x20U", &asked("0x21U"), COUNTS, None);
    }

    #[test]
    fn fewer_bits_than_a_word() {
        check("0x18U", "(1U & (s >> (0x1fU & j)))", COUNTS, None);
    }

    #[test]
    fn a_loop_that_does_more() {
        let more = format!("z = j;\n {COUNTS}");
        check("0x20U", "(1U & (s >> (0x1fU & j)))", &more, None);
    }
}
