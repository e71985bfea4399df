//! Rates of switching between the two polarisation states.

use crate::FecapCard;
use crate::constants::{BOLTZMANN, CHARGE, PLANCK};

/// `k+- = (kB T/h) exp(-(w_b -+ (V_fe/t_fe - e_off) d_e) q/(kB T))`: transition-state theory over a barrier that the field
/// tilts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// Attempt frequency `kB T/h`, 1/s.
    pub attempt_hz: f64,
    /// Barrier in units of `kB T`.
    pub barrier: f64,
    /// Tilt of the barrier in units of `kB T` for each volt over the ferroelectric layer, 1/V.
    pub by_volt: f64,
    /// Tilt by the offset field, in units of `kB T`.
    pub offset: f64,
}

impl Rates {
    pub(super) fn new(card: &FecapCard, temperature_k: f64) -> Self {
        let thermal_v = BOLTZMANN * temperature_k / CHARGE;
        Self {
            attempt_hz: BOLTZMANN * temperature_k / PLANCK,
            barrier: card.w_b / thermal_v,
            by_volt: card.d_e / card.t_fe / thermal_v,
            offset: card.e_off * card.d_e / thermal_v,
        }
    }

    /// `(k+, k-)`, 1/s, at a voltage over the ferroelectric layer, V.
    pub fn at(&self, fe_v: f64) -> (f64, f64) {
        let tilt = self.by_volt * fe_v - self.offset;
        let rate = |tilt: f64| self.attempt_hz * (tilt - self.barrier).exp();
        (rate(tilt), rate(-tilt))
    }

    /// Occupation at which switching stands still, `k+/(k+ + k-)`.
    pub fn equilibrium(&self, fe_v: f64) -> f64 {
        1.0 / (1.0 + (-2.0 * (self.by_volt * fe_v - self.offset)).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fe_v: f64) {
        let rates = Rates::new(&FecapCard::default(), 300.15);
        let (up, down) = rates.at(fe_v);
        assert!((rates.equilibrium(fe_v) - up / (up + down)).abs() < 1e-14);
    }

    #[test]
    fn equilibrium_balances_the_rates() {
        for fe_v in [-1.0, 0.0, 0.196, 0.5] {
            check(fe_v);
        }
    }

    #[test]
    fn rates_are_those_of_the_datapath() {
        let card = bruno_chip::DeviceCard::default();
        let (up, down) = bruno_device::Felif::new(&card).rates(0.7, 0.3);
        let (full_up, full_down) = Rates::new(&FecapCard::default(), 300.0).at(0.7);
        assert!((full_up / up - 1.0).abs() < 1e-9, "{full_up} {up}");
        assert!((full_down / down - 1.0).abs() < 1e-9, "{full_down} {down}");
    }
}
