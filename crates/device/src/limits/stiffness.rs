//! Whether the explicit step of 1 us holds the membrane on its course.
//!
//! Charge that moves V by dV moves p by -dV/kappa, and both change what switches, `k+ (1-p) + k- p`, by the factor
//! `ln2 (x_by_v kappa + x_by_p) dV/kappa`. So a membrane off its course falls back by this share of the distance in a tick:
//! its stiffness, `S = ln2 (x_by_v kappa + x_by_p) (k+ (1-p) + k- p) dt`; the explicit step is unstable from 2.
//!
//! What switches is bounded by what the neuron goes through. It starts with S of the state after a spike or a reset. From
//! there S grows only while the current raises V faster than p screens it, `S < ln2 x_by_v (I - g V) dt/C`, with I at most
//! the end of its word; and V stays below the threshold, where S is largest with an empty capacitor.

use super::membrane::equilibrium;
use crate::{Chip, DesignRule, Felif, Finding, Layer, TICK_S};
use bruno_chip::{DeviceCard, Formats};

/// Share that shows in three digits.
const VISIBLE: f64 = 5e-4;

/// Stiffness by what switches, a tick.
struct Switching {
    /// After a spike or a reset of the states.
    start: f64,
    /// With an empty capacitor at threshold.
    threshold: f64,
    /// By the largest current.
    current: f64,
}

impl Switching {
    fn new(model: &Felif, card: &DeviceCard, formats: &Formats) -> Self {
        let by_flow = model.x_by_v * model.kappa_v + model.x_by_p;
        let at = |v: f64, p: f64| {
            let (up, down) = model.rates(v, p);
            std::f64::consts::LN_2 * by_flow * (up * (1.0 - p) + down * p) * TICK_S
        };
        let kept = match card.keep_p {
            true => at(card.v_reset_v, equilibrium(model, card.v_th_v)),
            false => 0.0,
        };
        let leak_a = model.leak_s * card.v_floor_v.abs();
        let largest_a = formats.i_range_pa * 1e-12 + leak_a;
        Self {
            start: at(card.v_reset_v, card.p_reset).max(kept),
            threshold: at(card.v_th_v, 0.0),
            current: largest_a / plateau_a(model) * UNSTABLE,
        }
    }

    fn most(&self) -> f64 {
        self.threshold.min(self.current).max(self.start)
    }
}

/// From where the explicit step is unstable, a tick.
const UNSTABLE: f64 = 2.0;

/// Current (A) above which the step is unstable where all of it switches: `2 C/(ln2 x_by_v dt)`.
fn plateau_a(model: &Felif) -> f64 {
    UNSTABLE * model.capacitance_f / (std::f64::consts::LN_2 * model.x_by_v * TICK_S)
}

impl Chip {
    /// Largest stiffness that the membranes of hidden layer `index` reach, per tick: by what switches and by the leak. The
    /// explicit step is unstable from 2. `None` for the readout.
    pub fn stiffness(&self, index: usize) -> Option<f64> {
        let card = &self.description.layers.get(index)?.device;
        let layer = &self.layers[index];
        let switching = match layer.model.obeys(DesignRule::Switching) {
            true => Switching::new(&Felif::new(card), card, &self.description.formats).most(),
            false => 0.0,
        };
        Some(switching + layer.codes.leak_share())
    }
}

/// The stiffness of a layer that switches.
pub(super) fn stability(chip: &Chip, layer: &Layer, model: &Felif, card: &DeviceCard) -> Finding {
    let formats = &chip.description.formats;
    let switching = Switching::new(model, card, formats);
    let leak = layer.codes.leak_share();
    let of_leak = match leak >= VISIBLE {
        true => format!("; {leak:.3} of it is the leak's"),
        false => String::new(),
    };
    let most = switching.most() + leak;
    let text = format!(
        "layer `{}`: the 1 us step is stable on the plateau up to {:.0} pA; the membrane's stiffness stays below {} per \
         tick (unstable from {UNSTABLE}): {} after a reset, {} with an empty capacitor at threshold, {:.3} where a \
         current of {} pA switches{of_leak}",
        layer.name,
        plateau_a(model) * 1e12,
        short(most),
        short(switching.start),
        short(switching.threshold),
        switching.current,
        formats.i_range_pa
    );
    let remedy = "lower `v_th_V`, `g_leak_pS` or `formats.i_range_pA`, or raise `area_um2`, `w_b_eV` or `t_fe_nm`";
    Finding::judged(most > 1.0, text, remedy)
}

/// A number that may have many digits.
fn short(value: f64) -> String {
    match value < 1e3 {
        true => format!("{value:.3}"),
        false => format!("{value:.1e}"),
    }
}

#[cfg(test)]
mod tests {
    use crate::Verdict;
    use crate::limits::check;

    const DEVICE: &str = "\"g_leak_pS\": 20";
    /// `bruno device reduce` of the published card, at 4 um2.
    const PUBLISHED: &str =
        "\"g_leak_pS\": 20, \"c_series_F_m2\": 0.26955, \"p_ref\": 0.4068, \"p_reset\": 0.2951";

    #[test]
    fn of_the_example() {
        // 29.6/V times 1024 pA a microsecond over 0.253 pF is less than what an empty capacitor has at threshold.
        let expected = "stays below 0.121 per tick (unstable from 2): 0.000 after a reset, 0.211 with an empty capacitor";
        check("", "", Verdict::Fine, expected);
    }
    #[test]
    fn of_the_published_card() {
        // An empty capacitor at threshold would be stiff, but p follows V.
        let expected = "stays below 0.121 per tick (unstable from 2): 0.000 after a reset, 7.2e5 with an empty";
        check(DEVICE, PUBLISHED, Verdict::Fine, expected);
    }
    #[test]
    fn of_a_small_capacitor() {
        let small = "\"g_leak_pS\": 20, \"w_b_eV\": 0.9, \"area_um2\": 0.1";
        let from = "\"area_um2\": 4, \"g_leak_pS\": 20";
        check(from, small, Verdict::Act, "stays below 4.843");
    }
    #[test]
    fn of_an_occupation_that_switches_back() {
        let low =
            "\"g_leak_pS\": 20, \"p_reset\": 0.9, \"c_series_F_m2\": 0.26955, \"p_ref\": 0.4068";
        check(DEVICE, low, Verdict::Act, "stays below 2.1e4 per tick");
    }
    #[test]
    fn of_a_leak() {
        let expected = "; 1.502 of it is the leak's";
        check(DEVICE, "\"g_leak_pS\": 3.8e5", Verdict::Act, expected);
    }
}
