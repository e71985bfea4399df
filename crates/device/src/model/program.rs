//! A neuron whose states move by the program of a file: what a chip keeps, takes and tells of it.

mod card;
mod names;
mod registers;

use super::record::Sample;
use super::state::{Quantity, Rest, State, StateId};
use super::{NeuronModel, RegisterId, Threshold, parts};
use bruno_model::{Below, Derived, Input, Operation, Output, Value};
pub use card::Lively;
use names::Names;
pub use names::{FIRE, ModelPort, ModelSignal};
use registers::{Holds, OwnRegister};
use std::sync::Arc;

/// Bits of a random word that a rounding with guard bits takes.
const BYTE: u32 = 8;
/// Bits of a random word.
const WORD: u32 = 32;

/// A neuron file's program with the names, registers and random bits that a chip gives it.
#[derive(Debug, Clone)]
pub struct NeuronProgram {
    /// The program, and the model that it comes from.
    pub derived: Arc<Derived>,
    names: Names,
    own: Vec<OwnRegister>,
    offsets: Vec<RoundingOffset>,
}

/// What is added below the LSB of a state before it is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundingOffset {
    /// How many bits are below the LSB.
    pub bits: RoundingBits,
    /// Which random word it takes bits of, from 0: each is mixed from the one before.
    pub word: u32,
    /// Lowest of its bits in the word.
    pub from: u32,
}

/// Bits below the LSB, as the datapath knows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoundingBits {
    /// So many.
    Fixed(u32),
    /// What the register says: the half, or the mask of a random offset.
    Register(RegisterId),
}

impl PartialEq for NeuronProgram {
    /// A program and its names follow from the file, and from what a chip adds to it.
    fn eq(&self, other: &Self) -> bool {
        let [one, two] = [&self.derived, &other.derived];
        (one.model.text(), one.noise, &one.slopes) == (two.model.text(), two.noise, &two.slopes)
    }
}

impl NeuronProgram {
    /// A program on a chip.
    pub fn new(derived: Derived) -> Self {
        let mut names = Names::of(&derived);
        let own = registers::of(&derived, &mut names);
        let offsets = offsets(&derived, &own);
        Self {
            derived: Arc::new(derived),
            names,
            own,
            offsets,
        }
    }

    /// Name of a port of its kernels.
    pub fn port(&self, signal: ModelSignal) -> &str {
        self.names.of_signal(signal)
    }

    /// Whether a port begins so.
    pub fn any_begins_with(&self, prefix: &str) -> bool {
        self.names.any_begins_with(prefix)
    }

    /// The ports of a whole tick with the bounds of their values.
    pub fn ports(&self) -> Vec<ModelPort> {
        let nodes = self.derived.program.nodes();
        let inputs = nodes.iter().filter_map(|node| match node.operation {
            Operation::Input(input) => Some((ModelSignal::Input(input), node)),
            _ => None,
        });
        let outputs = self.derived.program.outputs().iter();
        let outputs = outputs
            .filter(|(output, _)| !matches!(output, Output::Moved(_) | Output::Left))
            .map(|(output, value)| (ModelSignal::Output(*output), &nodes[value.0]));
        let port = |(signal, node): (ModelSignal, &bruno_model::Node)| ModelPort {
            name: self.port(signal).into(),
            signal,
            low: node.low,
            high: node.high,
        };
        inputs.chain(outputs).map(port).collect()
    }

    /// The value of an output; none where the program has no such output.
    pub fn value(&self, output: &Output) -> Option<Value> {
        let mut all = self.derived.program.outputs().iter();
        all.find(|(o, _)| o == output).map(|(_, value)| *value)
    }

    /// Whether a spike may change a state.
    pub fn resets(&self, state: usize) -> bool {
        let moved = self.value(&Output::Moved(state));
        moved.is_some() && moved != self.value(&Output::State(state))
    }

    /// Most saturated updates of a neuron in a tick.
    pub fn most_saturations(&self) -> u32 {
        let value = self.value(&Output::Saturations);
        value.map_or(0, |v| self.derived.program.nodes()[v.0].high as u32)
    }

    /// What is added before its states are rounded, in the order of [`Derived::offsets`].
    pub fn offsets(&self) -> &[RoundingOffset] {
        &self.offsets
    }

    /// Random words that the roundings take bits of.
    pub fn rounding_words(&self) -> u32 {
        self.offsets.iter().map(|o| o.word + 1).max().unwrap_or(0)
    }

    /// The random word of the noise: the first, or with stochastic rounding the one behind those of the roundings.
    pub fn noise_word(&self, stochastic: bool) -> u32 {
        match stochastic {
            true => self.rounding_words(),
            false => 0,
        }
    }

