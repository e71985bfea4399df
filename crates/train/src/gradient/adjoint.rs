//! The backward pass of one sample: coarse steps from the last window to the first, layers from the readout down.
//!
//! The equations are those of docs/method.md; `lambda` is the derivative of the loss by a state at the end of a window.

use crate::TrainError;
use crate::gradient::clamped::{self, Clamped};
use crate::gradient::decay_slope::DecaySlope;
use crate::gradient::pass::{Demand, Pass};
use crate::gradient::recording::Recording;
use crate::gradient::step::{Step, Steps};
use crate::gradient::traces::{self, Decay, Trace};
use crate::neuron::linear::{Beside, LayerNeuron};
use crate::run::not_finite::NotFinite;
use crate::weights::in_force::Physical;
use crate::weights::parameters::Parameters;
use bruno_device::Layer;
use std::collections::BTreeMap;

/// The gradient of one sample by the currents and cards in force, from its events and its linearised windows, which
/// `steps` gives for each hidden layer and no other, and that by the input spikes where it is asked for; an error names the first window and neuron in which a number is not finite.
pub(crate) fn backward<S: Steps<N>, const N: usize>(
    pass: &Pass<'_>,
    recording: &Recording,
    steps: &dyn Fn(usize) -> Option<S>,
    by_input: bool,
) -> Result<Physical, TrainError> {
    let Pass {
        parameters,
        stimulus,
        demand,
        ..
    } = pass;
    let chip = pass.chip();
    let mut gradient = vec![0.0; parameters.values.len()];
    let mut layers: Vec<LayerAdjoint<'_, S, N>> = (0..chip.layers.len())
        .map(|index| LayerAdjoint::new(pass, index, recording, steps(index)))
        .collect();
    let channels = if by_input { chip.inputs } else { 0 };
    let mut inputs = vec![0.0; stimulus.windows as usize * channels];
    for window in (0..stimulus.windows as usize).rev() {
        for index in (0..layers.len()).rev() {
            let (own, later) = layers.split_at_mut(index + 1);
            own[index].window(window, later.first(), demand, &mut gradient)?;
        }
        if by_input && let Some(first) = layers.first() {
            let row = &mut inputs[window * channels..(window + 1) * channels];
            first.ask(row, first.input, window, 0);
        }
    }
    Ok(Physical {
        weights: gradient.into_iter().map(f64::from).collect(),
        devices: layers.into_iter().map(LayerAdjoint::devices).collect(),
        inputs,
    })
}

/// Running adjoint of one layer.
struct LayerAdjoint<'a, S, const N: usize> {
    index: usize,
    layer: &'a Layer,
    parameters: &'a Parameters,
    decay: Decay,
    window_ticks: f32,
    /// Weights in force, pA, `[channel][neuron]`.
    input: &'a [f32],
    recurrent: &'a [f32],
    input_traces: Vec<Vec<Trace>>,
    recurrent_traces: Vec<Vec<Trace>>,
    /// Windows of neurons whose current was clamped.
    clamped: BTreeMap<usize, Vec<Clamped>>,
    /// None for the readout.
    steps: Option<S>,
    /// By the states at the end of the window at hand.
    state: Vec<[f32; N]>,
    /// By the synaptic current there, pA.
    current: Vec<f32>,
    /// By the mean current of the window, pA.
    mean: Vec<f32>,
    /// `current` before this window's step, for the layer before.
    asked: Vec<f32>,
    device: Vec<f64>,
    /// What the device parameters in training change beside the windows; empty for the readout.
    beside: Vec<Beside<N>>,
    /// Where one of them changes the decay of the current.
    decay_slope: Option<DecaySlope>,
}

