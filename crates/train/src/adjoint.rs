//! The backward pass of one sample: coarse steps from the last window to the first, layers from the readout down.
//!
//! The equations are those of docs/method.md; `lambda` is the derivative of the loss by a state at the end of a window.

use crate::coarse::{Coarse, Recorded, Step};
use crate::config::{GradientKind, TrainConfig};
use crate::parameters::Parameters;
use crate::traces::{self, Decay, Trace};
use bruno_device::{Chip, Codes, Layer, LayerKind};
use bruno_sim::{Stimulus, Trace as ChipTrace};

/// `dL/d parameter` of one sample, in the order of [`Parameters::values`].
pub type Gradient = Vec<f32>;

/// What the loss asks of the chip's outputs.
pub struct Demand<'a> {
    /// `dL/d(readout current, pA)` at the end of every window, `[window][output]`.
    pub by_current: &'a [f32],
    /// `dL/d(spike count)` of every hidden neuron, by layer; the same in every window.
    pub by_spikes: &'a [Vec<f32>],
}

/// The gradient of one sample from its trace. Output biases are left at zero: the loss knows them.
pub fn backward(
    chip: &Chip,
    parameters: &Parameters,
    config: &TrainConfig,
    stimulus: &Stimulus,
    trace: &ChipTrace,
    demand: &Demand<'_>,
) -> Gradient {
    let mut gradient = vec![0.0; parameters.values.len()];
    let mut layers: Vec<LayerAdjoint> = (0..chip.layers.len())
        .map(|index| LayerAdjoint::new(chip, parameters, config, index, stimulus, trace))
        .collect();
    for window in (0..stimulus.windows as usize).rev() {
        for index in (0..layers.len()).rev() {
            let (own, later) = layers.split_at_mut(index + 1);
            own[index].window(window, later.first(), demand, &mut gradient);
        }
    }
    // Latent units and logits from pA and card units.
    for (index, layer) in parameters.layers.iter().enumerate() {
        for projection in std::iter::once(&layer.input).chain(&layer.recurrent) {
            for g in &mut gradient[projection.place.clone()] {
                *g *= projection.scale_pa;
            }
        }
        for (k, place) in layer.device.clone().enumerate() {
            gradient[place] = layers[index].device[k] as f32 * parameters.device_slope(k, place);
        }
    }
    gradient
}

/// Running adjoint of one layer.
struct LayerAdjoint<'a> {
    index: usize,
    layer: &'a Layer,
    parameters: &'a Parameters,
    coarse: Option<Coarse>,
    decay: Decay,
    /// Weights in force, pA, `[channel][neuron]`.
    input: Vec<f32>,
    recurrent: Vec<f32>,
    input_traces: Vec<Vec<Trace>>,
    recurrent_traces: Vec<Vec<Trace>>,
    records: Records<'a>,
    /// By (V, p) at the end of the window at hand.
    state: Vec<[f32; 2]>,
    /// By the synaptic current there, pA.
    current: Vec<f32>,
    /// By the mean current of the window, pA.
    mean: Vec<f32>,
    /// `current` before this window's step, for the layer before.
    asked: Vec<f32>,
    device: Vec<f64>,
}

impl<'a> LayerAdjoint<'a> {
    fn new(
        chip: &'a Chip,
        parameters: &'a Parameters,
        config: &TrainConfig,
        index: usize,
        stimulus: &Stimulus,
        trace: &'a ChipTrace,
    ) -> Self {
        let layer = &chip.layers[index];
        let own = &parameters.layers[index];
        let count = stimulus.windows as usize;
        let decay = Decay::new(1.0 - layer.codes.i_dec.value(), chip.window_ticks);
        let input_traces = match index {
            0 => traces::windows(stimulus.events.iter().copied(), count, &decay),
            _ => traces::windows(
                traces::delayed(&trace.layers[index - 1].spikes),
                count,
                &decay,
            ),
        };
        let recurrent_traces = match own.recurrent {
            Some(_) => traces::windows(traces::delayed(&trace.layers[index].spikes), count, &decay),
            None => vec![Vec::new(); count],
        };
        let card = chip.description.layers.get(index).map(|l| &l.device);
        let n = layer.neurons;
        Self {
            index,
            layer,
            parameters,
            coarse: card.map(|card| Coarse::new(card, layer.kind, chip.window_ticks, config)),
            decay,
            input: own.input.weights_pa(&parameters.values),
            recurrent: own
                .recurrent
                .as_ref()
                .map_or(Vec::new(), |r| r.weights_pa(&parameters.values)),
            input_traces,
            recurrent_traces,
            records: Records::new(chip, index, trace, config.gradient),
            state: vec![[0.0; 2]; n],
            current: vec![0.0; n],
            mean: vec![0.0; n],
            asked: vec![0.0; n],
            device: vec![0.0; own.device.len()],
        }
    }

