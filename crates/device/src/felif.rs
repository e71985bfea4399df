//! The reduced FeLIF model in physical units: the two equations that the datapath integrates.
//!
//! `dp/dt = k+ (1-p) - k- p`, `C dV/dt = I - g V - Q dp/dt` with, per layer, `V_fe = eta V - delta (p - p_ref)` and
//! `k+- = (kB T/h) exp(-(w_b -+ (V_fe/t_fe - e_off) d_e) q/(kB T))` (Heracles, arXiv 2410.07791).

use bruno_chip::DeviceCard;

/// One tick, s.
pub const TICK_S: f64 = 1e-6;

/// `q / kB`, K/V: a barrier of 1 eV at T is this over T, in units of kB T.
pub const KELVIN_PER_VOLT: f64 = CHARGE / BOLTZMANN;

const EPS0: f64 = 8.854_187_812_8e-12;
const BOLTZMANN: f64 = 1.380_649e-23;
const PLANCK: f64 = 6.626_070_15e-34;
const CHARGE: f64 = 1.602_176_634e-19;

/// Coefficients of the reduced model, derived from a card.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Felif {
    /// Membrane capacitance `A eta c_fe`, F.
    pub capacitance_f: f64,
    /// Leak conductance, S.
    pub leak_s: f64,
    /// Share of the membrane voltage over the ferroelectric layer.
    pub eta: f64,
    /// Depolarisation voltage per occupation, V.
    pub delta_v: f64,
    /// Slope of `log2 k+` by V, 1/V.
    pub x_by_v: f64,
    /// Slope of `-log2 k+` by p.
    pub x_by_p: f64,
    /// `log2 k+` (per tick) at V = 0, p = 0.
    pub x0: f64,
    /// `log2 k+ + log2 k-` (per tick).
    pub xc: f64,
    /// Membrane voltage per switched occupation, `2 p_s/c_fe`, V.
    pub kappa_v: f64,
}

impl Felif {
    /// The reduced model of a card.
    pub fn new(card: &DeviceCard) -> Self {
        let t_fe = card.t_fe_nm * 1e-9;
        let c_fe = EPS0 * card.eps_fe / t_fe;
        let (eta, delta_v) = match card.c_series_f_m2 {
            None => (1.0, 0.0),
            Some(c_s) => (c_s / (c_fe + c_s), 2.0 * card.p_s_c_m2 / (c_fe + c_s)),
        };
        // log2 of a Boltzmann factor, per volt
        let per_volt = KELVIN_PER_VOLT / card.temperature_k / std::f64::consts::LN_2;
        let attempt = (TICK_S * BOLTZMANN * card.temperature_k / PLANCK).log2();
        let barrier = attempt - card.w_b_ev * per_volt;
        let distance = card.d_e_nm * 1e-9;
        let by_fe = distance / t_fe * per_volt;
        let offset = card.e_off_mv_m * 1e6 * distance * per_volt;
        Self {
            capacitance_f: card.area_um2 * 1e-12 * eta * c_fe,
            leak_s: card.g_leak_ps * 1e-12,
            eta,
            delta_v,
            x_by_v: eta * by_fe,
            x_by_p: delta_v * by_fe,
            x0: barrier - offset + delta_v * card.p_ref * by_fe,
            xc: 2.0 * barrier,
            kappa_v: 2.0 * card.p_s_c_m2 / c_fe,
        }
    }

    /// `(k+, k-)` per second at a membrane voltage (V) and an occupation.
    pub fn rates(&self, v: f64, p: f64) -> (f64, f64) {
        let x = self.x_by_v * v - self.x_by_p * p + self.x0;
        (x.exp2() / TICK_S, (self.xc - x).exp2() / TICK_S)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(v: f64, k: f64) {
        let rate = Felif::new(&DeviceCard::default()).rates(v, 0.0).0;
        assert!(
            (rate / k - 1.0).abs() < 0.08,
            "k+({v} V) = {rate}/s, not {k}/s"
        );
    }

    #[test]
    fn rates_of_the_published_card() {
        check(0.73, 100.0);
        check(0.80, 830.0);
    }
}
