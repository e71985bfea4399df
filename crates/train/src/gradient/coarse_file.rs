//! The coarse step of neurons of a file: one neuron over one window, linearised at its recorded state or by the recorded mean
//! of its derivatives.
//!
//! With `J` and the gain of the file's equations at that state a free time t moves the states by `exp(J t)` and a constant
//! current by its integral; in a refractory time the states that it holds stand still. A spike makes `R` of the states, the
//! derivative of its resets, so that what a spike leaves alone goes on.

use crate::config::TrainConfig;
use crate::gradient::coarse::Release;
use crate::gradient::step::Step;
use crate::neuron::exponential::exponential;
use crate::neuron::file::{Continuous, ContinuousBy, FileNeuron};
use crate::neuron::linear::{Square, dot, identity, product, times, transposed};
use bruno_chip::LayerDescription;
use bruno_device::{MOST_STATES, NeuronProgram, TICK_S};

/// Most growth of a state over a window, as a natural logarithm.
const MOST_GROWTH: f64 = 3.0;
/// How far below it damping aims, and how often it is tried.
const MARGIN: f64 = 1e-3;
const TRIALS: usize = 4;

/// Spikes of a window that are told apart: a state that more of them leave is taken to be gone.
const MOST_SPIKES: i32 = 64;

/// What the recorder says of one neuron and window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct RecordedFile<const N: usize> {
    /// The states that equations move, at the end or their means, SI units.
    pub x: [f64; N],
    /// Mean current, pA.
    pub i: f64,
    /// Spikes in the window.
    pub spikes: i32,
    /// Share of the window in which the neuron was not refractory.
    pub active: f64,
    /// The last release from a refractory time within the window.
    pub release: Option<Release>,
    /// Means of the derivatives that the recorder summed, SI units a second.
    pub slopes: Option<[f64; MOST_STATES]>,
}

/// Constants of the coarse step of one layer.
pub(crate) struct CoarseFile {
    neuron: FileNeuron,
    window_s: f64,
    /// The refractory time by each device parameter in training, ms.
    refractory_ms: Vec<f64>,
}

impl CoarseFile {
    pub fn new(
        program: &NeuronProgram,
        raw: &LayerDescription,
        window_ticks: u32,
        config: &TrainConfig,
    ) -> Self {
        let neuron = FileNeuron::new(program, raw, config);
        let beside = neuron.beside::<0>();
        Self {
            refractory_ms: beside.iter().map(|b| b.refractory_ms).collect(),
            neuron,
            window_s: f64::from(window_ticks) * TICK_S,
        }
    }

    /// What a spike leaves in a moving state where that is one value that a refractory time holds, SI units.
    pub fn left_standing(&self, row: usize) -> Option<f64> {
        self.neuron.left_standing(row)
    }

    /// The window linearised at the recorded state.
    pub fn step<const N: usize>(&self, r: &RecordedFile<N>) -> Step<N> {
        let mut at = self.neuron.continuous(&r.x, r.i);
        if let Some(means) = &r.slopes {
            self.neuron.put_means(&mut at, &r.x, r.i, means);
        }
        let free_s = self.window_s * r.active;
        let sigma = self.neuron.surrogate(at.distance, free_s);
        let jacobian = self.with_reset(&at, r, sigma);
        let (free, phi) = bounded(jacobian, free_s);
        let (waiting, phi_waiting) = match r.active < 1.0 {
            true => bounded(held(&at), self.window_s - free_s),
            false => (identity(), [[0.0; N]; N]),
        };
        let gain_waiting = std::array::from_fn(|k| at.gain[k] * (1.0 - at.held[k]));
        let left = spikes(&at.after_spike, r.spikes);
        // Free time, spikes, refractory time: where in the window they fall is not known.
        let a = product(&waiting, &product(&left, &free));
        let b_free = times(&product(&waiting, &left), &times(&phi, &at.gain));
        let b_waiting = times(&phi_waiting, &gain_waiting);
        let counted = times(&phi, &at.gain);
        let narrow = |x: f64| x as f32;
        let window = Window {
            sigma,
            jacobian,
            phi,
            waiting,
            phi_waiting,
            left,
        };
        Step {
            a: a.map(|row| row.map(narrow)),
            b: std::array::from_fn(|k| narrow(b_free[k] + b_waiting[k])),
            c: transposed(&free, &at.distance_by).map(|x| narrow(sigma * x)),
            d: narrow(sigma * dot(&at.distance_by, &counted)),
            by_device: self.by_device(&at, r, &window),
        }
    }

