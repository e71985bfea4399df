//! One tick of a neuron in float with its derivatives, whatever its kind: one explicit step of 1 us of its equations.

use crate::config::DeviceParameter;
use bruno_chip::DeviceCard;
#[cfg(test)]
use bruno_device::TICK_S;
use bruno_device::{Equations, LayerKind, Locals, Matrix, Means};
use std::sync::Arc;

/// The equations of one layer's neurons.
#[derive(Clone)]
pub(crate) struct Dynamics {
    equations: Arc<dyn Equations>,
    /// The card that they come from.
    pub card: DeviceCard,
}

/// One tick of a neuron that is not refractory, with its derivatives, before floor and threshold: the yardstick of rows of them.
#[cfg(test)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tick {
    /// New membrane, V.
    pub v: f64,
    /// The new second state.
    pub p: f64,
    /// Derivative of the new states by the old.
    pub jacobian: Matrix,
    /// Derivative of the new V by the current, V/pA; the second state does not see it.
    pub by_current: f64,
    /// The floor holds the membrane: it forgets.
    pub floored: bool,
}

/// Derivative of the states by the refractory time, a ms, from `dx/dt`: a neuron that is released later has not yet moved.
#[inline(always)]
pub(crate) fn later_release<const N: usize>(slope: [f64; N]) -> [f64; N] {
    slope.map(|slope| -1e-3 * slope)
}

impl Dynamics {
    /// The equations of a layer with this card; none of outputs.
    pub fn new(card: &DeviceCard, kind: LayerKind) -> Option<Self> {
        Some(Self {
            equations: kind.equations(card)?,
            card: card.clone(),
        })
    }

    /// States that move, one or two.
    pub fn dimension(&self) -> usize {
        self.equations.dimension()
    }

    /// Derivative of `dx/dt` by x, 1/s.
    pub fn jacobian(&self, x: [f64; 2]) -> Matrix {
        // No derivative by a state follows the current.
        self.equations.at(x, 0.0).jacobian
    }

    /// See [`Equations::at_each`].
    pub fn at_each(&self, x: [&[f64]; 2], i_pa: &[f64], locals: &mut Locals) {
        self.equations.at_each(x, i_pa, locals);
    }

    /// The same from the mean samples of a window.
    pub fn mean_jacobian(&self, means: &Means) -> Matrix {
        self.equations.mean_jacobian(means)
    }

    /// See [`Equations::force`].
    pub fn force(&self, parameter: DeviceParameter, x: [f64; 2], i_pa: f64) -> [f64; 2] {
        self.equations.force(parameter, x, i_pa)
    }

    /// See [`Equations::force_each`].
    pub fn force_each(
        &self,
        parameter: DeviceParameter,
        x: [&[f64]; 2],
        i_pa: &[f64],
        force: [&mut [f64]; 2],
    ) {
        self.equations.force_each(parameter, x, i_pa, force);
    }

    /// See [`Equations::mean_force`].
    pub fn mean_force(
        &self,
        parameter: DeviceParameter,
        x: [f64; 2],
        i_pa: f64,
        means: &Means,
    ) -> [f64; 2] {
        self.equations.mean_force(parameter, x, i_pa, means)
    }

    /// `dx/dt`.
    pub fn slope(&self, x: [f64; 2], i_pa: f64) -> [f64; 2] {
        self.equations.at(x, i_pa).slope
    }

    /// Derivative of the membrane's slope by the current, V/(s pA).
    pub fn gain(&self) -> f64 {
        self.equations.gain()
    }

    /// What a spike leaves in each state; none where it leaves it as it is.
    pub fn reset(&self) -> [Option<f64>; 2] {
        self.equations.reset()
    }

