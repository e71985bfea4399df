//! Linearised windows without approximation: the product of the ticks' Jacobians along the states of the forward pass
//! (gradient `transition`). What remains coarse is the adjoint's view of spike times: one window.

use crate::config::DeviceParameter;
use crate::gradient::pass::Pass;
use crate::gradient::replay::{Moment, Replay};
use crate::gradient::step::{Step, Steps};
use crate::neuron::dynamics::{Dynamics, later_release};
use crate::neuron::reset::SpikeReset;
use crate::neuron::surrogate::Surrogate;
use bruno_device::TICK_S;
use bruno_sim::SimError;

/// Every step of a sample, `[layer][window][neuron]`.
pub(crate) struct ExactSteps(Vec<Vec<Vec<Step>>>);

/// The steps of one layer.
pub(crate) struct ExactLayer<'a>(&'a [Vec<Step>]);

impl ExactSteps {
    /// Runs the sample of a pass again.
    pub fn of(pass: &Pass<'_>) -> Result<Self, SimError> {
        let mut replay = Replay::new(pass)?;
        let hidden = pass.chip().readout();
        let layers: Vec<Products> = (0..hidden)
            .filter_map(|index| Products::new(pass, index))
            .collect();
        let mut steps = vec![Vec::new(); hidden];
        let mut before = replay.now();
        let mut was_refractory: Vec<Vec<bool>> =
            before.iter().map(|m| m.refractory.clone()).collect();
        for window in 0..pass.stimulus.windows {
            let mut windows: Vec<Vec<Product>> = layers.iter().map(Products::start).collect();
            let k = pass.chip().window_ticks;
            for tick in window * k..(window + 1) * k {
                replay.step(tick);
                let after = replay.now();
                for (index, layer) in layers.iter().enumerate() {
                    let was = &was_refractory[index];
                    layer.tick(&mut windows[index], was, &before[index], &after[index]);
                }
                was_refractory = before.into_iter().map(|m| m.refractory).collect();
                before = after;
            }
            for (all, window) in steps.iter_mut().zip(windows) {
                all.push(window.into_iter().map(Product::step).collect());
            }
        }
        Ok(Self(steps))
    }

    /// Those of layer `index`; none of the readout.
    pub fn layer(&self, index: usize) -> Option<ExactLayer<'_>> {
        self.0.get(index).map(|steps| ExactLayer(steps))
    }
}

impl Steps for ExactLayer<'_> {
    fn window(&self, window: usize) -> Vec<Step> {
        self.0[window].clone()
    }
}

/// What one layer's products are made of.
struct Products {
    dynamics: Dynamics,
    surrogate: Surrogate,
    reset: SpikeReset,
    devices: Vec<DeviceParameter>,
    neurons: usize,
}

/// One neuron's window so far: the states at hand by what the window started from, by a constant current and by each device
/// parameter; and the same of the spike count.
#[derive(Clone)]
struct Product {
    by_state: [[f64; 2]; 2],
    by_current: [f64; 2],
    by_device: Vec<[f64; 2]>,
    count_by_state: [f64; 2],
    count_by_current: f64,
    count_by_device: Vec<f64>,
}

impl Products {
    fn new(pass: &Pass<'_>, index: usize) -> Option<Self> {
        let layer = &pass.chip().layers[index];
        let card = &pass.chip().description.layers.get(index)?.device;
        let dynamics = Dynamics::new(card, layer.kind)?;
        Some(Self {
            reset: SpikeReset::new(&dynamics, pass.config),
            dynamics,
            surrogate: Surrogate::new(card, pass.config),
            devices: pass.config.device.iter().map(|d| d.parameter).collect(),
            neurons: layer.neurons,
        })
    }

    fn start(&self) -> Vec<Product> {
        let nothing = Product {
            by_state: [[1.0, 0.0], [0.0, 1.0]],
            by_current: [0.0; 2],
            by_device: vec![[0.0; 2]; self.devices.len()],
            count_by_state: [0.0; 2],
            count_by_current: 0.0,
            count_by_device: vec![0.0; self.devices.len()],
        };
        vec![nothing; self.neurons]
    }

    /// Adds one tick to every neuron that was not refractory; `was` says which were a tick earlier.
    fn tick(&self, window: &mut [Product], was: &[bool], before: &Moment, after: &Moment) {
        let mut fired = after.fired.iter().peekable();
        for (n, product) in window.iter_mut().enumerate() {
            let spike = fired.next_if(|f| **f as usize == n).is_some();
            if !before.refractory[n] {
                let (x, i) = (before.x[n].map(f64::from), f64::from(after.i[n]));
                let slope = self.neuron(product, x, i, spike);
                if was[n] && !spike {
                    self.released(product, x, i, slope);
                }
            }
        }
    }

