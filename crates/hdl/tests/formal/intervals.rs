//! The intervals of a neuron file's program, operation by operation, on the module that is printed of it.
//!
//! Each operation of the module reads values that are free within their intervals, and its own value is shown to stay in
//! its interval: in the order of the program every value then does. Where the program says more of a value than the
//! operands' intervals do, what it is computed from is not free.

use super::prover::{Engine, Proof};
use bruno_device::{ModelSignal, NeuronProgram};
use bruno_hdl::ModelKernels;
use bruno_model::{Below, Derived, Input, Operation, Output, Program, Shipped, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// The proof for a shipped model.
pub fn intervals(name: &str) -> Proof {
    let model = Shipped::named(name).unwrap().read().unwrap();
    let program = NeuronProgram::new(Derived::new(&model).unwrap());
    let module = ModelKernels::new(&program).module("tick").unwrap();
    Proof {
        harness: "intervals",
        verilog: Text::new(&program).checked(&module),
        macros: vec!["MODEL=tick".into()],
        cut: "",
        engine: Engine::Reachability,
    }
}

/// The module of a program with its checks.
struct Text<'a> {
    program: &'a Program,
    device: &'a NeuronProgram,
    /// Operations whose value is not free for those that read it.
    kept: BTreeSet<Value>,
    /// Names in the module, without `k_`; of inputs whole.
    names: BTreeMap<Value, String>,
}

impl<'a> Text<'a> {
    fn new(device: &'a NeuronProgram) -> Self {
        let program = &device.derived.program;
        let outputs = program.outputs().iter();
        let outputs = outputs.filter(|(o, _)| !matches!(o, Output::Moved(_) | Output::Left));
        let outputs: Vec<_> = outputs.collect();
        let name = |(index, node): (usize, &bruno_model::Node)| {
            let value = Value(index);
            let port = outputs.iter().find(|(_, v)| *v == value);
            let name = match (node.operation, port) {
                (Operation::Input(input), _) => device.port(ModelSignal::Input(input)).into(),
                (Operation::Constant(_), _) => return None,
                (_, Some((output, _))) => device.port(ModelSignal::Output(*output)).into(),
                (_, None) => value.to_string(),
            };
            Some((value, name))
        };
        let names = program.nodes().iter().enumerate().filter_map(name);
        Self {
            program,
            device,
            kept: kept(program),
            names: names.collect(),
        }
    }

    fn operation(&self, value: Value) -> Operation {
        self.program.nodes()[value.0].operation
    }

    /// The value as another operation reads it.
    fn read(&self, value: Value) -> String {
        match self.operation(value) {
            Operation::Constant(c) => number(c.into()),
            Operation::Input(_) => self.names[&value].clone(),
            _ => format!("v_{}", self.names[&value]),
        }
    }

    /// The module without ports, every operation checked.
    fn checked(&self, module: &str) -> String {
        let body = module.split_once(");\n").unwrap().1;
        let body = body.split_once("endmodule").unwrap().0;
        let mut text = String::from("module tick;\n");
        for (value, name) in &self.names {
            if self.kept.contains(value) {
                writeln!(text, "  wire signed [31:0] v_{name} = k_{name};").unwrap();
                continue;
            }
            // As short as its interval: a multiplier of free words of 32 bits is proved by nobody.
            let node = self.program.nodes()[value.0];
            let (signed, bits) = (node.low < 0, bits(node));
            let kind = if signed { "signed " } else { "" };
            let read = self.read(*value);
            writeln!(text, "  (* anyseq *) reg {kind}[{bits}:0] free_{name};").unwrap();
            writeln!(text, "  wire signed [31:0] {read} = free_{name};").unwrap();
        }
        for line in body.lines().filter(|l| !l.starts_with("  assign")) {
            writeln!(text, "{}", reading(line)).unwrap();
        }
        text += "  always @* begin\n";
        self.assumptions(&mut text);
        self.assertions(&mut text);
        text + "  end\nendmodule\n"
    }

