//! What a testbench replays: a recorded current, or synaptic input events.

#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

use crate::{CircuitError, Waveform};
use bruno_device::TICK_S;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// A stimulus of one neuron.
#[derive(Debug, Clone, PartialEq)]
pub enum Stimulus {
    /// Current (s, A), straight lines between points; times ascend.
    Current(Vec<(f64, f64)>),
    /// Input events `(tick, jump in A)`, ticks ascending: each adds its jump to the synaptic current over the tick.
    Events {
        /// Ticks of 1 us and jumps, A.
        events: Vec<(u64, f64)>,
        /// Time constant of the synaptic current, s.
        tau_s: f64,
    },
}

/// A stimulus that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StimulusError {
    /// The file cannot be read.
    #[error("{file}: cannot be read: {source}")]
    Read {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// Its content is wrong.
    #[error("{file}: {text}")]
    Content {
        /// The file.
        file: String,
        /// What, where, and what to do.
        text: String,
    },
}

/// Columns of a recorded current, and of events.
const CURRENT: [&str; 2] = ["t_s", "i_A"];
const EVENTS: [&str; 2] = ["tick_us", "dI_A"];

/// Largest current or jump, A: no neuron takes a thousandth of it.
const LARGEST_A: f64 = 1.0;

/// Longest file, bytes.
const MOST_BYTES: u64 = 512 << 20;

/// Largest time, s: simulators take at least a step every microsecond.
const LONGEST_S: f64 = 10.0;

/// Least time between two points of a current, s: closer ones have no slope that a number holds.
const CLOSEST_S: f64 = 1e-15;

impl Stimulus {
    /// Reads a CSV file: columns `t_s, i_A` (a current), or `tick_us, dI_A` (events, with this time constant); others are
    /// left out.
    ///
    /// # Errors
    /// A file that is no such table, with the line, the value and what is allowed.
    pub fn load(path: &Path, tau_s: f64) -> Result<Self, StimulusError> {
        let file = path.display().to_string();
        let read = |source| StimulusError::Read {
            file: file.clone(),
            source,
        };
        let source = std::fs::File::open(path).map_err(read)?;
        Self::from(&file, source, tau_s)
    }

    /// As [`Stimulus::load`], of a source that errors name `file`.
    ///
    /// # Errors
    /// Those of [`Stimulus::load`].
    pub fn from(file: &str, source: impl Read, tau_s: f64) -> Result<Self, StimulusError> {
        let mut text = String::new();
        let read = source.take(MOST_BYTES).read_to_string(&mut text);
        read.map_err(|source| StimulusError::Read {
            file: file.into(),
            source,
        })?;
        Self::parse(&text, tau_s).map_err(|text| StimulusError::Content {
            file: file.into(),
            text,
        })
    }

    fn parse(text: &str, tau_s: f64) -> Result<Self, String> {
        let mut lines = text
            .lines()
            .enumerate()
            .map(|(k, line)| (k + 1, line.trim()));
        let (_, head) = lines.next().unwrap_or_default();
        let names: Vec<&str> = head
            .trim_start_matches('#')
            .split(',')
            .map(str::trim)
            .collect();
        let places = |wanted: [&str; 2]| {
            let place = |name: &str| names.iter().position(|n| *n == name);
            let [first, second] = wanted;
            Some([place(first)?, place(second)?])
        };
        let rows = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        if let Some(places) = places(CURRENT) {
            let points = table(rows, places, CURRENT)?;
            return Ok(Self::Current(points));
        }
        let Some(places) = places(EVENTS) else {
            return Err(format!(
                "line 1: `{head}` names no known columns; allowed: `t_s,i_A` (a current) or `tick_us,dI_A` (events)"
            ));
        };
        let mut events: BTreeMap<u64, f64> = BTreeMap::new();
        for (at, jump) in table(rows, places, EVENTS)? {
            *events.entry(at as u64).or_default() += jump;
        }
        let events = events.into_iter().collect();
        Ok(Self::Events { events, tau_s })
    }

