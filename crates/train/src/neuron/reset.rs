//! The reset as the gradient sees it.
//!
//! A spike s (0 or 1) leaves `x = (1 - s) x' + s x_reset` of a state x' = (V, p) that was just moved. Detached, the derivative is
//! `1 - s`; attached, s follows V' through its surrogate: `dx = (1 - s) dx' + (x_reset - x') ds`.

use crate::config::{Reset, TrainConfig};
use crate::neuron::dynamics::Dynamics;

/// The reset of one layer's neurons.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SpikeReset {
    /// The gradient sees it.
    pub attached: bool,
    /// What it leaves in each state; none where it leaves it as it is.
    left: [Option<f64>; 2],
}

impl SpikeReset {
    /// That of the settings for neurons with these equations.
    pub fn new(dynamics: &Dynamics, config: &TrainConfig) -> Self {
        Self {
            attached: config.reset == Reset::Attached,
            left: dynamics.reset(),
        }
    }

    /// Whether a spike leaves a state as it is.
    pub fn passes(&self, state: usize) -> bool {
        self.left[state].is_none()
    }

    /// What a spike leaves in a state; none where it leaves it as it is.
    pub fn left(&self, state: usize) -> Option<f64> {
        self.left[state]
    }

    /// Derivative of the states after a tick by its spike, for those just before the reset; zero where detached.
    pub fn by_spike(&self, x: [f64; 2]) -> [f64; 2] {
        if !self.attached {
            return [0.0; 2];
        }
        [0, 1].map(|k| self.left[k].map_or(0.0, |left| left - x[k]))
    }

    /// The states after a spike.
    pub fn state(&self, x: [f64; 2]) -> [f64; 2] {
        [0, 1].map(|k| self.left[k].unwrap_or(x[k]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neuron::surrogate::Surrogate;
    use bruno_chip::DeviceCard;
    use bruno_device::LayerKind;

    /// A short time constant: the smooth model loses a good part of its state in each tick.
    const TAU_S: f64 = 20e-6;
    const WIDTH_V: f64 = 0.1;
    const TICKS: usize = 12;

    fn config() -> TrainConfig {
        TrainConfig {
            reset: Reset::Attached,
            surrogate_tau_ms: TAU_S * 1e3,
            surrogate_width_v: WIDTH_V,
            ..TrainConfig::default()
        }
    }

    /// The spike of the smooth model: the surrogate's primitive, so that the surrogate is its derivative.
    fn smooth_spike(v: f64, v_th: f64) -> f64 {
        let u = (v - v_th) / WIDTH_V;
        1e-6 / TAU_S * 0.5 * (1.0 + u / (1.0 + u.abs()))
    }

    /// A neuron with smooth spikes from a state, in float; its end.
    fn smooth(card: &DeviceCard, kind: LayerKind, [mut v, mut p]: [f64; 2], v_th: f64) -> [f64; 2] {
        let dynamics = Dynamics::new(card, kind).unwrap();
        let reset = SpikeReset::new(&dynamics, &config());
        for _ in 0..TICKS {
            let tick = dynamics.tick([v, p], 200.0);
            let s = smooth_spike(tick.v, v_th);
            let at = reset.state([tick.v, tick.p]);
            v = (1.0 - s) * tick.v + s * at[0];
            p = (1.0 - s) * tick.p + s * at[1];
        }
        [v, p]
    }

    /// The chain of the ticks' derivatives by V, p at the start and by the threshold, against central differences.
    fn check(card: &DeviceCard, kind: LayerKind) {
        let start = [0.7, if kind == LayerKind::Felif { 0.4 } else { 0.0 }];
        let dynamics = Dynamics::new(card, kind).unwrap();
        let reset = SpikeReset::new(&dynamics, &config());
        let surrogate = Surrogate::new(card, &config());
        let [mut v, mut p] = start;
        // Columns: by V, by p, by the threshold.
        let mut columns = [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]];
        for _ in 0..TICKS {
            let tick = dynamics.tick([v, p], 200.0);
            let s = smooth_spike(tick.v, card.v_th_v);
            let (slope, by_spike) = (
                surrogate.slope(tick.v, 1e-6),
                reset.by_spike([tick.v, tick.p]),
            );
            for (k, column) in columns.iter_mut().enumerate() {
                let j = tick.jacobian;
                let moved = [0, 1].map(|r: usize| j[r][0] * column[0] + j[r][1] * column[1]);
                let spike = slope * (moved[0] - f64::from(k == 2));
                let keep = [0, 1].map(|k| if reset.passes(k) { 1.0 } else { 1.0 - s });
                *column = [0, 1].map(|r| keep[r] * moved[r] + by_spike[r] * spike);
            }
            let at = reset.state([tick.v, tick.p]);
            v = (1.0 - s) * tick.v + s * at[0];
            p = (1.0 - s) * tick.p + s * at[1];
        }
        let h = 1e-6;
        let end = |by_v: f64, by_p: f64, by_th: f64| {
            smooth(
                card,
                kind,
                [start[0] + by_v, start[1] + by_p],
                card.v_th_v + by_th,
            )
        };
        let pairs = [
            (end(h, 0.0, 0.0), end(-h, 0.0, 0.0)),
            (end(0.0, h, 0.0), end(0.0, -h, 0.0)),
            (end(0.0, 0.0, h), end(0.0, 0.0, -h)),
        ];
        for (column, (up, down)) in columns.iter().zip(pairs) {
            for r in 0..2 {
                let expected = (up[r] - down[r]) / (2.0 * h);
                assert!(
                    (column[r] - expected).abs() < 1e-5,
                    "{column:?} {up:?} {down:?}"
                );
            }
        }
    }

    #[test]
    fn felif() {
        check(&DeviceCard::default(), LayerKind::Felif);
    }
    #[test]
    fn felif_that_keeps_its_occupation() {
        let card = DeviceCard {
            keep_p: true,
            ..DeviceCard::default()
        };
        check(&card, LayerKind::Felif);
    }
    #[test]
    fn lif() {
        check(&DeviceCard::default(), LayerKind::Lif);
    }
}
