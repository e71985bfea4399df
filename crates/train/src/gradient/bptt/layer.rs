//! The adjoint of one layer on its way from the last tick to the first.

use crate::gradient::pass::Pass;
use crate::gradient::replay::Moment;
use crate::neuron::linear::{Beside, LayerNeuron, column, transposed};
use crate::neuron::rows::{add_product, add_rows, dot, multiply};
use crate::neuron::ticks::LinearTicks;
use crate::weights::projection::Projection;
use bruno_device::Layer;

/// The adjoint by the states of a layer after a tick, or before it.
pub(super) struct Adjoint<const N: usize> {
    /// None for the readout.
    neuron: Option<LayerNeuron>,
    /// The tick at hand.
    ticks: LinearTicks<N>,
    alpha: f64,
    /// Weights in force, pA: `[neuron][channel]`, those onto one neuron side by side.
    pub input: Vec<f64>,
    pub recurrent: Vec<f64>,
    /// By the states of the neurons, `[state][neuron]`.
    pub x: [Vec<f64>; N],
    /// The same while a tick is on its way.
    x_before: [Vec<f64>; N],
    pub i: Vec<f64>,
    /// By the current of the tick before, beside its share of `i`.
    i_before: Vec<f64>,
    /// `i` with all its uses, one tick later.
    later: Vec<f64>,
    /// By the spikes of the tick at hand.
    pub asked: Vec<f64>,
    /// Effect of a later start of each neuron's last tick, a ms: of a release from the refractory time, if it was one.
    release: Vec<f64>,
    /// What the device parameters in training change beside the ticks.
    beside: Vec<Beside<N>>,
    /// `dL/d parameter`, by the unit of the card.
    device: Vec<f64>,
}

impl<const N: usize> Adjoint<N> {
    pub fn new(pass: &Pass<'_>, index: usize) -> Self {
        let chip = pass.chip();
        let layer: &Layer = &chip.layers[index];
        let neuron = LayerNeuron::of(chip, index, pass.config);
        let devices = pass.parameters.device();
        let row = || vec![0.0; layer.neurons];
        let rows = || std::array::from_fn(|_| row());
        debug_assert_eq!(neuron.is_none(), !layer.spikes());
        Self {
            alpha: 1.0 - layer.current_loss(),
            input: onto_neurons(pass.in_force.input_pa(index), layer.neurons),
            recurrent: onto_neurons(pass.in_force.recurrent_pa(index), layer.neurons),
            x: rows(),
            x_before: rows(),
            i: row(),
            i_before: row(),
            later: row(),
            asked: row(),
            release: row(),
            device: vec![0.0; devices.len()],
            beside: match &neuron {
                Some(neuron) => neuron.beside(),
                None => vec![Beside::NOTHING; devices.len()],
            },
            ticks: match &neuron {
                Some(neuron) => neuron.rows(layer.neurons),
                None => LinearTicks::new(0, 0),
            },
            neuron,
        }
    }

    /// Adds what the currents of the tick after ask of the channels of `weights` onto them.
    pub fn asks(&self, weights: &[f64], asked: &mut [f64]) {
        add_rows(asked, &self.later, weights);
    }

    /// The tick's step of the states, backward.
    pub fn membrane(&mut self, before: &Moment<N>, after: &Moment<N>) {
        let Some(neuron) = &self.neuron else {
            return;
        };
        neuron.ticks(&before.start(after), &mut self.ticks);
        self.released(&before.refractory);
        self.by_asked();
        self.through_spikes(&after.fired);
        self.by_moved(before, after);
    }

    /// A refractory tick: the tick after it was a release, or one more of them.
    fn released(&mut self, refractory: &[bool]) {
        let held = self.release.iter_mut().zip(refractory);
        for release in held.filter_map(|(release, held)| held.then_some(release)) {
            let release = std::mem::take(release);
            for (sum, own) in self.device.iter_mut().zip(&self.beside) {
                *sum += release * own.refractory_ms;
            }
        }
    }

    /// `asked` becomes the derivative by the distances above the threshold, through the surrogate.
    fn by_asked(&mut self) {
        for (x, by_spike) in self.x.iter().zip(&self.ticks.by_spike) {
            add_product(&mut self.asked, x, by_spike);
        }
        multiply(&mut self.asked, &self.ticks.slope);
    }

