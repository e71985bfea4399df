//! Currents that are chosen by the bits of a code, in LLVM's text, as look-ups in a vector.
//!
//! A bank chooses the current of a synapse by the bits of its code: seven multiplexers for three bits. A vector holds the eight
//! currents, and AVX2 has an instruction (`vpermd`) that takes from it what each lane's code says.
//!
//! Whatever depends in each lane on nothing but the lower three bits of a code is such a choice: the table is what the same
//! operations make of the codes 0 to 7. This holds for every code, for the instruction reads only those three bits.

use super::assignment;
use std::collections::{BTreeMap, BTreeSet};

/// What this file does, as a part of a model's key in the cache.
pub(super) const SOURCE: &str = include_str!("vector_lookups.rs");

/// A table, and a vector whose lanes say which of its words they take.
const LOOK_UP: &str = "<8 x i32> @llvm.x86.avx2.permd";
/// Declares it.
pub(super) const DECLARATION: &str =
    "declare <8 x i32> @llvm.x86.avx2.permd(<8 x i32>, <8 x i32>)\n";
/// The codes of a table's words.
const CODES: &str = "<i32 0, i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7>";
/// Bits of them.
const CODE_BITS: u32 = 0b111;
/// Operations that a look-up must be worth.
const FEWEST: usize = 6;
/// Operations whose lanes depend on the same lanes of their operands only.
const LANE_BY_LANE: [&str; 7] = ["and", "or", "xor", "add", "sub", "shl", "lshr"];

/// A function with these look-ups; `None` where there are none.
pub(super) fn rewrite(function: &str) -> Option<String> {
    let values = Values::read(function);
    let choices = values.choices();
    if choices.is_empty() {
        return None;
    }
    let mut tables: BTreeMap<usize, String> = BTreeMap::new();
    for choice in choices.values() {
        *tables.entry(choice.after).or_default() += &choice.table;
    }
    let mut rewritten = String::with_capacity(function.len() + function.len() / 8);
    for (n, line) in function.lines().enumerate() {
        match choices.get(&n) {
            Some(choice) => rewritten += &choice.look_up,
            None => rewritten = rewritten + line + "\n",
        }
        rewritten += tables.get(&n).map_or("", String::as_str);
    }
    Some(rewritten)
}

/// The text of a choice as a look-up.
struct Choice {
    look_up: String,
    table: String,
    /// Number of the line that the table follows.
    after: usize,
}

/// An operation on whole vectors of eight words.
struct Operation<'a> {
    name: &'static str,
    operands: [&'a str; 2],
}

/// What a lane depends on.
#[derive(Clone, Copy)]
struct Lanes<'a> {
    /// The vector of codes.
    codes: &'a str,
    /// The bits of the code, as a mask.
    bits: u32,
    /// The value is the code, shifted right by so much.
    shifted: Option<u32>,
}

/// The values of a function.
struct Values<'a> {
    /// Numbers of the line and of the block where a value is made.
    places: BTreeMap<&'a str, (usize, usize)>,
    /// Vectors in which all lanes are equal.
    spread: BTreeSet<&'a str>,
    operations: BTreeMap<&'a str, Operation<'a>>,
    /// Vectors that depend on codes only.
    lanes: BTreeMap<&'a str, Lanes<'a>>,
    /// Those that something else depends on.
    wanted: BTreeSet<&'a str>,
}

impl<'a> Values<'a> {
    fn read(function: &'a str) -> Self {
        let mut values = Self {
            places: BTreeMap::new(),
            spread: BTreeSet::new(),
            operations: BTreeMap::new(),
            lanes: BTreeMap::new(),
            wanted: BTreeSet::new(),
        };
        let mut block = 0;
        for (n, line) in function.lines().enumerate() {
            block += usize::from(line.is_empty());
            let (name, value) = assignment(line).unwrap_or(("", line));
            values.places.insert(name, (n, block));
            if !values.learn(name, value) {
                let used = value.split([' ', ',', ')']).filter(|w| w.starts_with('%'));
                values.wanted.extend(used);
            }
        }
        values
    }

