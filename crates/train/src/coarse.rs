//! The coarse step: one neuron over one window, linearised at its recorded state.
//!
//! `C dV/dt = I - g V - C kappa f`, `dp/dt = f = k+ (1-p) - k- p` (docs/semantics.md in float). Over a window the state
//! moves by `A = exp(J t)`, a constant current by `B = integral(exp(J)) [1/C, 0]`.

use crate::config::{DeviceParameter, TrainConfig};
use crate::dynamics::Dynamics;
use crate::matrix::{Matrix, expm1_over, exponential};
use bruno_chip::DeviceCard;
use bruno_device::{LayerKind, TICK_S};

/// Linearised window of one neuron, float. A spike in the window cuts the state's past off (`keep`).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Step {
    /// Transition of (V, p), zero after a spike.
    pub a: [[f32; 2]; 2],
    /// Effect of the mean current (pA) on (V, p), zero after a spike.
    pub b: [f32; 2],
    /// Effect of the state before on the spike count.
    pub c: [f32; 2],
    /// Effect of the mean current (pA) on the spike count.
    pub d: f32,
    /// Effect of the membrane on the spike count, 1/V.
    pub sigma: f32,
}

/// What the recorder says of one neuron and window, physical units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recorded {
    /// Membrane, V: at the end or the mean.
    pub v: f64,
    /// Occupation: at the end or the mean.
    pub p: f64,
    /// Mean current, pA.
    pub i: f64,
    /// Spikes in the window.
    pub spikes: i32,
    /// The membrane ended at its lower clamp, where it forgets its past as after a spike.
    pub clamped: bool,
    /// Share of the window in which the neuron was not refractory.
    pub active: f64,
}

impl Recorded {
    /// 1 where the state at the window's end depends on what came before, else 0.
    fn keep(&self) -> f64 {
        f64::from(self.spikes == 0 && self.active > 0.0 && !self.clamped)
    }
}

/// Constants of the coarse step of one layer.
#[derive(Debug, Clone)]
pub struct Coarse {
    dynamics: Dynamics,
    kind: LayerKind,
    window_s: f64,
    surrogate_s: f64,
    width: f64,
}

const PA: f64 = 1e-12;

impl Coarse {
    /// The coarse step of a layer with this card.
    pub fn new(
        card: &DeviceCard,
        kind: LayerKind,
        window_ticks: u32,
        config: &TrainConfig,
    ) -> Self {
        Self {
            dynamics: Dynamics::new(card, kind),
            kind,
            window_s: f64::from(window_ticks) * TICK_S,
            surrogate_s: config.surrogate_tau_ms * 1e-3,
            width: config.surrogate_width_v,
        }
    }

    /// The linearised window.
    pub fn step(&self, r: &Recorded) -> Step {
        let (a, phi) = self.transition(r);
        let gain = PA / self.dynamics.model.capacitance_f;
        let b = [phi[0][0] * gain, phi[1][0] * gain];
        let sigma = self.surrogate(r);
        let keep = r.keep();
        let narrow = |x: f64| x as f32;
        Step {
            a: a.map(|row| row.map(|x| narrow(x * keep))),
            b: b.map(|x| narrow(x * keep)),
            c: [narrow(sigma * a[0][0]), narrow(sigma * a[0][1])],
            d: narrow(sigma * b[0]),
            sigma: narrow(sigma),
        }
    }

    /// `exp(J t)` over the active part of the window, and its integral.
    fn transition(&self, r: &Recorded) -> (Matrix, Matrix) {
        let jacobian = self.dynamics.jacobian(r.v, r.p);
        let t = self.window_s * r.active;
        if self.kind == LayerKind::Lif {
            let l = jacobian[0][0];
            return (
                [[(l * t).exp(), 0.0], [0.0, 0.0]],
                [[expm1_over(l, t), 0.0], [0.0, 0.0]],
            );
        }
        exponential(jacobian, t)
    }

    /// Spikes a volt: `dt/tau_s * h((V - V_th)/w)/w`, `h(u) = 0.5/(1+|u|)^2`, summed over the window.
    fn surrogate(&self, r: &Recorded) -> f64 {
        let u = ((r.v - self.dynamics.card.v_th_v) / self.width).abs();
        r.active * self.window_s / self.surrogate_s * 0.5 / (1.0 + u).powi(2) / self.width
    }

    /// `dL/d parameter` from this window: `lambda` is `dL/d(V, p)` at its end, `lambda_s` `dL/d(spike count)`. In the
    /// unit of the card's field.
    pub fn device(
        &self,
        parameter: DeviceParameter,
        r: &Recorded,
        lambda: [f32; 2],
        lambda_s: f32,
    ) -> f64 {
        let sigma = self.surrogate(r);
        if parameter == DeviceParameter::Threshold {
            return -sigma * f64::from(lambda_s);
        }
        let (_, phi) = self.transition(r);
        let force = self.dynamics.force(parameter, r.v, r.p, r.i);
        let moved = [0, 1].map(|k: usize| phi[k][0] * force[0] + phi[k][1] * force[1]);
        let keep = r.keep();
        let by_state = f64::from(lambda[0]) * moved[0] + f64::from(lambda[1]) * moved[1];
        keep * by_state + f64::from(lambda_s) * sigma * moved[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_device::Felif;

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
            v: sums[0] / n,
            p: sums[1] / n,
            i: current_pa,
            spikes: 0,
            clamped: false,
            active: 1.0,
        };
        ([v, p], recorded)
    }

    /// The coarse derivatives by state and current against finite differences of the fine window.
    fn check(card: &DeviceCard, start: [f64; 2], current: f64, tolerance: f64) {
        let ticks = 1000;
        let coarse = Coarse::new(card, LayerKind::Felif, ticks, &TrainConfig::default());
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
        let coarse = Coarse::new(&card, LayerKind::Felif, 1000, &TrainConfig::default());
        let (_, recorded) = fine(&card, start, current, 1000);
        let h = 1e-4 * parameter.of(&card);
        let at = |h: f64| {
            let mut other = card.clone();
            parameter.set(&mut other, parameter.of(&card) + h);
            fine(&other, start, current, 1000).0
        };
        let (plus, minus) = (at(h), at(-h));
        for k in 0..2 {
            let found = coarse.device(
                parameter,
                &recorded,
                [f32::from(k == 0), f32::from(k == 1)],
                0.0,
            );
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