    fn window(
        &mut self,
        window: usize,
        later: Option<&LayerAdjoint<'_>>,
        demand: &Demand<'_>,
        gradient: &mut [f32],
    ) {
        match self.coarse.clone() {
            None => self.readout(window, demand),
            Some(coarse) => self.hidden(window, &coarse, later, demand),
        }
        self.accumulate(window, gradient);
        let (left, start) = (self.decay.over_window(), self.decay.mean_of_start());
        for (current, mean) in self.current.iter_mut().zip(&self.mean) {
            *current = left * *current + start * mean;
        }
    }

    fn readout(&mut self, window: usize, demand: &Demand<'_>) {
        let n = self.layer.neurons;
        let asked = &demand.by_current[window * n..(window + 1) * n];
        self.current
            .iter_mut()
            .zip(asked)
            .for_each(|(c, a)| *c += a);
        self.asked.copy_from_slice(&self.current);
    }

    fn hidden(
        &mut self,
        window: usize,
        coarse: &Coarse,
        later: Option<&LayerAdjoint<'_>>,
        demand: &Demand<'_>,
    ) {
        let n = self.layer.neurons;
        let records: Vec<Recorded> = (0..n).map(|k| self.records.at(window, k)).collect();
        let steps: Vec<Step> = records.iter().map(|r| coarse.step(r)).collect();
        self.asked.copy_from_slice(&self.current);
        for (mean, (step, state)) in self.mean.iter_mut().zip(steps.iter().zip(&self.state)) {
            *mean = step.b[0] * state[0] + step.b[1] * state[1];
        }
        let mut spikes = demand.by_spikes[self.index].clone();
        self.ask(&mut spikes, &self.recurrent, self);
        if let Some(later) = later {
            self.ask(&mut spikes, &later.input, later);
        }
        for (k, step) in steps.iter().enumerate() {
            for (place, sum) in self.device.iter_mut().enumerate() {
                let parameter = self.parameters.device()[place].parameter;
                *sum += coarse.device(parameter, &records[k], self.state[k], spikes[k]);
            }
            self.mean[k] += step.d * spikes[k];
            let [v, p] = self.state[k];
            self.state[k] = [
                step.a[0][0] * v + step.a[1][0] * p + step.c[0] * spikes[k],
                step.a[0][1] * v + step.a[1][1] * p + step.c[1] * spikes[k],
            ];
        }
    }

    /// Adds what the layer `to` asks of this layer's spikes over `weights`: a spike's time in the window is taken as
    /// unknown, so its effect is the average over the window.
    fn ask(&self, spikes: &mut [f32], weights: &[f32], to: &LayerAdjoint<'_>) {
        let n = to.layer.neurons;
        let (end, mean) = (to.decay.average_end(), to.decay.average_mean());
        let wanted: Vec<f32> = to
            .asked
            .iter()
            .zip(&to.mean)
            .map(|(a, m)| end * a + mean * m)
            .collect();
        for (spike, row) in spikes.iter_mut().zip(weights.chunks_exact(n)) {
            *spike += row.iter().zip(&wanted).map(|(w, x)| w * x).sum::<f32>();
        }
    }

    fn accumulate(&self, window: usize, gradient: &mut [f32]) {
        let own = &self.parameters.layers[self.index];
        let n = self.layer.neurons;
        let mut add = |traces: &[Trace], start: usize| {
            for trace in traces {
                let row = start + trace.channel as usize * n;
                let row = &mut gradient[row..row + n];
                for ((g, asked), mean) in row.iter_mut().zip(&self.asked).zip(&self.mean) {
                    *g += asked * trace.end + mean * trace.mean;
                }
            }
        };
        add(&self.input_traces[window], own.input.place.start);
        if let Some(recurrent) = &own.recurrent {
            add(&self.recurrent_traces[window], recurrent.place.start);
        }
    }
}

