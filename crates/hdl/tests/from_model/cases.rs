//! Neurons of a model on cards: registers, states, spikes and rounding offsets at random, with ends and corners more often.

use bruno_device::ModelSignal;
use bruno_model::{
    Below, Derived, Input, Lanes, Mantissa, Operation, Outcome, Output, Parameter, Registers,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How states are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// By the registers' halves.
    Nearest,
    /// Any bits below the LSB.
    Stochastic,
    /// The same, with noise of up to 2^16 on top of guard bits.
    Noisy,
}

/// One card after the other.
pub struct Cards<'a> {
    derived: &'a Derived,
    neurons: usize,
    number: u64,
}

/// Neurons that share their registers.
pub struct Card<'a> {
    derived: &'a Derived,
    pub registers: Registers,
    pub lanes: Lanes<&'a Derived>,
    inject: Vec<i32>,
    offsets: Vec<Vec<i32>>,
    outcome: Outcome,
    rounding: Rounding,
    random: ChaCha8Rng,
}

impl<'a> Cards<'a> {
    pub fn new(derived: &'a Derived, neurons: usize) -> Self {
        Self {
            derived,
            neurons,
            number: 0,
        }
    }
}

impl<'a> Iterator for Cards<'a> {
    type Item = Card<'a>;

    /// Cards of every rounding in turn; one in four holds any registers, the others those of parameters.
    fn next(&mut self) -> Option<Card<'a>> {
        let mut random = ChaCha8Rng::seed_from_u64(self.number);
        let rounding = match self.number % 3 {
            0 => Rounding::Nearest,
            1 => Rounding::Stochastic,
            _ => Rounding::Noisy,
        };
        let registers = match self.number % 4 {
            3 => any_registers(self.derived, &mut random),
            _ => card_registers(self.derived, &mut random),
        };
        self.number += 1;
        Some(Card::new(
            self.derived,
            registers,
            self.neurons,
            rounding,
            random,
        ))
    }
}

impl<'a> Card<'a> {
    fn new(
        derived: &'a Derived,
        registers: Registers,
        neurons: usize,
        rounding: Rounding,
        random: ChaCha8Rng,
    ) -> Self {
        let defaults = derived.model.defaults();
        let lanes = Lanes::new(derived, &registers, &defaults, neurons);
        let mut card = Self {
            derived,
            registers,
            lanes,
            inject: vec![0; neurons],
            offsets: vec![vec![0; neurons]; derived.offsets.len()],
            outcome: Outcome::default(),
            rounding,
            random,
        };
        card.scatter();
        card.draw();
        card
    }

    /// Every neuron in a state of its own.
    fn scatter(&mut self) {
        let random = &mut self.random;
        for (states, word) in self.lanes.states.iter_mut().zip(&self.derived.words) {
            states.fill_with(|| anywhere(word.low, word.high, random));
        }
        self.lanes
            .refractory
            .fill_with(|| [0, 0, 0, 1, 2, 1_048_575][random.random_range(0..6)]);
    }

    /// What the next tick takes from outside.
    pub fn draw(&mut self) {
        let (low, high) = bounds(self.derived, Input::Injection);
        let random = &mut self.random;
        let word = &self.derived.words[self.derived.model.input];
        self.inject.fill_with(|| match random.random_range(0..8) {
            0 => anywhere(low, high, random),
            1..4 => anywhere(word.low, word.high, random),
            _ => 0,
        });
        let below = self.derived.offsets.iter().zip(&self.registers.halves);
        for ((offset, half), row) in below.zip(&mut self.offsets) {
            let bits = match offset.bits {
                Below::Guard(bits) => bits,
                Below::Shift(i) => self.registers.coefficients[i].shift as u32,
            };
            row.fill_with(|| match (self.rounding, offset.bits) {
                (Rounding::Nearest, _) => *half,
                (Rounding::Noisy, Below::Guard(_)) => {
                    random.random_range(0..1 << bits) + random.random_range(-(1 << 16)..1 << 16)
                }
                _ => anywhere(0, (1i64 << bits) - 1, random),
            });
        }
    }

