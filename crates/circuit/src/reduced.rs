//! The reduced FeLIF model in time ([`bruno_device::Felif`]): what the datapath computes, in float, with the adaptive
//! solver or with the datapath's explicit step of 1 us (docs/semantics.md).
//!
//! `C dV/dt = I - g V - C kappa dp/dt`, `dp/dt = k+ (1-p) - k- p`; a spike where V rises above the threshold.

use crate::solver::{Radau, Step, System, most_steps, stops};
use crate::{CircuitError, Sample, Trace, Waveform};
use bruno_chip::DeviceCard;
use bruno_device::{Felif, TICK_S};

/// A neuron, or only its membrane.
#[derive(Debug, Clone, PartialEq)]
pub struct Neuron {
    /// Device, leak, threshold, reset and refractory time.
    pub card: DeviceCard,
    /// Whether it has a threshold. The lower clamp `v_floor_V` belongs to it, and acts in the 1 us step only.
    pub fires: bool,
    /// Membrane at the beginning, V.
    pub start_v: f64,
    /// Occupation at the beginning.
    pub start_p: f64,
}

/// How the equations are integrated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method {
    /// Implicit steps with error control, spikes located within a step.
    Adaptive {
        /// Error of a step in p, and in V relative to 1 V.
        tolerance: f64,
    },
    /// Explicit steps of 1 us in the order of the datapath. A current counts by its value in the middle of a tick; a row
    /// takes the state after the nearest tick; a spike stands at the end of its tick.
    Tick,
}

/// Simulates the reduced model under a current (A); a row for each of `times_s` (ascending, s).
///
/// # Errors
/// Times that do not ascend, or a solver that stops.
pub fn simulate_reduced(
    neuron: &Neuron,
    current: &Waveform,
    times_s: &[f64],
    method: Method,
) -> Result<Trace, CircuitError> {
    crate::trace::check_times(times_s)?;
    let membrane = Membrane {
        felif: Felif::new(&neuron.card),
        neuron,
        current,
    };
    match method {
        Method::Adaptive { tolerance } => membrane.adaptive(times_s, tolerance),
        Method::Tick => Ok(membrane.ticks(times_s)),
    }
}

const V: usize = 0;
const P: usize = 1;

/// The equations; unknowns V and p.
struct Membrane<'a> {
    felif: Felif,
    neuron: &'a Neuron,
    current: &'a Waveform,
}

impl System<2> for Membrane<'_> {
    fn mass(&self) -> [f64; 2] {
        [1.0; 2]
    }

    fn scale(&self) -> [f64; 2] {
        [1.0; 2]
    }

    fn rhs(&self, t_s: f64, y: &[f64; 2]) -> [f64; 2] {
        let (up, down) = self.felif.rates(y[V], y[P]);
        let flow = up * (1.0 - y[P]) - down * y[P];
        let charging = self.current.at(t_s) - self.felif.leak_s * y[V];
        let voltage = charging / self.felif.capacitance_f - self.felif.kappa_v * flow;
        [voltage, flow]
    }
}

