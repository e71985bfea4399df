//! Linearised windows without approximation: the product of the ticks' Jacobians along the states of the forward pass
//! (gradient `transition`). What remains coarse is the adjoint's view of spike times: one window.

use crate::gradient::pass::Pass;
use crate::gradient::replay::{Moment, Replay};
use crate::gradient::step::{Step, Steps};
use crate::neuron::linear::{
    ByParameter, LayerNeuron, LinearTick, Square, dot, identity, product, times,
};
use crate::neuron::ticks::LinearTicks;
use bruno_sim::SimError;

/// Every step of a sample, `[layer][window][neuron]`.
pub(crate) struct ExactSteps<const N: usize>(Vec<Vec<Vec<Step<N>>>>);

/// The steps of one layer.
pub(crate) struct ExactLayer<'a, const N: usize>(&'a [Vec<Step<N>>]);

impl<const N: usize> ExactSteps<N> {
    /// Runs the sample of a pass again.
    pub fn of(pass: &Pass<'_>) -> Result<Self, SimError> {
        let mut replay = Replay::new(pass)?;
        let hidden = pass.chip().readout();
        let mut layers: Vec<Products<N>> = (0..hidden)
            .filter_map(|index| Products::new(pass, index))
            .collect();
        let mut steps = vec![Vec::new(); hidden];
        let mut before: Vec<Moment<N>> = replay.now();
        let mut was_refractory: Vec<Vec<bool>> =
            before.iter().map(|m| m.refractory.clone()).collect();
        for window in 0..pass.stimulus.windows {
            let mut windows: Vec<Vec<Product<N>>> = layers.iter().map(Products::start).collect();
            let k = pass.chip().window_ticks;
            for tick in window * k..(window + 1) * k {
                replay.step(tick);
                let after = replay.now();
                for (index, layer) in layers.iter_mut().enumerate() {
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
    pub fn layer(&self, index: usize) -> Option<ExactLayer<'_, N>> {
        self.0.get(index).map(|steps| ExactLayer(steps))
    }
}

impl<const N: usize> Steps<N> for ExactLayer<'_, N> {
    fn window(&self, window: usize) -> Vec<Step<N>> {
        self.0[window].clone()
    }
}

/// What one layer's products are made of.
struct Products<const N: usize> {
    neuron: LayerNeuron,
    /// The tick at hand, and one neuron's.
    ticks: LinearTicks<N>,
    tick: LinearTick<N>,
    /// The refractory time by each device parameter in training, ms.
    refractory_ms: Vec<f64>,
    neurons: usize,
}

/// One neuron's window so far: the states at hand by what the window started from, by a constant current and by each device
/// parameter; and the same of the spike count.
#[derive(Clone)]
struct Product<const N: usize> {
    by_state: Square<N>,
    by_current: [f64; N],
    by_device: Vec<[f64; N]>,
    count_by_state: [f64; N],
    count_by_current: f64,
    count_by_device: Vec<f64>,
}

impl<const N: usize> Products<N> {
    fn new(pass: &Pass<'_>, index: usize) -> Option<Self> {
        let neuron = LayerNeuron::of(pass.chip(), index, pass.config)?;
        let beside = neuron.beside::<0>();
        Some(Self {
            refractory_ms: beside.iter().map(|b| b.refractory_ms).collect(),
            ticks: neuron.rows(pass.chip().layers[index].neurons),
            tick: LinearTick::still(),
            neuron,
            neurons: pass.chip().layers[index].neurons,
        })
    }

    fn start(&self) -> Vec<Product<N>> {
        let nothing = Product {
            by_state: identity(),
            by_current: [0.0; N],
            by_device: vec![[0.0; N]; self.refractory_ms.len()],
            count_by_state: [0.0; N],
            count_by_current: 0.0,
            count_by_device: vec![0.0; self.refractory_ms.len()],
        };
        vec![nothing; self.neurons]
    }

    /// Adds one tick to every neuron; `was` says which were refractory a tick earlier.
    fn tick(
        &mut self,
        window: &mut [Product<N>],
        was: &[bool],
        before: &Moment<N>,
        after: &Moment<N>,
    ) {
        self.neuron.ticks(&before.start(after), &mut self.ticks);
        let mut fired = after.fired.iter().peekable();
        for (n, own) in window.iter_mut().enumerate() {
            let spike = fired.next_if(|f| **f as usize == n).is_some();
            let refractory = before.refractory[n];
            if refractory && self.neuron.stands_still() {
                continue;
            }
            self.ticks.read(n, &mut self.tick);
            Self::neuron(own, &self.tick, spike);
            if was[n] && !refractory && !spike {
                self.released(own);
            }
        }
    }

    fn neuron(own: &mut Product<N>, tick: &LinearTick<N>, spike: bool) {
        own.by_state = product(&tick.by_state, &own.by_state);
        own.by_current = times(&tick.by_state, &own.by_current);
        for (k, by) in own.by_current.iter_mut().enumerate() {
            // The current of a window is one: that of the tick before is the same.
            *by += tick.by_current[k] + tick.by_current_before[k];
        }
        for by in &mut own.by_device {
            *by = times(&tick.by_state, by);
        }
        for state in (0..N).filter(|s| tick.free[*s] == 0.0) {
            own.forget(state);
        }
        own.add(tick, |by| &by.moved);
        let by_distance = own.by_distance(tick);
        own.count(tick.slope, &by_distance);
        if spike {
            own.through(&tick.after_spike);
            own.add(tick, |by| &by.left);
        }
        if tick.by_spike.iter().any(|by| *by != 0.0) {
            own.reset_by(&by_distance, tick.by_spike.map(|by| tick.slope * by));
        }
    }

    /// The tick began a free time: a longer refractory one would have taken it.
    fn released(&self, own: &mut Product<N>) {
        let tick = &self.tick;
        for (k, ms) in self.refractory_ms.iter().enumerate() {
            let by = own.by_device[k].iter_mut().zip(tick.by_release);
            by.for_each(|(by, later)| *by += ms * later);
            own.count_by_device[k] += ms * tick.slope * dot(&tick.distance_by, &tick.by_release);
        }
    }
}

/// The distance of a tick's states above the threshold by everything that a product is by.
struct ByDistance<const N: usize> {
    state: [f64; N],
    current: f64,
    device: Vec<f64>,
}

impl<const N: usize> Product<N> {
    /// Adds what each device parameter does to the states in a tick.
    fn add(&mut self, tick: &LinearTick<N>, part: impl Fn(&ByParameter<N>) -> &[f64; N]) {
        for (by, own) in self.by_device.iter_mut().zip(&tick.by_parameter) {
            by.iter_mut().zip(part(own)).for_each(|(b, f)| *b += f);
        }
    }

    fn by_distance(&self, tick: &LinearTick<N>) -> ByDistance<N> {
        let column = |k: usize| std::array::from_fn(|row| self.by_state[row][k]);
        let device = self.by_device.iter().zip(&tick.by_parameter);
        ByDistance {
            state: std::array::from_fn(|k| dot(&tick.distance_by, &column(k))),
            current: dot(&tick.distance_by, &self.by_current),
            device: device
                .map(|(by, own)| dot(&tick.distance_by, by) + own.distance)
                .collect(),
        }
    }

    /// A tick's share of the spike count.
    fn count(&mut self, slope: f64, by: &ByDistance<N>) {
        for (count, by) in self.count_by_state.iter_mut().zip(by.state) {
            *count += slope * by;
        }
        self.count_by_current += slope * by.current;
        for (count, by) in self.count_by_device.iter_mut().zip(&by.device) {
            *count += slope * by;
        }
    }

    /// What the reset by this tick's spike adds, whose distance depended on everything as `by` says; `by_spike` is the
    /// derivative of the states by that distance through the surrogate.
    fn reset_by(&mut self, by: &ByDistance<N>, by_spike: [f64; N]) {
        for (row, spike) in by_spike.into_iter().enumerate() {
            for (to, from) in self.by_state[row].iter_mut().zip(by.state) {
                *to += spike * from;
            }
            self.by_current[row] += spike * by.current;
            for (to, from) in self.by_device.iter_mut().zip(&by.device) {
                to[row] += spike * from;
            }
        }
    }

    /// What a spike makes of the states.
    fn through(&mut self, after_spike: &Square<N>) {
        self.by_state = product(after_spike, &self.by_state);
        self.by_current = times(after_spike, &self.by_current);
        for by in &mut self.by_device {
            *by = times(after_spike, by);
        }
    }

    /// A state no longer depends on anything before: a clamp holds it.
    fn forget(&mut self, state: usize) {
        self.by_state[state] = [0.0; N];
        self.by_current[state] = 0.0;
        self.by_device.iter_mut().for_each(|by| by[state] = 0.0);
    }

    fn step(self) -> Step<N> {
        let narrow = |x: f64| x as f32;
        let devices = self.by_device.iter().zip(&self.count_by_device);
        Step {
            a: self.by_state.map(|row| row.map(narrow)),
            b: self.by_current.map(narrow),
            c: self.count_by_state.map(narrow),
            d: narrow(self.count_by_current),
            by_device: devices
                .map(|(by, count)| (by.map(narrow), narrow(*count)))
                .collect(),
        }
    }
}
