//! How fast and how far a pulse switches the full model.

use super::decades;
use crate::quantity::with_prefix;
use crate::{CircuitError, DEFAULT_TOLERANCE, Drive, FecapCard, Waveform, simulate};
use bruno_plot::{Axis, Curve, Mark, Panel};

/// Pulse widths, s.
const SHORTEST_S: f64 = 1e-7;
const LONGEST_S: f64 = 1.0;
const WIDTHS: usize = 71;

/// Amplitudes of the second panel.
const AMPLITUDES: usize = 41;

/// Rise of a pulse, s.
const RISE_S: f64 = 1e-9;

/// Switched fraction `(p - p0)/(1 - p0)` at the end of a pulse: against its width for each amplitude (V, the first panel),
/// and against its amplitude for widths of 1 us to 0.1 s. The device comes from its operating point at minus the largest
/// amplitude.
///
/// # Errors
/// A card out of its bounds, or a solver that stops.
pub fn switching(
    card: &FecapCard,
    temperature_k: f64,
    amplitudes_v: &[f64],
) -> Result<Vec<Panel>, CircuitError> {
    let largest = amplitudes_v.iter().copied().fold(0.0, f64::max);
    let widths = decades(SHORTEST_S, LONGEST_S, WIDTHS);
    let pulse = |amplitude: f64| fractions(card, temperature_k, -largest, amplitude, &widths);
    let mut by_width = Vec::new();
    for &amplitude in amplitudes_v {
        let points = widths.iter().copied().zip(pulse(amplitude)?);
        by_width.push(Curve::new(&format!("{amplitude} V"), Mark::Line, points));
    }
    let amplitudes: Vec<f64> = (0..AMPLITUDES)
        .map(|k| largest * k as f64 / (AMPLITUDES - 1) as f64)
        .collect();
    let table = amplitudes
        .iter()
        .map(|&a| pulse(a))
        .collect::<Result<Vec<_>, _>>()?;
    let by_amplitude = (1..=6).map(|decade| {
        let k = decade * (WIDTHS - 1) / 7;
        let points = amplitudes
            .iter()
            .copied()
            .zip(table.iter().map(|row| row[k]));
        Curve::new(&with_prefix(widths[k], "s"), Mark::Line, points)
    });
    let fraction = || Axis::share("switched fraction");
    Ok(vec![
        Panel {
            x: Axis::log("pulse width (s)"),
            y: fraction(),
            curves: by_width,
        },
        Panel {
            x: Axis::linear("pulse amplitude (V)"),
            y: fraction(),
            curves: by_amplitude.collect(),
        },
    ])
}

/// The fraction after each width; one long pulse holds them all.
fn fractions(
    card: &FecapCard,
    temperature_k: f64,
    from_v: f64,
    amplitude_v: f64,
    widths_s: &[f64],
) -> Result<Vec<f64>, CircuitError> {
    let drive = Drive::Voltage(Waveform::linear(&[(0.0, from_v), (RISE_S, amplitude_v)])?);
    let times: Vec<f64> = std::iter::once(0.0)
        .chain(widths_s.iter().map(|w| RISE_S + w))
        .collect();
    let trace = simulate(card, temperature_k, &drive, &times, DEFAULT_TOLERANCE)?;
    let start = trace.p[0];
    Ok(trace.p[1..]
        .iter()
        .map(|p| (p - start) / (1.0 - start))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_and_higher_pulses_switch_more() {
        let panels = switching(&FecapCard::default(), 300.15, &[1.0, 3.0]).unwrap();
        for curve in panels.iter().flat_map(|p| &p.curves) {
            let points = &curve.points;
            assert!(
                points.windows(2).all(|w| w[1].1 >= w[0].1 - 1e-6),
                "{}",
                curve.name
            );
        }
        let last = |k: usize| panels[0].curves[k].points[WIDTHS - 1].1;
        assert!(last(0) < 0.8 && last(1) > 0.999, "{} {}", last(0), last(1));
    }
}