impl Membrane<'_> {
    fn start(&self) -> [f64; 2] {
        [self.neuron.start_v, self.neuron.start_p]
    }

    /// State after a spike.
    fn reset(&self, y: &[f64; 2]) -> [f64; 2] {
        let card = &self.neuron.card;
        let p = if card.keep_p { y[P] } else { card.p_reset };
        [card.v_reset_v, p]
    }

    /// A row; a refractory capacitor is held and takes no current.
    fn sample(&self, t_s: f64, y: &[f64; 2], refractory: bool) -> Sample {
        let card = &self.neuron.card;
        let drive = self.current.at(t_s);
        let delta = self.felif.delta_v;
        Sample {
            t_s,
            drive,
            v_v: y[V],
            p: y[P],
            v_fe_v: self.felif.eta * y[V] - delta * (y[P] - card.p_ref),
            i_a: if refractory {
                0.0
            } else {
                drive - self.felif.leak_s * y[V]
            },
        }
    }

    fn adaptive(&self, times_s: &[f64], tolerance: f64) -> Result<Trace, CircuitError> {
        let mut trace = Trace::default();
        let Some(&start_s) = times_s.first() else {
            return Ok(trace);
        };
        let mut y = self.start();
        trace.push(self.sample(start_s, &y, false));
        let mut rows = times_s[1..].iter().copied().peekable();
        let mut resume_s = start_s;
        let stops = stops(self.current, times_s);
        let most = most_steps(stops.len());
        let mut solver = Radau::new(self, tolerance, start_s, y).within(most);
        for stop_s in stops {
            while solver.t_s() < stop_s {
                if solver.t_s() < resume_s {
                    solver.restart(resume_s.min(stop_s), y);
                    continue;
                }
                let step = solver.step(stop_s)?;
                y = step.end();
                if let Some(spike_s) = self.spike_s(&step) {
                    y = self.reset(&step.at(spike_s));
                    trace.spikes_s.push(spike_s);
                    resume_s = spike_s + self.neuron.card.t_ref_ms * 1e-3;
                    solver.restart(spike_s, y);
                }
            }
            if rows.next_if(|&t_s| t_s <= stop_s).is_some() {
                trace.push(self.sample(stop_s, &y, stop_s < resume_s));
            }
        }
        Ok(trace)
    }

    /// Time within a step at which the membrane rises above the threshold, by bisection.
    fn spike_s(&self, step: &Step<2>) -> Option<f64> {
        let v_th = self.neuron.card.v_th_v;
        if !self.neuron.fires || step.end()[V] <= v_th {
            return None;
        }
        let (mut below, mut above) = (step.t_s, step.t_s + step.h_s);
        for _ in 0..60 {
            let middle = 0.5 * (below + above);
            match step.at(middle)[V] > v_th {
                true => above = middle,
                false => below = middle,
            }
        }
        Some(above)
    }

    fn ticks(&self, times_s: &[f64]) -> Trace {
        let mut trace = Trace::default();
        let start_s = times_s.first().copied().unwrap_or(0.0);
        let refractory_ticks = (self.neuron.card.t_ref_ms * 1e-3 / TICK_S).round() as u64;
        let mut y = self.start();
        let (mut tick, mut refractory) = (0u64, 0u64);
        for &t_s in times_s {
            let until = ((t_s - start_s) / TICK_S).round() as u64;
            while tick < until {
                tick += 1;
                if refractory > 0 {
                    refractory -= 1;
                    continue;
                }
                y = self.tick(start_s + (tick as f64 - 0.5) * TICK_S, &y);
                if self.neuron.fires && y[V] > self.neuron.card.v_th_v {
                    y = self.reset(&y);
                    refractory = refractory_ticks;
                    trace.spikes_s.push(start_s + tick as f64 * TICK_S);
                }
            }
            trace.push(self.sample(t_s, &y, refractory > 0));
        }
        trace
    }

    /// One tick, in the order of docs/semantics.md: rates of the old state, new p, new V.
    fn tick(&self, middle_s: f64, y: &[f64; 2]) -> [f64; 2] {
        let (up, down) = self.felif.rates(y[V], y[P]);
        let per_tick = |rate: f64| (rate * TICK_S).min(1.0);
        let flow = per_tick(up) * (1.0 - y[P]) - per_tick(down) * y[P];
        let p = (y[P] + flow).clamp(0.0, 1.0);
        let charging = self.current.at(middle_s) - self.felif.leak_s * y[V];
        let charged = charging * TICK_S / self.felif.capacitance_f;
        let v = y[V] + charged - self.felif.kappa_v * (p - y[P]);
        let floor = if self.neuron.fires {
            self.neuron.card.v_floor_v
        } else {
            f64::NEG_INFINITY
        };
        [v.max(floor), p]
    }
}
