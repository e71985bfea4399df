//! What a bench measures of a neuron's course, here and by the `.meas` lines of its ngspice testbench.

use crate::Trace;
use crate::from_model::Course;
use crate::trace::range;
use serde::Serialize;

/// Measures of one course from 0 s. What needs more spikes than there are is absent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measures {
    /// Spikes.
    pub spikes: usize,
    /// Spikes by the duration, Hz.
    #[serde(rename = "rate_Hz")]
    pub rate_hz: f64,
    /// Time of the first spike, s.
    pub first_spike_s: Option<f64>,
    /// From the first spike to the second, s.
    pub period_s: Option<f64>,
    /// Largest less smallest membrane voltage, V; of a neuron of a file the span of its first state, SI units.
    #[serde(rename = "swing_V")]
    pub swing_v: f64,
    /// Energy that the stimulus delivers to the membrane from the first spike to the second, `integral of I V dt`, J; absent
    /// for neurons of files, whose terminals are no circuit's.
    #[serde(rename = "energy_J")]
    pub energy_j: Option<f64>,
}

impl Measures {
    /// Of a neuron with a ferroelectric capacitor.
    pub fn of(trace: &Trace) -> Self {
        let pair = first_two(&trace.spikes_s);
        Self {
            energy_j: pair.map(|(from, to)| delivered(trace, from, to)),
            ..Self::of_spikes(&trace.spikes_s, &trace.t_s, &trace.v_v)
        }
    }

    /// Of a neuron of a file; the swing is that of its state number `state`.
    pub fn of_course(course: &Course, state: usize) -> Self {
        Self::of_spikes(&course.spikes_s, &course.t_s, &course.states[state])
    }

    fn of_spikes(spikes_s: &[f64], t_s: &[f64], v: &[f64]) -> Self {
        let stop_s = t_s.last().copied().unwrap_or(0.0);
        Self {
            spikes: spikes_s.len(),
            rate_hz: spikes_s.len() as f64 / stop_s.max(f64::MIN_POSITIVE),
            first_spike_s: spikes_s.first().copied(),
            period_s: first_two(spikes_s).map(|(from, to)| to - from),
            swing_v: range(v),
            energy_j: None,
        }
    }

    /// Names, units and values, in SI units, as tables have them.
    pub fn columns(&self) -> [(&'static str, Option<f64>); 6] {
        [
            ("spikes", Some(self.spikes as f64)),
            ("rate_Hz", Some(self.rate_hz)),
            ("first_spike_s", self.first_spike_s),
            ("period_s", self.period_s),
            ("swing_V", Some(self.swing_v)),
            ("energy_J", self.energy_j),
        ]
    }
}

fn first_two(spikes_s: &[f64]) -> Option<(f64, f64)> {
    match spikes_s {
        [first, second, ..] => Some((*first, *second)),
        _ => None,
    }
}

/// Energy between two times by trapezoids over the rows, whose ends are cut to these times, J.
fn delivered(trace: &Trace, from_s: f64, to_s: f64) -> f64 {
    let power = |k: usize| trace.drive[k] * trace.v_v[k];
    let part = |k: usize| {
        let (start, end) = (trace.t_s[k - 1], trace.t_s[k]);
        let inside = (end.min(to_s) - start.max(from_s)).max(0.0);
        0.5 * (power(k - 1) + power(k)) * inside
    };
    (1..trace.t_s.len()).map(part).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A membrane that rises by 1 V in 1 ms under 1 nA, again and again.
    fn saw(spikes: usize) -> Measures {
        let mut trace = Trace::default();
        for k in 0..=4000 {
            trace.t_s.push(1e-6 * f64::from(k));
            trace.drive.push(1e-9);
            trace.v_v.push(f64::from(k % 1000) * 1e-3);
        }
        trace.spikes_s = (1..=spikes).map(|k| 1e-3 * k as f64).collect();
        Measures::of(&trace)
    }

    fn check(found: Option<f64>, expected: Option<f64>) {
        match (found, expected) {
            (Some(found), Some(expected)) => {
                assert!(
                    (found / expected - 1.0).abs() < 2e-3,
                    "{found}, not {expected}"
                );
            }
            (found, expected) => assert_eq!(found, expected),
        }
    }

    #[test]
    fn of_a_course_with_spikes() {
        let found = saw(4);
        check(found.first_spike_s, Some(1e-3));
        check(found.period_s, Some(1e-3));
        check(found.energy_j, Some(0.5e-12));
        check(Some(found.swing_v), Some(0.999));
        check(Some(found.rate_hz), Some(1000.0));
    }
    #[test]
    fn of_one_spike() {
        let found = saw(1);
        check(found.first_spike_s, Some(1e-3));
        check(found.period_s, None);
        check(found.energy_j, None);
    }
    #[test]
    fn of_none() {
        assert_eq!((saw(0).spikes, saw(0).first_spike_s), (0, None));
    }
}
