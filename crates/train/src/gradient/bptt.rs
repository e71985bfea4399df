//! Exact backpropagation through every tick: the yardstick of the coarse gradients, and a gradient of its own.
//!
//! The derivatives are those of [`crate::neuron::dynamics`] with the surrogate of one tick, and the reset detached or not, along the
//! states that the forward pass went through. Both are by the currents and cards in force. `full` remembers
//! every tick; `checkpointed` remembers the windows' borders and runs each window again, for the same result.

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod differences;
mod layer;
#[cfg(test)]
mod smooth;

use crate::TrainError;
use crate::gradient::pass::Pass;
use crate::gradient::replay::{Moment, Replay, spiking};
use crate::run::not_finite::NotFinite;
use crate::weights::in_force::Physical;
use layer::Adjoint;
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
            for index in 0..self.pass.chip().readout() {
                self.ask(index, tick);
            }
            for index in 0..self.layers.len() {
                self.layer(index, tick, (&pair[0], &pair[1]));
            }
            if tick.is_multiple_of(self.pass.chip().window_ticks) {
                self.check_finite((tick / self.pass.chip().window_ticks) as usize)?;
            }
        }
        Ok(())
    }

    fn check_finite(&self, window: usize) -> Result<(), TrainError> {
        for (layer, adjoint) in self.pass.chip().layers.iter().zip(&self.layers) {
            let states =
                layer.model.moving().enumerate().map(|(k, (_, s))| {
                    (format!("adjoint of the {}", s.about), adjoint.x[k].clone())
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

    fn layer(&mut self, index: usize, tick: u32, (before, after): (&[Moment<N>], &[Moment<N>])) {
        let layer = &mut self.layers[index];
        if let Some(rows) = readout_rows(self.pass, index, tick) {
            let rows = layer.i.iter_mut().zip(rows);
            rows.for_each(|(i, d)| *i += f64::from(*d));
        }
        if let Some(rows) = membrane_rows(self.pass, index, tick) {
            let ticks = f64::from(self.pass.chip().window_ticks);
            let row = self.pass.chip().layers[index].model.membrane();
            let rows = layer.x[row].iter_mut().zip(rows);
            rows.for_each(|(x, by)| *x += f64::from(*by) / ticks);
        }
        layer.membrane(&before[index], &after[index]);
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
        layer.decay();
    }

    /// `dL/d spike` of every neuron of a layer in the tick at hand.
    fn ask(&mut self, index: usize, tick: u32) {
        let chip = self.pass.chip();
        let window = (tick / chip.window_ticks) as usize;
        let neurons = chip.layers[index].neurons;
        let by_spikes = self.pass.demand.spikes(index, window, neurons);
        let mut asked = std::mem::take(&mut self.layers[index].asked);
        for (asked, by) in asked.iter_mut().zip(by_spikes) {
            *asked = f64::from(*by);
        }
        let (own, next) = (&self.layers[index], &self.layers[index + 1]);
        own.asks(&own.recurrent, &mut asked);
        next.asks(&next.input, &mut asked);
        self.layers[index].asked = asked;
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