    /// A stimulus for a neuron of some area, um2, that makes a neuron of the published material fire now and then:
    /// 40 ms of events, no two distances alike.
    pub fn built_in(area_um2: f64, tau_s: f64) -> Self {
        let event = |k: u64| {
            (
                200 + 410 * k + (k * k * 97) % 307,
                area_um2 * (1.0 + (k % 4) as f64) * 1.6e-12,
            )
        };
        let events = (0..96).map(event).collect();
        Self::Events { events, tau_s }
    }

    /// The current as the float models take it.
    ///
    /// # Errors
    /// Times that do not ascend, or values that are not finite.
    pub fn waveform(&self) -> Result<Waveform, CircuitError> {
        match self {
            Self::Current(points) => Waveform::linear(points),
            Self::Events { events, tau_s } => {
                let seconds = |&(tick, jump): &(u64, f64)| (tick as f64 * TICK_S, jump);
                let events: Vec<_> = events.iter().map(seconds).collect();
                Waveform::synaptic(&events, TICK_S, *tau_s)
            }
        }
    }

    /// An error of a simulation under this stimulus, with the row of the file where a solver stopped.
    #[must_use]
    pub fn blame(&self, file: &str, error: CircuitError) -> CircuitError {
        let seconds = |&(tick, jump): &(u64, f64)| (tick as f64 * TICK_S, jump);
        match self {
            Self::Current(points) => error.on_the_way(file, "i_A", points),
            Self::Events { events, .. } => {
                let points: Vec<_> = events.iter().map(seconds).collect();
                error.on_the_way(file, "dI_A", &points)
            }
        }
    }

    /// When it is over: the last point, or five time constants after the last event, s.
    pub fn end_s(&self) -> f64 {
        match self {
            Self::Current(points) => points.last().map_or(0.0, |p| p.0),
            Self::Events { events, tau_s } => {
                events.last().map_or(0.0, |e| e.0 as f64 * TICK_S) + 5.0 * tau_s
            }
        }
    }

    /// Points (s, value) of the source in a netlist: the current in A; of events the jumps in pA, a pulse of 1 us each with
    /// edges of 2 ns. The first stands at 0 s.
    pub(crate) fn source(&self) -> Vec<(f64, f64)> {
        match self {
            Self::Current(points) => {
                let first = points.first().map(|&(t, i)| (t > 0.0).then_some((0.0, i)));
                first
                    .flatten()
                    .into_iter()
                    .chain(points.iter().copied())
                    .collect()
            }
            Self::Events { events, .. } => pulses(events),
        }
    }
}

/// Short beside a tick, and long enough for the digits of a double: simulators take a quarter of it as their step, in which the
/// charge of the synapse must change by more than its rounding.
const EDGE_S: f64 = 2e-9;

fn pulses(events: &[(u64, f64)]) -> Vec<(f64, f64)> {
    // The level in every tick that has an event; in all others it is zero.
    let mut levels: BTreeMap<u64, f64> = BTreeMap::new();
    for &(tick, jump_a) in events {
        *levels.entry(tick).or_default() += jump_a * 1e12;
        levels.entry(tick + 1).or_default();
    }
    let mut points = vec![(0.0, 0.0)];
    let mut level = 0.0;
    for (tick, next) in levels {
        // An edge at 0 s has no time before it.
        let t_s = tick as f64 * TICK_S;
        if tick > 0 {
            points.push((t_s, level));
        }
        points.push((t_s + EDGE_S, next));
        level = next;
    }
    points
}

