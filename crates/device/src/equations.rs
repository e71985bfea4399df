//! A kind of neuron in float: its equations and every derivative of them that training uses.
//!
//! `x` are the states that equations move, in the order of their declaration and in their units; the first is the membrane.
//! A kind with fewer than two leaves the rest at zero.

mod membrane;
mod power;

use crate::{DeviceParameter, MOST_STATES};
pub(crate) use membrane::Membrane;
pub(crate) use power::power_of_two;

/// A 2 x 2 matrix, row by row.
pub type Matrix = [[f64; 2]; 2];

/// Means of the samples that a kind declares over the active ticks of a window: a second, where they have a unit.
pub type Means = [f64; MOST_STATES];

/// The equations at one state.
#[derive(Debug, Clone, Copy)]
pub struct Local {
    /// `dx/dt`.
    pub slope: [f64; 2],
    /// Its derivative by x, 1/s.
    pub jacobian: Matrix,
}

/// The equations at the states of many neurons, in rows of one number a neuron.
#[derive(Debug, Clone, Default)]
pub struct Locals {
    /// `dx/dt`, `[state]`.
    pub slope: [Vec<f64>; 2],
    /// Its derivative by x, 1/s, `[state][by state]`.
    pub jacobian: [[Vec<f64>; 2]; 2],
}

impl Locals {
    /// Of so many neurons, all zero.
    pub fn new(neurons: usize) -> Self {
        let row = || vec![0.0; neurons];
        Self {
            slope: std::array::from_fn(|_| row()),
            jacobian: std::array::from_fn(|_| std::array::from_fn(|_| row())),
        }
    }

    /// The rows of the first neurons, slopes and derivatives: rows of one known length are what a compiler makes vectors of.
    #[inline(always)]
    pub(crate) fn rows(&mut self, neurons: usize) -> ([&mut [f64]; 2], [[&mut [f64]; 2]; 2]) {
        let slope = self.slope.each_mut().map(|row| &mut row[..neurons]);
        let by = self.jacobian.each_mut();
        let jacobian = by.map(|by| by.each_mut().map(|row| &mut row[..neurons]));
        (slope, jacobian)
    }
}

/// The equations of one layer's neurons on a card.
pub trait Equations: Send + Sync {
    /// States that move, one or two.
    fn dimension(&self) -> usize;
    /// The equations at a state under a current in pA.
    fn at(&self, x: [f64; 2], i_pa: f64) -> Local;
    /// The same of many neurons: the rows of their states and currents (pA), all of one length.
    fn at_each(&self, x: [&[f64]; 2], i_pa: &[f64], locals: &mut Locals) {
        let ([dv, dp], [[vv, vp], [pv, pp]]) = locals.rows(i_pa.len());
        for n in 0..i_pa.len() {
            let here = self.at(x.map(|x| x[n]), i_pa[n]);
            [dv[n], dp[n]] = here.slope;
            [[vv[n], vp[n]], [pv[n], pp[n]]] = here.jacobian;
        }
    }
    /// The mean derivative of `dx/dt` by x, from the samples of a window.
    fn mean_jacobian(&self, means: &Means) -> Matrix;
    /// Derivative of `dx/dt` by a parameter, a second by the unit of the card's field. Threshold and refractory time are not
    /// in the equations: one ends a step, the other begins it.
    fn force(&self, parameter: DeviceParameter, x: [f64; 2], i_pa: f64) -> [f64; 2];
    /// The same of many neurons, as [`Equations::at_each`] takes them.
    fn force_each(
        &self,
        parameter: DeviceParameter,
        x: [&[f64]; 2],
        i_pa: &[f64],
        force: [&mut [f64]; 2],
    ) {
        let [by_v, by_p] = force;
        for n in 0..i_pa.len() {
            [by_v[n], by_p[n]] = self.force(parameter, x.map(|x| x[n]), i_pa[n]);
        }
    }
    /// The same from the samples of a window with these means of state and current.
    fn mean_force(
        &self,
        parameter: DeviceParameter,
        x: [f64; 2],
        i_pa: f64,
        means: &Means,
    ) -> [f64; 2];
    /// Derivative of the membrane's slope by the current, V/(s pA); no other state sees it.
    fn gain(&self) -> f64;
    /// What a spike leaves in each state; none where it leaves it as it is.
    fn reset(&self) -> [Option<f64>; 2];
    /// What a spike discharges and switches back, J.
    fn spike_j(&self) -> f64;
}
