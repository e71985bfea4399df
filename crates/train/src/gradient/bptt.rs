//! Exact backpropagation through every tick: the yardstick of the coarse gradients, and a gradient of its own.
//!
//! The derivatives are those of [`crate::neuron::dynamics`] with the surrogate of one tick, and the reset detached or not, along the
//! states that the forward pass went through. Both are by the currents and cards in force. `full` remembers
//! every tick; `checkpointed` remembers the windows' borders and runs each window again, for the same result.

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod differences;
#[cfg(test)]
mod smooth;

use crate::TrainError;
use crate::gradient::pass::Pass;
use crate::gradient::replay::{Moment, Replay, spiking};
use crate::neuron::linear::{Beside, LayerNeuron, dot, transposed};
use crate::run::not_finite::NotFinite;
use crate::weights::in_force::Physical;
use crate::weights::projection::Projection;
use bruno_device::Layer;
use std::ops::Range;

/// Backpropagation that remembers every tick.
pub(crate) fn full<const N: usize>(
    pass: &Pass<'_>,
    by_input: bool,
) -> Result<Physical, TrainError> {
    let ticks = pass.stimulus.windows * pass.chip().window_ticks;
    let states = Replay::new(pass)?.remember(0..ticks);
    let mut backward = Backward::<N>::new(pass, by_input);
    backward.ticks(0..ticks, &states)?;
    Ok(backward.finish())
}

/// Backpropagation that remembers the states at the windows' borders and recomputes what lies between.
pub(crate) fn checkpointed<const N: usize>(
    pass: &Pass<'_>,
    by_input: bool,
) -> Result<Physical, TrainError> {
    let window = pass.chip().window_ticks;
    let ticks = |w: u32| w * window..(w + 1) * window;
    let mut replay = Replay::new(pass)?;
    let mut borders = Vec::with_capacity(pass.stimulus.windows as usize);
    for w in 0..pass.stimulus.windows {
        borders.push(replay.snapshot());
        replay.skip(ticks(w));
    }
    let mut backward = Backward::<N>::new(pass, by_input);
    for (w, border) in (0..pass.stimulus.windows).zip(&borders).rev() {
        replay.restore(border);
        backward.ticks(ticks(w), &replay.remember(ticks(w)))?;
    }
    Ok(backward.finish())
}

/// The adjoint on its way from the last tick to the first.
struct Backward<'a, const N: usize> {
    pass: &'a Pass<'a>,
    layers: Vec<Adjoint<N>>,
    gradient: Vec<f64>,
    /// By the spikes of input channels, `[window][channel]`; empty where nobody asks.
    inputs: Vec<f32>,
}

impl<'a, const N: usize> Backward<'a, N> {
    fn new(pass: &'a Pass<'a>, by_input: bool) -> Self {
        let inputs = pass.stimulus.windows as usize * pass.chip().inputs;
        let layers = (0..pass.chip().layers.len()).map(|index| Adjoint::new(pass, index));
        Self {
            pass,
            layers: layers.collect(),
            gradient: vec![0.0; pass.parameters.values.len()],
            inputs: vec![0.0; if by_input { inputs } else { 0 }],
        }
    }

    /// The ticks of a range, backward; `states` are `[tick + 1][layer]`, the first as it stood before the range. At the start
    /// of every window all numbers must be finite.
    fn ticks(&mut self, range: Range<u32>, states: &[Vec<Moment<N>>]) -> Result<(), TrainError> {
        for (tick, pair) in range.zip(states.windows(2)).rev() {
            // What the tick after asks of this tick's spikes is known from every layer before any of them moves on.
            let indices = 0..self.layers.len();
            let asked: Vec<Vec<f64>> = indices.map(|index| self.asked(index, tick)).collect();
            for (index, asked) in asked.iter().enumerate() {
                self.layer(index, tick, (&pair[0], &pair[1]), asked);
            }
            if tick.is_multiple_of(self.pass.chip().window_ticks) {
                self.check_finite((tick / self.pass.chip().window_ticks) as usize)?;
            }
        }
        Ok(())
    }

    fn check_finite(&self, window: usize) -> Result<(), TrainError> {
        for (layer, adjoint) in self.pass.chip().layers.iter().zip(&self.layers) {
            let states = layer.model.moving().enumerate().map(|(k, (_, s))| {
                let row: Vec<f64> = adjoint.x.iter().map(|x| x[k]).collect();
                (format!("adjoint of the {}", s.about), row)
            });
            let current = ("adjoint of the synaptic current".into(), adjoint.i.clone());
            for (tensor, row) in states.chain([current]) {
                let row = row.into_iter();
                if let Some(found) = NotFinite::in_row(&tensor, &layer.name, window, row) {
                    return Err(found.into());
                }
            }
        }
        Ok(())
    }

