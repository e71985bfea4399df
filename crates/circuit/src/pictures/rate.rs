//! Firing rate of a neuron under a constant current.

use super::decades;
use crate::{CircuitError, DEFAULT_TOLERANCE, Method, Neuron, Waveform, simulate_reduced};
use bruno_chip::DeviceCard;
use bruno_device::Felif;
use bruno_plot::{Axis, Curve, Mark, Panel};

/// How long each current is applied, s: the lowest rate that shows is about twice its inverse.
const DURATION_S: f64 = 3.0;

/// As many as a curve needs to look smooth.
const CURRENTS: usize = 61;

/// f-I curve of the reduced model up to a current (A), and that of the same neuron without switching (closed form).
///
/// # Errors
/// A solver that stops.
pub fn rate(card: &DeviceCard, largest_a: f64) -> Result<Vec<Panel>, CircuitError> {
    let currents = decades(largest_a / 300.0, largest_a, CURRENTS);
    let mut felif = Vec::new();
    for &current in &currents {
        felif.push((1e12 * current, rate_hz(card, current)?));
    }
    let lif = currents.iter().map(|&i| (1e12 * i, lif_hz(card, i)));
    let curves = vec![
        Curve::new("FeLIF", Mark::Line, felif.iter().copied()),
        Curve::new("without switching", Mark::Dashed, lif),
    ];
    let x = || Axis::linear("current (pA)");
    let both = Panel {
        x: x(),
        y: Axis::linear("rate (Hz)"),
        curves: curves.clone(),
    };
    let logarithmic = Panel {
        x: Axis::log("current (pA)"),
        y: Axis::log("rate (Hz)"),
        curves,
    };
    Ok(vec![both, logarithmic])
}

/// Mean rate between the first and the last spike; 0 with fewer than two.
fn rate_hz(card: &DeviceCard, current_a: f64) -> Result<f64, CircuitError> {
    let neuron = Neuron {
        card: card.clone(),
        fires: true,
        start_v: card.v_reset_v,
        start_p: card.p_reset,
    };
    let method = Method::Adaptive {
        tolerance: DEFAULT_TOLERANCE,
    };
    let trace = simulate_reduced(
        &neuron,
        &Waveform::constant(current_a),
        &[0.0, DURATION_S],
        method,
    )?;
    let spikes = &trace.spikes_s;
    Ok(match (spikes.first(), spikes.last()) {
        (Some(first), Some(last)) if last > first => (spikes.len() - 1) as f64 / (last - first),
        _ => 0.0,
    })
}

/// Rate of a leaky integrate-and-fire neuron: `1/(t_ref + tau ln((I - g V_reset)/(I - g V_th)))`.
fn lif_hz(card: &DeviceCard, current_a: f64) -> f64 {
    let felif = Felif::new(card);
    let reset = current_a - felif.leak_s * card.v_reset_v;
    let threshold = current_a - felif.leak_s * card.v_th_v;
    if threshold <= 0.0 {
        return 0.0;
    }
    let charging_s = match felif.leak_s {
        0.0 => felif.capacitance_f * (card.v_th_v - card.v_reset_v) / current_a,
        leak => felif.capacitance_f / leak * (reset / threshold).ln(),
    };
    1.0 / (1e-3 * card.t_ref_ms + charging_s)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A card that cannot switch fires as the closed form says.
    #[test]
    fn rates_without_switching() {
        let card = DeviceCard {
            w_b_ev: 2.0,
            ..DeviceCard::default()
        };
        for current in [20e-12, 50e-12, 400e-12] {
            let (found, expected) = (rate_hz(&card, current).unwrap(), lif_hz(&card, current));
            assert!(
                (found / expected - 1.0).abs() < 1e-5,
                "{found}, not {expected} Hz"
            );
        }
        assert_eq!(rate_hz(&card, 10e-12).unwrap(), 0.0);
        assert_eq!(lif_hz(&card, 10e-12), 0.0);
    }
}
