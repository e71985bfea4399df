//! The states of a neuron over time, by a simulator or by the float model, and how far two of them are apart.

use super::{FileNeuron, FileTestbench};
use crate::CircuitError;
use crate::netlist::Stimulus;
use crate::simulator::{Raw, SimulatorError};
use bruno_device::TICK_S;
use bruno_model::{Drive, Float};
use serde::Serialize;
use std::collections::BTreeMap;

/// States over time, SI units.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Course {
    /// Times, s.
    pub t_s: Vec<f64>,
    /// A column a state, in the order of the file.
    pub states: Vec<Vec<f64>>,
    /// Times of the spikes, s.
    pub spikes_s: Vec<f64>,
}

/// How far two courses of one testbench are apart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Agreement {
    /// Times that were compared.
    pub points: usize,
    /// Spikes of simulator and of bruno.
    pub spikes: [usize; 2],
    /// Largest difference of the times of spikes of the same number, s.
    pub spike_max_s: f64,
    /// Time that was left out: from the earlier spike of a pair until both are reset, s.
    pub left_out_s: f64,
    /// The states.
    pub states: Vec<StateAgreement>,
}

/// How far the courses of a state are apart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StateAgreement {
    /// Its name.
    pub state: String,
    /// The unit of its file.
    pub unit: String,
    /// Largest difference, in that unit.
    pub max: f64,
    /// The same as a share of what the state covers in bruno's course.
    pub of_span: f64,
}

/// Voltage of the latch above which a spike holds states.
const SPIKE_V: f64 = 0.8;

/// Longest step of the float model, s.
const STEP_S: f64 = 0.25 * TICK_S;

/// After the later spike of a pair, until its reset is over, s: latch and reset settle within it.
const RESET_S: f64 = 2e-6;

impl Course {
    /// What a simulator wrote.
    pub(super) fn of_raw(neuron: &FileNeuron, raw: &Raw) -> Result<Self, SimulatorError> {
        let (times, latch) = (raw.column("time")?, raw.column("spk")?);
        let states = 0..neuron.model.states.len();
        let terminals = states.map(|s| raw.column(&neuron.names.terminal(s).to_lowercase()));
        let terminals = terminals.collect::<Result<Vec<_>, _>>()?;
        let mut course = Self {
            states: vec![Vec::new(); terminals.len()],
            ..Self::default()
        };
        let mut before = f64::INFINITY;
        for (k, (&t_s, &latch)) in times.iter().zip(latch).enumerate() {
            // Steps can be too short for the clock's digits.
            if course.t_s.last().is_none_or(|&last| t_s > last) {
                if before < SPIKE_V && latch >= SPIKE_V {
                    course.spikes_s.push(t_s);
                }
                course.t_s.push(t_s);
                for (s, volts) in terminals.iter().enumerate() {
                    course.states[s].push(volts[k] * neuron.per_volt(s));
                }
            }
            before = latch;
        }
        Ok(course)
    }
}

impl FileTestbench {
    /// The float model in steps of at most a quarter of a tick; its rows stand at these times (ascending, s).
    ///
    /// # Errors
    /// A stimulus that is no function of time.
    pub fn course(&self, times_s: &[f64]) -> Result<Course, CircuitError> {
        crate::trace::check_times(times_s)?;
        let input = Input::of(&self.stimulus)?;
        let float = Float::new(&self.neuron.model);
        let card = float.on(&self.neuron.parameters);
        let mut now = card.rest();
        let mut course = Course {
            states: vec![Vec::new(); now.states.len()],
            ..Course::default()
        };
        let mut t_s = times_s.first().copied().unwrap_or(0.0);
        for &at_s in times_s {
            let steps = ((at_s - t_s) / STEP_S).ceil().max(1.0);
            let step_s = (at_s - t_s) / steps;
            for k in 0..steps as usize {
                let from_s = t_s + k as f64 * step_s;
                if card.fine_step(&mut now, step_s, input.drive(from_s, step_s)) {
                    course.spikes_s.push(from_s + step_s);
                }
            }
            t_s = at_s;
            if let Some(value) = input.value(t_s) {
                now.states[self.neuron.model.input] = value;
            }
            course.t_s.push(t_s);
            for (column, x) in course.states.iter_mut().zip(&now.states) {
                column.push(*x);
            }
        }
        Ok(course)
    }
}

/// What the input of the float model takes.
enum Input {
    Follows(crate::Waveform),
    /// Jumps by their tick, A.
    Events(BTreeMap<u64, f64>),
}

impl Input {
    fn of(stimulus: &Stimulus) -> Result<Self, CircuitError> {
        Ok(match stimulus {
            Stimulus::Current(_) => Self::Follows(stimulus.waveform()?),
            Stimulus::Events { events, .. } => {
                let mut jumps = BTreeMap::new();
                for (tick, jump) in events {
                    *jumps.entry(*tick).or_default() += jump;
                }
                Self::Events(jumps)
            }
        })
    }

    fn drive(&self, from_s: f64, step_s: f64) -> Drive {
        match self {
            Self::Follows(_) if step_s == 0.0 => Drive::Follows(0.0),
            Self::Follows(current) => {
                Drive::Follows((current.at(from_s + step_s) - current.at(from_s)) / step_s)
            }
            Self::Events(jumps) => {
                let tick = ((from_s + 0.5 * step_s) / TICK_S).floor() as u64;
                Drive::Adds(jumps.get(&tick).map_or(0.0, |jump| jump / TICK_S))
            }
        }
    }

    /// What it is at a time, where it does not move by itself.
    fn value(&self, t_s: f64) -> Option<f64> {
        match self {
            Self::Follows(current) => Some(current.at(t_s)),
            Self::Events(_) => None,
        }
    }
}

/// How far a simulator's course is from bruno's, both with rows at the same times.
///
/// Where one has spiked and the other not yet, states differ by the whole reset however close the spikes are: that time is
/// left out, and told as the difference of the spikes' times. Spikes without partner are left in.
pub fn agreement(neuron: &FileNeuron, simulated: &Course, own: &Course) -> Agreement {
    let pairs = simulated.spikes_s.iter().zip(&own.spikes_s);
    let pairs: Vec<(f64, f64)> = pairs.map(|(a, b)| (*a, *b)).collect();
    let left_out = pairs
        .iter()
        .map(|&(a, b)| (a.min(b) - RESET_S, a.max(b) + RESET_S));
    let left_out: Vec<(f64, f64)> = left_out.collect();
    let times = simulated.t_s.iter().enumerate();
    let counts = |t: f64| !left_out.iter().any(|(from, to)| (*from..=*to).contains(&t));
    let rows: Vec<usize> = times.filter(|(_, t)| counts(**t)).map(|(k, _)| k).collect();
    let state = |s: usize| {
        let declared = &neuron.model.states[s];
        let apart = rows
            .iter()
            .map(|&k| (simulated.states[s][k] - own.states[s][k]).abs());
        let max = apart.fold(0.0, f64::max);
        let span = crate::trace::range(&own.states[s]);
        StateAgreement {
            state: declared.name.clone(),
            unit: declared.unit.0.clone(),
            max: max / declared.unit.1.scale,
            of_span: if span > 0.0 { max / span } else { 0.0 },
        }
    };
    Agreement {
        points: rows.len(),
        spikes: [simulated.spikes_s.len(), own.spikes_s.len()],
        spike_max_s: pairs.iter().map(|(a, b)| (a - b).abs()).fold(0.0, f64::max),
        left_out_s: left_out.iter().map(|(from, to)| to - from).sum(),
        states: (0..neuron.model.states.len()).map(state).collect(),
    }
}
