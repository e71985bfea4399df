//! The full model in time, driven by a voltage or by a current.

use crate::fecap::{Fecap, State, at_current, at_voltage};
use crate::solver::{Radau, System, jacobian, most_steps, stops};
use crate::trace::check_times;
use crate::{CircuitError, FecapCard, Sample, Trace, Waveform};

/// Tolerance of the adaptive solver that serves as the yardstick: of p absolutely, of charges relative to 1 V over the
/// ferroelectric layer.
pub const DEFAULT_TOLERANCE: f64 = 1e-8;

/// What is connected to the device.
#[derive(Debug, Clone, PartialEq)]
pub enum Drive {
    /// A voltage source between the electrodes, V.
    Voltage(Waveform),
    /// A current source, A, in parallel with a leak resistor.
    Current {
        /// Current of the source, A.
        waveform: Waveform,
        /// Conductance of the leak, S.
        leak_s: f64,
    },
}

impl Drive {
    fn waveform(&self) -> &Waveform {
        match self {
            Self::Voltage(waveform) | Self::Current { waveform, .. } => waveform,
        }
    }
}

/// Simulates the full model from its operating point at the first time, with the adaptive solver; a row for each of
/// `times_s` (ascending, s).
///
/// # Errors
/// A card out of its bounds, times that do not ascend, or a solver that stops.
pub fn simulate(
    card: &FecapCard,
    temperature_k: f64,
    drive: &Drive,
    times_s: &[f64],
    tolerance: f64,
) -> Result<Trace, CircuitError> {
    let fecap = Fecap::new(card, temperature_k)?;
    simulate_model(fecap, drive, times_s, tolerance)
}

/// As [`fn@simulate`], of a model that is set up already.
///
/// # Errors
/// Times that do not ascend, or a solver that stops.
pub fn simulate_model(
    fecap: Fecap,
    drive: &Drive,
    times_s: &[f64],
    tolerance: f64,
) -> Result<Trace, CircuitError> {
    simulate_within(fecap, drive, times_s, tolerance, usize::MAX).map(|(trace, _)| trace)
}

/// As [`simulate_model`], in at most `most` steps; also the steps that it took.
pub(crate) fn simulate_within(
    fecap: Fecap,
    drive: &Drive,
    times_s: &[f64],
    tolerance: f64,
    most: usize,
) -> Result<(Trace, usize), CircuitError> {
    check_times(times_s)?;
    let circuit = Circuit { fecap, drive };
    let mut trace = Trace::default();
    let Some(&start_s) = times_s.first() else {
        return Ok((trace, 0));
    };
    let mut y = circuit.operating_point(start_s);
    trace.push(circuit.sample(start_s, &y));
    trace.q_c.push(0.0);
    let at_start_c = circuit.displaced_c(&y);
    let mut leaked_c = 0.0;
    let mut rows = times_s[1..].iter().copied().peekable();
    let stops = stops(drive.waveform(), times_s);
    let most = most.min(most_steps(stops.len()));
    let mut solver = Radau::new(&circuit, tolerance, start_s, y).within(most);
    for stop_s in stops {
        while solver.t_s() < stop_s {
            let step = solver.step(stop_s)?;
            leaked_c += step.integral(|y| circuit.leakage_a(y));
            y = step.end();
        }
        if rows.next_if(|&t_s| t_s <= stop_s).is_some() {
            trace.push(circuit.sample(stop_s, &y));
            trace
                .q_c
                .push(circuit.displaced_c(&y) - at_start_c + leaked_c);
        }
    }
    Ok((trace, solver.steps()))
}

/// Unknowns: occupation, trapped charge, displacement charge, see [`crate::fecap`].
struct Circuit<'a> {
    fecap: Fecap,
    drive: &'a Drive,
}

const P: usize = 0;
const TRAPPED: usize = 1;
const DISPLACEMENT: usize = 2;

fn state(y: &[f64; 3]) -> State {
    State {
        p: y[P],
        trapped_c_m2: y[TRAPPED],
        displacement_c_m2: y[DISPLACEMENT],
    }
}

impl System<3> for Circuit<'_> {
    fn mass(&self) -> [f64; 3] {
        match self.drive {
            Drive::Voltage(_) => [1.0, 1.0, 0.0],
            Drive::Current { .. } => [1.0; 3],
        }
    }

    fn scale(&self) -> [f64; 3] {
        let charge = self.fecap.layers.c_fe;
        [1.0, charge, charge]
    }

    fn rhs(&self, t_s: f64, y: &[f64; 3]) -> [f64; 3] {
        let fecap = &self.fecap;
        let v = fecap.voltages(&state(y));
        let leakage = fecap.leakage_fe(&v);
        let last = match self.drive {
            Drive::Voltage(waveform) => waveform.at(t_s) - v.total(),
            Drive::Current { waveform, leak_s } => {
                (waveform.at(t_s) - leak_s * v.total()) / fecap.area_m2 - leakage
            }
        };
        let trapped = fecap.leakage_int(v.interface) - leakage;
        [fecap.switching(y[P], v.fe), trapped, last]
    }
}

impl Circuit<'_> {
    fn operating_point(&self, t_s: f64) -> [f64; 3] {
        let value = self.drive.waveform().at(t_s);
        let state = match self.drive {
            Drive::Voltage(_) => at_voltage(&self.fecap, value),
            Drive::Current { leak_s, .. } => at_current(&self.fecap, value, *leak_s),
        };
        [state.p, state.trapped_c_m2, state.displacement_c_m2]
    }

    fn sample(&self, t_s: f64, y: &[f64; 3]) -> Sample {
        let v = self.fecap.voltages(&state(y));
        let drive = self.drive.waveform().at(t_s);
        let (v_v, i_a) = match self.drive {
            Drive::Voltage(_) => (drive, self.current_a(t_s, y)),
            Drive::Current { leak_s, .. } => (v.total(), drive - leak_s * v.total()),
        };
        Sample {
            t_s,
            drive,
            v_v,
            p: y[P],
            v_fe_v: v.fe,
            i_a,
        }
    }

    /// Displacement charge, C.
    fn displaced_c(&self, y: &[f64; 3]) -> f64 {
        self.fecap.area_m2 * y[DISPLACEMENT]
    }

    /// Current that leaks into the device beside the displacement, A.
    fn leakage_a(&self, y: &[f64; 3]) -> f64 {
        let v = self.fecap.voltages(&state(y));
        self.fecap.area_m2 * self.fecap.leakage_fe(&v)
    }

    /// Current into a device under a voltage source, A: the constraint's derivative by time gives that of the displacement.
    /// At a corner of the drive it is the current before it.
    fn current_a(&self, t_s: f64, y: &[f64; 3]) -> f64 {
        let f = self.rhs(t_s, y);
        let [_, _, constraint] = jacobian(self, t_s, y);
        let known = constraint[P] * f[P] + constraint[TRAPPED] * f[TRAPPED];
        let slope = self.drive.waveform().slope_before(t_s);
        let displacement = -(slope + known) / constraint[DISPLACEMENT];
        let v = self.fecap.voltages(&state(y));
        self.fecap.area_m2 * (displacement + self.fecap.leakage_fe(&v))
    }
}
