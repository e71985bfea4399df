//! Shifts of vectors, in LLVM's text, as instructions that clang has but does not see the use of.
//!
//! - The registers of a layer shift all its neurons by the same amount, for which AVX2 has an instruction (`vpsrad` with a
//!   count) that takes half the time of the one with an amount a lane (`vpsravd`) on some processors. clang only takes it
//!   where it sees in the loop that the amounts are equal, and it spreads them before the loop.
//! - `vpsravd` fills a lane with the sign where the amount is above 31, so amounts need not be held at 31 for it.
//!
//! Both do what they replace for every vector and every amount.

use super::assignment;
use std::collections::{BTreeMap, BTreeSet};

/// What this file does, as a part of a model's key in the cache.
pub(super) const SOURCE: &str = include_str!("vector_shifts.rs");

/// LLVM's names of the instructions: a vector, and a vector whose lower 64 bits are the count or one of amounts.
const BY_COUNT: &str = "<8 x i32> @llvm.x86.avx2.psra.d";
const BY_LANES: &str = "<8 x i32> @llvm.x86.avx2.psrav.d.256";
/// Declares them.
pub(super) const DECLARATIONS: &str =
    "declare <8 x i32> @llvm.x86.avx2.psra.d(<8 x i32>, <4 x i32>)
declare <8 x i32> @llvm.x86.avx2.psrav.d.256(<8 x i32>, <8 x i32>)
";

/// A function with these shifts as those instructions; `None` where there are none, or where clang writes them otherwise.
pub(super) fn rewrite(text: &str) -> Option<String> {
    let amounts = amounts(text);
    let shifted: BTreeSet<&str> = text.lines().filter_map(shift).map(|s| s.amounts).collect();
    let mut rewritten = String::with_capacity(text.len() + text.len() / 8);
    let mut found = false;
    for line in text.lines() {
        let instruction = shift(line).and_then(|s| Some(instruction(&s, amounts.get(s.amounts)?)));
        found |= instruction.is_some();
        rewritten += instruction.as_deref().unwrap_or(line);
        rewritten += "\n";
        let name = assignment(line).map_or("", |(name, _)| name);
        if let (true, Some(Amounts::One(word))) = (shifted.contains(name), amounts.get(name)) {
            let count = count(name);
            rewritten += &format!(
                "  {count} = insertelement <4 x i32> zeroinitializer, i32 {word}, i32 0\n"
            );
        }
    }
    found.then_some(rewritten)
}

/// `result = ashr vector, amounts`.
struct Shift<'a> {
    result: &'a str,
    vector: &'a str,
    amounts: &'a str,
}

/// What is known of a vector of amounts.
enum Amounts<'a> {
    /// Each is this word.
    One(&'a str),
    /// They are those of this vector, or 31 where that is less (unsigned).
    Held(&'a str),
}

fn instruction(shift: &Shift, amounts: &Amounts) -> String {
    let Shift { result, vector, .. } = shift;
    match amounts {
        Amounts::One(_) => format!(
            "  {result} = tail call {BY_COUNT}(<8 x i32> {vector}, <4 x i32> {})",
            count(shift.amounts)
        ),
        Amounts::Held(lanes) => {
            format!("  {result} = tail call {BY_LANES}(<8 x i32> {vector}, <8 x i32> {lanes})")
        }
    }
}

/// Name of the count of a vector of equal amounts.
fn count(amounts: &str) -> String {
    format!("%count.{}", amounts.trim_start_matches('%'))
}

fn shift(line: &str) -> Option<Shift<'_>> {
    let (result, value) = assignment(line)?;
    let (vector, amounts) = value.strip_prefix("ashr <8 x i32> ")?.split_once(", ")?;
    Some(Shift {
        result,
        vector,
        amounts,
    })
}

/// Vectors of which something is known. LLVM's values are assigned once in a function, so their order in the text does not matter.
fn amounts(text: &str) -> BTreeMap<&str, Amounts<'_>> {
    let mut first = BTreeMap::new();
    let mut below = BTreeMap::new();
    let mut all = BTreeMap::new();
    for (name, value) in text.lines().filter_map(assignment) {
        if let Some(word) = inserted(value) {
            first.insert(name, word);
        } else if let Some(word) = shuffled(value).and_then(|v| first.get(v)) {
            all.insert(name, Amounts::One(word));
        } else if let Some(vector) = compared(value) {
            below.insert(name, vector);
        } else if let Some(vector) = selected(value, &below) {
            all.insert(name, Amounts::Held(vector));
        }
    }
    all
}