    /// Whether the value depends on codes only.
    fn learn(&mut self, name: &'a str, value: &'a str) -> bool {
        if value.starts_with("shufflevector <8 x i32>")
            && value.ends_with(", <8 x i32> zeroinitializer")
        {
            self.spread.insert(name);
        } else if value.starts_with("zext <8 x i8>") && value.ends_with(" to <8 x i32>") {
            let codes = Lanes {
                codes: name,
                bits: u32::from(u8::MAX),
                shifted: Some(0),
            };
            self.lanes.insert(name, codes);
        } else if let Some(operation) = operation(value)
            && let Some(lanes) = self.depends(&operation)
        {
            self.operations.insert(name, operation);
            self.lanes.insert(name, lanes);
            return true;
        }
        false
    }

    /// What the lanes of the operation depend on; `None` where not on codes only.
    fn depends(&self, operation: &Operation) -> Option<Lanes<'a>> {
        let [left, right] = operation.operands;
        if let (Some(lanes), Some(word)) = (self.lanes.get(left), constant(right))
            && let Some(shifted) = lanes.shifted
        {
            match operation.name {
                "lshr" if word < u8::BITS => {
                    let shifted = Some(shifted + word);
                    return Some(Lanes { shifted, ..*lanes });
                }
                "and" => {
                    let bits = lanes.bits & word.checked_shl(shifted)?;
                    let shifted = None;
                    return Some(Lanes {
                        bits,
                        shifted,
                        ..*lanes
                    });
                }
                _ => {}
            }
        }
        let equal = |operand| constant(operand).is_some() || self.spread.contains(operand);
        let both = [left, right].into_iter().filter(|operand| !equal(*operand));
        let all = both.map(|operand| self.lanes.get(operand));
        let all = all.collect::<Option<Vec<_>>>()?;
        let first = all.first()?;
        let same = all.iter().all(|lanes| lanes.codes == first.codes);
        same.then_some(Lanes {
            codes: first.codes,
            bits: all.iter().fold(0, |bits, lanes| bits | lanes.bits),
            shifted: None,
        })
    }

    /// Choices by the line that makes them.
    fn choices(&self) -> BTreeMap<usize, Choice> {
        let wanted = self.wanted.iter().filter_map(|name| {
            let lanes = self.lanes.get(name)?;
            let narrow = lanes.bits & !CODE_BITS == 0;
            let choice = narrow.then(|| self.choice(name, lanes.codes)).flatten()?;
            Some((self.places.get(name)?.0, choice))
        });
        wanted.collect()
    }

    /// `None` where the choice is not worth a table, or where what is chosen from is made in several blocks.
    fn choice(&self, name: &str, codes: &str) -> Option<Choice> {
        let mut steps = BTreeMap::new();
        let mut from = BTreeSet::new();
        self.collect(name, codes, &mut steps, &mut from);
        let places: Vec<_> = from.iter().filter_map(|v| self.places.get(v)).collect();
        let (after, block) = places.iter().max()?;
        if steps.len() < FEWEST || places.iter().any(|place| place.1 != *block) {
            return None;
        }
        let table = |of: &str| format!("%table.{}.{}", &name[1..], &of[1..]);
        let mut text = String::new();
        for (of, operation) in steps.values() {
            let operand = |operand: &str| match operand {
                _ if operand == codes => CODES.into(),
                _ if self.operations.contains_key(operand) => table(operand),
                _ => operand.to_string(),
            };
            let [left, right] = operation.operands.map(operand);
            let step = operation.name;
            text += &format!("  {} = {step} <8 x i32> {left}, {right}\n", table(of));
        }
        let table = table(name);
        Some(Choice {
            look_up: format!(
                "  {name} = tail call {LOOK_UP}(<8 x i32> {table}, <8 x i32> {codes})\n"
            ),
            table: text,
            after: *after,
        })
    }

    /// The operations that make a value of codes, by line, and the vectors that they choose from.
    fn collect<'v>(
        &'v self,
        name: &str,
        codes: &str,
        steps: &mut BTreeMap<usize, (&'v str, &'v Operation<'a>)>,
        from: &mut BTreeSet<&'a str>,
    ) {
        let Some((name, operation)) = self.operations.get_key_value(name) else {
            return;
        };
        let line = self.places.get(name).map_or(0, |place| place.0);
        if steps.insert(line, (*name, operation)).is_some() {
            return;
        }
        for operand in operation.operands {
            if self.spread.contains(operand) {
                from.insert(operand);
            } else if operand != codes {
                self.collect(operand, codes, steps, from);
            }
        }
    }
}

