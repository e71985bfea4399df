//! Shifts of vectors, in LLVM's text, as instructions that clang has but does not see the use of.
//!
//! - The registers of a layer shift all its neurons by the same amount, for which AVX2 has an instruction (`vpsrad` with a
//!   count) that takes half the time of the one with an amount a lane (`vpsravd`) on some processors. clang only takes it
//!   where it sees in the loop that the amounts are equal, and it spreads them before the loop.
//! - `vpsravd` (AVX2, AVX-512) fills a lane with the sign where the amount is above 31, so amounts need not be held at 31 for it.
//!
//! Both do what they replace for every vector and every amount.
//!
//! Assumed: an instruction stands in a line, `name = operation type operands`, and a name is assigned once in a function.

use super::llvm::{assignment, by_function};
use super::width::{COUNT, Width};
use super::{Pass, Rewritten};
use std::collections::{BTreeMap, BTreeSet};

pub(super) struct VectorShifts {
    /// Lanes that are shifted by equal amounts are shifted by one count.
    pub uniform_shifts: bool,
}

impl Pass for VectorShifts {
    fn name(&self) -> &'static str {
        "vector shifts"
    }

    fn rewrite(&self, text: &str) -> Rewritten {
        by_function(text, Width::declared_shifts, |function, width| {
            rewrite(function, width, self.uniform_shifts)
        })
    }
}

/// Above this, every bit is the sign's.
const TOP: u32 = 31;

/// A function with these shifts as those instructions, those by equal amounts only where they are `uniform`; `None` where
/// there are none, or where clang writes them otherwise.
fn rewrite(text: &str, width: &Width, uniform: bool) -> Option<Rewritten> {
    let by_count = width.shift_by_count.filter(|_| uniform);
    let shift = |line| shift(line, width);
    let amounts = amounts(text, width);
    let shifted: BTreeSet<&str> = text.lines().filter_map(shift).map(|s| s.amounts).collect();
    let mut rewritten = String::with_capacity(text.len() + text.len() / 8);
    let mut hits = 0;
    for line in text.lines() {
        let instruction = shift(line).and_then(|s| match (amounts.get(s.amounts)?, by_count) {
            (Amounts::One(_), Some(name)) => Some(s.by(width, name, COUNT, &count(s.amounts))),
            (Amounts::One(_), None) => None,
            (Amounts::Held(lanes), _) => {
                Some(s.by(width, width.shift_by_lanes, width.vector, lanes))
            }
        });
        hits += usize::from(instruction.is_some());
        rewritten += instruction.as_deref().unwrap_or(line);
        rewritten += "\n";
        let name = assignment(line).map_or("", |(name, _)| name);
        if by_count.is_some()
            && shifted.contains(name)
            && let Some(Amounts::One(word)) = amounts.get(name)
        {
            let count = count(name);
            rewritten +=
                &format!("  {count} = insertelement {COUNT} zeroinitializer, i32 {word}, i32 0\n");
        }
    }
    (hits > 0).then_some(Rewritten {
        text: rewritten,
        hits,
    })
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

impl Shift<'_> {
    /// The shift as an instruction, by amounts of a type.
    fn by(&self, width: &Width, instruction: &str, amounts: &str, by: &str) -> String {
        let Shift { result, vector, .. } = self;
        let of = width.vector;
        format!("  {result} = tail call {of} {instruction}({of} {vector}, {amounts} {by})")
    }
}

/// Name of the count of a vector of equal amounts.
fn count(amounts: &str) -> String {
    format!("%count.{}", amounts.trim_start_matches('%'))
}

fn shift<'a>(line: &'a str, width: &Width) -> Option<Shift<'a>> {
    let (result, value) = assignment(line)?;
    let (vector, amounts) = width.operands(value, "ashr")?.split_once(", ")?;
    Some(Shift {
        result,
        vector,
        amounts,
    })
}

/// Vectors of which something is known. LLVM's values are assigned once in a function, so their order in the text does not matter.
fn amounts<'a>(text: &'a str, width: &Width) -> BTreeMap<&'a str, Amounts<'a>> {
    let top = width.constant(|_| TOP);
    let mut first = BTreeMap::new();
    let mut below = BTreeMap::new();
    let mut all = BTreeMap::new();
    for (name, value) in text.lines().filter_map(assignment) {
        if let Some(word) = inserted(value, width) {
            first.insert(name, word);
        } else if let Some(word) = width.spread(value).and_then(|v| first.get(v)) {
            all.insert(name, Amounts::One(word));
        } else if let Some(vector) = compared(value, width, &top) {
            below.insert(name, vector);
        } else if let Some(vector) =
            selected(value, width, &top, &below).or_else(|| least(value, width, &top))
        {
            all.insert(name, Amounts::Held(vector));
        }
    }
    all
}

