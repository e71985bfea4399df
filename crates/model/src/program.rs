//! A straight program of 32-bit operations, each with the interval that its value is proved to stay in.

mod text;

use crate::coefficient::MAX_SHIFT;
use std::collections::HashMap;

/// A value of a program: the index of the operation that makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Value(pub usize);

/// What comes from outside of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Input {
    /// A state before the tick.
    State(usize),
    /// Refractory ticks left.
    Refractory,
    /// Sum of the levels of the channels that spike in this tick.
    Injection,
    /// Mantissa of a coefficient.
    Mantissa(usize),
    /// Its right shift.
    Shift(usize),
    /// Its rounding half.
    Half(usize),
    /// A constant of parameters in LSB.
    Code(usize),
    /// What is added below the LSB before a state is rounded.
    Offset(usize),
}

/// One operation, two's complement on 32 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// An input.
    Input(Input),
    /// A constant.
    Constant(i32),
    /// Sum.
    Add(Value, Value),
    /// Difference.
    Subtract(Value, Value),
    /// Product.
    Multiply(Value, Value),
    /// Left shift by a constant.
    ShiftLeft(Value, u32),
    /// Arithmetic right shift by a constant.
    ShiftRight(Value, u32),
    /// Arithmetic right shift by a value of 0..=31.
    ShiftRightBy(Value, Value),
    /// Bits under a mask.
    And(Value, i32),
    /// Smaller of two.
    Min(Value, Value),
    /// Larger of two.
    Max(Value, Value),
    /// `a > b ? c : d`.
    Select([Value; 4]),
}

/// An operation with the bounds of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// The operation.
    pub operation: Operation,
    /// Smallest value.
    pub low: i64,
    /// Largest value.
    pub high: i64,
}

/// What a program gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Output {
    /// A state after the tick.
    State(usize),
    /// Refractory ticks left after the tick.
    Refractory,
    /// A state with an equation before a spike resets it.
    Moved(usize),
    /// Refractory ticks left before a spike starts them again.
    Left,
    /// 1: the neuron fired.
    Spike,
    /// Saturated updates of the tick.
    Saturations,
    /// A derivative of a rate for the recorder.
    Slope(usize),
}

/// Operations in an order in which each follows those that it uses; equal ones exist once.
#[derive(Debug, Clone, Default)]
pub struct Program {
    nodes: Vec<Node>,
    seen: HashMap<Operation, Value>,
    outputs: Vec<(Output, Value)>,
}

/// A value that may leave 32 bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TooWide {
    pub low: i64,
    pub high: i64,
}

type Built = Result<Value, TooWide>;

impl Program {
    /// The operations.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The outputs.
    pub fn outputs(&self) -> &[(Output, Value)] {
        &self.outputs
    }

    /// Operations that compute something.
    pub fn operations(&self) -> usize {
        let computes =
            |n: &&Node| !matches!(n.operation, Operation::Input(_) | Operation::Constant(_));
        self.nodes.iter().filter(computes).count()
    }

    /// Multiplications among them.
    pub fn products(&self) -> usize {
        self.nodes
            .iter()
            .filter(|n| matches!(n.operation, Operation::Multiply(..)))
            .count()
    }

    pub(crate) fn low(&self, v: Value) -> i64 {
        self.nodes[v.0].low
    }

    pub(crate) fn high(&self, v: Value) -> i64 {
        self.nodes[v.0].high
    }

    /// Bits of the largest size.
    pub(crate) fn magnitude(&self, v: Value) -> u32 {
        magnitude(self.low(v), self.high(v))
    }

    fn push(&mut self, operation: Operation, low: i64, high: i64) -> Built {
        if low < i64::from(i32::MIN) || high > i64::from(i32::MAX) {
            return Err(TooWide { low, high });
        }
        if low == high && !matches!(operation, Operation::Input(_) | Operation::Constant(_)) {
            return self.constant(low);
        }
        if let Some(found) = self.seen.get(&operation) {
            return Ok(*found);
        }
        let value = Value(self.nodes.len());
        self.nodes.push(Node {
            operation,
            low,
            high,
        });
        self.seen.insert(operation, value);
        Ok(value)
    }