    /// Inputs and free values are in their intervals; halves, offsets and mantissas belong to their shifts.
    fn assumptions(&self, text: &mut String) {
        let mut assume = |what: String| writeln!(text, "    assume ({what});").unwrap();
        for (value, _) in self.names.iter().filter(|(v, _)| !self.kept.contains(v)) {
            let node = self.program.nodes()[value.0];
            assume(within(&self.read(*value), node.low, node.high));
        }
        let names = self.names.iter();
        let inputs: BTreeMap<String, Value> = names.map(|(v, name)| (name.clone(), *v)).collect();
        let port = |input| {
            let name = self.device.port(ModelSignal::Input(input));
            inputs.contains_key(name).then(|| name.to_string())
        };
        let derived = &self.device.derived;
        for (index, coefficient) in derived.coefficients.iter().enumerate() {
            let Some(shift) = port(Input::Shift(index)) else {
                continue;
            };
            let largest = coefficient.largest();
            if let Some(mantissa) = port(Input::Mantissa(index)) {
                assume(format!("{shift} >= {} || {mantissa} == 0", largest.shift));
                assume(format!(
                    "{shift} != {} || {mantissa} <= {}",
                    largest.shift, largest.mantissa
                ));
            }
            if let Some(half) = port(Input::Half(index)) {
                assume(format!("{half} == ((32'sd1 << {shift}[4:0]) >> 1)"));
            }
        }
        for (index, offset) in derived.offsets.iter().enumerate() {
            let Below::Shift(of) = offset.bits else {
                continue;
            };
            if let (Some(offset), Some(shift)) =
                (port(Input::Offset(index)), port(Input::Shift(of)))
            {
                assume(format!("({offset} >>> {shift}[4:0]) == 0"));
            }
        }
        for (product, factor, mantissa) in self.products() {
            let (product, read) = (self.read(product), self.read(mantissa));
            let Operation::Input(Input::Mantissa(index)) = self.operation(mantissa) else {
                assume(self.bounded(&product, factor, &read, POWER.0));
                continue;
            };
            assume(format!("{read} != 0 || {product} == 0"));
            let largest = derived.coefficients[index].largest().mantissa;
            assume(self.bounded(&product, factor, &read, largest.into()));
        }
    }

    fn assertions(&self, text: &mut String) {
        let mut checks = String::new();
        for (value, name) in &self.names {
            let node = self.program.nodes()[value.0];
            let mut assert = |what: String| writeln!(checks, "    assert ({what});").unwrap();
            match node.operation {
                Operation::Input(_) | Operation::Constant(_) => continue,
                Operation::Add(a, b) => assert(sum(self.read(a), "+", self.read(b), node)),
                Operation::Subtract(a, b) => assert(sum(self.read(a), "-", self.read(b), node)),
                Operation::Multiply(a, b) => {
                    // The corners of a product are its ends: where 32 bits hold them it does not wrap.
                    let (low, high) = by_operands(self.program, node.operation);
                    assert!(i32::try_from(low).is_ok() && i32::try_from(high).is_ok());
                    let statement = format!("k_{name} = ({} * {});", self.read(a), self.read(b));
                    let long = |v: Value| {
                        let constant = matches!(self.operation(v), Operation::Constant(_));
                        !constant && bits(self.program.nodes()[v.0]) > SHORT_FACTOR
                    };
                    if long(a) && long(b) {
                        // No solver bounds it in minutes; its corners do, if these are its factors.
                        assert!(text.contains(&statement), "{statement}");
                        continue;
                    }
                }
                _ => {}
            }
            assert(within(&format!("k_{name}"), node.low, node.high));
        }
        // What is assumed of products beside their intervals.
        for (product, factor, mantissa) in self.products() {
            let product = format!("k_{}", self.names[&product]);
            let read = self.read(mantissa);
            let mut assert = |what: String| writeln!(checks, "    assert ({what});").unwrap();
            let Operation::Input(Input::Mantissa(index)) = self.operation(mantissa) else {
                assert(self.bounded(&product, factor, &read, POWER.0));
                continue;
            };
            assert(format!("{read} != 0 || {product} == 0"));
            let largest = self.device.derived.coefficients[index].largest().mantissa;
            assert(self.bounded(&product, factor, &read, largest.into()));
        }
        *text += &checks;
    }

    /// A product by a mantissa up to `most` is between the factor's ends times that.
    fn bounded(&self, product: &str, factor: Value, mantissa: &str, most: i64) -> String {
        let node = self.program.nodes()[factor.0];
        let (low, high) = ((node.low * most).min(0), (node.high * most).max(0));
        format!("{mantissa} > {most} || {}", within(product, low, high))
    }

    /// Products by a mantissa: product, factor, mantissa.
    fn products(&self) -> impl Iterator<Item = (Value, Value, Value)> {
        let product = |value: &Value| {
            let (factor, mantissa) = scaled(self.program, *value)?;
            Some((*value, factor, mantissa))
        };
        self.names.keys().filter_map(product)
    }
}

/// A line of the module whose operations read `v_` where it has `k_`.
fn reading(line: &str) -> String {
    let start = line.find(|c| c != ' ').unwrap_or(0);
    let written = line[start..].starts_with("reg ") || line[start..].starts_with("//");
    if written {
        return line.into();
    }
    let kept = match line[start..].split_once(" = ") {
        Some((left, _)) if left.starts_with("k_") => start + left.len(),
        _ => start,
    };
    let (head, tail) = line.split_at(kept);
    let mut text = String::from(head);
    let mut before = ' ';
    for (index, c) in tail.char_indices() {
        let begins = c == 'k'
            && tail[index..].starts_with("k_")
            && !before.is_alphanumeric()
            && before != '_';
        text.push(if begins { 'v' } else { c });
        before = c;
    }
    text
}