    fn layer(
        &mut self,
        index: usize,
        tick: u32,
        (before, after): (&[Moment<N>], &[Moment<N>]),
        asked: &[f64],
    ) {
        let layer = &mut self.layers[index];
        if let Some(rows) = readout_rows(self.pass, index, tick) {
            let rows = layer.i.iter_mut().zip(rows);
            rows.for_each(|(i, d)| *i += f64::from(*d));
        }
        if let Some(rows) = membrane_rows(self.pass, index, tick) {
            let ticks = f64::from(self.pass.chip().window_ticks);
            let row = self.pass.chip().layers[index].model.membrane();
            let rows = layer.x.iter_mut().zip(rows);
            rows.for_each(|(x, by)| x[row] += f64::from(*by) / ticks);
        }
        layer.membrane(&before[index], &after[index], asked);
        // A clamp hides what came before it, and the spikes of its tick.
        for n in &after[index].clamped {
            layer.i[*n as usize] = 0.0;
        }
        let own = &self.pass.parameters.layers[index];
        match index {
            0 => layer.add(
                &spiking(self.pass.stimulus, tick),
                &own.input,
                &mut self.gradient,
            ),
            _ => layer.add(&before[index - 1].fired, &own.input, &mut self.gradient),
        }
        if let Some(recurrent) = &own.recurrent {
            layer.add(&before[index].fired, recurrent, &mut self.gradient);
        }
        if index == 0 && !self.inputs.is_empty() {
            let (k, channels) = (self.pass.chip().window_ticks, self.pass.chip().inputs);
            let window = (tick / k) as usize;
            let row = &mut self.inputs[window * channels..(window + 1) * channels];
            layer.ask_inputs(row, f64::from(k));
        }
        layer.later.clone_from(&layer.i);
        let before = layer.i.iter_mut().zip(&mut layer.i_before);
        before.for_each(|(i, before)| *i = layer.alpha * *i + std::mem::take(before));
    }

    /// `dL/d spike` of every neuron of a layer in the tick at hand.
    fn asked(&self, index: usize, tick: u32) -> Vec<f64> {
        let chip = self.pass.chip();
        if index == chip.readout() {
            return Vec::new();
        }
        let window = (tick / chip.window_ticks) as usize;
        let neurons = chip.layers[index].neurons;
        let by_spikes = self.pass.demand.spikes(index, window, neurons);
        let mut asked: Vec<f64> = by_spikes.iter().map(|x| f64::from(*x)).collect();
        let mut ask = |onto: &[f64], later: &[f64]| {
            for (x, weights) in later.iter().zip(onto.chunks_exact(asked.len())) {
                let products = weights.iter().map(|w| w * x);
                asked.iter_mut().zip(products).for_each(|(a, y)| *a += y);
            }
        };
        let (own, next) = (&self.layers[index], &self.layers[index + 1]);
        ask(&own.recurrent, &own.later);
        ask(&next.input, &next.later);
        asked
    }

    fn finish(self) -> Physical {
        Physical {
            weights: self.gradient,
            devices: self.layers.into_iter().map(Adjoint::devices).collect(),
            inputs: self.inputs,
        }
    }
}

/// The loss's derivative by the readout's currents, at the last tick of a window.
fn readout_rows<'a>(pass: &Pass<'a>, index: usize, tick: u32) -> Option<&'a [f32]> {
    let (k, n) = (pass.chip().window_ticks, pass.chip().layers[index].neurons);
    let here = index == pass.chip().readout() && (tick + 1).is_multiple_of(k);
    let window = (tick / k) as usize;
    here.then(|| &pass.demand.by_current[window * n..(window + 1) * n])
}

/// The loss's derivative by the mean membranes of a hidden layer in the window of a tick.
fn membrane_rows<'a>(pass: &Pass<'a>, index: usize, tick: u32) -> Option<&'a [f32]> {
    let n = pass.chip().layers[index].neurons;
    let window = (tick / pass.chip().window_ticks) as usize;
    let asked = pass.demand.by_membrane.get(index)?;
    asked.get(window * n..(window + 1) * n)
}

/// Weights `[channel][neuron]` as `[neuron][channel]`.
fn onto_neurons(weights: &[f32], neurons: usize) -> Vec<f64> {
    let column = |n: usize| weights.iter().skip(n).step_by(neurons);
    (0..neurons)
        .flat_map(column)
        .map(|w| f64::from(*w))
        .collect()
}

/// Running adjoint of one layer.
struct Adjoint<const N: usize> {
    /// None for the readout.
    neuron: Option<LayerNeuron>,
    alpha: f64,
    /// Weights in force, pA: `[neuron][channel]`, those onto one neuron side by side.
    input: Vec<f64>,
    recurrent: Vec<f64>,
    /// By the states of each neuron.
    x: Vec<[f64; N]>,
    i: Vec<f64>,
    /// By the current of the tick before, beside its share of `i`.
    i_before: Vec<f64>,
    /// `i` with all its uses, one tick later.
    later: Vec<f64>,
    /// Effect of a later start of each neuron's last tick, a ms: of a release from the refractory time, if it was one.
    release: Vec<f64>,
    /// What the device parameters in training change beside the ticks.
    beside: Vec<Beside<N>>,
    /// `dL/d parameter`, by the unit of the card.
    device: Vec<f64>,
}

