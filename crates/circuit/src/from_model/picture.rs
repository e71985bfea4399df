//! What a neuron of a file looks like: its rate against a constant input, and the plane of two of its states.

use super::FileNeuron;
use bruno_model::{Drive, Float, TICK_S};
use bruno_plot::{Axis, Curve, Mark, Panel};

/// Inputs of the f-I curve: as many as a curve needs to look smooth.
const INPUTS: usize = 61;
/// How far the f-I curve goes: this many times the smallest input that makes it fire.
const OVER_FIRING: f64 = 6.0;
/// The same of a neuron that fires by itself: this share of the input's range.
const OF_RANGE: f64 = 0.25;
/// Points of a nullcline's grid in either direction.
const GRID: usize = 80;
/// Share of its width that is left free around a course.
const ROOM: f64 = 0.2;
/// Spikes that a course shows, and ticks that it takes at most.
const SPIKES: usize = 5;
const TICKS: usize = 200_000;
/// Points of a course that are drawn, about.
const POINTS: usize = 800;

/// What is asked of the pictures; SI units.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Asked {
    /// Largest input of the f-I curve, A.
    pub largest_a: Option<f64>,
    /// Input of the plane, A.
    pub input_a: Option<f64>,
    /// States of the plane: two that are not kernels.
    pub states: Option<[usize; 2]>,
}

impl FileNeuron {
    /// Two panels: the f-I curve; and the plane of two states with their nullclines at a constant input and the course from
    /// rest on, or, of a neuron with one state beside its kernels, its rate.
    ///
    /// Without a word it is the threshold's state and the first other one, at twice the input that makes the neuron fire.
    pub fn pictures(&self, asked: Asked) -> Vec<Panel> {
        let firing = self.firing_input_a();
        let range = self.model.states[self.model.input].range.1;
        let largest = match firing {
            Some(a) if a > 0.0 => OVER_FIRING * a,
            _ => OF_RANGE * range,
        };
        let input_a = asked.input_a.unwrap_or(2.0 * firing.unwrap_or(0.0));
        let plane = Plane::new(self, input_a);
        let states = asked.states.or_else(|| self.plane_states());
        vec![
            self.rate_panel(asked.largest_a.unwrap_or(largest)),
            match states {
                Some(states) => plane.panel(states),
                None => plane.line(self.model.condition.state),
            },
        ]
    }

    /// States with equations.
    pub fn free_states(&self) -> Vec<usize> {
        let states = self.model.states.iter().enumerate();
        states.filter(|(_, s)| !s.kernel).map(|(i, _)| i).collect()
    }

    fn plane_states(&self) -> Option<[usize; 2]> {
        let free = self.free_states();
        let threshold = self.model.condition.state;
        let first = if free.contains(&threshold) {
            threshold
        } else {
            *free.first()?
        };
        let other = free.into_iter().find(|s| *s != first)?;
        Some([first, other])
    }

    fn rate_panel(&self, largest_a: f64) -> Panel {
        let input = &self.model.states[self.model.input];
        let inputs = (0..INPUTS).map(|k| largest_a * k as f64 / (INPUTS - 1) as f64);
        let points = inputs.map(|a| (a / input.unit.1.scale, self.rate_hz(a)));
        Panel {
            x: Axis::linear(&format!("constant {} ({})", input.name, input.unit.0)),
            y: Axis::linear("rate (Hz)"),
            curves: vec![Curve::new("", Mark::Line, points)],
        }
    }
}

/// The states of a neuron under a constant input, SI units.
struct Plane<'a> {
    neuron: &'a FileNeuron,
    float: Float,
    input_a: f64,
    /// Rows of all states; `None` where a spike resets some.
    course: Vec<Option<Vec<f64>>>,
}

impl<'a> Plane<'a> {
    fn new(neuron: &'a FileNeuron, input_a: f64) -> Self {
        let float = Float::new(&neuron.model);
        let card = float.on(&neuron.parameters);
        let mut now = card.rest();
        now.states[neuron.model.input] = input_a;
        let mut course = vec![Some(now.states.clone())];
        let mut spikes = 0;
        for _ in 0..TICKS {
            if card.fine_step(&mut now, TICK_S, Drive::Follows(0.0)) {
                if !neuron.model.resets.is_empty() {
                    course.push(None);
                }
                spikes += 1;
                if spikes == SPIKES {
                    break;
                }
            }
            course.push(Some(now.states.clone()));
        }
        Self {
            neuron,
            float,
            input_a,
            course,
        }
    }

    /// A value of a state in the unit of its file.
    fn in_unit(&self, state: usize, x: f64) -> f64 {
        x / self.neuron.model.states[state].unit.1.scale
    }

    fn axis(&self, state: usize) -> Axis {
        let state = &self.neuron.model.states[state];
        Axis::linear(&format!("{} ({})", state.name, state.unit.0))
    }

