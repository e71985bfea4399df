//! The equations of a neuron in float and every derivative of them that training uses.
//!
//! `dV/dt = (I - g V)/C - kappa f`, `dp/dt = f = k+ (1 - p) - k- p`; a rate stops at one a tick, as in the datapath
//! (docs/semantics.md). A tick is one explicit step of 1 us; with such rates it keeps `p` in 0..1.

use crate::config::DeviceParameter;
use crate::neuron::matrix::Matrix;
use bruno_chip::DeviceCard;
use bruno_device::{Felif, KELVIN_PER_VOLT, LayerKind, TICK_S};

const PA: f64 = 1e-12;
const LN2: f64 = std::f64::consts::LN_2;

/// The equations of one layer's neurons.
#[derive(Debug, Clone)]
pub(crate) struct Dynamics {
    /// Coefficients of the equations.
    pub model: Felif,
    /// The card that they come from.
    pub card: DeviceCard,
    kind: LayerKind,
}

/// `f = dp/dt` at one state, 1/s, in its parts.
#[derive(Debug, Clone, Copy, Default)]
struct Flow {
    /// f.
    value: f64,
    /// `k+ + k-`.
    rates: f64,
    /// `k+ (1 - p)` and `k- p`, each zero where its rate is saturated and follows nothing.
    free: [f64; 2],
}

/// One tick of a neuron that is not refractory, with its derivatives, before floor and threshold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tick {
    /// New membrane, V.
    pub v: f64,
    /// New occupation.
    pub p: f64,
    /// Derivative of the new (V, p) by the old.
    pub jacobian: Matrix,
    /// `(dV/dt, dp/dt)` of the tick, V/s and 1/s.
    pub slope: [f64; 2],
    /// Derivative of the new V by the current, V/pA; p does not see it.
    pub by_current: f64,
    /// The floor holds the membrane: it forgets.
    pub floored: bool,
}

/// Derivative of (V, p) by the refractory time, a ms, from `(dV/dt, dp/dt)`: a neuron that is released later has not yet
/// moved.
pub(crate) fn later_release(slope: [f64; 2]) -> [f64; 2] {
    slope.map(|slope| -1e-3 * slope)
}

impl Dynamics {
    /// The equations of a layer with this card.
    pub fn new(card: &DeviceCard, kind: LayerKind) -> Self {
        Self {
            model: Felif::new(card),
            card: card.clone(),
            kind,
        }
    }

    fn flow(&self, v: f64, p: f64) -> Flow {
        if self.kind != LayerKind::Felif {
            return Flow::default();
        }
        let m = &self.model;
        let x = m.x_by_v * v - m.x_by_p * p + m.x0;
        let exponents = [x, m.xc - x];
        let [up, down] = exponents.map(|x| x.min(0.0).exp2() / TICK_S);
        let flows = [up * (1.0 - p), down * p];
        Flow {
            value: flows[0] - flows[1],
            rates: up + down,
            free: [0, 1].map(|k| if exponents[k] < 0.0 { flows[k] } else { 0.0 }),
        }
    }

    /// Derivative of (dV/dt, dp/dt) by (V, p), 1/s.
    pub fn jacobian(&self, v: f64, p: f64) -> Matrix {
        self.jacobian_under(&self.flow(v, p))
    }

    fn jacobian_under(&self, flow: &Flow) -> Matrix {
        self.mean_jacobian(flow.free[0] + flow.free[1], flow.rates)
    }

    /// The same from `k+ (1-p) + k- p` of the rates below saturation and from `k+ + k-`, 1/s: both rates follow the field,
    /// the second against it.
    pub fn mean_jacobian(&self, steep: f64, rates: f64) -> Matrix {
        let m = &self.model;
        let leak = m.leak_s / m.capacitance_f;
        let by_v = LN2 * m.x_by_v * steep;
        let by_p = -LN2 * m.x_by_p * steep - rates;
        let k = m.kappa_v;
        [[-leak - k * by_v, -k * by_p], [by_v, by_p]]
    }

    /// Derivative of (dV/dt, dp/dt) by a parameter, in 1/s by the unit of the card's field; threshold and refractory time
    /// are not in them.
    pub fn force(&self, parameter: DeviceParameter, v: f64, p: f64, i_pa: f64) -> [f64; 2] {
        let [up, down] = self.flow(v, p).free;
        self.mean_force(parameter, (v, p, i_pa), up - down, up + down)
    }

