//! Linearised windows without approximation: the product of the ticks' Jacobians along the states of the forward pass
//! (gradient `transition`). What remains coarse is the adjoint's view of spike times: one window.

use crate::config::DeviceParameter;
use crate::dynamics::Dynamics;
use crate::pass::Pass;
use crate::replay::{Moment, Replay};
use crate::step::{Step, Steps};
use crate::surrogate::Surrogate;
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
            .map(|index| Products::new(pass, index))
            .collect();
        let mut steps = vec![Vec::new(); hidden];
        let mut before = replay.now();
        for window in 0..pass.stimulus.windows {
            let mut windows: Vec<Vec<Product>> = layers.iter().map(Products::start).collect();
            let k = pass.chip().window_ticks;
            for tick in window * k..(window + 1) * k {
                replay.step(tick);
                let after = replay.now();
                for (index, layer) in layers.iter().enumerate() {
                    layer.tick(&mut windows[index], &before[index], &after[index]);
                }
                before = after;
            }
            for (all, window) in steps.iter_mut().zip(windows) {
                all.push(window.into_iter().map(Product::step).collect());
            }
        }
        Ok(Self(steps))
    }

    /// Those of hidden layer `index`.
    pub fn layer(&self, index: usize) -> ExactLayer<'_> {
        ExactLayer(&self.0[index])
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
    devices: Vec<DeviceParameter>,
    neurons: usize,
}

/// One neuron's window so far: (V, p) at hand by what the window started from, by a constant current and by each device
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
    fn new(pass: &Pass<'_>, index: usize) -> Self {
        let layer = &pass.chip().layers[index];
        let card = &pass.chip().description.layers[index].device;
        Self {
            dynamics: Dynamics::new(card, layer.kind),
            surrogate: Surrogate::new(card, pass.config),
            devices: pass.config.device.iter().map(|d| d.parameter).collect(),
            neurons: layer.neurons,
        }
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

    /// Adds one tick to every neuron that was not refractory.
    fn tick(&self, window: &mut [Product], before: &Moment, after: &Moment) {
        let mut fired = after.fired.iter().peekable();
        for (n, product) in window.iter_mut().enumerate() {
            let spike = fired.next_if(|f| **f as usize == n).is_some();
            if !before.refractory[n] {
                let state = [before.v[n], before.p[n], after.i[n]].map(f64::from);
                self.neuron(product, state, spike);
            }
        }
    }

    fn neuron(&self, product: &mut Product, [v, p, i]: [f64; 3], spike: bool) {
        let tick = self.dynamics.tick(v, p, i);
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
            let force = self.dynamics.force(*parameter, v, p, i);
            let moved = through(*by);
            *by = [0, 1].map(|k| moved[k] + TICK_S * force[k]);
        }
        if tick.floored {
            product.forget_membrane();
        }
        let slope = self.surrogate.slope(tick.v, TICK_S);
        product.count(slope, &self.devices);
        if spike {
            product.forget_membrane();
            if !self.dynamics.card.keep_p {
                product.forget_occupation();
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

    /// The membrane no longer depends on anything before: it was reset or stands at its floor.
    fn forget_membrane(&mut self) {
        self.by_state[0] = [0.0; 2];
        self.by_current[0] = 0.0;
        self.by_device.iter_mut().for_each(|by| by[0] = 0.0);
    }

    /// Nor does the occupation.
    fn forget_occupation(&mut self) {
        self.by_state[1] = [0.0; 2];
        self.by_current[1] = 0.0;
        self.by_device.iter_mut().for_each(|by| by[1] = 0.0);
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
