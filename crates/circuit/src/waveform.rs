//! What drives a device: functions of time, piecewise linear or a sum of decaying synaptic currents.

#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

use crate::CircuitError;

/// A continuous function of time with a finite number of corners. Solvers stop at each corner.
#[derive(Debug, Clone, PartialEq)]
pub struct Waveform {
    segments: Vec<Segment>,
}

/// From `start_s` to the next segment's: `dy/dt = slope - y/tau_s` from `value` on, the last term only if it decays.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Segment {
    start_s: f64,
    value: f64,
    slope: f64,
    tau_s: Option<f64>,
}

impl Segment {
    fn linear(start_s: f64, value: f64, slope: f64) -> Self {
        Self {
            start_s,
            value,
            slope,
            tau_s: None,
        }
    }

    fn at(&self, t_s: f64) -> f64 {
        let dt = t_s - self.start_s;
        match self.tau_s {
            None => self.value + self.slope * dt,
            Some(tau_s) => {
                let gone = -(-dt / tau_s).exp_m1();
                self.value * (1.0 - gone) + self.slope * tau_s * gone
            }
        }
    }

    fn slope_at(&self, t_s: f64) -> f64 {
        self.slope - self.tau_s.map_or(0.0, |tau_s| self.at(t_s) / tau_s)
    }
}

impl Waveform {
    /// The same value at all times.
    pub fn constant(value: f64) -> Self {
        Self {
            segments: vec![Segment::linear(0.0, value, 0.0)],
        }
    }

    /// Straight lines between points (s, value); the first and the last value hold before and after them.
    ///
    /// # Errors
    /// No point, a value that is not finite, times that do not ascend, or two so close that their slope is not finite.
    pub fn linear(points: &[(f64, f64)]) -> Result<Self, CircuitError> {
        let Some(&(end_s, last)) = points.last() else {
            return Err(CircuitError::Waveform("it has no point".into()));
        };
        check(points)?;
        let line = |(&(t0, y0), &(t1, y1)): (&(f64, f64), &(f64, f64))| {
            Segment::linear(t0, y0, (y1 - y0) / (t1 - t0))
        };
        let mut segments: Vec<Segment> =
            points.iter().zip(points.iter().skip(1)).map(line).collect();
        if let Some(steep) = segments.iter().find(|s| !s.slope.is_finite()) {
            let text = format!(
                "the next point is so close to {} s that no number is their slope; leave one out",
                steep.start_s
            );
            return Err(CircuitError::Waveform(text));
        }
        segments.push(Segment::linear(end_s, last, 0.0));
        Ok(Self { segments })
    }

    /// `dy/dt = -y/tau_s + sum over events of jump/rise_s` while `start <= t < start + rise_s`: every event (s, jump) adds
    /// `jump` over `rise_s`, and the sum decays. Starts at 0.
    ///
    /// # Errors
    /// A value that is not finite, times that do not ascend, a rise or a time constant that is not positive.
    pub fn synaptic(events: &[(f64, f64)], rise_s: f64, tau_s: f64) -> Result<Self, CircuitError> {
        check(events)?;
        if !(rise_s > 0.0 && tau_s > 0.0) {
            let text = format!("rise {rise_s} s and time constant {tau_s} s must be positive");
            return Err(CircuitError::Waveform(text));
        }
        let mut edges: Vec<(f64, f64)> = events
            .iter()
            .flat_map(|&(t, jump)| [(t, jump / rise_s), (t + rise_s, -jump / rise_s)])
            .collect();
        edges.sort_by(|a, b| a.0.total_cmp(&b.0));
        let begin_s = edges.first().map_or(0.0, |e| e.0);
        let mut segments = vec![Segment::linear(begin_s, 0.0, 0.0)];
        let mut source = 0.0;
        for (start_s, step) in edges {
            let value = segments.last().map_or(0.0, |s| s.at(start_s));
            source += step;
            let segment = Segment {
                start_s,
                value,
                slope: source,
                tau_s: Some(tau_s),
            };
            match segments.last_mut() {
                Some(last) if last.start_s == start_s => *last = segment,
                _ => segments.push(segment),
            }
        }
        Ok(Self { segments })
    }

