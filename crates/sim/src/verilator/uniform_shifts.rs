//! Shifts of a whole vector by one amount, in LLVM's text.
//!
//! The registers of a layer shift all its neurons by the same amount, for which AVX2 has an instruction (`vpsrad` with a
//! count) that takes half the time of the one with an amount a lane (`vpsravd`) on some processors. clang only takes it
//! where it sees in the loop that the amounts are equal, and it spreads them before the loop; so it is told here.

use std::collections::{BTreeMap, BTreeSet};

/// LLVM's name of the instruction: a vector, and a vector whose lower 64 bits are the count.
const SHIFT: &str = "<8 x i32> @llvm.x86.avx2.psra.d";

/// The text with these shifts as that instruction; `None` where there are none, or where clang writes them otherwise.
pub(super) fn rewrite(text: &str) -> Option<String> {
    let spread = spread(text);
    let shifted: BTreeSet<&str> = text.lines().filter_map(shift).map(|s| s.amounts).collect();
    let mut rewritten = String::with_capacity(text.len() + text.len() / 8);
    let mut found = false;
    for line in text.lines() {
        match shift(line).filter(|s| spread.contains_key(s.amounts)) {
            Some(s) => {
                found = true;
                let (vector, count) = (s.vector, count(s.amounts));
                rewritten += &format!(
                    "  {} = tail call {SHIFT}(<8 x i32> {vector}, <4 x i32> {count})\n",
                    s.result
                );
            }
            None => rewritten += &format!("{line}\n"),
        }
        let amounts = assignment(line).map(|(name, _)| name);
        let amounts = amounts.filter(|a| shifted.contains(*a));
        if let Some((name, scalar)) = amounts.and_then(|a| spread.get_key_value(a)) {
            let count = count(name);
            rewritten += &format!(
                "  {count} = insertelement <4 x i32> zeroinitializer, i32 {scalar}, i32 0\n"
            );
        }
    }
    rewritten += &format!("declare {SHIFT}(<8 x i32>, <4 x i32>)\n");
    found.then_some(rewritten)
}

/// `result = ashr vector, amounts`.
struct Shift<'a> {
    result: &'a str,
    vector: &'a str,
    amounts: &'a str,
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

fn assignment(line: &str) -> Option<(&str, &str)> {
    line.trim_start().split_once(" = ")
}

/// Name of the count of a vector of equal amounts.
fn count(amounts: &str) -> String {
    format!("%count.{}", amounts.trim_start_matches('%'))
}

/// Vectors whose lanes are all one word, and that word.
fn spread(text: &str) -> BTreeMap<&str, &str> {
    let mut first = BTreeMap::new();
    let mut all = BTreeMap::new();
    for (name, value) in text.lines().filter_map(assignment) {
        if let Some(word) = inserted(value) {
            first.insert(name, word);
        }
        if let Some(word) = shuffled(value).and_then(|v| first.get(v)) {
            all.insert(name, *word);
        }
    }
    all
}

/// The word in `insertelement <8 x i32> poison, i32 word, i64 0`.
fn inserted(value: &str) -> Option<&str> {
    let (_, rest) = value
        .strip_prefix("insertelement <8 x i32> ")?
        .split_once(", i32 ")?;
    let (word, lane) = rest.split_once(", ")?;
    lane.ends_with(" 0").then_some(word)
}

/// The vector in `shufflevector <8 x i32> vector, <8 x i32> poison, <8 x i32> zeroinitializer`.
fn shuffled(value: &str) -> Option<&str> {
    let (vector, rest) = value
        .strip_prefix("shufflevector <8 x i32> ")?
        .split_once(", ")?;
    rest.ends_with("<8 x i32> zeroinitializer")
        .then_some(vector)
}

#[cfg(test)]
mod tests {
    use super::rewrite;

    /// `text` shifts by a spread word, by the word `%3`.
    const SPREAD: &str = "  %4 = insertelement <8 x i32> poison, i32 %3, i64 0
  %5 = shufflevector <8 x i32> %4, <8 x i32> poison, <8 x i32> zeroinitializer
";

    fn check(text: &str, expected: Option<&str>) {
        let expected = expected.map(|e| {
            e.to_string() + "declare <8 x i32> @llvm.x86.avx2.psra.d(<8 x i32>, <4 x i32>)\n"
        });
        assert_eq!(rewrite(text), expected);
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

    #[test]
    fn other_operations() {
        check(&format!("{SPREAD}  %9 = add <8 x i32> %8, %5\n"), None);
    }
}