/// Values of which what is read is what was computed: behind them the program says more than intervals do.
fn kept(program: &Program) -> BTreeSet<Value> {
    let operation = |v: Value| program.nodes()[v.0].operation;
    let all = || (0..program.nodes().len()).map(Value);
    // Logarithms are cut into whole part and fraction: whatever they are, both belong together.
    let logarithm = |v: Value| match operation(v) {
        Operation::And(logarithm, _) => Some(logarithm),
        _ => None,
    };
    let logarithms: BTreeSet<Value> = all().filter_map(logarithm).collect();
    let told = |v: &Value| {
        let node = program.nodes()[v.0];
        let (low, high) = by_operands(program, node.operation);
        low < node.low || high > node.high
    };
    let mut kept = BTreeSet::new();
    for value in all().filter(told) {
        let mut open = operation(value).operands();
        while let Some(value) = open.pop() {
            let outside = matches!(
                operation(value),
                Operation::Input(_) | Operation::Constant(_)
            );
            // More is assumed of products by a mantissa, which then belongs to its shift.
            if let Some((_, mantissa)) = scaled(program, value) {
                open.push(mantissa);
                continue;
            }
            if !outside && !logarithms.contains(&value) && kept.insert(value) {
                open.extend(operation(value).operands());
            }
        }
    }
    kept
}

/// A product by the mantissa of a coefficient or of a power of two: factor and mantissa.
fn scaled(program: &Program, product: Value) -> Option<(Value, Value)> {
    let Operation::Multiply(a, b) = program.nodes()[product.0].operation else {
        return None;
    };
    let power = |v: Value| (program.nodes()[v.0].low, program.nodes()[v.0].high) == POWER;
    let coefficient = |v: Value| {
        let operation = program.nodes()[v.0].operation;
        matches!(operation, Operation::Input(Input::Mantissa(_)))
    };
    match (power(a), power(b) || coefficient(b)) {
        (true, _) => Some((b, a)),
        (false, true) => Some((a, b)),
        (false, false) => None,
    }
}

/// Bits of a factor that a solver multiplies by in seconds: mantissas have 11.
const SHORT_FACTOR: u32 = 12;

/// Mantissa of a power of two: 1 or more, LSB 2^-10.
const POWER: (i64, i64) = (1024, 2047);

/// The interval of an operation that follows from those of its operands.
fn by_operands(program: &Program, operation: Operation) -> (i64, i64) {
    let of = |v: Value| (program.nodes()[v.0].low, program.nodes()[v.0].high);
    let ends = |all: &[i64]| (*all.iter().min().unwrap(), *all.iter().max().unwrap());
    match operation {
        Operation::Input(_) | Operation::Constant(_) => (i64::MIN, i64::MAX),
        Operation::Add(a, b) => (of(a).0 + of(b).0, of(a).1 + of(b).1),
        Operation::Subtract(a, b) => (of(a).0 - of(b).1, of(a).1 - of(b).0),
        Operation::Multiply(a, b) if a == b => {
            let squares = [of(a).0.pow(2), of(a).1.pow(2)];
            let (low, high) = ends(&squares);
            (if of(a).0 <= 0 && of(a).1 >= 0 { 0 } else { low }, high)
        }
        Operation::Multiply(a, b) => {
            let (a, b) = (of(a), of(b));
            ends(&[a.0 * b.0, a.0 * b.1, a.1 * b.0, a.1 * b.1])
        }
        Operation::ShiftLeft(a, by) => (of(a).0 << by, of(a).1 << by),
        Operation::ShiftRight(a, by) => (of(a).0 >> by, of(a).1 >> by),
        Operation::ShiftRightBy(a, by) => {
            let (a, by) = (of(a), of(by));
            let by = (by.0.clamp(0, 31), by.1.clamp(0, 31));
            ends(&[a.0 >> by.0, a.0 >> by.1, a.1 >> by.0, a.1 >> by.1])
        }
        Operation::And(_, mask) => (0, mask.into()),
        Operation::Min(a, b) => (of(a).0.min(of(b).0), of(a).1.min(of(b).1)),
        Operation::Max(a, b) => (of(a).0.max(of(b).0), of(a).1.max(of(b).1)),
        Operation::Select([_, _, a, b]) => (of(a).0.min(of(b).0), of(a).1.max(of(b).1)),
    }
}

/// Bits of a value's size, without its sign: those of a word are one more.
fn bits(node: bruno_model::Node) -> u32 {
    64 - node.high.max(-1 - node.low).leading_zeros()
}

/// A sum at 34 bits, which no two words leave, in its interval.
fn sum(a: String, by: &str, b: String, node: bruno_model::Node) -> String {
    within(&format!("(34'sd0 + {a} {by} {b})"), node.low, node.high)
}

fn within(what: &str, low: i64, high: i64) -> String {
    format!("{what} >= {} && {what} <= {}", number(low), number(high))
}

/// A number of 34 bits: 32 would not hold the smallest word's size.
fn number(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}34'sd{}", value.unsigned_abs())
}