/// The word in `insertelement <8 x i32> poison, i32 word, i64 0`.
fn inserted(value: &str) -> Option<&str> {
    let value = value.strip_prefix("insertelement <8 x i32> ")?;
    let (word, lane) = value.split_once(", i32 ")?.1.split_once(", ")?;
    lane.ends_with(" 0").then_some(word)
}

/// The vector in `shufflevector <8 x i32> vector, <8 x i32> poison, <8 x i32> zeroinitializer`.
fn shuffled(value: &str) -> Option<&str> {
    let value = value.strip_prefix("shufflevector <8 x i32> ")?;
    let (vector, rest) = value.split_once(", ")?;
    rest.ends_with("<8 x i32> zeroinitializer")
        .then_some(vector)
}

/// Eight times 31.
const TOP: &str = "<i32 31, i32 31, i32 31, i32 31, i32 31, i32 31, i32 31, i32 31>";

/// The vector in `icmp ult <8 x i32> vector, <31 ...>`.
fn compared(value: &str) -> Option<&str> {
    let (vector, top) = value
        .strip_prefix("icmp ult <8 x i32> ")?
        .split_once(", ")?;
    (top == TOP).then_some(vector)
}

/// The vector in `select <8 x i1> below, <8 x i32> vector, <8 x i32> <31 ...>` where `below` compares it with 31.
fn selected<'a>(value: &'a str, below: &BTreeMap<&str, &'a str>) -> Option<&'a str> {
    let value = value.strip_prefix("select <8 x i1> ")?;
    let (condition, rest) = value.split_once(", <8 x i32> ")?;
    let (vector, top) = rest.split_once(", <8 x i32> ")?;
    (top == TOP && below.get(condition) == Some(&vector)).then_some(vector)
}

#[cfg(test)]
mod tests {
    use super::{TOP, rewrite};

    /// `text` shifts by a spread word, by the word `%3`.
    const SPREAD: &str = "  %4 = insertelement <8 x i32> poison, i32 %3, i64 0
  %5 = shufflevector <8 x i32> %4, <8 x i32> poison, <8 x i32> zeroinitializer
";

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(rewrite(text).as_deref(), expected);
    }

    #[test]
    fn shift_by_a_spread_word() {
        check(
            &format!("{SPREAD}  %9 = ashr <8 x i32> %8, %5\n"),
            Some(&format!(
                "{SPREAD}  %count.5 = insertelement <4 x i32> zeroinitializer, i32 %3, i32 0
  %9 = tail call <8 x i32> @llvm.x86.avx2.psra.d(<8 x i32> %8, <4 x i32> %count.5)\n"
            )),
        );
    }

    #[test]
    fn shift_by_lanes() {
        check(&format!("{SPREAD}  %9 = ashr <8 x i32> %8, %7\n"), None);
    }

    #[test]
    fn shift_by_a_constant() {
        check("  %9 = ashr <8 x i32> %8, <i32 4, i32 4>\n", None);
    }

    #[test]
    fn another_lane() {
        check(
            &format!(
                "{}  %9 = ashr <8 x i32> %8, %5\n",
                SPREAD.replace("i64 0", "i64 1")
            ),
            None,
        );
    }

    /// `%6` is `%5` held at 31.
    fn held(top: &str) -> String {
        format!(
            "  %1 = icmp ult <8 x i32> %5, {top}\n  %6 = select <8 x i1> %1, <8 x i32> %5, <8 x i32> {top}\n"
        )
    }

    #[test]
    fn shift_by_lanes_held_at_31() {
        let held = held(TOP);
        check(
            &format!("{held}  %9 = ashr <8 x i32> %8, %6\n"),
            Some(&format!(
                "{held}  %9 = tail call <8 x i32> @llvm.x86.avx2.psrav.d.256(<8 x i32> %8, <8 x i32> %5)\n"
            )),
        );
    }

    #[test]
    fn shift_by_lanes_held_below_31() {
        let held = held(&TOP.replace("31", "30"));
        check(&format!("{held}  %9 = ashr <8 x i32> %8, %6\n"), None);
    }

    #[test]
    fn other_operations() {
        check(&format!("{SPREAD}  %9 = add <8 x i32> %8, %5\n"), None);
    }
}