    /// The same from `k+ (1-p) -+ k- p` of the rates below saturation, 1/s.
    pub fn mean_force(
        &self,
        parameter: DeviceParameter,
        (v, p, i_pa): (f64, f64, f64),
        net: f64,
        steep: f64,
    ) -> [f64; 2] {
        let m = &self.model;
        let of_flow = |flow: f64| [-m.kappa_v * flow, flow];
        match parameter {
            DeviceParameter::Area => [-self.charging(v, i_pa) / self.card.area_um2, 0.0],
            DeviceParameter::Leak => [-v / m.capacitance_f * PA, 0.0],
            // These are not in the equations: one ends a step, the other begins it.
            DeviceParameter::Threshold | DeviceParameter::Refractory => [0.0, 0.0],
            // A barrier of 1 eV takes q/(kB T) from the log of both rates.
            DeviceParameter::Barrier => of_flow(-KELVIN_PER_VOLT / self.card.temperature_k * net),
            // The field's share of log k+ is proportional to the distance, and that of log k- its negative.
            DeviceParameter::FieldDistance => {
                let x = m.x_by_v * v - m.x_by_p * p + m.x0;
                of_flow(LN2 * (x - m.xc / 2.0) / self.card.d_e_nm * steep)
            }
        }
    }

    /// `(dV/dt, dp/dt)`, V/s and 1/s.
    pub fn slope(&self, v: f64, p: f64, i_pa: f64) -> [f64; 2] {
        self.slope_under(v, i_pa, &self.flow(v, p))
    }

    fn slope_under(&self, v: f64, i_pa: f64, flow: &Flow) -> [f64; 2] {
        [
            self.charging(v, i_pa) - self.model.kappa_v * flow.value,
            flow.value,
        ]
    }

    /// Current and leak on the membrane, V/s.
    fn charging(&self, v: f64, i_pa: f64) -> f64 {
        (i_pa * PA - self.model.leak_s * v) / self.model.capacitance_f
    }

    /// One tick from (V, p) under a current in pA.
    pub fn tick(&self, v: f64, p: f64, i_pa: f64) -> Tick {
        let flow = self.flow(v, p);
        let slope = self.slope_under(v, i_pa, &flow);
        let v_new = v + TICK_S * slope[0];
        let [by_v, by_p] = self
            .jacobian_under(&flow)
            .map(|row| row.map(|x| TICK_S * x));
        Tick {
            v: v_new,
            p: p + TICK_S * slope[1],
            slope,
            jacobian: [[1.0 + by_v[0], by_v[1]], [by_p[0], 1.0 + by_p[1]]],
            by_current: TICK_S * PA / self.model.capacitance_f,
            floored: v_new < self.card.v_floor_v,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let d = Dynamics::new(card, kind);
        let j = d.jacobian(v, p);
        let by_v = central(|h| d.slope(v + h, p, i_pa), 1e-5);
        close([j[0][0], j[1][0]], by_v, "by V");
        let by_p = central(|h| d.slope(v, p + h, i_pa), 1e-5);
        close([j[0][1], j[1][1]], by_p, "by p");
        let by_i = central(|h| [d.tick(v, p, i_pa + h).v, 0.0], 1.0);
        close([d.tick(v, p, i_pa).by_current, 0.0], by_i, "by I");
        for parameter in PARAMETERS {
            let at = |h: f64| {
                let mut other = card.clone();
                parameter.set(&mut other, parameter.of(card) + h);
                Dynamics::new(&other, kind).slope(v, p, i_pa)
            };
            let expected = central(at, 1e-4 * parameter.of(card));
            let found = d.force(parameter, v, p, i_pa);
            close(found, expected, &format!("by {parameter:?}"));
        }
    }

    /// No rate reaches its saturation, where it has no derivative, within the step of a difference.
    fn rates_bend_elsewhere(d: &Dynamics, v: f64, p: f64) -> bool {
        let m = &d.model;
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
            let d = Dynamics::new(&card, LayerKind::Felif);
            let next = p + TICK_S * d.slope(v, p, 0.0)[1];
            prop_assert!((0.0..=1.0).contains(&next), "{next}");
        }
        #[test]
        fn derivatives_anywhere(v in -1.0f64..1.0, p in 0.0f64..=1.0, i in -500.0f64..500.0) {
            prop_assume!(rates_bend_elsewhere(&Dynamics::new(&series(), LayerKind::Felif), v, p));
            check(&series(), LayerKind::Felif, v, p, i);
        }
    }

    #[test]
    fn the_floor_is_seen() {
        let d = Dynamics::new(&DeviceCard::default(), LayerKind::Felif);
        assert!(d.tick(-0.4999, 0.0, -1000.0).floored && !d.tick(-0.4999, 0.0, 0.0).floored);
    }
}
