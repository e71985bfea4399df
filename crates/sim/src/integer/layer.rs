//! One layer of the integer model: its neurons, its spikes and its recorder.

use super::activity::Activity;
use super::neuron::{Arithmetic, Outcome, State};
use super::program::ProgramLanes;
use super::random::{Generator, Offsets};
use crate::{LayerProgram, LayerTrace, Spike};
use bruno_chip::Rounding;
use bruno_device::{Chip, Codes, Event, Gathers, Layer, NeuronModel, Options, Signal};
use std::sync::Arc;

/// Counters are 20 bits and stop at their largest value.
const COUNT_MAX: i64 = (1 << 20) - 1;

/// What a word gathers over a window, at the window's start.
fn opens(gathers: Gathers) -> i64 {
    match gathers {
        Gathers::Least(_) => i64::MAX,
        Gathers::Most(_) => i64::MIN,
        Gathers::Last(_) | Gathers::Count(_) | Gathers::Sum(_) => 0,
    }
}

/// The same after a tick that left the neuron in state `s`.
fn gathered(
    model: &NeuronModel,
    gathers: Gathers,
    so_far: i64,
    s: &State,
    outcome: &Outcome,
) -> i64 {
    match gathers {
        Gathers::Last(id) => s.get(id),
        Gathers::Count(Event::Spike) => (so_far + i64::from(outcome.spike)).min(COUNT_MAX),
        Gathers::Count(Event::Saturation) => (so_far + outcome.saturations()).min(COUNT_MAX),
        Gathers::Sum(Signal::State(id)) => {
            so_far + (s.get(id) >> model.states[id.place()].sum_shift)
        }
        Gathers::Sum(Signal::Sample(id)) => {
            so_far + (outcome.samples[id.place()] >> model.samples[id.place()].sum_shift)
        }
        Gathers::Least(id) => so_far.min(s.get(id)),
        Gathers::Most(id) => so_far.max(s.get(id)),
    }
}

/// A layer's states, in the order of its neurons.
pub struct LayerState {
    model: Arc<NeuronModel>,
    arithmetic: Arithmetic,
    /// Of neurons of a file, in place of the arithmetic.
    lanes: Option<ProgramLanes>,
    inputs: usize,
    rounding: Rounding,
    options: Options,
    generator: Generator,
    /// Neuron states.
    pub neurons: Vec<State>,
    /// What the window has gathered, `[neuron][word]`.
    gathered: Vec<i64>,
    fired: Vec<u32>,
    /// Neurons with a saturated update in the last tick.
    saturated: Vec<u32>,
    inject: Vec<i64>,
    saturations: u64,
    activity: Activity,
    trace: LayerTrace,
}

/// What a layer carries from one tick to the next.
#[derive(Debug, Clone)]
pub(super) struct Carried {
    neurons: Vec<State>,
    fired: Vec<u32>,
    generator: Generator,
}

impl LayerState {
    pub(super) fn carried(&self) -> Carried {
        Carried {
            neurons: self.neurons.clone(),
            fired: self.fired.clone(),
            generator: self.generator,
        }
    }

    pub(super) fn restore(&mut self, carried: &Carried) {
        self.neurons.clone_from(&carried.neurons);
        self.fired.clone_from(&carried.fired);
        self.generator = carried.generator;
    }

    pub(super) fn new(chip: &Chip, layer: &Layer) -> Self {
        let model = layer.model.clone();
        let mut state = Self {
            arithmetic: Arithmetic::of(layer.kind, &model, chip.constants, chip.rounding),
            lanes: model.program.as_ref().map(|program| {
                ProgramLanes::new(program, &layer.codes, layer.options, layer.neurons)
            }),
            inputs: layer.inputs,
            rounding: chip.rounding,
            options: layer.options,
            generator: Generator::new(layer.codes.seed),
            neurons: vec![State::default(); layer.neurons],
            gathered: Vec::new(),
            fired: Vec::new(),
            saturated: Vec::new(),
            inject: vec![0; layer.neurons],
            saturations: 0,
            activity: Activity::default(),
            trace: LayerTrace::default(),
            model,
        };
        state.reset(&layer.codes);
        state
    }

    pub(super) fn reset(&mut self, codes: &Codes) {
        let mut rest = State::default();
        for (place, state) in rest.0.iter_mut().zip(&self.model.states) {
            *place = i64::from(state.rest.code(codes));
        }
        self.neurons.fill(rest);
        self.open_window();
        self.generator = Generator::new(codes.seed);
        self.fired.clear();
        self.saturated.clear();
        self.saturations = 0;
        self.trace = LayerTrace::default();
    }

