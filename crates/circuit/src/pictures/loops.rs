//! Polarisation and current of the full model under a triangular voltage.

use crate::{CircuitError, DEFAULT_TOLERANCE, Drive, FecapCard, Waveform, simulate};
use bruno_plot::{Axis, Curve, Mark, Panel};

/// Rows of a drawn period.
const ROWS: usize = 600;

/// P-V and I-V loops: third period of a triangle of each amplitude (V) at a frequency (Hz), starting from its lowest voltage.
/// Polarisation `p_s (2p - 1)` in uC/cm2, current density in A/cm2.
///
/// # Errors
/// A card out of its bounds, or a solver that stops.
pub fn loops(
    card: &FecapCard,
    temperature_k: f64,
    amplitudes_v: &[f64],
    frequency_hz: f64,
) -> Result<Vec<Panel>, CircuitError> {
    let (mut polarisation, mut current) = (Vec::new(), Vec::new());
    for &amplitude in amplitudes_v {
        let half_s = 0.5 / frequency_hz;
        let corner = |k: usize| {
            (
                k as f64 * half_s,
                amplitude * if k.is_multiple_of(2) { -1.0 } else { 1.0 },
            )
        };
        let corners: Vec<_> = (0..=6).map(corner).collect();
        let drive = Drive::Voltage(Waveform::linear(&corners)?);
        // The operating point holds at the first time; what is drawn begins two periods later.
        let rows = (0..=ROWS).map(|k| half_s * (4.0 + 2.0 * k as f64 / ROWS as f64));
        let times: Vec<f64> = std::iter::once(0.0).chain(rows).collect();
        let trace = simulate(card, temperature_k, &drive, &times, DEFAULT_TOLERANCE)?;
        let name = format!("{amplitude} V");
        let drawn = 1..times.len();
        let p = |k: usize| (trace.v_v[k], 100.0 * card.p_s * (2.0 * trace.p[k] - 1.0));
        polarisation.push(Curve::new(&name, Mark::Line, drawn.clone().map(p)));
        let i = |k: usize| (trace.v_v[k], 1e-4 * trace.i_a[k] / card.area);
        current.push(Curve::new(&name, Mark::Line, drawn.map(i)));
    }
    let panel = |label: &str, curves| Panel {
        x: Axis::linear("V (V)"),
        y: Axis::linear(label),
        curves,
    };
    Ok(vec![
        panel("polarisation (µC/cm²)", polarisation),
        panel("current density (A/cm²)", current),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_is_open_and_closes() {
        let card = FecapCard {
            area: 1e-12,
            ..FecapCard::default()
        };
        let panels = loops(&card, 300.15, &[3.0], 1e3).unwrap();
        let points = &panels[0].curves[0].points;
        let (first, last) = (points[0], points[ROWS]);
        assert!((first.1 - last.1).abs() < 0.1 && first.0 == -3.0 && last.0 == -3.0);
        // At 0 V on the way up and on the way down: a remanent polarisation near +-p_s = 27 uC/cm2.
        let (up, down) = (points[ROWS / 4].1, points[3 * ROWS / 4].1);
        assert!(up < -25.0 && down > 25.0, "{up} {down} uC/cm2");
    }
}
