//! The charge of a trace is the integral of its current, leakage included.

use bruno_circuit::trace::range;
use bruno_circuit::{Drive, FecapCard, Trace, Waveform, simulate};

/// A ramp to 3 V within `ramp_s`, held as long again.
fn ramp(ramp_s: f64) -> Trace {
    let corners = [(0.0, 0.0), (ramp_s, 3.0), (2.0 * ramp_s, 3.0)];
    let drive = Drive::Voltage(Waveform::linear(&corners).unwrap());
    let times_s: Vec<f64> = (0..=40_000)
        .map(|k| f64::from(k) * ramp_s / 20_000.0)
        .collect();
    simulate(&FecapCard::default(), 400.0, &drive, &times_s, 1e-9).unwrap()
}

/// Largest distance of the charge from the trapezoid sum of the current, share of the charge's range.
fn check(ramp_s: f64, allowed: f64) {
    let trace = ramp(ramp_s);
    let mut sum = 0.0;
    let mut worst: f64 = 0.0;
    for k in 1..trace.t_s.len() {
        let step = trace.t_s[k] - trace.t_s[k - 1];
        sum += 0.5 * step * (trace.i_a[k] + trace.i_a[k - 1]);
        worst = worst.max((sum - trace.q_c[k]).abs());
    }
    let share = worst / range(&trace.q_c);
    assert!(share < allowed, "{share}");
}

#[test]
fn in_a_millisecond() {
    check(1e-3, 1e-5);
}
#[test]
fn in_ten_seconds_leakage_counts() {
    // At 400 K ten thousand times the charge that switches leaks by then.
    check(10.0, 1e-5);
}