/// The word in `insertelement type poison, i32 word, i64 0`.
fn inserted<'a>(value: &'a str, width: &Width) -> Option<&'a str> {
    let operands = width.operands(value, "insertelement")?;
    let (word, lane) = operands.split_once(", i32 ")?.1.split_once(", ")?;
    lane.ends_with(" 0").then_some(word)
}

/// The vector in `icmp ult type vector, top`.
fn compared<'a>(value: &'a str, width: &Width, top: &str) -> Option<&'a str> {
    let (vector, than) = width.operands(value, "icmp ult")?.split_once(", ")?;
    (than == top).then_some(vector)
}

/// The vector in `select bits below, type vector, type top` where `below` compares it with the top.
fn selected<'a>(
    value: &'a str,
    width: &Width,
    top: &str,
    below: &BTreeMap<&str, &'a str>,
) -> Option<&'a str> {
    let (condition, rest) = value.strip_prefix("select <")?.split_once(", ")?;
    let (vector, otherwise) = width.typed(rest)?.split_once(", ")?;
    let condition = condition.split_once("> ")?.1;
    let held = width.typed(otherwise)? == top;
    (held && below.get(condition) == Some(&vector)).then_some(vector)
}

/// The vector in `tail call type @llvm.umin(type vector, type top)`: the same, as newer versions of LLVM write it.
fn least<'a>(value: &'a str, width: &Width, top: &str) -> Option<&'a str> {
    let operands = width.operands(value, "tail call")?;
    let operands = operands.strip_prefix(&format!("@llvm.umin.v{}i32(", width.lanes))?;
    let (vector, than) = width.typed(operands)?.split_once(", ")?;
    (width.typed(than)?.strip_suffix(')')? == top).then_some(vector)
}

#[cfg(test)]
mod tests {
    use super::super::width::WIDTHS;
    use super::{Pass, VectorShifts, Width, rewrite};

    /// `text` shifts by a spread word, by the word `%3`.
    const SPREAD: &str = "  %4 = insertelement <8 x i32> poison, i32 %3, i64 0
  %5 = shufflevector <8 x i32> %4, <8 x i32> poison, <8 x i32> zeroinitializer
";

    fn rewritten(text: &str, width: &Width, uniform: bool) -> Option<String> {
        rewrite(text, width, uniform).map(|found| found.text)
    }

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(rewritten(text, &WIDTHS[0], true).as_deref(), expected);
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
    fn shifts_by_equal_amounts_not_asked_for() {
        let text = format!("{SPREAD}  %9 = ashr <8 x i32> %8, %5\n");
        assert_eq!(rewritten(&text, &WIDTHS[0], false), None);
    }

    /// `%6` is `%5` held at `top`, as LLVM 14 and LLVM 19 write it, and shifts `%8`.
    fn check_held(top: u32, expected: bool) {
        for width in &WIDTHS {
            let (vector, lanes, top) = (width.vector, width.lanes, width.constant(|_| top));
            let selected = format!(
                "  %1 = icmp ult {vector} %5, {top}\n  %6 = select <{lanes} x i1> %1, {vector} %5, {vector} {top}\n"
            );
            let least = format!(
                "  %6 = tail call {vector} @llvm.umin.v{lanes}i32({vector} %5, {vector} {top})\n"
            );
            for held in [selected, least] {
                let shift = format!(
                    "{held}  %9 = tail call {vector} {}({vector} %8, {vector} %5)\n",
                    width.shift_by_lanes
                );
                let found = rewritten(
                    &format!("{held}  %9 = ashr {vector} %8, %6\n"),
                    width,
                    false,
                );
                assert_eq!(found, expected.then_some(shift));
            }
        }
    }

    #[test]
    fn shift_by_lanes_held_at_31() {
        check_held(31, true);
    }

    #[test]
    fn shift_by_lanes_held_below_31() {
        check_held(30, false);
    }

    #[test]
    fn other_operations() {
        check(&format!("{SPREAD}  %9 = add <8 x i32> %8, %5\n"), None);
    }

    /// Shifts all lanes by a word.
    fn function(name: &str, word: &str) -> String {
        format!(
            "define void @{name}() {{
  %2 = insertelement <8 x i32> poison, i32 {word}, i64 0
  %3 = shufflevector <8 x i32> %2, <8 x i32> poison, <8 x i32> zeroinitializer
  %4 = ashr <8 x i32> %0, %3
}}
"
        )
    }

    #[test]
    fn functions_have_values_of_their_own() {
        let pass = VectorShifts {
            uniform_shifts: true,
        };
        let found = pass.rewrite(&(function("first", "%0") + &function("second", "%1")));
        for word in ["%0", "%1"] {
            let count =
                format!("%count.3 = insertelement <4 x i32> zeroinitializer, i32 {word}, i32 0\n");
            assert_eq!(found.text.matches(&count).count(), 1, "{}", found.text);
        }
        assert_eq!(found.hits, 2);
    }
}