    /// What the amplitude of the noise is.
    pub(super) fn about_noise(&self) -> String {
        let derived = &self.derived;
        let (Some(noise), name) = (
            derived.noise,
            &derived.model.states[derived.model.condition.state].name,
        ) else {
            return String::new();
        };
        let guard = match derived.offsets[noise.offset].bits {
            Below::Guard(bits) => bits,
            Below::Shift(_) => 0,
        };
        // `u` is up to 255 / 256 of 2^8.
        let exponent = i64::from(BYTE) - i64::from(noise.shift) - i64::from(guard);
        format!("noise on `{name}`, largest value a tick, 2^{exponent} LSB of `{name}`")
    }

    /// A value of a state in SI units.
    pub fn si(&self, state: StateId, value: f64) -> f64 {
        let of_file = self.derived.model.states.get(state.place());
        of_file.map_or(value, |s| value * s.unit.1.scale)
    }

    /// What neurons of this program are on a chip; words of the record are not in it yet.
    pub(super) fn declared(self) -> NeuronModel {
        let model = &self.derived.model;
        let mut states: Vec<State> = (0..model.states.len()).map(|s| self.state(s)).collect();
        let refractory = model.refractory.is_some();
        if refractory {
            let timer = parts::refractory_time();
            states.push(State {
                name: self.port(ModelSignal::Input(Input::Refractory)).into(),
                takes: Vec::new(),
                ..timer
            });
        }
        NeuronModel {
            about: format!("neurons of the model `{}`", model.name),
            current: StateId::at(model.input),
            fires: Some(Threshold {
                state: StateId::at(model.condition.state),
                register: None,
                timer: refractory.then(|| StateId::at(states.len() - 1)),
                nearness: None,
            }),
            samples: (0..self.derived.slopes.len())
                .map(|k| self.sample(k))
                .collect(),
            registers: (0..self.own.len())
                .map(|place| RegisterId::Own(place as u16))
                .collect(),
            rules: Vec::new(),
            words: Vec::new(),
            states,
            program: Some(Arc::new(self)),
        }
    }

    /// The sum of a derivative.
    fn sample(&self, index: usize) -> Sample {
        let slope = &self.derived.slopes[index];
        let [state, by] = [slope.state, slope.by].map(|s| &self.derived.model.states[s]);
        let output = self.port(ModelSignal::Output(Output::Slope(index)));
        let lsb = slope.lsb * by.unit.1.scale / state.unit.1.scale;
        Sample {
            word: format!("sum_{output}"),
            output: output.into(),
            about: format!(
                "the derivative of the rate of `{}` by `{}` (LSB {lsb:.4e} {}/s/({}))",
                state.name, by.name, state.unit.0, by.unit.0
            ),
            signed: true,
            log2_lsb: None,
            sum_shift: 0,
        }
    }

    fn state(&self, index: usize) -> State {
        let (state, word) = (
            &self.derived.model.states[index],
            &self.derived.words[index],
        );
        let (unit, scale) = (&state.unit.0, state.unit.1.scale);
        let port = |signal| self.port(signal).to_string();
        let name = port(ModelSignal::Input(Input::State(index)));
        let parameters = self.derived.model.defaults();
        let rest = self.own.iter().position(|r| r.holds == Holds::Rest(index));
        State {
            about: format!("`{}`", state.name),
            plural: format!("values of {}", state.name),
            quantity: Quantity::Coded {
                lsb: word.lsb / scale,
                offset: word.offset / scale,
                codes: (word.low, word.high),
                unit: unit.clone(),
            },
            bits: word.bits,
            rest: match rest {
                Some(place) => Rest::Register(RegisterId::Own(place as u16)),
                None => Rest::Code(self.rest_code(index, &parameters)),
            },
            kept_if: None,
            takes: Vec::new(),
            before_reset: self
                .resets(index)
                .then(|| port(ModelSignal::Output(Output::Moved(index)))),
            sum_shift: 0,
            name,
        }
    }
}

/// Random bits of each offset: a decay takes a word of its own, the guard bits of other sums a byte each.
fn offsets(derived: &Derived, own: &[OwnRegister]) -> Vec<RoundingOffset> {
    let mut words = 0;
    let mut bytes: Option<(u32, u32)> = None;
    let mut next_word = || {
        words += 1;
        words - 1
    };
    let mut place = |offset: &bruno_model::Offset| match offset.bits {
        Below::Shift(index) => {
            let register = own.iter().position(|r| r.holds == Holds::Offset(index));
            let literal = derived.literal_shift(index);
            RoundingOffset {
                bits: match register {
                    Some(place) => RoundingBits::Register(RegisterId::Own(place as u16)),
                    None => RoundingBits::Fixed(literal),
                },
                word: next_word(),
                from: 0,
            }
        }
        Below::Guard(bits) => {
            let (word, from) = match bytes {
                Some((word, from)) if from < WORD => (word, from),
                _ => (next_word(), 0),
            };
            bytes = Some((word, from + BYTE));
            RoundingOffset {
                bits: RoundingBits::Fixed(bits),
                word,
                from,
            }
        }
    };
    derived.offsets.iter().map(&mut place).collect()
}