    pub(crate) fn output(&mut self, output: Output, value: Value) {
        self.outputs.push((output, value));
    }

    pub(crate) fn input(&mut self, input: Input, low: i64, high: i64) -> Built {
        self.push(Operation::Input(input), low, high)
    }

    pub(crate) fn constant(&mut self, x: i64) -> Built {
        let narrow = i32::try_from(x).map_err(|_| TooWide { low: x, high: x })?;
        self.push(Operation::Constant(narrow), x, x)
    }

    fn is_zero(&self, v: Value) -> bool {
        self.nodes[v.0].operation == Operation::Constant(0)
    }

    pub(crate) fn add(&mut self, a: Value, b: Value) -> Built {
        if self.is_zero(a) {
            return Ok(b);
        }
        if self.is_zero(b) {
            return Ok(a);
        }
        let (low, high) = (self.low(a) + self.low(b), self.high(a) + self.high(b));
        self.push(Operation::Add(a, b), low, high)
    }

    pub(crate) fn subtract(&mut self, a: Value, b: Value) -> Built {
        if self.is_zero(b) {
            return Ok(a);
        }
        let (low, high) = (self.low(a) - self.high(b), self.high(a) - self.low(b));
        self.push(Operation::Subtract(a, b), low, high)
    }

    pub(crate) fn multiply(&mut self, a: Value, b: Value) -> Built {
        let (x, y) = ([self.low(a), self.high(a)], [self.low(b), self.high(b)]);
        let corners = [x[0] * y[0], x[0] * y[1], x[1] * y[0], x[1] * y[1]];
        let (mut low, mut high) = ends(&corners);
        if a == b {
            (low, high) = ends(&[x[0] * x[0], x[1] * x[1]]);
            low = if x[0] <= 0 && x[1] >= 0 { 0 } else { low };
        }
        self.push(Operation::Multiply(a, b), low, high)
    }

    pub(crate) fn shift_left(&mut self, a: Value, by: u32) -> Built {
        if by == 0 {
            return Ok(a);
        }
        let by_checked = by.min(32);
        let (low, high) = (self.low(a) << by_checked, self.high(a) << by_checked);
        self.push(Operation::ShiftLeft(a, by), low, high)
    }

    pub(crate) fn shift_right(&mut self, a: Value, by: u32) -> Built {
        if by == 0 {
            return Ok(a);
        }
        let by = by.min(31);
        let (low, high) = (self.low(a) >> by, self.high(a) >> by);
        self.push(Operation::ShiftRight(a, by), low, high)
    }

    /// A right shift by a value; `within` says more of the result than the operands do.
    pub(crate) fn shift_right_by(&mut self, a: Value, by: Value, within: (i64, i64)) -> Built {
        let shifts = [self.low(by).clamp(0, 31), self.high(by).clamp(0, 31)];
        let corners = shifts.map(|s| [self.low(a) >> s, self.high(a) >> s]);
        let (low, high) = ends(corners.as_flattened());
        self.push(
            Operation::ShiftRightBy(a, by),
            low.max(within.0),
            high.min(within.1),
        )
    }

    pub(crate) fn and(&mut self, a: Value, mask: i32) -> Built {
        self.push(Operation::And(a, mask), 0, i64::from(mask))
    }

    pub(crate) fn min(&mut self, a: Value, b: Value) -> Built {
        let (low, high) = (self.low(a).min(self.low(b)), self.high(a).min(self.high(b)));
        self.push(Operation::Min(a, b), low, high)
    }

    pub(crate) fn max(&mut self, a: Value, b: Value) -> Built {
        let (low, high) = (self.low(a).max(self.low(b)), self.high(a).max(self.high(b)));
        self.push(Operation::Max(a, b), low, high)
    }

