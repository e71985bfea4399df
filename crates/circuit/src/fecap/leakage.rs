//! Leakage currents: tunnelling through a layer, and emission from the traps of the ferroelectric layer.

use crate::FecapCard;
use crate::constants::{BOLTZMANN, CHARGE, ELECTRON_MASS, EPS0, PLANCK};
use std::f64::consts::PI;

/// The published model smooths the sign of a tunnelling current over a millivolt: `tanh(V/1 mV)`.
const SIGN_PER_VOLT: f64 = 1e3;

/// Fowler-Nordheim tunnelling, `J = +-a E^2 exp(-b/|E|)`, `a = q^2/(8 pi h phi)`,
/// `b = (8 pi/3) sqrt(2 m (q phi)^3)/(h q)` (phi in V).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FowlerNordheim {
    /// A/V2.
    pub a: f64,
    /// V/m.
    pub b: f64,
}

impl FowlerNordheim {
    pub(super) fn new(barrier_ev: f64, effective_mass: f64) -> Self {
        let energy = CHARGE * barrier_ev;
        Self {
            a: CHARGE * CHARGE / (8.0 * PI * PLANCK * barrier_ev),
            b: 8.0 * PI / 3.0 * (2.0 * effective_mass * ELECTRON_MASS * energy.powi(3)).sqrt()
                / (PLANCK * CHARGE),
        }
    }

    /// Current density, A/m2, in a field, V/m; its sign is that of `sign_v`.
    pub fn density(&self, sign_v: f64, field: f64) -> f64 {
        if field == 0.0 {
            return 0.0;
        }
        let sign = (SIGN_PER_VOLT * sign_v).tanh();
        sign * self.a * field * field * (-self.b / field.abs()).exp()
    }
}

/// Poole-Frenkel emission, `J = q mu n E exp(-q (phi - sqrt(q |E|/(pi eps0 eps_fe)))/(kB T))`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PooleFrenkel {
    /// Conductivity without barrier `q mu n`, S/m.
    pub conductivity: f64,
    /// Depth of the traps in units of `kB T`.
    pub depth: f64,
    /// Lowering of the depth in units of `kB T` by the root of the field, (m/V)^(1/2).
    pub lowering: f64,
}

impl PooleFrenkel {
    pub(super) fn new(card: &FecapCard, temperature_k: f64) -> Self {
        let thermal_v = BOLTZMANN * temperature_k / CHARGE;
        Self {
            conductivity: CHARGE * card.mu_fe * card.n_c_fe,
            depth: card.phi_tr_fe / thermal_v,
            lowering: (CHARGE / (PI * EPS0 * card.eps_fe)).sqrt() / thermal_v,
        }
    }

    /// Current density, A/m2, in a field, V/m.
    pub fn density(&self, field: f64) -> f64 {
        let barrier = self.depth - self.lowering * field.abs().sqrt();
        self.conductivity * field * (-barrier).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Textbook constants: a = 1.541e-6/phi A/V2, b = 6.831e9 sqrt(m) phi^1.5 V/m.
    fn check(barrier_ev: f64, mass: f64) {
        let fn_ = FowlerNordheim::new(barrier_ev, mass);
        assert!(
            (fn_.a * barrier_ev / 1.541_434e-6 - 1.0).abs() < 1e-5,
            "{fn_:?}"
        );
        let b = 6.830_890e9 * mass.sqrt() * barrier_ev.powf(1.5);
        assert!((fn_.b / b - 1.0).abs() < 1e-5, "{fn_:?}");
    }

    #[test]
    fn tunnelling_constants() {
        check(0.65, 1.0);
        check(2.0, 0.4);
    }

    #[test]
    fn leakage_is_odd_and_grows() {
        let traps = PooleFrenkel::new(&FecapCard::default(), 300.15);
        assert_eq!(traps.density(0.0), 0.0);
        assert_eq!(traps.density(-1e8), -traps.density(1e8));
        assert!(traps.density(2e8) > 2.0 * traps.density(1e8));
    }
}