    /// Value at a time; the value at the first corner before it.
    pub fn at(&self, t_s: f64) -> f64 {
        let next = self.segments.partition_point(|s| s.start_s <= t_s);
        match self.segments.get(next.saturating_sub(1)) {
            Some(first) if next == 0 => first.at(first.start_s),
            Some(segment) => segment.at(t_s),
            None => 0.0,
        }
    }

    /// Slope at a time, at a corner that before it, 1/s; 0 up to the first corner.
    pub fn slope_before(&self, t_s: f64) -> f64 {
        let next = self.segments.partition_point(|s| s.start_s < t_s);
        let segment = next.checked_sub(1).and_then(|k| self.segments.get(k));
        segment.map_or(0.0, |s| s.slope_at(t_s))
    }

    /// Times at which the slope jumps, ascending, s.
    pub fn corners_s(&self) -> impl Iterator<Item = f64> + '_ {
        self.segments.iter().map(|s| s.start_s)
    }
}

fn check(points: &[(f64, f64)]) -> Result<(), CircuitError> {
    if let Some((t, y)) = points
        .iter()
        .find(|(t, y)| !t.is_finite() || !y.is_finite())
    {
        return Err(CircuitError::Waveform(format!(
            "point ({t} s, {y}) is not finite"
        )));
    }
    let mut pairs = points.iter().zip(points.iter().skip(1));
    if let Some((before, at)) = pairs.find(|(before, at)| at.0 <= before.0) {
        let text = format!("time {} s follows {} s; times must ascend", at.0, before.0);
        return Err(CircuitError::Waveform(text));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(waveform: &Waveform, t_s: f64, value: f64) {
        let got = waveform.at(t_s);
        assert!((got - value).abs() < 1e-12, "{got} at {t_s} s, not {value}");
    }

    #[test]
    fn lines_hold_outside_their_points() {
        let w = Waveform::linear(&[(1.0, 2.0), (3.0, 6.0)]).unwrap();
        for (t, value) in [(0.0, 2.0), (1.0, 2.0), (2.0, 4.0), (3.0, 6.0), (9.0, 6.0)] {
            check(&w, t, value);
        }
    }

    #[test]
    fn synaptic_current_rises_and_decays() {
        let w = Waveform::synaptic(&[(0.0, 2.0), (2.0, 1.0)], 1e-6, 0.5).unwrap();
        check(&w, -0.5, 0.0);
        let first = 2.0 * 0.5 / 1e-6 * -(-1e-6f64 / 0.5).exp_m1();
        check(&w, 1e-6, first);
        check(&w, 2.0, first * (-(2.0f64 - 1e-6) / 0.5).exp());
    }

    #[test]
    fn overlapping_synaptic_currents_add() {
        let sum = Waveform::synaptic(&[(1.0, 2.0), (1.4, 1.0)], 0.5, 0.7).unwrap();
        let first = Waveform::synaptic(&[(1.0, 2.0)], 0.5, 0.7).unwrap();
        let second = Waveform::synaptic(&[(1.4, 1.0)], 0.5, 0.7).unwrap();
        for t in [1.2, 1.45, 1.6, 2.0, 3.0] {
            check(&sum, t, first.at(t) + second.at(t));
        }
    }

    #[test]
    fn bad_points_are_refused() {
        assert!(Waveform::linear(&[]).is_err());
        assert!(Waveform::linear(&[(0.0, f64::NAN)]).is_err());
        assert!(Waveform::linear(&[(1.0, 0.0), (1.0, 1.0)]).is_err());
        assert!(Waveform::linear(&[(0.0, 0.0), (5e-324, 1e-11)]).is_err());
        assert!(Waveform::synaptic(&[], 0.0, 1.0).is_err());
    }
}