/// Two columns of numbers; the first starts at 0 or later and ascends.
fn table<'a>(
    rows: impl Iterator<Item = (usize, &'a str)>,
    places: [usize; 2],
    names: [&str; 2],
) -> Result<Vec<(f64, f64)>, String> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    let ticks = names == EVENTS;
    let ([time_place, value_place], [time_name, value_name]) = (places, names);
    for (line, row) in rows {
        let fields: Vec<&str> = row.split(',').map(str::trim).collect();
        let number = |place: usize, name: &str| {
            let text = fields.get(place).copied().unwrap_or("");
            let value = text.parse::<f64>().ok().filter(|v| v.is_finite());
            value.ok_or_else(|| format!("line {line}: `{name}` is `{text}`; allowed: a number"))
        };
        let (at, value) = (
            number(time_place, time_name)?,
            number(value_place, value_name)?,
        );
        let last = if ticks { LONGEST_S / TICK_S } else { LONGEST_S };
        if !(0.0..=last).contains(&at) || (ticks && at.fract() != 0.0) {
            let kind = if ticks { "whole " } else { "" };
            return Err(format!(
                "line {line}: `{time_name}` is {at}; allowed: {kind}numbers of 0..{last}"
            ));
        }
        let before = points.last().map(|p| p.0);
        if before.is_some_and(|b| if ticks { at < b } else { at <= b }) {
            return Err(format!(
                "line {line}: `{time_name}` is {at} after {}; allowed: ascending; sort the rows",
                before.unwrap_or_default()
            ));
        }
        if !ticks && before.is_some_and(|b| at - b < CLOSEST_S) {
            return Err(format!(
                "line {line}: `{time_name}` is {at:?} after {:?}; allowed: {CLOSEST_S:?} or more apart; leave a row out",
                before.unwrap_or_default()
            ));
        }
        if value.abs() > LARGEST_A {
            return Err(format!(
                "line {line}: `{value_name}` is {value:?}; allowed: -{LARGEST_A}..{LARGEST_A}; correct the row, or its unit"
            ));
        }
        points.push((at, value));
    }
    match points.is_empty() {
        true => Err("no rows; allowed: one or more".into()),
        false => Ok(points),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<Stimulus, &str>) {
        match (Stimulus::parse(text, 0.01), expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected),
            (Err(found), Err(expected)) => assert!(found.contains(expected), "{found}"),
            (found, expected) => panic!("{found:?}, not {expected:?}"),
        }
    }

    #[test]
    fn a_current() {
        let points = vec![(0.0, 1e-12), (1e-3, 2e-12)];
        check(
            "t_s,v_V, i_A\n0,5,1e-12\n\n1e-3,5,2e-12\n",
            Ok(Stimulus::Current(points)),
        );
    }
    #[test]
    fn events() {
        let events = vec![(5, 3e-12), (9, 1e-12)];
        check(
            "# tick_us,dI_A\n5,1e-12\n5,2e-12\n9,1e-12\n",
            Ok(Stimulus::Events {
                events,
                tau_s: 0.01,
            }),
        );
    }
    #[test]
    fn other_columns() {
        check("a,b\n1,2\n", Err("names no known columns"));
    }
    #[test]
    fn no_rows() {
        check("t_s,i_A\n", Err("no rows"));
    }
    #[test]
    fn no_number() {
        check("t_s,i_A\n0,x\n", Err("line 2: `i_A` is `x`"));
    }
    #[test]
    fn a_current_that_no_neuron_takes() {
        check(
            "t_s,i_A\n0,4096\n",
            Err("line 2: `i_A` is 4096.0; allowed: -1..1; correct the row"),
        );
        check("tick_us,dI_A\n0,-1e308\n", Err("line 2: `dI_A` is -1e308"));
    }
    #[test]
    fn a_short_row() {
        check("t_s,i_A\n0\n", Err("line 2: `i_A` is ``"));
    }
    #[test]
    fn times_so_close_that_there_is_no_slope() {
        check(
            "t_s,i_A\n0,0\n5e-324,2e-11\n",
            Err("line 3: `t_s` is 5e-324 after 0.0; allowed: 1e-15 or more apart"),
        );
    }
    #[test]
    fn times_that_do_not_ascend() {
        check("t_s,i_A\n1,0\n1,0\n", Err("line 3: `t_s` is 1 after 1"));
    }
    #[test]
    fn part_of_a_tick() {
        check("tick_us,dI_A\n1.5,0\n", Err("whole numbers"));
    }
    #[test]
    fn a_negative_time() {
        check("t_s,i_A\n-1,0\n", Err("`t_s` is -1"));
    }

    #[test]
    fn pulses_that_touch_have_one_edge() {
        let points = pulses(&[(0, 1e-12), (1, 3e-12), (7, 1e-12)]);
        let levels = [0.0, 1.0, 1.0, 3.0, 3.0, 0.0, 0.0, 1.0, 1.0, 0.0];
        let found: Vec<f64> = points.iter().map(|p| p.1).collect();
        assert_eq!(found, levels);
        assert!(points.windows(2).all(|w| w[0].0 < w[1].0), "{points:?}");
    }
}