/// `and <8 x i32> left, right` and the like; what it says of overflow is left out, for a table's words need not all be used.
fn operation(value: &str) -> Option<Operation<'_>> {
    let (before, operands) = value.split_once("<8 x i32> ")?;
    let first = before.split(' ').next()?;
    let name = LANE_BY_LANE.into_iter().find(|name| *name == first)?;
    let end = match operands.starts_with('<') {
        true => operands.find('>')? + 1,
        false => operands.find(',')?,
    };
    let (left, right) = operands.split_at(end);
    let operands = [left, right.strip_prefix(", ")?];
    Some(Operation { name, operands })
}

/// The word that a constant vector holds in all lanes.
fn constant(operand: &str) -> Option<u32> {
    if operand == "zeroinitializer" {
        return Some(0);
    }
    let words = operand.strip_prefix('<')?.strip_suffix('>')?;
    let mut words = words.split(", ").map(|word| word.strip_prefix("i32 "));
    let first = words.next()??;
    let equal = words.all(|word| word == Some(first));
    let word = equal.then(|| first.parse::<i64>().ok()).flatten()?;
    // Two's complement.
    Some(word as u32)
}

#[cfg(test)]
mod tests {
    use super::{CODES, rewrite};

    /// Eight times a word.
    fn all(word: i32) -> String {
        format!("<{}>", [format!("i32 {word}").as_str(); 8].join(", "))
    }

    /// Adds currents of codes: `%3` and `%5` are spread words, `%12` the codes, and `%18` depends on their bit `bit`.
    fn function(bit: i32, spread: &str) -> String {
        let (one, bit) = (all(1), all(bit));
        format!(
            "define void @add() {{
  %2 = insertelement <8 x i32> poison, i32 %0, i64 0
  %3 = shufflevector <8 x i32> %2, <8 x i32> poison, <8 x i32> {spread}
  %4 = insertelement <8 x i32> poison, i32 %1, i64 0
  %5 = shufflevector <8 x i32> %4, <8 x i32> poison, <8 x i32> {spread}
  br label %10

10:
  %11 = load <8 x i8>, <8 x i8>* %9, align 1
  %12 = zext <8 x i8> %11 to <8 x i32>
  %13 = lshr <8 x i32> %12, {bit}
  %14 = and <8 x i32> %13, {one}
  %15 = sub nsw <8 x i32> zeroinitializer, %14
  %16 = and <8 x i32> %3, %15
  %17 = xor <8 x i32> %16, %5
  %18 = add <8 x i32> %17, %3
  %19 = add <8 x i32> %18, %8
  br label %10
}}
"
        )
    }

    fn check(bit: i32, spread: &str, expected: bool) {
        let text = function(bit, spread);
        let found = rewrite(&text);
        assert_eq!(found.is_some(), expected, "{found:?}");
        let table = format!("\n  %table.18.13 = lshr <8 x i32> {CODES}, {}\n", all(bit));
        let look_up = "\n  %18 = tail call <8 x i32> @llvm.x86.avx2.permd(<8 x i32> %table.18.18, <8 x i32> %12)\n";
        assert!(found.is_none_or(|text| text.contains(&table) && text.contains(look_up)));
    }

    #[test]
    fn currents_chosen_by_a_bit() {
        check(2, "zeroinitializer", true);
    }

    #[test]
    fn a_bit_that_the_instruction_does_not_read() {
        check(3, "zeroinitializer", false);
    }

    #[test]
    fn currents_of_each_lane() {
        check(
            2,
            "<i32 0, i32 1, i32 0, i32 1, i32 0, i32 1, i32 0, i32 1>",
            false,
        );
    }

    #[test]
    fn few_operations() {
        let text = function(2, "zeroinitializer");
        assert_eq!(
            rewrite(&text.replace("add <8 x i32> %18", "add <8 x i32> %17")),
            None
        );
    }
}
