//! The ticks of a layer's neurons, linearised: rows of one number a neuron, so that what is done to all of them becomes vector
//! instructions.

use super::linear::{ByParameter, LinearTick, Square, column, identity};
use crate::neuron::rows::widen;
use bruno_device::{Locals, TICK_S};

/// What a tick of a layer starts from, `[state][neuron]` and `[neuron]`.
#[derive(Clone, Copy)]
pub(crate) struct Start<'a, const N: usize> {
    /// The states that equations move.
    pub x: [&'a [f32]; N],
    /// Synaptic currents before the tick and in it, pA.
    pub i: [&'a [f32]; 2],
    /// The tick finds the neuron refractory.
    pub refractory: &'a [bool],
}

/// The derivatives of a tick by one parameter, as in [`ByParameter`].
pub(crate) struct ParameterRows<const N: usize> {
    pub moved: [Vec<f64>; N],
    pub distance: Vec<f64>,
    pub left: [Vec<f64>; N],
    pub current: Vec<f64>,
}

/// The derivatives of a tick, as in [`LinearTick`].
pub(crate) struct LinearTicks<const N: usize> {
    pub by_state: [[Vec<f64>; N]; N],
    pub by_current: [Vec<f64>; N],
    pub by_current_before: [Vec<f64>; N],
    pub free: [Vec<f64>; N],
    pub slope: Vec<f64>,
    pub distance_by: [Vec<f64>; N],
    pub by_spike: [Vec<f64>; N],
    /// By neuron: it is asked for where one fired.
    pub after_spike: Vec<Square<N>>,
    pub by_release: [Vec<f64>; N],
    pub by_parameter: Vec<ParameterRows<N>>,
    /// What the ticks start from, and for how long the neuron moves in them, s: not in its refractory time.
    pub x: [Vec<f64>; N],
    pub i: Vec<f64>,
    pub active_s: Vec<f64>,
    /// The equations there, of kinds that are written by hand.
    pub locals: Locals,
}

impl<const N: usize> LinearTicks<N> {
    /// Of neurons that stand still and of which nothing is asked; for so many parameters in training.
    pub fn new(neurons: usize, parameters: usize) -> Self {
        let row = || vec![0.0; neurons];
        let rows = || std::array::from_fn(|_| row());
        let mut new = Self {
            by_state: std::array::from_fn(|_| rows()),
            by_current: rows(),
            by_current_before: rows(),
            free: std::array::from_fn(|_| vec![1.0; neurons]),
            slope: row(),
            distance_by: rows(),
            by_spike: rows(),
            after_spike: vec![identity(); neurons],
            by_release: rows(),
            by_parameter: Vec::new(),
            x: rows(),
            i: row(),
            active_s: row(),
            locals: Locals::new(neurons),
        };
        for k in 0..N {
            new.by_state[k][k].fill(1.0);
        }
        let by_parameter = (0..parameters).map(|_| ParameterRows {
            moved: rows(),
            distance: row(),
            left: rows(),
            current: row(),
        });
        new.by_parameter = by_parameter.collect();
        new
    }

    /// Takes over what the ticks start from.
    pub fn start(&mut self, from: &Start<'_, N>) {
        for (x, from) in self.x.iter_mut().zip(from.x) {
            widen(x, from);
        }
        widen(&mut self.i, from.i[1]);
        for (active, refractory) in self.active_s.iter_mut().zip(from.refractory) {
            *active = if *refractory { 0.0 } else { TICK_S };
        }
    }

    /// Takes over the tick of a neuron.
    pub fn put(&mut self, n: usize, tick: LinearTick<N>) {
        for k in 0..N {
            for (by, own) in self.by_state[k].iter_mut().zip(tick.by_state[k]) {
                by[n] = own;
            }
            self.by_current[k][n] = tick.by_current[k];
            self.by_current_before[k][n] = tick.by_current_before[k];
            self.free[k][n] = tick.free[k];
            self.distance_by[k][n] = tick.distance_by[k];
            self.by_spike[k][n] = tick.by_spike[k];
            self.by_release[k][n] = tick.by_release[k];
        }
        self.slope[n] = tick.slope;
        self.after_spike[n] = tick.after_spike;
        for (rows, own) in self.by_parameter.iter_mut().zip(tick.by_parameter) {
            rows.put(n, own);
        }
    }

    /// The tick of a neuron, into the place of another.
    pub fn read(&self, n: usize, tick: &mut LinearTick<N>) {
        for (row, own) in tick.by_state.iter_mut().zip(&self.by_state) {
            *row = column(own, n);
        }
        tick.by_current = column(&self.by_current, n);
        tick.by_current_before = column(&self.by_current_before, n);
        tick.free = column(&self.free, n);
        tick.slope = self.slope[n];
        tick.distance_by = column(&self.distance_by, n);
        tick.by_spike = column(&self.by_spike, n);
        tick.after_spike = self.after_spike[n];
        tick.by_release = column(&self.by_release, n);
        tick.by_parameter.clear();
        let by_parameter = self.by_parameter.iter().map(|rows| rows.read(n));
        tick.by_parameter.extend(by_parameter);
    }
}

impl<const N: usize> ParameterRows<N> {
    fn put(&mut self, n: usize, own: ByParameter<N>) {
        for k in 0..N {
            self.moved[k][n] = own.moved[k];
            self.left[k][n] = own.left[k];
        }
        self.distance[n] = own.distance;
        self.current[n] = own.current;
    }

    fn read(&self, n: usize) -> ByParameter<N> {
        ByParameter {
            moved: column(&self.moved, n),
            distance: self.distance[n],
            left: column(&self.left, n),
            current: self.current[n],
        }
    }
}
