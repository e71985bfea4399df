//! Currents that are chosen by the bits of a code, in LLVM's text, as look-ups in a vector.
//!
//! A bank chooses the current of a synapse by the bits of its code: seven multiplexers for three bits. A vector holds the eight
//! currents (sixteen with AVX-512), and an instruction (`vpermd`) takes from it what each lane's code says.
//!
//! Whatever depends in each lane on nothing but the lower three bits of a code (four with AVX-512) is such a choice: the table is
//! what the same operations make of the codes 0 to 7 (15). This holds for every code, for the instruction reads only those bits.
//!
//! Assumed: an instruction stands in a line, `name = operation type operands`, an empty line ends a block, and a name is
//! assigned once in a function.

use super::llvm::{assignment, by_function};
use super::width::Width;
use super::{Pass, Rewritten};
use std::collections::{BTreeMap, BTreeSet};

pub(super) struct VectorLookups;

impl Pass for VectorLookups {
    fn name(&self) -> &'static str {
        "vector look-ups"
    }

    fn rewrite(&self, text: &str) -> Rewritten {
        by_function(text, Width::declared_look_up, rewrite)
    }
}

/// Operations that a look-up must be worth.
const FEWEST: usize = 6;
/// Operations whose lanes depend on the same lanes of their operands only.
const LANE_BY_LANE: [&str; 7] = ["and", "or", "xor", "add", "sub", "shl", "lshr"];

/// A function with these look-ups; `None` where there are none.
fn rewrite(function: &str, width: &Width) -> Option<Rewritten> {
    let values = Values::read(function, width);
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
    Some(Rewritten {
        text: rewritten,
        hits: choices.len(),
    })
}

/// The text of a choice as a look-up.
struct Choice {
    look_up: String,
    table: String,
    /// Number of the line that the table follows.
    after: usize,
}

/// An operation on whole vectors of words.
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
    width: &'a Width,
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
    fn read(function: &'a str, width: &'a Width) -> Self {
        let mut values = Self {
            width,
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
        if self.width.spread(value).is_some() {
            self.spread.insert(name);
        } else if self.codes(value) {
            let codes = Lanes {
                codes: name,
                bits: u32::from(u8::MAX),
                shifted: Some(0),
            };
            self.lanes.insert(name, codes);
        } else if let Some(operation) = operation(value, self.width)
            && let Some(lanes) = self.depends(&operation)
        {
            self.operations.insert(name, operation);
            self.lanes.insert(name, lanes);
            return true;
        }
        false
    }

    /// Whether the value is bytes that become words.
    fn codes(&self, value: &str) -> bool {
        let bytes = value.strip_prefix("zext ");
        let to = bytes.and_then(|bytes| bytes.split_once(" x i8> ")?.1.split_once(" to "));
        to.is_some_and(|(_, to)| to == self.width.vector)
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
            let narrow = lanes.bits < self.width.lanes;
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
        let vector = self.width.vector;
        let table = |of: &str| format!("%table.{}.{}", &name[1..], &of[1..]);
        let mut text = String::new();
        for (of, operation) in steps.values() {
            let operand = |operand: &str| match operand {
                _ if operand == codes => self.width.constant(|code| code),
                _ if self.operations.contains_key(operand) => table(operand),
                _ => operand.to_string(),
            };
            let [left, right] = operation.operands.map(operand);
            let step = operation.name;
            text += &format!("  {} = {step} {vector} {left}, {right}\n", table(of));
        }
        let table = table(name);
        Some(Choice {
            look_up: format!(
                "  {name} = tail call {vector} {}({vector} {table}, {vector} {codes})\n",
                self.width.look_up
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

/// `and type left, right` and the like; what it says of overflow is left out, for a table's words need not all be used.
fn operation<'a>(value: &'a str, width: &Width) -> Option<Operation<'a>> {
    let (before, operands) = value.split_once(width.vector)?;
    let operands = operands.strip_prefix(' ')?;
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
    use super::super::width::{WIDTHS, Width};
    use super::rewrite;

    /// Adds currents of codes: `%3` and `%5` are spread words, `%12` the codes, and `%18` depends on their bit `bit`.
    fn function(width: &Width, bit: u32, spread: &str) -> String {
        let (vector, lanes) = (width.vector, width.lanes);
        let (one, bit) = (width.constant(|_| 1), width.constant(|_| bit));
        format!(
            "define void @add() {{
  %2 = insertelement {vector} poison, i32 %0, i64 0
  %3 = shufflevector {vector} %2, {vector} poison, {vector} {spread}
  %4 = insertelement {vector} poison, i32 %1, i64 0
  %5 = shufflevector {vector} %4, {vector} poison, {vector} {spread}
  br label %10

10:
  %11 = load <{lanes} x i8>, <{lanes} x i8>* %9, align 1
  %12 = zext <{lanes} x i8> %11 to {vector}
  %13 = lshr {vector} %12, {bit}
  %14 = and {vector} %13, {one}
  %15 = sub nsw {vector} zeroinitializer, %14
  %16 = and {vector} %3, %15
  %17 = xor {vector} %16, %5
  %18 = add {vector} %17, %3
  %19 = add {vector} %18, %8
  br label %10
}}
"
        )
    }

    /// A function of which nothing is written again.
    fn check_left(text: &str, width: &Width) {
        assert_eq!(rewrite(text, width), None);
    }

    fn check_found(width: &Width, bit: u32) {
        let found = rewrite(&function(width, bit, "zeroinitializer"), width)
            .unwrap()
            .text;
        let vector = width.vector;
        let [codes, bit] = [width.constant(|code| code), width.constant(|_| bit)];
        let table = format!("\n  %table.18.13 = lshr {vector} {codes}, {bit}\n");
        let look_up = format!(
            "\n  %18 = tail call {vector} {}({vector} %table.18.18, {vector} %12)\n",
            width.look_up
        );
        assert!(
            found.contains(&table) && found.contains(&look_up),
            "{found}"
        );
    }

    #[test]
    fn currents_chosen_by_a_bit() {
        check_found(&WIDTHS[0], 2);
    }

    #[test]
    fn currents_chosen_by_a_bit_in_sixteen_lanes() {
        check_found(&WIDTHS[1], 3);
    }

    #[test]
    fn a_bit_that_the_instruction_does_not_read() {
        for (width, bit) in WIDTHS.iter().zip([3, 4]) {
            check_left(&function(width, bit, "zeroinitializer"), width);
        }
    }

    #[test]
    fn currents_of_each_lane() {
        let [width, _] = &WIDTHS;
        let alternating = width.constant(|n| n % 2);
        check_left(&function(width, 2, &alternating), width);
    }

    #[test]
    fn few_operations() {
        let [width, _] = &WIDTHS;
        let text = function(width, 2, "zeroinitializer");
        let fewer = text.replace("add <8 x i32> %18", "add <8 x i32> %17");
        check_left(&fewer, width);
    }
}