    fn open_window(&mut self) {
        let words = || self.model.words.iter().map(|w| opens(w.gathers));
        self.gathered = self.neurons.iter().flat_map(|_| words()).collect();
    }

    /// Neurons that fired in the last tick.
    pub fn fired(&self) -> &[u32] {
        &self.fired
    }

    /// Neurons with a saturated update in the last tick.
    pub fn saturated(&self) -> &[u32] {
        &self.saturated
    }

    pub(super) fn saturations(&self) -> u64 {
        self.saturations
    }

    /// What happened since the model was made, over all resets.
    pub fn activity(&self) -> &Activity {
        &self.activity
    }

    /// One tick; with what windows, counters and activities gather, if a record of it is kept.
    pub(super) fn step(&mut self, spiking: &[u32], program: &LayerProgram, kept: bool) {
        self.inject.fill(0);
        for channel in spiking {
            self.add_row(*channel as usize, &program.levels, &program.weights);
        }
        if !program.recurrent_levels.is_empty() {
            for neuron in std::mem::take(&mut self.fired) {
                let channel = self.inputs + neuron as usize;
                self.add_row(channel, &program.recurrent_levels, &program.weights);
                self.activity.recurrent_rows += u64::from(kept);
            }
        }
        self.fired.clear();
        self.saturated.clear();
        if self.lanes.is_some() {
            self.step_program(&program.codes, kept);
        } else {
            for index in 0..self.neurons.len() {
                self.step_neuron(index, &program.codes, kept);
            }
        }
        self.generator.advance();
    }

    fn add_row(&mut self, channel: usize, levels: &[i32], weights: &[u8]) {
        let n = self.neurons.len();
        let row = &weights[channel * n..(channel + 1) * n];
        for (sum, code) in self.inject.iter_mut().zip(row) {
            *sum += i64::from(levels[usize::from(*code)]);
        }
    }

    fn step_neuron(&mut self, index: usize, codes: &Codes, kept: bool) {
        let words = if self.options.random() {
            self.generator.words(index)
        } else {
            [0; 2]
        };
        let noise_m = if self.options.noise { codes.noise_m } else { 0 };
        let offsets = Offsets::new(self.rounding, codes, noise_m, words);
        let before = self.neurons[index];
        let outcome = self.arithmetic.tick(
            &mut self.neurons[index],
            self.inject[index],
            codes,
            &offsets,
        );
        self.happened(index, &outcome);
        if kept {
            self.gather(index, &before, &outcome, codes);
        }
    }

    fn step_program(&mut self, codes: &Codes, kept: bool) {
        let Some(lanes) = &mut self.lanes else {
            return;
        };
        lanes.load(codes);
        let before = self.neurons.clone();
        let outcomes = lanes.tick(&mut self.neurons, &self.inject, self.generator);
        for (index, (before, outcome)) in before.iter().zip(&outcomes).enumerate() {
            self.happened(index, outcome);
            if kept {
                self.gather(index, before, outcome, codes);
            }
        }
    }

    /// What a neuron did in a tick, for the layers behind.
    fn happened(&mut self, index: usize, outcome: &Outcome) {
        if outcome.spike {
            self.fired.push(index as u32);
        }
        if outcome.saturations() != 0 {
            self.saturated.push(index as u32);
        }
    }

    /// The same for the record and the counters.
    fn gather(&mut self, index: usize, before: &State, outcome: &Outcome, codes: &Codes) {
        let s = &self.neurons[index];
        self.activity.add(&self.model, before, outcome, s, codes);
        self.saturations += outcome.saturations() as u64;
        let words = &self.model.words;
        let row = self.gathered[index * words.len()..].iter_mut();
        for (so_far, word) in row.zip(words) {
            *so_far = gathered(&self.model, word.gathers, *so_far, s, outcome);
        }
    }

    /// Keeps the spikes of this tick and, at a window's end, its record.
    pub(super) fn record(&mut self, tick: u32, last: bool) {
        let spike = |neuron: &u32| Spike {
            tick,
            neuron: *neuron,
        };
        self.trace.spikes.extend(self.fired.iter().map(spike));
        if !last {
            return;
        }
        // Unsigned sums keep their 32 bits.
        let words = self.gathered.iter().map(|value| *value as i32);
        self.trace.records.extend(words);
        self.open_window();
    }

    pub(super) fn take_trace(&mut self) -> LayerTrace {
        std::mem::take(&mut self.trace)
    }
}