    /// `a > b ? c : d`.
    pub(crate) fn select(&mut self, a: Value, b: Value, c: Value, d: Value) -> Built {
        if c == d {
            return Ok(c);
        }
        let (low, high) = (self.low(c).min(self.low(d)), self.high(c).max(self.high(d)));
        self.push(Operation::Select([a, b, c, d]), low, high)
    }

    /// Says more of a value than its operands do, as a proof apart from intervals gives it.
    pub(crate) fn within(&mut self, v: Value, low: i64, high: i64) {
        let node = &mut self.nodes[v.0];
        node.low = node.low.max(low);
        node.high = node.high.min(high);
    }

    /// Drops what no output needs. Values are numbered anew.
    pub(crate) fn pruned(&self) -> Self {
        let mut needed = vec![false; self.nodes.len()];
        let mut open: Vec<Value> = self.outputs.iter().map(|(_, v)| *v).collect();
        while let Some(v) = open.pop() {
            if !std::mem::replace(&mut needed[v.0], true) {
                open.extend(self.nodes[v.0].operation.operands());
            }
        }
        let mut place = vec![Value(0); self.nodes.len()];
        let mut pruned = Self::default();
        for (i, node) in self.nodes.iter().enumerate().filter(|(i, _)| needed[*i]) {
            let operation = node.operation.moved(&|v| place[v.0]);
            place[i] = Value(pruned.nodes.len());
            pruned.seen.insert(operation, place[i]);
            pruned.nodes.push(Node { operation, ..*node });
        }
        pruned.outputs = self.outputs.iter().map(|(o, v)| (*o, place[v.0])).collect();
        pruned
    }
}

impl Operation {
    /// The values that it uses.
    pub fn operands(self) -> Vec<Value> {
        match self {
            Self::Input(_) | Self::Constant(_) => vec![],
            Self::ShiftLeft(a, _) | Self::ShiftRight(a, _) | Self::And(a, _) => vec![a],
            Self::Add(a, b) | Self::Subtract(a, b) | Self::Multiply(a, b) => vec![a, b],
            Self::ShiftRightBy(a, b) | Self::Min(a, b) | Self::Max(a, b) => vec![a, b],
            Self::Select(all) => all.to_vec(),
        }
    }

    fn moved(self, to: &dyn Fn(Value) -> Value) -> Self {
        match self {
            Self::Input(_) | Self::Constant(_) => self,
            Self::Add(a, b) => Self::Add(to(a), to(b)),
            Self::Subtract(a, b) => Self::Subtract(to(a), to(b)),
            Self::Multiply(a, b) => Self::Multiply(to(a), to(b)),
            Self::ShiftLeft(a, n) => Self::ShiftLeft(to(a), n),
            Self::ShiftRight(a, n) => Self::ShiftRight(to(a), n),
            Self::ShiftRightBy(a, b) => Self::ShiftRightBy(to(a), to(b)),
            Self::And(a, mask) => Self::And(to(a), mask),
            Self::Min(a, b) => Self::Min(to(a), to(b)),
            Self::Max(a, b) => Self::Max(to(a), to(b)),
            Self::Select(all) => Self::Select(all.map(to)),
        }
    }
}

fn ends(values: &[i64]) -> (i64, i64) {
    let low = values.iter().copied().min().unwrap_or(0);
    (low, values.iter().copied().max().unwrap_or(0))
}

/// Smallest n with every value of the interval within `-2^n ..= 2^n`.
fn magnitude(low: i64, high: i64) -> u32 {
    let size = low.unsigned_abs().max(high.unsigned_abs());
    if size <= 1 {
        0
    } else {
        64 - (size - 1).leading_zeros()
    }
}

/// Range of a shift register.
pub(crate) const SHIFTS: (i64, i64) = (0, MAX_SHIFT as i64);