    /// One tick from a state under a current in pA.
    #[cfg(test)]
    pub fn tick(&self, x: [f64; 2], i_pa: f64) -> Tick {
        let local = self.equations.at(x, i_pa);
        let [v, p] = [0, 1].map(|k| x[k] + TICK_S * local.slope[k]);
        let [by_v, by_p] = local.jacobian.map(|row| row.map(|x| TICK_S * x));
        Tick {
            v,
            p,
            jacobian: [[1.0 + by_v[0], by_v[1]], [by_p[0], 1.0 + by_p[1]]],
            by_current: TICK_S * self.gain(),
            floored: v < self.card.v_floor_v,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_device::Felif;
    use proptest::prelude::*;

    const PARAMETERS: [DeviceParameter; 4] = [
        DeviceParameter::Area,
        DeviceParameter::Leak,
        DeviceParameter::Barrier,
        DeviceParameter::FieldDistance,
    ];

    /// Central difference of `at` at 0, with the error that rounding leaves in it.
    fn central(at: impl Fn(f64) -> [f64; 2], h: f64) -> ([f64; 2], f64) {
        let (up, down) = (at(h), at(-h));
        let largest = up.iter().chain(&down).fold(0.0f64, |m, x| m.max(x.abs()));
        let slope = [0, 1].map(|k| (up[k] - down[k]) / (2.0 * h));
        (slope, 4.0 * f64::EPSILON * largest / h)
    }

    /// Relative error below 1e-3 of the larger entry.
    fn close(found: [f64; 2], (expected, rounding): ([f64; 2], f64), what: &str) {
        let scale = expected[0].abs().max(expected[1].abs());
        for k in 0..2 {
            let error = (found[k] - expected[k]).abs();
            assert!(
                error <= 1e-3 * scale + rounding,
                "{what}: {found:?} for {expected:?}, rounding {rounding:e}"
            );
        }
    }

    /// Every derivative against central differences.
    fn check(card: &DeviceCard, kind: LayerKind, v: f64, p: f64, i_pa: f64) {
        let d = Dynamics::new(card, kind).unwrap();
        let j = d.jacobian([v, p]);
        let by_v = central(|h| d.slope([v + h, p], i_pa), 1e-5);
        close([j[0][0], j[1][0]], by_v, "by V");
        let by_p = central(|h| d.slope([v, p + h], i_pa), 1e-5);
        close([j[0][1], j[1][1]], by_p, "by p");
        let by_i = central(|h| [d.tick([v, p], i_pa + h).v, 0.0], 1.0);
        close([d.tick([v, p], i_pa).by_current, 0.0], by_i, "by I");
        for parameter in PARAMETERS {
            let at = |h: f64| {
                let mut other = card.clone();
                parameter.set(&mut other, parameter.of(card) + h);
                Dynamics::new(&other, kind).unwrap().slope([v, p], i_pa)
            };
            let expected = central(at, 1e-4 * parameter.of(card));
            let found = d.force(parameter, [v, p], i_pa);
            close(found, expected, &format!("by {parameter:?}"));
        }
    }

    /// No rate reaches its saturation, where it has no derivative, within the step of a difference.
    fn rates_bend_elsewhere(card: &DeviceCard, v: f64, p: f64) -> bool {
        let m = Felif::new(card);
        let x = m.x_by_v * v - m.x_by_p * p + m.x0;
        x.abs().min((m.xc - x).abs()) > 0.02
    }

    fn series() -> DeviceCard {
        DeviceCard {
            c_series_f_m2: Some(0.27),
            p_ref: 0.3,
            ..DeviceCard::default()
        }
    }

    #[test]
    fn at_rest() {
        check(&DeviceCard::default(), LayerKind::Felif, 0.1, 0.2, 50.0);
    }
    #[test]
    fn on_the_plateau() {
        check(&DeviceCard::default(), LayerKind::Felif, 0.75, 0.5, 200.0);
    }
    #[test]
    fn with_series_layers() {
        check(&series(), LayerKind::Felif, 0.6, 0.5, 100.0);
    }
    #[test]
    fn nothing_switched() {
        check(&DeviceCard::default(), LayerKind::Felif, 0.7, 0.0, 100.0);
    }
    #[test]
    fn all_switched() {
        check(&DeviceCard::default(), LayerKind::Felif, 0.7, 1.0, 100.0);
    }
    #[test]
    fn rates_underflow() {
        check(&DeviceCard::default(), LayerKind::Felif, -0.5, 0.5, -100.0);
    }
    #[test]
    fn the_rate_up_is_saturated() {
        check(&DeviceCard::default(), LayerKind::Felif, 1.9, 0.5, 100.0);
    }
    #[test]
    fn the_rate_down_is_saturated() {
        check(&DeviceCard::default(), LayerKind::Felif, -1.9, 0.5, 100.0);
    }
    #[test]
    fn without_switching() {
        check(&DeviceCard::default(), LayerKind::Lif, 0.4, 0.0, 100.0);
    }

    proptest! {
        #[test]
        fn a_tick_keeps_the_occupation_in_range(v in -2.0f64..2.0, p in 0.0f64..=1.0, series_layers: bool) {
            let card = if series_layers { series() } else { DeviceCard::default() };
            let d = Dynamics::new(&card, LayerKind::Felif).unwrap();
            let next = p + TICK_S * d.slope([v, p], 0.0)[1];
            prop_assert!((0.0..=1.0).contains(&next), "{next}");
        }
        #[test]
        fn derivatives_anywhere(v in -1.0f64..1.0, p in 0.0f64..=1.0, i in -500.0f64..500.0) {
            prop_assume!(rates_bend_elsewhere(&series(), v, p));
            check(&series(), LayerKind::Felif, v, p, i);
        }
    }

    #[test]
    fn the_floor_is_seen() {
        let d = Dynamics::new(&DeviceCard::default(), LayerKind::Felif).unwrap();
        assert!(d.tick([-0.4999, 0.0], -1000.0).floored && !d.tick([-0.4999, 0.0], 0.0).floored);
    }
}