impl<'a, S: Steps<N>, const N: usize> LayerAdjoint<'a, S, N> {
    fn new(pass: &Pass<'a>, index: usize, recording: &Recording, steps: Option<S>) -> Self {
        let Pass {
            in_force,
            parameters,
            stimulus,
            ..
        } = *pass;
        let chip = &in_force.chip;
        let layer = &chip.layers[index];
        let own = &parameters.layers[index];
        let count = stimulus.windows as usize;
        let decay = Decay::new(1.0 - layer.current_loss(), chip.window_ticks);
        let input_spikes: Vec<(u32, u32)> = match index {
            0 => stimulus.events.clone(),
            _ => traces::delayed(&recording.layers[index - 1].spikes).collect(),
        };
        let own_spikes: Vec<(u32, u32)> = match own.recurrent {
            Some(_) => traces::delayed(&recording.layers[index].spikes).collect(),
            None => Vec::new(),
        };
        let spikes = [&input_spikes, &own_spikes];
        let all = spikes.map(|s| traces::windows(s.iter().copied(), count, &decay));
        let n = layer.neurons;
        let trains = !own.device.is_empty();
        let neuron = trains
            .then(|| LayerNeuron::of(chip, index, pass.config))
            .flatten();
        let beside = neuron.map_or(Vec::new(), |neuron| neuron.beside::<N>());
        let weights = [in_force.input_pa(index), in_force.recurrent_pa(index)];
        let heard = [0, 1].map(|k: usize| (spikes[k].as_slice(), weights[k]));
        let clamped = clamped::of_layer(layer, &recording.layers[index], &decay, heard);
        let decay_slope = beside.iter().any(|b| b.current_left != 0.0).then(|| {
            let slopes = spikes.map(|s| traces::window_slopes(s.iter().copied(), count, &decay));
            let [traces, slopes] =
                [&all, &slopes].map(|of| [0, 1].map(|k| (&of[k][..], weights[k])));
            DecaySlope::new(decay, n, &traces, &slopes, &clamped)
        });
        let [input_traces, recurrent_traces] = all;
        Self {
            index,
            layer,
            parameters,
            decay,
            window_ticks: chip.window_ticks as f32,
            input: in_force.input_pa(index),
            recurrent: in_force.recurrent_pa(index),
            input_traces,
            recurrent_traces,
            clamped,
            steps,
            state: vec![[0.0; N]; n],
            current: vec![0.0; n],
            mean: vec![0.0; n],
            asked: vec![0.0; n],
            device: vec![0.0; own.device.len()],
            beside,
            decay_slope,
        }
    }

    fn window(
        &mut self,
        window: usize,
        later: Option<&LayerAdjoint<'_, S, N>>,
        demand: &Demand<'_>,
        gradient: &mut [f32],
    ) -> Result<(), TrainError> {
        match self.steps.as_ref().map(|s| s.window(window)) {
            None => self.readout(window, demand),
            Some(steps) => {
                self.hidden(window, &steps, later, demand);
                self.check_finite(window, &steps)?;
            }
        }
        self.accumulate(window, gradient);
        if let Some(slope) = &self.decay_slope {
            let by_alpha = slope.window(window, &self.asked, &self.mean);
            let device = self.device.iter_mut().zip(&self.beside);
            device.for_each(|(sum, own)| *sum += by_alpha * own.current_left);
        }
        let (left, start) = (self.decay.over_window(), self.decay.mean_of_start());
        for (current, mean) in self.current.iter_mut().zip(&self.mean) {
            *current = left * *current + start * mean;
        }
        for own in of_window(&self.clamped, window) {
            self.current[own.neuron] = own.mean_of_start(&self.decay) * self.mean[own.neuron];
        }
        Ok(())
    }

    /// `dL/d parameter` once the first window is done: what a sample starts from counts too.
    fn devices(self) -> Vec<f64> {
        let mut device = self.device;
        for (sum, own) in device.iter_mut().zip(&self.beside) {
            let start = own.start.map(|x| x as f32);
            let states = self
                .state
                .iter()
                .map(|x| f64::from(dot(x, &start)))
                .sum::<f64>();
            let currents = self.current.iter().map(|i| f64::from(*i)).sum::<f64>();
            *sum += states + currents * own.start_current;
        }
        device
    }

    fn check_finite(&self, window: usize, steps: &[Step<N>]) -> Result<(), TrainError> {
        let row = self.state.iter().zip(&self.asked).zip(&self.mean);
        // The sum of finite numbers this large is not worth telling apart.
        if row
            .map(|((state, i), m)| state.iter().sum::<f32>() + i + m)
            .sum::<f32>()
            .is_finite()
        {
            return Ok(());
        }
        let (state, asked, mean) = (&self.state, &self.asked, &self.mean);
        let in_row = |tensor: &str, row: &mut dyn Iterator<Item = f32>| {
            NotFinite::in_row(tensor, &self.layer.name, window, row.map(f64::from))
        };
        let entries = |s: &Step<N>| {
            let rows = [s.a.as_flattened(), &s.b, &s.c].concat();
            rows.iter().sum::<f32>() + s.d
        };
        let found = in_row("linearised step", &mut steps.iter().map(entries))
            .or_else(|| {
                in_row(
                    "adjoint of the synaptic current",
                    &mut asked.iter().copied(),
                )
            })
            .or_else(|| in_row("adjoint of the mean current", &mut mean.iter().copied()))
            .or_else(|| {
                let mut states = self.layer.model.moving().enumerate();
                states.find_map(|(k, (_, s))| {
                    let tensor = format!("adjoint of the {}", s.about);
                    in_row(&tensor, &mut state.iter().map(|s| s[k]))
                })
            });
        found.map_or(Ok(()), |fault| Err(fault.into()))
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
        steps: &[Step<N>],
        later: Option<&LayerAdjoint<'_, S, N>>,
        demand: &Demand<'_>,
    ) {
        self.asked.copy_from_slice(&self.current);
        self.membrane(window, demand);
        for (mean, (step, state)) in self.mean.iter_mut().zip(steps.iter().zip(&self.state)) {
            *mean = dot(&step.b, state);
        }
        let mut spikes = demand.spikes(self.index, window, steps.len()).to_vec();
        self.ask(&mut spikes, self.recurrent, window, 1);
        if let Some(later) = later {
            later.ask(&mut spikes, later.input, window, 1);
        }
        for (k, step) in steps.iter().enumerate() {
            let state = self.state[k];
            for (sum, (by, count)) in self.device.iter_mut().zip(&step.by_device) {
                *sum += f64::from(dot(&state, by) + spikes[k] * count);
            }
            self.mean[k] += step.d * spikes[k];
            self.state[k] = std::array::from_fn(|column| {
                let by_states = (0..N).map(|row| step.a[row][column] * state[row]);
                by_states.sum::<f32>() + step.c[column] * spikes[k]
            });
        }
    }

