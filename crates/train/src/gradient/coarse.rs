//! The coarse step: one neuron over one window, linearised at its recorded state.
//!
//! `C dV/dt = I - g V - C kappa f`, `dp/dt = f = k+ (1-p) - k- p` (docs/semantics.md in float). Over a window the state
//! moves by `A = exp(J t)`, a constant current by `B = integral(exp(J)) [1/C, 0]`.

use crate::config::{DeviceParameter, TrainConfig};
use crate::gradient::step::Step;
use crate::neuron::dynamics::{Dynamics, later_release};
use crate::neuron::linear::card_parameters;
use crate::neuron::matrix::{expm1_over, exponential};
use crate::neuron::reset::SpikeReset;
use crate::neuron::surrogate::Surrogate;
use bruno_chip::DeviceCard;
use bruno_device::{LayerKind, Matrix, Means, TICK_S};

/// What the recorder says of one neuron and window, physical units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Recorded {
    /// The states that equations move, at the end or their means; the first is the membrane, V.
    pub x: [f64; 2],
    /// Mean current, pA.
    pub i: f64,
    /// Spikes in the window.
    pub spikes: i32,
    /// The membrane ended at its lower clamp, where it forgets its past as after a spike.
    pub clamped: bool,
    /// Share of the window in which the neuron was not refractory.
    pub active: f64,
    /// The last release from a refractory time within the window.
    pub release: Option<Release>,
    /// The window's mean linearisation, if it was recorded.
    pub linearised: Option<Linearised>,
}

/// The end of a refractory time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Release {
    /// From there to the end of the window.
    pub seconds: f64,
    /// No spike followed in the window, and the membrane did not end at its lower clamp.
    pub kept: bool,
}

impl Recorded {
    /// 1 where the state at the window's end depends on what came before, else 0.
    fn keep(&self) -> f64 {
        f64::from(self.spikes == 0 && self.active > 0.0 && !self.clamped)
    }
}

/// Sums of the recorder level `jacobian` over the active ticks of a window, as means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Linearised {
    /// Of the samples that the neurons declare.
    pub means: Means,
    /// Mean of h(u), the chip's surrogate.
    pub near: f64,
}

/// Constants of the coarse step of one layer.
#[derive(Clone)]
pub(crate) struct Coarse {
    dynamics: Dynamics,
    reset: SpikeReset,
    surrogate: Surrogate,
    window_s: f64,
    devices: Vec<Option<DeviceParameter>>,
}

impl Coarse {
    /// The coarse step of a layer with this card; none of outputs.
    pub fn new(
        card: &DeviceCard,
        kind: LayerKind,
        window_ticks: u32,
        config: &TrainConfig,
    ) -> Option<Self> {
        let dynamics = Dynamics::new(card, kind)?;
        Some(Self {
            reset: SpikeReset::new(&dynamics, config),
            dynamics,
            surrogate: Surrogate::new(card, config),
            window_s: f64::from(window_ticks) * TICK_S,
            devices: card_parameters(config),
        })
    }

