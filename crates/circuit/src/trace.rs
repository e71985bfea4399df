//! What a simulation yields: drive and states at the times that were asked for.

#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

use crate::CircuitError;

/// A device's states over time; all vectors have the length of `t_s`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trace {
    /// Times, s.
    pub t_s: Vec<f64>,
    /// The source: V of a voltage, A of a current drive.
    pub drive: Vec<f64>,
    /// Voltage of the top electrode over the bottom electrode (the membrane), V.
    pub v_v: Vec<f64>,
    /// Occupation of the down state, 0..1.
    pub p: Vec<f64>,
    /// Voltage over the ferroelectric layer alone, V.
    pub v_fe_v: Vec<f64>,
    /// Current into the top electrode of the capacitor, A.
    pub i_a: Vec<f64>,
    /// Charge into the top electrode since the first row, C; empty where it was not integrated.
    pub q_c: Vec<f64>,
    /// Times of the spikes, s; empty without a threshold.
    pub spikes_s: Vec<f64>,
}

/// One row of a [`Trace`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Time, s.
    pub t_s: f64,
    /// The source, V or A.
    pub drive: f64,
    /// Membrane, V.
    pub v_v: f64,
    /// Occupation.
    pub p: f64,
    /// Voltage over the ferroelectric layer, V.
    pub v_fe_v: f64,
    /// Current into the capacitor, A.
    pub i_a: f64,
}

impl Trace {
    /// Appends a row.
    pub fn push(&mut self, sample: Sample) {
        self.t_s.push(sample.t_s);
        self.drive.push(sample.drive);
        self.v_v.push(sample.v_v);
        self.p.push(sample.p);
        self.v_fe_v.push(sample.v_fe_v);
        self.i_a.push(sample.i_a);
    }
}

/// Root of the mean square of the difference of two columns of one length; 0 of empty ones.
pub fn rms(a: &[f64], b: &[f64]) -> f64 {
    let sum: f64 = a.iter().zip(b).map(|(x, y)| (x - y).powi(2)).sum();
    (sum / a.len().max(1) as f64).sqrt()
}

/// Largest less smallest value of a column; 0 of an empty one.
pub fn range(column: &[f64]) -> f64 {
    let low = column.iter().copied().fold(f64::INFINITY, f64::min);
    let high = column.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (high - low).max(0.0)
}

/// Whether times ascend and are finite.
pub(crate) fn check_times(times_s: &[f64]) -> Result<(), CircuitError> {
    let mut pairs = times_s.iter().zip(times_s.iter().skip(1));
    match pairs.find(|(before, at)| !(at > before && at.is_finite())) {
        None => Ok(()),
        Some((before, at)) => Err(CircuitError::Waveform(format!(
            "row at {at} s follows {before} s; times must ascend"
        ))),
    }
}
