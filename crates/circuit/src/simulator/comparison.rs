//! The simulator's trace against that of the adaptive solver, at the simulator's own times.

use super::SimulatorError;
use crate::netlist::Testbench;
use crate::{DEFAULT_TOLERANCE, Method, Trace, simulate_reduced};
use serde::Serialize;

/// How far two traces of one testbench are apart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// Times that were compared.
    pub points: usize,
    /// Root mean square of the difference of V, V.
    pub v_rms_v: f64,
    /// Largest difference of V, V.
    pub v_max_v: f64,
    /// When it occurred, s.
    pub v_max_at_s: f64,
    /// Root mean square of the difference of p.
    pub p_rms: f64,
    /// Largest difference of p.
    pub p_max: f64,
    /// Spikes of simulator and of bruno.
    pub spikes: [usize; 2],
    /// Largest difference of the times of spikes of the same number, s.
    pub spike_max_s: f64,
    /// Time that was left out: from the earlier spike of a pair until both are reset, s.
    pub left_out_s: f64,
}

/// After the later spike of a pair, until its reset is over, s: latch and clamp settle within it.
const RESET_S: f64 = 2e-6;

/// Simulates the testbench with the adaptive solver and compares; also returns its trace, at the simulator's times.
///
/// Where one has spiked and the other not yet, V differs by the whole reset however close the spikes are: that time is
/// left out of V and p, and told as the difference of the spikes' times. Spikes without partner are left in.
///
/// # Errors
/// Those of the solver.
pub fn compare(
    testbench: &Testbench,
    simulated: &Trace,
) -> Result<(Comparison, Trace), SimulatorError> {
    let waveform = testbench.stimulus.waveform()?;
    let method = Method::Adaptive {
        tolerance: DEFAULT_TOLERANCE,
    };
    let own = simulate_reduced(&testbench.neuron, &waveform, &simulated.t_s, method)?;
    Ok((difference(simulated, &own), own))
}

fn difference(simulated: &Trace, own: &Trace) -> Comparison {
    let pairs: Vec<(f64, f64)> = simulated
        .spikes_s
        .iter()
        .copied()
        .zip(own.spikes_s.iter().copied())
        .collect();
    let left_out: Vec<(f64, f64)> = pairs
        .iter()
        .map(|&(a, b)| (a.min(b) - RESET_S, a.max(b) + RESET_S))
        .collect();
    let mut found = Comparison {
        points: 0,
        v_rms_v: 0.0,
        v_max_v: 0.0,
        v_max_at_s: 0.0,
        p_rms: 0.0,
        p_max: 0.0,
        spikes: [simulated.spikes_s.len(), own.spikes_s.len()],
        spike_max_s: pairs.iter().map(|(a, b)| (a - b).abs()).fold(0.0, f64::max),
        left_out_s: left_out
            .iter()
            .fold(0.0, |sum, (from, to)| sum + (to - from)),
    };
    // Means over time: the simulator crowds its points where things happen.
    let (mut v_sum, mut p_sum, mut t_sum) = (0.0, 0.0, 0.0);
    for k in 0..simulated.t_s.len() {
        let t_s = simulated.t_s[k];
        if left_out
            .iter()
            .any(|&(from, to)| (from..=to).contains(&t_s))
        {
            continue;
        }
        let v = (simulated.v_v[k] - own.v_v[k]).abs();
        let p = (simulated.p[k] - own.p[k]).abs();
        let dt = if k > 0 {
            t_s - simulated.t_s[k - 1]
        } else {
            0.0
        };
        v_sum += v * v * dt;
        p_sum += p * p * dt;
        t_sum += dt;
        found.points += 1;
        found.p_max = found.p_max.max(p);
        if v > found.v_max_v {
            (found.v_max_v, found.v_max_at_s) = (v, t_s);
        }
    }
    if t_sum > 0.0 {
        found.v_rms_v = (v_sum / t_sum).sqrt();
        found.p_rms = (p_sum / t_sum).sqrt();
    }
    found
}
