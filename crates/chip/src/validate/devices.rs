//! Ranges of the RRAM devices and of the spreads.

use super::Checker;
use crate::{Rram, Spread, Variability};

/// Largest standard deviation of a factor's logarithm: beyond it a log-normal factor is no spread about a card any more.
const LARGEST_SIGMA: f64 = 0.5;

impl Rram {
    pub(super) fn check(&self, c: &mut Checker, at: &str) {
        let mut number = |field: &str, value: f64, low: f64, high: f64, unit: &str| {
            c.number(&format!("{at}.{field}"), value, low, high, unit);
        };
        number("lrs_uS", self.lrs_us, 1e-4, 1e5, "uS");
        number("read_V", self.read_v, 1e-3, 2.0, "V");
        if let Some(noise) = self.read_noise {
            number("read_noise.sigma", noise.sigma, 0.0, 0.5, "");
        }
        if let Some(drift) = self.drift {
            number("drift.nu", drift.nu, -1.0, 1.0, "");
            number("drift.nu_sigma", drift.nu_sigma, 0.0, 1.0, "");
            number("drift.t0_s", drift.t0_s, 1e-9, 1e9, "s");
            number(
                "drift.time_s",
                drift.time_s,
                drift.t0_s,
                1e10,
                "s (t0_s ..)",
            );
        }
        if let Some(stuck) = self.stuck {
            let (hrs, lrs) = (stuck.hrs_probability, stuck.lrs_probability);
            number("stuck.hrs_probability", hrs, 0.0, 1.0, "");
            number("stuck.lrs_probability", lrs, 0.0, 1.0, "");
            let both = "stuck.hrs_probability + stuck.lrs_probability";
            number(both, hrs + lrs, 0.0, 1.0, "");
        }
        if let Some(die) = self.die {
            number("die.sigma", die.sigma, 0.0, LARGEST_SIGMA, "");
        }
        // Two states of one conductance would leave no range to map levels to.
        if !(self.hrs_us >= 0.0 && self.hrs_us < self.lrs_us) {
            let field = format!("{at}.hrs_uS");
            let allowed = format!("0 up to, but not including, {} uS (lrs_uS)", self.lrs_us);
            let remedy = "the high-resistance state conducts less than the low-resistance state";
            c.add(&field, &self.hrs_us.to_string(), &allowed, remedy);
        }
        if let Some(states) = self.states {
            c.count(&format!("{at}.states"), states, 2, 65536);
        }
        self.check_programming(c, at);
    }

    fn check_programming(&self, c: &mut Checker, at: &str) {
        let Some(programming) = &self.programming else {
            return;
        };
        let sigma = &programming.sigma_us;
        let field = format!("{at}.programming.sigma_uS");
        c.count(&format!("{field} (its length)"), sigma.len(), 1, 6);
        if sigma.iter().any(|x| !x.is_finite()) {
            let remedy = "give coefficients of a polynomial in target / LRS, the constant first";
            c.add(&field, &format!("{sigma:?}"), "finite numbers", remedy);
        }
    }
}

impl Variability {
    /// `of_file`: the names under `die` are those of a file, which is read elsewhere.
    pub(super) fn check(&self, c: &mut Checker, at: &str, of_file: bool) {
        for (name, sigma) in self.die.entries() {
            let field = format!("{at}.die.{name}");
            match of_file || Spread::CARD.contains(&name) {
                true => c.number(&field, sigma, 0.0, LARGEST_SIGMA, ""),
                false => unknown(c, &field),
            }
        }
        for (name, sigma) in self.device.entries() {
            let field = format!("{at}.device.{name}");
            if name == "area" {
                c.number(&field, sigma, 0.0, LARGEST_SIGMA, "");
            } else if !of_file && !Spread::CARD.contains(&name) {
                unknown(c, &field);
            } else if sigma != 0.0 {
                let allowed = "0: the datapath holds this quantity once a layer, not once a neuron";
                let remedy = "give its spread under `die`; of a die's own neurons only `area` (a factor on a neuron's currents) can differ";
                c.add(&field, &sigma.to_string(), allowed, remedy);
            }
        }
    }
}

fn unknown(c: &mut Checker, field: &str) {
    let names = Spread::CARD.join(", ");
    c.add(field, "present", &names, "correct the name");
}