    /// Adds what is asked of the membrane's means: in a window of K ticks the membrane is taken to go straight from its
    /// start to its end, so that its mean over the ticks is `(K+1)/2K` of the end and `(K-1)/2K` of the start.
    fn membrane(&mut self, window: usize, demand: &Demand<'_>) {
        let Some(asked) = demand.by_membrane.get(self.index) else {
            return;
        };
        let end = 0.5 + 0.5 / self.window_ticks;
        let row = self.layer.model.membrane();
        let rows = asked.chunks_exact(self.state.len()).skip(window);
        for (asked, share) in rows.zip([end, 1.0 - end]) {
            let states = self.state.iter_mut().zip(asked);
            states.for_each(|(state, by)| state[row] += share * by);
        }
    }

    /// Adds what the layer asks of a window's spikes that reach it over `weights`, `delay` ticks later: a spike's time in the
    /// window is taken as unknown, so its effect is the average over the window. The delay matters where a clamp follows alone.
    fn ask(&self, spikes: &mut [f32], weights: &[f32], window: usize, delay: u32) {
        let n = self.layer.neurons;
        let (end, mean) = (self.decay.average_end(), self.decay.average_mean());
        let mut wanted: Vec<f32> = self
            .asked
            .iter()
            .zip(&self.mean)
            .map(|(a, m)| end * a + mean * m)
            .collect();
        for own in of_window(&self.clamped, window) {
            let [end, mean] = own.average(&self.decay, delay);
            wanted[own.neuron] = end * self.asked[own.neuron] + mean * self.mean[own.neuron];
        }
        for (spike, row) in spikes.iter_mut().zip(weights.chunks_exact(n)) {
            *spike += row.iter().zip(&wanted).map(|(w, x)| w * x).sum::<f32>();
        }
    }

    fn accumulate(&self, window: usize, gradient: &mut [f32]) {
        let own = &self.parameters.layers[self.index];
        let n = self.layer.neurons;
        let clamped = of_window(&self.clamped, window);
        let without = |by: &[f32]| {
            let mut by = by.to_vec();
            clamped.iter().for_each(|c| by[c.neuron] = 0.0);
            by
        };
        let [by_end, by_mean] = [&self.asked, &self.mean].map(|by| without(by));
        let mut add = |traces: &[Trace], start: usize| {
            for trace in traces {
                let row = start + trace.channel as usize * n;
                let row = &mut gradient[row..row + n];
                for ((g, asked), mean) in row.iter_mut().zip(&by_end).zip(&by_mean) {
                    *g += asked * trace.end + mean * trace.mean;
                }
            }
        };
        let start = own.input.place.start;
        let recurrent = own.recurrent.as_ref().map_or(start, |r| r.place.start);
        add(&self.input_traces[window], start);
        if own.recurrent.is_some() {
            add(&self.recurrent_traces[window], recurrent);
        }
        for own in clamped {
            let (asked, by_mean) = (self.asked[own.neuron], self.mean[own.neuron]);
            for (projection, channel, [end, mean]) in own.effects(&self.decay) {
                let at = [start, recurrent][projection] + channel as usize * n + own.neuron;
                gradient[at] += asked * end + by_mean * mean;
            }
        }
    }
}

/// The clamped windows among all neurons' at one time.
fn of_window(clamped: &BTreeMap<usize, Vec<Clamped>>, window: usize) -> &[Clamped] {
    clamped.get(&window).map_or(&[], Vec::as_slice)
}

/// Sum of products.
fn dot<const N: usize>(a: &[f32; N], b: &[f32; N]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
