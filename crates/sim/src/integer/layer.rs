//! One layer of the integer model: its neurons, its spikes and its recorder.

use super::activity::Activity;
use super::neuron::{self, Outcome, State};
use super::random::{Generator, Offsets};
use crate::{LayerProgram, LayerTrace, Spike};
use bruno_chip::{RecorderLevel, Rounding};
use bruno_device::{Chip, Codes, Constants, Layer, LayerKind, Options};

/// Counters are 20 bits and stop at their largest value.
const COUNT_MAX: i64 = (1 << 20) - 1;

/// Window accumulators of one neuron.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lane {
    /// Spikes in the window.
    pub n_spike: i64,
    /// Saturated updates in the window.
    pub n_sat: i64,
    /// Sum of the membrane.
    pub sum_v: i64,
    /// Sum of the occupation.
    pub sum_p: i64,
    /// Sums of the tick's linearisations.
    pub sums: neuron::Linear,
    /// Smallest and largest membrane, none before the window's first tick.
    pub range_v: Option<(i64, i64)>,
    /// Smallest and largest occupation.
    pub range_p: Option<(i64, i64)>,
}

impl Lane {
    fn add(&mut self, s: &State, outcome: &Outcome, saturations: i64) {
        self.n_spike = (self.n_spike + i64::from(outcome.spike)).min(COUNT_MAX);
        self.n_sat = (self.n_sat + saturations).min(COUNT_MAX);
        self.sum_v += s.v;
        self.sum_p += s.p;
        let tick = &outcome.linear;
        self.sums.net_flow += tick.net_flow;
        self.sums.steep_flow += tick.steep_flow;
        self.sums.rates += tick.rates;
        self.sums.near += tick.near;
        widen(&mut self.range_v, s.v);
        widen(&mut self.range_p, s.p);
    }
}

fn widen(range: &mut Option<(i64, i64)>, value: i64) {
    let (low, high) = range.unwrap_or((value, value));
    *range = Some((low.min(value), high.max(value)));
}

/// A layer's states, in the order of its neurons.
pub struct LayerState {
    kind: LayerKind,
    inputs: usize,
    constants: Constants,
    rounding: Rounding,
    options: Options,
    generator: Generator,
    words: Vec<&'static str>,
    /// Neuron states.
    pub neurons: Vec<State>,
    /// Window accumulators.
    pub lanes: Vec<Lane>,
    fired: Vec<u32>,
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
        let level: RecorderLevel = chip.recorder;
        let mut state = Self {
            kind: layer.kind,
            inputs: layer.inputs,
            constants: chip.constants,
            rounding: chip.rounding,
            options: layer.options,
            generator: Generator::new(layer.codes.seed),
            words: layer.record_words(level),
            neurons: vec![State::default(); layer.neurons],
            lanes: vec![Lane::default(); layer.neurons],
            fired: Vec::new(),
            inject: vec![0; layer.neurons],
            saturations: 0,
            activity: Activity::default(),
            trace: LayerTrace::default(),
        };
        state.reset(&layer.codes);
        state
    }

    pub(super) fn reset(&mut self, codes: &Codes) {
        let rest = State {
            v: i64::from(codes.v_reset),
            p: i64::from(codes.p_reset),
            ..State::default()
        };
        self.neurons.fill(rest);
        self.lanes.fill(Lane::default());
        self.generator = Generator::new(codes.seed);
        self.fired.clear();
        self.saturations = 0;
        self.trace = LayerTrace::default();
    }

    /// Neurons that fired in the last tick.
    pub fn fired(&self) -> &[u32] {
        &self.fired
    }

    pub(super) fn saturations(&self) -> u64 {
        self.saturations
    }

    /// What happened since the model was made, over all resets.
    pub fn activity(&self) -> &Activity {
        &self.activity
    }

    pub(super) fn step(&mut self, spiking: &[u32], program: &LayerProgram) {
        self.inject.fill(0);
        for channel in spiking {
            self.add_row(*channel as usize, &program.levels, &program.weights);
        }
        if !program.recurrent_levels.is_empty() {
            for neuron in std::mem::take(&mut self.fired) {
                let channel = self.inputs + neuron as usize;
                self.add_row(channel, &program.recurrent_levels, &program.weights);
                self.activity.recurrent_rows += 1;
            }
        }
        self.fired.clear();
        for index in 0..self.neurons.len() {
            self.step_neuron(index, &program.codes);
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

    fn step_neuron(&mut self, index: usize, codes: &Codes) {
        let words = if self.options.random() {
            self.generator.words(index)
        } else {
            [0; 2]
        };
        let noise_m = if self.options.noise { codes.noise_m } else { 0 };
        let offsets = Offsets::new(self.rounding, codes, noise_m, words);
        let s = &mut self.neurons[index];
        let before = *s;
        let k = &self.constants;
        let clipped = neuron::synapse(s, self.inject[index], codes, k, self.rounding, &offsets);
        let outcome = match self.kind {
            LayerKind::Felif => neuron::felif(s, codes, k, &offsets),
            LayerKind::Lif => neuron::lif(s, codes, k, self.rounding, &offsets),
            LayerKind::Readout => Outcome::default(),
        };
        self.activity
            .add(&before, clipped != 0, &outcome, s, codes, k);
        let saturations = clipped + outcome.saturations;
        self.saturations += saturations as u64;
        self.lanes[index].add(s, &outcome, saturations);
        if outcome.spike {
            self.fired.push(index as u32);
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
        for (s, lane) in self.neurons.iter().zip(&mut self.lanes) {
            for word in &self.words {
                self.trace.records.push(record_word(word, s, lane));
            }
            *lane = Lane::default();
        }
    }

    pub(super) fn take_trace(&mut self) -> LayerTrace {
        std::mem::take(&mut self.trace)
    }
}

/// One word of a record; unsigned sums keep their 32 bits.
fn record_word(word: &str, s: &State, lane: &Lane) -> i32 {
    let value = match word {
        "v" => s.v,
        "p" => s.p,
        "i" => s.i,
        "n_spike" => lane.n_spike,
        "n_sat" => lane.n_sat,
        "sum_v" => lane.sum_v,
        "sum_p" => lane.sum_p,
        "sum_f" => lane.sums.net_flow,
        "sum_x" => lane.sums.steep_flow,
        "sum_k" => lane.sums.rates,
        "sum_h" => lane.sums.near,
        "min_v" => lane.range_v.unwrap_or_default().0,
        "max_v" => lane.range_v.unwrap_or_default().1,
        "min_p" => lane.range_p.unwrap_or_default().0,
        _ => lane.range_p.unwrap_or_default().1,
    };
    value as i32
}
