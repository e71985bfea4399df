//! From the full to the reduced model, and what is lost on the way.
//!
//! Around an operating point `(V0, p0, V_fe0)` with trapped charge Q the interface and depletion layers act as one
//! capacitance in series, `1/C_s = 1/c_int + (dV_d/dV_fe)/c_fe`. With `eta = C_s/(c_fe + C_s)` and
//! `delta = 2 p_s/(c_fe + C_s)` follows `V_fe = eta V - delta (p - p_ref)`; the charge that leakage has left on the
//! interface layer, and the polarisation that the depletion layers screen, are the constant
//! `p_ref = p0 + (V_fe0 - eta V0)/delta`. With equal magnitudes of the two fixed charges (the published card) this is
//! exact as long as the trapped charge stays; leakage is left out.

use crate::fecap::{Fecap, at_voltage};
use crate::trace::{range, rms};
use crate::{
    CircuitError, DEFAULT_TOLERANCE, Drive, FecapCard, Method, Neuron, Trace, Waveform, simulate,
    simulate_reduced,
};
use bruno_chip::DeviceCard;

/// A reduced card with the state that belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reduction {
    /// The card of the reduced model.
    pub card: DeviceCard,
    /// Voltage of the operating point, V.
    pub at_v: f64,
    /// Occupation at the operating point.
    pub start_p: f64,
    /// Charge on the node above the interface layer, C/m2: the reduced model takes it as constant.
    pub trapped_c_m2: f64,
    /// Leakage of the device at the threshold voltage, as a conductance, S: the reduced model leaves it out.
    pub leakage_at_threshold_s: f64,
}

impl Reduction {
    /// The membrane in its operating point, without a threshold.
    pub fn membrane(&self) -> Neuron {
        Neuron {
            card: self.card.clone(),
            fires: false,
            start_v: self.at_v,
            start_p: self.start_p,
        }
    }
}

/// Reduces a card at a temperature (K) around the operating point at a voltage (V). Leak, threshold, reset and times come
/// from `neuron`.
///
/// # Errors
/// A card out of its bounds.
pub fn reduce(
    card: &FecapCard,
    temperature_k: f64,
    at_v: f64,
    neuron: &DeviceCard,
) -> Result<Reduction, CircuitError> {
    let fecap = Fecap::new(card, temperature_k)?;
    let state = at_voltage(&fecap, at_v);
    let voltages = fecap.voltages(&state);
    let layers = &fecap.layers;
    let step_v = 1e-6;
    let depletion_at = |fe_v: f64| layers.depletion_v(state.p, fe_v);
    let by_fe =
        (depletion_at(voltages.fe + step_v) - depletion_at(voltages.fe - step_v)) / (2.0 * step_v);
    let series = 1.0 / (1.0 / layers.c_int + by_fe / layers.c_fe);
    let eta = series / (layers.c_fe + series);
    let delta = 2.0 * layers.p_s / (layers.c_fe + series);
    let threshold = fecap.voltages(&at_voltage(&fecap, neuron.v_th_v));
    let leakage_a = fecap.area_m2 * fecap.leakage_fe(&threshold);
    Ok(Reduction {
        card: DeviceCard {
            area_um2: scaled(card.area, 1e12),
            t_fe_nm: scaled(card.t_fe, 1e9),
            eps_fe: card.eps_fe,
            w_b_ev: card.w_b,
            d_e_nm: scaled(card.d_e, 1e9),
            e_off_mv_m: scaled(card.e_off, 1e-6),
            p_s_c_m2: card.p_s,
            c_series_f_m2: Some(series),
            p_ref: state.p + (voltages.fe - eta * at_v) / delta,
            temperature_k,
            ..neuron.clone()
        },
        at_v,
        start_p: state.p,
        trapped_c_m2: state.trapped_c_m2,
        leakage_at_threshold_s: leakage_a / neuron.v_th_v,
    })
}

/// A value in another unit, to 15 digits: what the binary fraction adds beyond them is no part of the value.
fn scaled(value: f64, per_unit: f64) -> f64 {
    let scaled = value * per_unit;
    format!("{scaled:.14e}").parse().unwrap_or(scaled)
}

/// How far the reduced model is from the full one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReductionError {
    /// Root mean square of the difference of V, V.
    pub v_rms_v: f64,
    /// Range of V of the full model, V.
    pub v_range_v: f64,
    /// Root mean square of the difference of p.
    pub p_rms: f64,
}

impl ReductionError {
    /// Compares two traces of one stimulus.
    pub fn between(full: &Trace, reduced: &Trace) -> Self {
        Self {
            v_rms_v: rms(&full.v_v, &reduced.v_v),
            v_range_v: range(&full.v_v),
            p_rms: rms(&full.p, &reduced.p),
        }
    }
}

/// Runs both models under one current (A), the leak being that of the reduced card, and compares them.
///
/// # Errors
/// As [`fn@simulate`].
pub fn reduction_error(
    card: &FecapCard,
    reduction: &Reduction,
    current: &Waveform,
    times_s: &[f64],
) -> Result<ReductionError, CircuitError> {
    let drive = Drive::Current {
        waveform: current.clone(),
        leak_s: reduction.card.g_leak_ps * 1e-12,
    };
    let temperature_k = reduction.card.temperature_k;
    let full = simulate(card, temperature_k, &drive, times_s, DEFAULT_TOLERANCE)?;
    let method = Method::Adaptive {
        tolerance: DEFAULT_TOLERANCE,
    };
    let reduced = simulate_reduced(&reduction.membrane(), current, times_s, method)?;
    Ok(ReductionError::between(&full, &reduced))
}