    /// The window linearised at the recorded state, or with the mean linearisation that the recorder summed.
    pub fn step(&self, r: &Recorded) -> Step<2> {
        let mut jacobian = match &r.linearised {
            Some(l) => self.dynamics.mean_jacobian(&l.means),
            None => self.dynamics.jacobian(r.x),
        };
        let seconds = self.window_s * r.active;
        let sigma = match &r.linearised {
            Some(l) => self.surrogate.scaled(l.near, seconds),
            None => self.surrogate.slope(r.x[0], seconds),
        };
        let spikes_per_s = if seconds > 0.0 { sigma / seconds } else { 0.0 };
        // An attached reset draws the state to its reset values as far as the surrogate follows the membrane.
        let by_spike = self.reset.by_spike(r.x);
        for (row, by) in jacobian.iter_mut().zip(by_spike) {
            row[0] += by * spikes_per_s;
        }
        let (a, phi) = self.transition(jacobian, seconds);
        let gain = self.dynamics.gain();
        let b = [phi[0][0] * gain, phi[1][0] * gain];
        let keep = r.keep();
        let narrow = |x: f64| x as f32;
        let by_device = |parameter: &Option<DeviceParameter>| {
            let Some(parameter) = parameter else {
                return ([0.0; 2], 0.0);
            };
            if *parameter == DeviceParameter::Refractory {
                let [v, p, counted] = self.by_refractory(jacobian, r, spikes_per_s).map(narrow);
                return ([v, p], counted);
            }
            let at_threshold = f64::from(*parameter == DeviceParameter::Threshold);
            let force = self.force(*parameter, r);
            let force = [0, 1].map(|k: usize| force[k] - at_threshold * by_spike[k] * spikes_per_s);
            let moved = [0, 1].map(|k: usize| phi[k][0] * force[0] + phi[k][1] * force[1]);
            let counted = sigma * (moved[0] - at_threshold);
            (moved.map(|m| narrow(keep * m)), narrow(counted))
        };
        Step {
            a: a.map(|row| row.map(|x| narrow(x * keep))),
            b: b.map(|x| narrow(x * keep)),
            c: [narrow(sigma * a[0][0]), narrow(sigma * a[0][1])],
            d: narrow(sigma * b[0]),
            by_device: self.devices.iter().map(by_device).collect(),
        }
    }

    /// By the refractory time, a ms: the state at the window's last release, carried to its end.
    fn by_refractory(&self, jacobian: Matrix, r: &Recorded, spikes_per_s: f64) -> [f64; 3] {
        let Some(release) = r.release else {
            return [0.0; 3];
        };
        let later = later_release(self.dynamics.slope(self.reset.state(r.x), r.i));
        let (a, phi) = self.transition(jacobian, release.seconds);
        let times = |m: Matrix, row: usize| m[row][0] * later[0] + m[row][1] * later[1];
        let keep = f64::from(release.kept);
        [
            keep * times(a, 0),
            keep * times(a, 1),
            spikes_per_s * times(phi, 0),
        ]
    }

    fn force(&self, parameter: DeviceParameter, r: &Recorded) -> [f64; 2] {
        match &r.linearised {
            Some(l) => self.dynamics.mean_force(parameter, r.x, r.i, &l.means),
            None => self.dynamics.force(parameter, r.x, r.i),
        }
    }