impl<const N: usize> Adjoint<N> {
    fn new(pass: &Pass<'_>, index: usize) -> Self {
        let chip = pass.chip();
        let layer: &Layer = &chip.layers[index];
        let neuron = LayerNeuron::of(chip, index, pass.config);
        let devices = pass.parameters.device();
        let zeros = vec![0.0; layer.neurons];
        debug_assert_eq!(neuron.is_none(), !layer.spikes());
        Self {
            alpha: 1.0 - layer.current_loss(),
            input: onto_neurons(pass.in_force.input_pa(index), layer.neurons),
            recurrent: onto_neurons(pass.in_force.recurrent_pa(index), layer.neurons),
            x: vec![[0.0; N]; layer.neurons],
            i: zeros.clone(),
            i_before: zeros.clone(),
            later: zeros.clone(),
            release: zeros,
            device: vec![0.0; devices.len()],
            beside: match &neuron {
                Some(neuron) => neuron.beside(),
                None => vec![Beside::NOTHING; devices.len()],
            },
            neuron,
        }
    }

    /// The tick's step of the states, backward.
    fn membrane(&mut self, before: &Moment<N>, after: &Moment<N>, asked: &[f64]) {
        let Some(neuron) = self.neuron.take() else {
            return;
        };
        let mut fired = after.fired.iter().peekable();
        let mut clamped = after.clamped.iter().peekable();
        for (n, asked) in asked.iter().enumerate() {
            let spike = fired.next_if(|f| **f as usize == n).is_some();
            let clamped = clamped.next_if(|c| **c as usize == n).is_some();
            let refractory = before.refractory[n];
            if refractory {
                self.released(n);
                if neuron.stands_still() {
                    continue;
                }
            }
            let x = before.x[n].map(f64::from);
            let i = [before.i[n], after.i[n]].map(f64::from);
            self.tick(&neuron, n, (&x, i), [refractory, spike, clamped], *asked);
        }
        self.neuron = Some(neuron);
    }

    fn tick(
        &mut self,
        neuron: &LayerNeuron,
        n: usize,
        (x, i): (&[f64; N], [f64; 2]),
        [refractory, spike, clamped]: [bool; 3],
        asked: f64,
    ) {
        let tick = neuron.tick(x, i, refractory);
        let after = self.x[n];
        let asked = tick.slope * (asked + dot(&after, &tick.by_spike));
        // By the states before the reset, and by those before their clamps.
        let mut by = match spike {
            true => transposed(&tick.after_spike, &after),
            false => after,
        };
        by.iter_mut()
            .zip(&tick.distance_by)
            .for_each(|(by, distance)| *by += distance * asked);
        let spike = f64::from(spike);
        for (sum, own) in self.device.iter_mut().zip(&tick.by_parameter) {
            *sum += dot(&by, &own.moved) + own.distance * asked + spike * dot(&after, &own.left);
        }
        by.iter_mut()
            .zip(&tick.free)
            .for_each(|(by, free)| *by *= free);
        if !refractory {
            self.release[n] = dot(&by, &tick.by_release);
        }
        self.i[n] += dot(&by, &tick.by_current);
        self.i_before[n] += dot(&by, &tick.by_current_before);
        if clamped {
            self.i[n] = 0.0;
        }
        for (sum, own) in self.device.iter_mut().zip(&tick.by_parameter) {
            *sum += self.i[n] * own.current;
        }
        self.x[n] = transposed(&tick.by_state, &by);
    }

    /// A refractory tick: the tick after it was a release, or one more of them.
    fn released(&mut self, n: usize) {
        let release = std::mem::take(&mut self.release[n]);
        for (sum, own) in self.device.iter_mut().zip(&self.beside) {
            *sum += release * own.refractory_ms;
        }
    }

    /// `dL/d parameter` once the first tick is done: what a sample starts from counts too.
    fn devices(self) -> Vec<f64> {
        let mut device = self.device;
        for (sum, own) in device.iter_mut().zip(&self.beside) {
            let states: f64 = self.x.iter().map(|x| dot(x, &own.start)).sum();
            let currents: f64 = self.i.iter().sum();
            *sum += states + currents * own.start_current;
        }
        device
    }

    /// Adds what a tick asks of a spike of each channel, as its share of a window of `ticks`.
    fn ask_inputs(&self, row: &mut [f32], ticks: f64) {
        for (i, weights) in self.i.iter().zip(self.input.chunks_exact(row.len())) {
            for (sum, weight) in row.iter_mut().zip(weights) {
                *sum += (weight * i / ticks) as f32;
            }
        }
    }

    fn add(&self, channels: &[u32], to: &Projection, gradient: &mut [f64]) {
        let n = self.i.len();
        for channel in channels {
            let row = to.place.start + *channel as usize * n;
            for (g, i) in gradient[row..row + n].iter_mut().zip(&self.i) {
                *g += i;
            }
        }
    }
}
