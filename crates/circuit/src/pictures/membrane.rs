//! Membrane and occupation of a neuron under a stimulus: every microsecond's course, the recorder's windows, spikes.

use crate::netlist::Testbench;
use crate::{CircuitError, DEFAULT_TOLERANCE, Method, Trace, simulate_reduced};
use bruno_plot::{Axis, Curve, Mark, Panel};

/// Rows of the fine course.
const ROWS: usize = 4000;

/// Three panels of the reduced model with the adaptive solver: V with spikes, p, current; V and p also as means over windows
/// (s) like those of the recorder.
///
/// # Errors
/// A stimulus that is no function of time, or a solver that stops.
pub fn membrane(testbench: &Testbench, window_s: f64) -> Result<Vec<Panel>, CircuitError> {
    let step_s = testbench.stop_s / ROWS as f64;
    let times: Vec<f64> = (0..=ROWS).map(|k| k as f64 * step_s).collect();
    let waveform = testbench.stimulus.waveform()?;
    let method = Method::Adaptive {
        tolerance: DEFAULT_TOLERANCE,
    };
    let trace = simulate_reduced(&testbench.neuron, &waveform, &times, method)?;
    let fine = |column: &[f64]| Curve::new("fine", Mark::Line, points(&trace, column));
    let means = |column: &[f64]| {
        let name = format!("means of {} ms", 1e3 * window_s);
        Curve::new(&name, Mark::Points, means(&trace, column, window_s))
    };
    let mut v = vec![fine(&trace.v_v), means(&trace.v_v)];
    if testbench.neuron.fires {
        let card = &testbench.neuron.card;
        let foot = trace.v_v.iter().copied().fold(card.v_reset_v, f64::min);
        // Above the threshold, where they stand apart from the course.
        let top = card.v_th_v + 0.05 * (card.v_th_v - foot);
        v.push(Curve::new(
            "spikes",
            Mark::Ticks,
            trace.spikes_s.iter().map(|&t| (1e3 * t, top)),
        ));
        v.push(Curve::new(
            "threshold",
            Mark::Dashed,
            [(0.0, card.v_th_v), (1e3 * testbench.stop_s, card.v_th_v)],
        ));
    }
    let picoamperes: Vec<f64> = trace.drive.iter().map(|i| 1e12 * i).collect();
    let panel = |label: &str, curves| Panel {
        x: Axis::linear("t (ms)"),
        y: Axis::linear(label),
        curves,
    };
    Ok(vec![
        panel("V (V)", v),
        panel("occupation p", vec![fine(&trace.p), means(&trace.p)]),
        panel(
            "current (pA)",
            vec![Curve::new("", Mark::Line, points(&trace, &picoamperes))],
        ),
    ])
}

/// A column over time in ms.
fn points(trace: &Trace, column: &[f64]) -> Vec<(f64, f64)> {
    trace
        .t_s
        .iter()
        .map(|t| 1e3 * t)
        .zip(column.iter().copied())
        .collect()
}

/// Means over whole windows, at their middle.
fn means(trace: &Trace, column: &[f64], window_s: f64) -> Vec<(f64, f64)> {
    let last = trace.t_s.last().copied().unwrap_or(0.0);
    let windows = (last / window_s + 1e-9).floor() as usize;
    let mut sums = vec![(0.0, 0usize); windows];
    for (t, value) in trace.t_s.iter().zip(column) {
        let window = (t / window_s + 1e-9).floor() as usize;
        if let Some((sum, count)) = sums.get_mut(window) {
            *sum += value;
            *count += 1;
        }
    }
    let mean = |(k, &(sum, count)): (usize, &(f64, usize))| {
        (count > 0).then(|| (1e3 * window_s * (k as f64 + 0.5), sum / count as f64))
    };
    sums.iter().enumerate().filter_map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(t_s: &[f64], column: &[f64], window_s: f64, expected: &[(f64, f64)]) {
        let trace = Trace {
            t_s: t_s.to_vec(),
            ..Trace::default()
        };
        assert_eq!(means(&trace, column, window_s), expected);
    }

    #[test]
    fn means_over_windows() {
        let t: Vec<f64> = (0..=10).map(|k| f64::from(k) * 0.25).collect();
        let column: Vec<f64> = (0..=10).map(f64::from).collect();
        // Rows 0..3 and 4..7; the rest is no whole window.
        check(&t, &column, 1.0, &[(500.0, 1.5), (1500.0, 5.5)]);
    }
    #[test]
    fn no_whole_window() {
        check(&[0.0, 0.5], &[1.0, 2.0], 1.0, &[]);
    }
}