/// The records of a layer in physical units.
struct Records<'a> {
    words: &'a [i32],
    names: Vec<&'static str>,
    neurons: usize,
    v_lsb: f64,
    p_lsb: f64,
    i_lsb: f64,
    window: u32,
    mean: bool,
    codes: Codes,
    /// Share of each window that a neuron is not refractory, `[window][neuron]`.
    active: Vec<f32>,
}

impl<'a> Records<'a> {
    fn new(chip: &Chip, index: usize, trace: &'a ChipTrace, gradient: GradientKind) -> Self {
        let layer = &chip.layers[index];
        let formats = &chip.description.formats;
        let names = layer.record_words(chip.recorder);
        let words = &trace.layers[index].records;
        let windows = words.len() / names.len() / layer.neurons;
        let mut active = vec![1.0f32; windows * layer.neurons];
        let k = chip.window_ticks;
        for spike in &trace.layers[index].spikes {
            // Refractory ticks follow the spike's own.
            let (mut from, end) = (spike.tick + 1, spike.tick + 1 + layer.codes.t_ref as u32);
            while from < end && ((from / k) as usize) < windows {
                let window = from / k;
                let until = end.min((window + 1) * k);
                let place = window as usize * layer.neurons + spike.neuron as usize;
                active[place] = (active[place] - (until - from) as f32 / k as f32).max(0.0);
                from = until;
            }
        }
        Self {
            words,
            mean: gradient == GradientKind::Mean && names.contains(&"sum_v"),
            names,
            neurons: layer.neurons,
            v_lsb: formats.v_lsb(),
            p_lsb: formats.p_lsb(),
            i_lsb: formats.i_lsb_pa(),
            window: k,
            codes: layer.codes,
            active,
        }
    }

    fn word(&self, window: usize, neuron: usize, name: &str) -> Option<i32> {
        let at = self.names.iter().position(|n| *n == name)?;
        self.words
            .get((window * self.neurons + neuron) * self.names.len() + at)
            .copied()
    }

    /// Means of V and p (LSB) over the ticks in which the neuron was free. A spike and its refractory time write and hold
    /// the reset values, which say nothing of the way to the threshold; spike times tell how long.
    fn free_mean(&self, window: usize, neuron: usize) -> (f64, f64) {
        let word = |name| self.word(window, neuron, name).unwrap_or(0);
        let k = f64::from(self.window);
        let active = f64::from(self.active[window * self.neurons + neuron]) * k;
        let free = active.round() - f64::from(word("n_spike"));
        let (v, p) = (f64::from(word("sum_v")), f64::from(word("sum_p") as u32));
        if free < 1.0 {
            return (v / k, p / k);
        }
        let held = k - free;
        let without = |sum: f64, reset: i32| (sum - held * f64::from(reset)) / free;
        // A kept occupation is held at an unknown value.
        let p = if self.codes.keep_p {
            p / k
        } else {
            without(p, self.codes.p_reset)
        };
        (without(v, self.codes.v_reset), p)
    }

    fn at(&self, window: usize, neuron: usize) -> Recorded {
        let word = |window, name| self.word(window, neuron, name).unwrap_or(0);
        let (v, p) = if self.mean {
            self.free_mean(window, neuron)
        } else {
            (f64::from(word(window, "v")), f64::from(word(window, "p")))
        };
        let before = if window == 0 {
            0
        } else {
            word(window - 1, "i")
        };
        let current = 0.5 * (f64::from(before) + f64::from(word(window, "i")));
        Recorded {
            v: v * self.v_lsb,
            p: p * self.p_lsb,
            i: current * self.i_lsb,
            spikes: word(window, "n_spike"),
            clamped: word(window, "v") <= self.codes.v_floor,
            active: f64::from(self.active[window * self.neurons + neuron]),
        }
    }
}

/// Spiking neurons of a layer never are its readout's.
pub(crate) fn hidden(chip: &Chip) -> impl Iterator<Item = &Layer> {
    chip.layers.iter().filter(|l| l.kind != LayerKind::Readout)
}
