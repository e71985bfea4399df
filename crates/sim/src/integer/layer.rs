//! One layer of the integer model: its neurons, its spikes and its recorder.

use super::neuron::{self, Outcome, State};
use crate::{LayerProgram, LayerTrace, Spike};
use bruno_chip::{RecorderLevel, Rounding};
use bruno_device::{Chip, Codes, Constants, Layer, LayerKind};

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
}

/// A layer's states, in the order of its neurons.
pub struct LayerState {
    kind: LayerKind,
    inputs: usize,
    constants: Constants,
    rounding: Rounding,
    words: Vec<&'static str>,
    /// Neuron states.
    pub neurons: Vec<State>,
    /// Window accumulators.
    pub lanes: Vec<Lane>,
    fired: Vec<u32>,
    inject: Vec<i64>,
    saturations: u64,
    trace: LayerTrace,
}

impl LayerState {
    pub(super) fn new(chip: &Chip, layer: &Layer) -> Self {
        let level: RecorderLevel = chip.recorder;
        let mut state = Self {
            kind: layer.kind,
            inputs: layer.inputs,
            constants: chip.constants,
            rounding: chip.rounding,
            words: layer.record_words(level),
            neurons: vec![State::default(); layer.neurons],
            lanes: vec![Lane::default(); layer.neurons],
            fired: Vec::new(),
            inject: vec![0; layer.neurons],
            saturations: 0,
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

    pub(super) fn step(&mut self, spiking: &[u32], program: &LayerProgram) {
        self.inject.fill(0);
        for channel in spiking {
            self.add_row(*channel as usize, &program.levels, &program.weights);
        }
        if !program.recurrent_levels.is_empty() {
            for neuron in std::mem::take(&mut self.fired) {
                let channel = self.inputs + neuron as usize;
                self.add_row(channel, &program.recurrent_levels, &program.weights);
            }
        }
        self.fired.clear();
        for index in 0..self.neurons.len() {
            self.step_neuron(index, &program.codes);
        }
    }

    fn add_row(&mut self, channel: usize, levels: &[i32], weights: &[u8]) {
        let n = self.neurons.len();
        let row = &weights[channel * n..(channel + 1) * n];
        for (sum, code) in self.inject.iter_mut().zip(row) {
            *sum += i64::from(levels[usize::from(*code)]);
        }
    }

    fn step_neuron(&mut self, index: usize, codes: &Codes) {
        let s = &mut self.neurons[index];
        let k = &self.constants;
        let clipped = neuron::synapse(s, self.inject[index], codes, k, self.rounding);
        let outcome = match self.kind {
            LayerKind::Felif => neuron::felif(s, codes, k),
            LayerKind::Lif => neuron::lif(s, codes, k, self.rounding),
            LayerKind::Readout => Outcome::default(),
        };
        let saturations = clipped + outcome.saturations;
        self.saturations += saturations as u64;
        let lane = &mut self.lanes[index];
        lane.n_spike = (lane.n_spike + i64::from(outcome.spike)).min(COUNT_MAX);
        lane.n_sat = (lane.n_sat + saturations).min(COUNT_MAX);
        lane.sum_v += s.v;
        lane.sum_p += s.p;
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

/// One word of a record; `sum_p` keeps its 32 bits.
fn record_word(word: &str, s: &State, lane: &Lane) -> i32 {
    let value = match word {
        "v" => s.v,
        "p" => s.p,
        "i" => s.i,
        "n_spike" => lane.n_spike,
        "n_sat" => lane.n_sat,
        "sum_v" => lane.sum_v,
        _ => lane.sum_p,
    };
    value as i32
}