    /// `exp(J t)` and its integral.
    fn transition(&self, jacobian: Matrix, t: f64) -> (Matrix, Matrix) {
        if self.dynamics.dimension() == 1 {
            let l = jacobian[0][0];
            return (
                [[(l * t).exp(), 0.0], [0.0, 0.0]],
                [[expm1_over(l, t), 0.0], [0.0, 0.0]],
            );
        }
        exponential(jacobian, t)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_device::Felif;

    const PA: f64 = 1e-12;

    /// The nonlinear window in float at 1 us from a state with a constant current.
    fn fine(
        card: &DeviceCard,
        start: [f64; 2],
        current_pa: f64,
        ticks: u32,
    ) -> ([f64; 2], Recorded) {
        let m = Felif::new(card);
        let [mut v, mut p] = start;
        let mut sums = [0.0, 0.0];
        for _ in 0..ticks {
            let (up, down) = m.rates(v, p);
            let flow = (up * (1.0 - p) - down * p) * TICK_S;
            v += (current_pa * PA - m.leak_s * v) * TICK_S / m.capacitance_f - m.kappa_v * flow;
            p += flow;
            sums = [sums[0] + v, sums[1] + p];
        }
        let n = f64::from(ticks);
        let recorded = Recorded {
            x: sums.map(|sum| sum / n),
            i: current_pa,
            spikes: 0,
            clamped: false,
            active: 1.0,
            release: None,
            linearised: None,
        };
        ([v, p], recorded)
    }

    /// The coarse derivatives by state and current against finite differences of the fine window.
    fn check(card: &DeviceCard, start: [f64; 2], current: f64, tolerance: f64) {
        let ticks = 1000;
        let coarse = Coarse::new(card, LayerKind::Felif, ticks, &TrainConfig::default()).unwrap();
        let (_, recorded) = fine(card, start, current, ticks);
        let step = coarse.step(&recorded);
        let difference = |plus: [f64; 2], minus: [f64; 2], h: f64| {
            [0, 1].map(|k: usize| (plus[k] - minus[k]) / (2.0 * h))
        };
        let at = |s: [f64; 2], i: f64| fine(card, s, i, ticks).0;
        let h = 1e-5;
        let [v, p] = start;
        let by_v = difference(at([v + h, p], current), at([v - h, p], current), h);
        let by_i = difference(at(start, current + 0.1), at(start, current - 0.1), 0.1);
        for k in 0..2 {
            let scale = by_v[0].abs().max(by_v[1].abs());
            assert!(
                (f64::from(step.a[k][0]) - by_v[k]).abs() < tolerance * scale,
                "{:?} {by_v:?}",
                step.a
            );
            let scale = by_i[0].abs().max(by_i[1].abs());
            assert!(
                (f64::from(step.b[k]) - by_i[k]).abs() < tolerance * scale,
                "{:?} {by_i:?}",
                step.b
            );
        }
    }

    #[test]
    fn at_rest() {
        check(&DeviceCard::default(), [0.1, 0.0], 50.0, 0.01);
    }
    #[test]
    fn on_the_plateau() {
        check(&DeviceCard::default(), [0.72, 0.3], 150.0, 0.1);
    }
    #[test]
    fn with_series_layers() {
        let card = DeviceCard {
            c_series_f_m2: Some(0.27),
            p_ref: 0.3,
            ..DeviceCard::default()
        };
        check(&card, [0.45, 0.25], 10.0, 0.05);
    }

    /// Device derivatives against finite differences of the fine window from the same state.
    fn check_device(parameter: DeviceParameter, start: [f64; 2], current: f64, tolerance: f64) {
        let card = DeviceCard::default();
        let config = TrainConfig {
            device: vec![crate::DeviceTraining {
                parameter: parameter.name().into(),
                bounds: (0.0, 100.0),
                shared: crate::Shared::Layer,
            }],
            ..TrainConfig::default()
        };
        let coarse = Coarse::new(&card, LayerKind::Felif, 1000, &config).unwrap();
        let (_, recorded) = fine(&card, start, current, 1000);
        let step = coarse.step(&recorded);
        let h = 1e-4 * parameter.of(&card);
        let at = |h: f64| {
            let mut other = card.clone();
            parameter.set(&mut other, parameter.of(&card) + h);
            fine(&other, start, current, 1000).0
        };
        let (plus, minus) = (at(h), at(-h));
        for k in 0..2 {
            let found = f64::from(step.by_device[0].0[k]);
            let scale = (0..2)
                .map(|k| ((plus[k] - minus[k]) / (2.0 * h)).abs())
                .fold(0.0, f64::max);
            let expected = (plus[k] - minus[k]) / (2.0 * h);
            assert!(
                (found - expected).abs() < tolerance * scale,
                "{parameter:?}: {found} for {expected}"
            );
        }
    }

    #[test]
    fn by_area() {
        check_device(DeviceParameter::Area, [0.3, 0.0], 30.0, 0.02);
    }
    #[test]
    fn by_leak() {
        check_device(DeviceParameter::Leak, [0.3, 0.0], 30.0, 0.05);
    }
    #[test]
    fn by_barrier_on_the_plateau() {
        check_device(DeviceParameter::Barrier, [0.72, 0.3], 150.0, 0.15);
    }
}