    /// One tick with what was drawn.
    pub fn tick(&mut self) {
        self.outcome = self.lanes.tick(&self.inject, Some(&self.offsets));
    }

    /// Values of a signal by neuron.
    pub fn values(&self, signal: ModelSignal) -> Vec<i32> {
        let all = |x: i32| vec![x; self.lanes.refractory.len()];
        let coefficient = |i: usize| self.registers.coefficients[i];
        match signal {
            ModelSignal::Input(Input::State(i)) | ModelSignal::Output(Output::State(i)) => {
                self.lanes.states[i].clone()
            }
            ModelSignal::Input(Input::Refractory) | ModelSignal::Output(Output::Refractory) => {
                self.lanes.refractory.clone()
            }
            ModelSignal::Input(Input::Injection) => self.inject.clone(),
            ModelSignal::Input(Input::Mantissa(i)) => all(coefficient(i).mantissa),
            ModelSignal::Input(Input::Shift(i)) => all(coefficient(i).shift),
            ModelSignal::Input(Input::Half(i)) => all(coefficient(i).half()),
            ModelSignal::Input(Input::Code(i)) => all(self.registers.codes[i]),
            ModelSignal::Input(Input::Offset(i)) => self.offsets[i].clone(),
            ModelSignal::Output(Output::Spike) => self.outcome.spikes.clone(),
            ModelSignal::Output(Output::Saturations) => self.outcome.saturations.clone(),
            ModelSignal::Output(Output::Slope(i)) => self.outcome.slopes[i].clone(),
            ModelSignal::Output(Output::Moved(_) | Output::Left) => {
                panic!("no output of a whole tick")
            }
        }
    }
}

/// A value of an interval, more often near an end or zero.
fn anywhere(low: i64, high: i64, random: &mut ChaCha8Rng) -> i32 {
    let near = random.random_range(0..16);
    let value = match random.random_range(0..8) {
        0 => low + near,
        1 => high - near,
        2 => near - 8,
        _ => random.random_range(low..=high),
    };
    value.clamp(low, high) as i32
}

/// Bounds of an input of the program; nothing where it reads none.
fn bounds(derived: &Derived, input: Input) -> (i64, i64) {
    let mut nodes = derived.program.nodes().iter();
    let found = nodes.find(|n| n.operation == Operation::Input(input));
    found.map_or((0, 0), |n| (n.low, n.high))
}

/// Registers anywhere in their bounds, whatever parameters would say.
fn any_registers(derived: &Derived, random: &mut ChaCha8Rng) -> Registers {
    let mut within = |input| {
        let (low, high) = bounds(derived, input);
        anywhere(low, high, random)
    };
    let mut coefficients = Vec::new();
    for i in 0..derived.coefficients.len() {
        coefficients.push(Mantissa {
            mantissa: within(Input::Mantissa(i)),
            shift: within(Input::Shift(i)),
        });
    }
    let codes = (0..derived.codes.len()).map(|i| within(Input::Code(i)));
    let codes = codes.collect();
    let halves = derived.offsets.iter().map(|o| match o.bits {
        Below::Guard(bits) => 1 << (bits - 1),
        Below::Shift(i) => coefficients[i].half(),
    });
    Registers {
        halves: halves.collect(),
        codes,
        coefficients,
    }
}

/// Registers of parameters anywhere within their bounds or at an end; another card where they hold none.
fn card_registers(derived: &Derived, random: &mut ChaCha8Rng) -> Registers {
    loop {
        let mut value = |p: &Parameter| {
            let (low, high) = p.bounds;
            let share = random.random_range(-0.3f64..1.3).clamp(0.0, 1.0);
            match (p.switch, low > 0.0) {
                (true, _) => share.round(),
                (_, true) => (low * (high / low).powf(share)).clamp(low, high),
                _ => low + (high - low) * share,
            }
        };
        let parameters: Vec<f64> = derived.model.parameters.iter().map(&mut value).collect();
        if let Ok(registers) = derived.registers(&parameters) {
            return registers;
        }
    }
}