    /// One neuron's tick; gives the surrogate in it.
    fn neuron(&self, product: &mut Product, x: [f64; 2], i: f64, spike: bool) -> f64 {
        let tick = self.dynamics.tick(x, i);
        let through = |x: [f64; 2]| {
            let j = tick.jacobian;
            [
                j[0][0] * x[0] + j[0][1] * x[1],
                j[1][0] * x[0] + j[1][1] * x[1],
            ]
        };
        let columns = [0, 1].map(|k| through([product.by_state[0][k], product.by_state[1][k]]));
        product.by_state = [0, 1].map(|row: usize| [columns[0][row], columns[1][row]]);
        product.by_current = through(product.by_current);
        product.by_current[0] += tick.by_current;
        for (by, parameter) in product.by_device.iter_mut().zip(&self.devices) {
            let force = self.dynamics.force(*parameter, x, i);
            let moved = through(*by);
            *by = [0, 1].map(|k| moved[k] + TICK_S * force[k]);
        }
        if tick.floored {
            product.forget(0);
        }
        let slope = self.surrogate.slope(tick.v, TICK_S);
        product.count(slope, &self.devices);
        let before = self.reset.attached.then(|| product.clone());
        if spike {
            let reset = (0..2).filter(|state| !self.reset.passes(*state));
            reset.for_each(|state| product.forget(state));
        }
        if let Some(before) = before {
            let by_spike = self.reset.by_spike([tick.v, tick.p]);
            product.reset_by(&before, by_spike.map(|x| slope * x), &self.devices);
        }
        slope
    }

    /// The tick began a free time: a longer refractory one would have taken it.
    fn released(&self, product: &mut Product, x: [f64; 2], i: f64, slope: f64) {
        let later = later_release(self.dynamics.slope(x, i));
        for (k, parameter) in self.devices.iter().enumerate() {
            if *parameter == DeviceParameter::Refractory {
                let by = &mut product.by_device[k];
                *by = [by[0] + later[0], by[1] + later[1]];
                product.count_by_device[k] += slope * later[0];
            }
        }
    }
}

impl Product {
    /// A tick's share of the spike count.
    fn count(&mut self, slope: f64, devices: &[DeviceParameter]) {
        for (count, by) in self.count_by_state.iter_mut().zip(self.by_state[0]) {
            *count += slope * by;
        }
        self.count_by_current += slope * self.by_current[0];
        for (k, parameter) in devices.iter().enumerate() {
            let by_threshold = f64::from(*parameter == DeviceParameter::Threshold);
            self.count_by_device[k] += slope * (self.by_device[k][0] - by_threshold);
        }
    }

    /// What the reset by this tick's spike adds, whose membrane depended on everything as `before` says; `by_membrane` is the
    /// derivative of the states by that membrane through the surrogate.
    fn reset_by(&mut self, before: &Self, by_membrane: [f64; 2], devices: &[DeviceParameter]) {
        for (row, by) in by_membrane.into_iter().enumerate() {
            for (to, from) in self.by_state[row].iter_mut().zip(before.by_state[0]) {
                *to += by * from;
            }
            self.by_current[row] += by * before.by_current[0];
            for (k, parameter) in devices.iter().enumerate() {
                let by_threshold = f64::from(*parameter == DeviceParameter::Threshold);
                self.by_device[k][row] += by * (before.by_device[k][0] - by_threshold);
            }
        }
    }

    /// A state no longer depends on anything before: it was reset or stands at its floor.
    fn forget(&mut self, state: usize) {
        self.by_state[state] = [0.0; 2];
        self.by_current[state] = 0.0;
        self.by_device.iter_mut().for_each(|by| by[state] = 0.0);
    }

    fn step(self) -> Step {
        let narrow = |x: f64| x as f32;
        let devices = self.by_device.iter().zip(&self.count_by_device);
        Step {
            a: self.by_state.map(|row| row.map(narrow)),
            b: self.by_current.map(narrow),
            c: self.count_by_state.map(narrow),
            d: narrow(self.count_by_current),
            by_device: devices
                .map(|(by, count)| [by[0], by[1], *count].map(narrow))
                .collect(),
        }
    }
}