    /// The states before a reset, from those that it left.
    fn through_spikes(&mut self, fired: &[u32]) {
        for n in fired.iter().map(|n| *n as usize) {
            let after = column(&self.x, n);
            for (sum, own) in self.device.iter_mut().zip(&self.ticks.by_parameter) {
                let left = column(&own.left, n);
                *sum += after
                    .iter()
                    .zip(left)
                    .map(|(x, left)| x * left)
                    .sum::<f64>();
            }
            let by = transposed(&self.ticks.after_spike[n], &after);
            self.x.iter_mut().zip(by).for_each(|(row, by)| row[n] = by);
        }
    }

    /// From the states that a tick moved, before their clamps, to those before the tick and to its currents.
    fn by_moved(&mut self, before: &Moment<N>, after: &Moment<N>) {
        let ticks = &self.ticks;
        for (x, distance_by) in self.x.iter_mut().zip(&ticks.distance_by) {
            add_product(x, distance_by, &self.asked);
        }
        for (sum, own) in self.device.iter_mut().zip(&ticks.by_parameter) {
            let moved = self.x.iter().zip(&own.moved).map(|(x, by)| dot(x, by));
            *sum += moved.sum::<f64>() + dot(&own.distance, &self.asked);
        }
        for (x, free) in self.x.iter_mut().zip(&ticks.free) {
            multiply(x, free);
        }
        for (n, held) in before.refractory.iter().enumerate() {
            let by = self.x.iter().zip(&ticks.by_release);
            let release: f64 = by.map(|(x, by)| x[n] * by[n]).sum();
            self.release[n] = if *held { self.release[n] } else { release };
        }
        for ((x, by), by_before) in self
            .x
            .iter()
            .zip(&ticks.by_current)
            .zip(&ticks.by_current_before)
        {
            add_product(&mut self.i, x, by);
            add_product(&mut self.i_before, x, by_before);
        }
        // A clamp hides what came before it.
        for n in &after.clamped {
            self.i[*n as usize] = 0.0;
        }
        for (sum, own) in self.device.iter_mut().zip(&ticks.by_parameter) {
            *sum += dot(&self.i, &own.current);
        }
        for (k, to) in self.x_before.iter_mut().enumerate() {
            to.fill(0.0);
            for (x, by) in self.x.iter().zip(&ticks.by_state) {
                add_product(to, x, &by[k]);
            }
        }
        std::mem::swap(&mut self.x, &mut self.x_before);
    }

    /// To the currents of the tick before.
    pub fn decay(&mut self) {
        self.later.clone_from(&self.i);
        let before = self.i.iter_mut().zip(&mut self.i_before);
        before.for_each(|(i, before)| *i = self.alpha * *i + std::mem::take(before));
    }

    /// `dL/d parameter` once the first tick is done: what a sample starts from counts too.
    pub fn devices(self) -> Vec<f64> {
        let mut device = self.device;
        for (sum, own) in device.iter_mut().zip(&self.beside) {
            let states = self.x.iter().zip(own.start);
            let states: f64 = states.map(|(x, start)| x.iter().sum::<f64>() * start).sum();
            let currents: f64 = self.i.iter().sum();
            *sum += states + currents * own.start_current;
        }
        device
    }

    /// Adds what a tick asks of a spike of each channel, as its share of a window of `ticks`.
    pub fn ask_inputs(&self, row: &mut [f32], ticks: f64) {
        for (i, weights) in self.i.iter().zip(self.input.chunks_exact(row.len())) {
            for (sum, weight) in row.iter_mut().zip(weights) {
                *sum += (weight * i / ticks) as f32;
            }
        }
    }

    /// Adds the currents' adjoint to the gradient of the weights of channels that spiked.
    pub fn add(&self, channels: &[u32], to: &Projection, gradient: &mut [f64]) {
        let n = self.i.len();
        for channel in channels {
            let row = to.place.start + *channel as usize * n;
            for (g, i) in gradient[row..row + n].iter_mut().zip(&self.i) {
                *g += i;
            }
        }
    }
}

/// Weights `[channel][neuron]` as `[neuron][channel]`.
fn onto_neurons(weights: &[f32], neurons: usize) -> Vec<f64> {
    let column = |n: usize| weights.iter().skip(n).step_by(neurons);
    (0..neurons)
        .flat_map(column)
        .map(|w| f64::from(*w))
        .collect()
}
