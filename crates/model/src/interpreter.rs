//! The bit-true model: a program run operation by operation over the neurons of a layer.

use crate::lower::{Derived, Registers};
use crate::program::{Input, Operation, Output, Value};
use std::ops::Deref;

/// Neurons of one layer that share their registers. The model is borrowed or shared (`&Derived`, `Arc<Derived>`).
#[derive(Debug, Clone)]
pub struct Lanes<D> {
    derived: D,
    registers: Registers,
    /// States by their index in the model, then by neuron.
    pub states: Vec<Vec<i32>>,
    /// Ticks of refractory time left.
    pub refractory: Vec<i32>,
    values: Vec<Vec<i32>>,
}

/// What neurons did in a tick.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// 1: the neuron fired.
    pub spikes: Vec<i32>,
    /// Saturated updates.
    pub saturations: Vec<i32>,
    /// Samples of the derivatives that a program has, then by neuron.
    pub slopes: Vec<Vec<i32>>,
}

/// A value outside of its interval: what was proved does not hold. A bug in bruno.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("neuron {neuron}: t{operation} is {value}, not within {low} to {high}")]
pub struct Outside {
    /// The neuron.
    pub neuron: usize,
    /// Index of the operation.
    pub operation: usize,
    /// Its value.
    pub value: i32,
    /// Smallest value.
    pub low: i64,
    /// Largest value.
    pub high: i64,
}

impl<D: Deref<Target = Derived>> Lanes<D> {
    /// Neurons at rest.
    pub fn new(derived: D, registers: &Registers, parameters: &[f64], neurons: usize) -> Self {
        let states = derived.model.states.iter().zip(&derived.words);
        let rest =
            |(s, w): (&crate::State, &crate::Word)| w.code(s.rest.constant(parameters)) as i32;
        let states = states.map(|s| vec![rest(s); neurons]).collect();
        Self {
            states,
            ..Self::with(derived, registers, neurons)
        }
    }

    /// Neurons whose states are zero.
    pub fn with(derived: D, registers: &Registers, neurons: usize) -> Self {
        Self {
            registers: registers.clone(),
            states: vec![vec![0; neurons]; derived.model.states.len()],
            refractory: vec![0; neurons],
            values: vec![vec![0; neurons]; derived.program.nodes().len()],
            derived,
        }
    }

    /// Puts other registers in force.
    pub fn load(&mut self, registers: &Registers) {
        self.registers.clone_from(registers);
    }

    /// One tick. `inject` is the sum of the levels of the spiking channels of each neuron, `offsets` what is added before
    /// states are rounded ([`Derived::offsets`], then by neuron); `None`: rounding to nearest.
    pub fn tick(&mut self, inject: &[i32], offsets: Option<&[Vec<i32>]>) -> Outcome {
        for i in 0..self.values.len() {
            let operation = self.derived.program.nodes()[i].operation;
            let mut out = std::mem::take(&mut self.values[i]);
            self.run(operation, inject, offsets, &mut out);
            self.values[i] = out;
        }
        let mut outcome = Outcome::default();
        for (output, value) in self.derived.program.outputs() {
            let values = &self.values[value.0];
            match output {
                Output::State(s) => self.states[*s].clone_from(values),
                Output::Refractory => self.refractory.clone_from(values),
                Output::Spike => outcome.spikes.clone_from(values),
                Output::Saturations => outcome.saturations.clone_from(values),
                // In the order of the program.
                Output::Slope(_) => outcome.slopes.push(values.clone()),
                Output::Moved(_) | Output::Left => {}
            }
        }
        outcome
    }

    /// The first value of the last tick outside of its interval.
    ///
    /// # Errors
    /// That value.
    pub fn check(&self) -> Result<(), Outside> {
        for (i, node) in self.derived.program.nodes().iter().enumerate() {
            for (neuron, &value) in self.values[i].iter().enumerate() {
                if !(node.low..=node.high).contains(&i64::from(value)) {
                    return Err(Outside {
                        neuron,
                        operation: i,
                        value,
                        low: node.low,
                        high: node.high,
                    });
                }
            }
        }
        Ok(())
    }

    fn run(
        &self,
        operation: Operation,
        inject: &[i32],
        offsets: Option<&[Vec<i32>]>,
        out: &mut [i32],
    ) {
        let of = |v: Value| self.values[v.0].as_slice();
        match operation {
            Operation::Input(Input::State(s)) => out.copy_from_slice(&self.states[s]),
            Operation::Input(Input::Refractory) => out.copy_from_slice(&self.refractory),
            Operation::Input(Input::Injection) => out.copy_from_slice(inject),
            Operation::Input(Input::Offset(i)) => match offsets {
                Some(offsets) => out.copy_from_slice(&offsets[i]),
                None => out.fill(self.registers.halves[i]),
            },
            Operation::Input(input) => {
                out.fill(self.derived.input(&self.registers, input).unwrap_or(0))
            }
            Operation::Constant(x) => out.fill(x),
            Operation::Add(a, b) => two(out, of(a), of(b), i32::wrapping_add),
            Operation::Subtract(a, b) => two(out, of(a), of(b), i32::wrapping_sub),
            Operation::Multiply(a, b) => two(out, of(a), of(b), i32::wrapping_mul),
            Operation::ShiftRightBy(a, b) => two(out, of(a), of(b), |x, s| x >> (s & 31)),
            Operation::Min(a, b) => two(out, of(a), of(b), i32::min),
            Operation::Max(a, b) => two(out, of(a), of(b), i32::max),
            Operation::ShiftLeft(a, n) => one(out, of(a), |x| x << (n & 31)),
            Operation::ShiftRight(a, n) => one(out, of(a), |x| x >> (n & 31)),
            Operation::And(a, mask) => one(out, of(a), |x| x & mask),
            Operation::Select([a, b, c, d]) => {
                let choices = of(c).iter().zip(of(d));
                for ((out, (a, b)), (c, d)) in
                    out.iter_mut().zip(of(a).iter().zip(of(b))).zip(choices)
                {
                    *out = if a > b { *c } else { *d };
                }
            }
        }
    }
}

fn one(out: &mut [i32], a: &[i32], f: impl Fn(i32) -> i32) {
    for (out, a) in out.iter_mut().zip(a) {
        *out = f(*a);
    }
}

fn two(out: &mut [i32], a: &[i32], b: &[i32], f: impl Fn(i32, i32) -> i32) {
    for (out, (a, b)) in out.iter_mut().zip(a.iter().zip(b)) {
        *out = f(*a, *b);
    }
}