    /// The input, for a legend.
    fn input(&self) -> String {
        let place = self.neuron.model.input;
        let input = &self.neuron.model.states[place];
        let value =
            crate::model_card::shortest((1e6 * self.in_unit(place, self.input_a)).round() / 1e6);
        format!("{} = {value} {}", input.name, input.unit.0)
    }

    /// What the course covers of a state, and some room.
    fn window(&self, state: usize) -> (f64, f64) {
        let values = self.course.iter().flatten().map(|row| row[state]);
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| {
            (l.min(x), h.max(x))
        });
        let declared = self.neuron.model.states[state].range;
        let width = if high > low {
            high - low
        } else {
            0.01 * (declared.1 - declared.0)
        };
        let (low, high) = (low - ROOM * width, high + ROOM * width);
        (low.max(declared.0), high.min(declared.1))
    }

    /// All states where those of the plane have these values: others as at the end of the course.
    fn at(&self, set: &[(usize, f64)]) -> Vec<f64> {
        let mut states = self
            .course
            .iter()
            .rev()
            .flatten()
            .next()
            .cloned()
            .unwrap_or_default();
        for (state, x) in set {
            states[*state] = *x;
        }
        states[self.neuron.model.input] = self.input_a;
        states
    }

    fn rate(&self, state: usize, states: &[f64]) -> f64 {
        self.float.rates(&self.neuron.parameters, states)[state]
    }

    /// A state with its nullclines over another's.
    fn panel(&self, states: [usize; 2]) -> Panel {
        let [x, y] = states;
        let model = &self.neuron.model;
        let nullcline = |state: usize| {
            let name = format!("{}' = 0", model.states[state].name);
            Curve::new(&name, Mark::Line, self.nullcline(state, states))
        };
        let thinned = self.course.len().div_ceil(POINTS);
        let rows = self.course.iter().enumerate();
        let rows = rows.filter(|(k, row)| row.is_none() || k % thinned == 0);
        let point = |row: &Option<Vec<f64>>| match row {
            Some(row) => (self.in_unit(x, row[x]), self.in_unit(y, row[y])),
            None => (f64::NAN, f64::NAN),
        };
        let course: Vec<_> = rows.map(|(_, row)| point(row)).collect();
        Panel {
            x: self.axis(x),
            y: self.axis(y),
            curves: vec![
                nullcline(x),
                nullcline(y),
                Curve::new(&self.input(), Mark::Dashed, course),
            ],
        }
    }

    /// Where the rate of a state is zero: pieces of its contour, each through a cell of the grid.
    fn nullcline(&self, state: usize, plane: [usize; 2]) -> Vec<(f64, f64)> {
        let [(x_low, x_high), (y_low, y_high)] = plane.map(|s| self.window(s));
        let x = |i: usize| x_low + (x_high - x_low) * i as f64 / GRID as f64;
        let y = |j: usize| y_low + (y_high - y_low) * j as f64 / GRID as f64;
        let rate =
            |i: usize, j: usize| self.rate(state, &self.at(&[(plane[0], x(i)), (plane[1], y(j))]));
        let rates: Vec<Vec<f64>> = (0..=GRID)
            .map(|i| (0..=GRID).map(|j| rate(i, j)).collect())
            .collect();
        let mut points = Vec::new();
        for i in 0..GRID {
            for j in 0..GRID {
                let corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)];
                let sides = (0..4).map(|k| (corners[k], corners[(k + 1) % 4]));
                let crossings = sides.filter_map(|(a, b)| {
                    let (at_a, at_b) = (rates[a.0][a.1], rates[b.0][b.1]);
                    if (at_a < 0.0) == (at_b < 0.0) {
                        return None;
                    }
                    let share = at_a / (at_a - at_b);
                    let between = |low: f64, high: f64| low + share * (high - low);
                    Some((
                        self.in_unit(plane[0], between(x(a.0), x(b.0))),
                        self.in_unit(plane[1], between(y(a.1), y(b.1))),
                    ))
                });
                let crossings: Vec<_> = crossings.collect();
                for pair in crossings.chunks_exact(2) {
                    points.extend([pair[0], pair[1], (f64::NAN, f64::NAN)]);
                }
            }
        }
        points
    }

    /// The rate of the only state with an equation, over that state.
    fn line(&self, state: usize) -> Panel {
        let declared = &self.neuron.model.states[state];
        let (low, high) = self.window(state);
        let values = (0..=GRID).map(|i| low + (high - low) * i as f64 / GRID as f64);
        let point = |x: f64| {
            let rate = self.rate(state, &self.at(&[(state, x)]));
            (self.in_unit(state, x), self.in_unit(state, rate))
        };
        let rates: Vec<_> = values.map(point).collect();
        let ends = [low, high].map(|x| (self.in_unit(state, x), 0.0));
        Panel {
            x: self.axis(state),
            y: Axis::linear(&format!("{}' ({}/s)", declared.name, declared.unit.0)),
            curves: vec![
                Curve::new(&self.input(), Mark::Line, rates),
                Curve::new("", Mark::Dashed, ends),
            ],
        }
    }
}