    /// By each device parameter in training: the states at the window's end, and the spike count.
    fn by_device<const N: usize>(
        &self,
        at: &Continuous<N>,
        r: &RecordedFile<N>,
        window: &Window<N>,
    ) -> Vec<([f32; N], f32)> {
        if self.refractory_ms.is_empty() {
            return Vec::new();
        }
        let released = self.by_refractory(at, r, window);
        let by_spike = self.spikes_a_second(r, window.sigma);
        let all = self.neuron.continuous_by(&r.x, r.i);
        let of = |(own, ms): (Option<ContinuousBy<N>>, &f64)| {
            let Some(own) = own else {
                return ([0.0; N], 0.0);
            };
            // An attached reset follows what moves the threshold, as far as the surrogate does.
            let force = std::array::from_fn(|k| own.rates[k] + by_spike[k] * own.distance);
            let moved = times(&window.phi, &force);
            let mut end = times(&window.left, &moved);
            let set = by_spikes(&at.after_spike, &own.left, r.spikes);
            end.iter_mut().zip(set).for_each(|(e, s)| *e += s);
            let end = times(&window.waiting, &end);
            let unheld = std::array::from_fn(|k| own.rates[k] * (1.0 - at.held[k]));
            let while_waiting = times(&window.phi_waiting, &unheld);
            let state = |k: usize| end[k] + while_waiting[k] + ms * released.0[k];
            let counted = window.sigma * (dot(&at.distance_by, &moved) + own.distance);
            let counted = counted + ms * released.1;
            (std::array::from_fn(|k| state(k) as f32), counted as f32)
        };
        all.into_iter().zip(&self.refractory_ms).map(of).collect()
    }

    /// By the refractory time, a ms: what it held at the window's last release would have moved later, carried to the
    /// window's end; and the spike count.
    fn by_refractory<const N: usize>(
        &self,
        at: &Continuous<N>,
        r: &RecordedFile<N>,
        window: &Window<N>,
    ) -> ([f64; N], f64) {
        let Some(release) = r.release else {
            return ([0.0; N], 0.0);
        };
        let slope = self.neuron.slope_at_release(&r.x, r.i);
        let later = std::array::from_fn(|k| -1e-3 * slope[k] * at.held[k]);
        let (exp, phi) = bounded(window.jacobian, release.seconds);
        let mut end = times(&exp, &later);
        if !release.kept {
            end = times(&at.after_spike, &end);
        }
        let seconds = self.window_s * r.active;
        let rate = if seconds > 0.0 {
            window.sigma / seconds
        } else {
            0.0
        };
        (end, rate * dot(&at.distance_by, &times(&phi, &later)))
    }

    /// What an attached reset adds to the rates by the distance above the threshold.
    fn spikes_a_second<const N: usize>(&self, r: &RecordedFile<N>, sigma: f64) -> [f64; N] {
        let seconds = self.window_s * r.active;
        let by_spike = self.neuron.by_spike(&r.x, r.i);
        match seconds > 0.0 {
            true => by_spike.map(|by| by * sigma / seconds),
            false => [0.0; N],
        }
    }

    /// The derivatives of the rates; an attached reset draws the states to its values as far as the surrogate follows them.
    fn with_reset<const N: usize>(
        &self,
        at: &Continuous<N>,
        r: &RecordedFile<N>,
        sigma: f64,
    ) -> Square<N> {
        let mut jacobian = at.jacobian;
        for (row, by) in jacobian.iter_mut().zip(self.spikes_a_second(r, sigma)) {
            for (entry, distance) in row.iter_mut().zip(&at.distance_by) {
                *entry += by * distance;
            }
        }
        jacobian
    }
}

/// A linearised window in its parts: free time, spikes, refractory time.
struct Window<const N: usize> {
    /// The spike count by the distance above the threshold.
    sigma: f64,
    jacobian: Square<N>,
    phi: Square<N>,
    waiting: Square<N>,
    phi_waiting: Square<N>,
    left: Square<N>,
}

/// `exp(J t)` and its integral, of equations that grow no more than [`MOST_GROWTH`] in the time: those that would are damped
/// alike in all states. A neuron in its upstroke is linearised so, and fires before it has grown as its equations say.
fn bounded<const N: usize>(mut jacobian: Square<N>, t: f64) -> (Square<N>, Square<N>) {
    let mut damp = |rate: f64| {
        for (k, row) in jacobian.iter_mut().enumerate() {
            row[k] -= rate;
        }
        jacobian
    };
    // No number overflows once the diagonal is within the bound.
    let start = damp(0.0);
    let steepest = (0..N).map(|k| start[k][k]).fold(0.0, f64::max);
    let mut damped = damp((steepest - MOST_GROWTH / t).max(0.0));
    for _ in 0..TRIALS {
        let (exp, phi) = exponential(&damped, t);
        let growth = (0..N).map(|k| exp[k][k].abs()).fold(0.0, f64::max);
        if growth.ln() <= MOST_GROWTH {
            return (exp, phi);
        }
        let excess = growth.min(f64::MAX).ln() - MOST_GROWTH;
        damped = damp((excess + MARGIN) / t);
    }
    (identity(), [[0.0; N]; N])
}

/// The derivatives of the rates in a refractory time.
fn held<const N: usize>(at: &Continuous<N>) -> Square<N> {
    std::array::from_fn(|row| at.jacobian[row].map(|x| x * (1.0 - at.held[row])))
}

/// What several spikes make of the states by a parameter, of which each leaves `left`.
fn by_spikes<const N: usize>(after_one: &Square<N>, left: &[f64; N], count: i32) -> [f64; N] {
    (0..count.min(MOST_SPIKES)).fold([0.0; N], |so_far, _| {
        let kept = times(after_one, &so_far);
        std::array::from_fn(|k| kept[k] + left[k])
    })
}

/// What several spikes make of the states.
fn spikes<const N: usize>(after_one: &Square<N>, count: i32) -> Square<N> {
    (0..count.min(MOST_SPIKES)).fold(identity(), |so_far, _| product(after_one, &so_far))
}
