//! A model in f64: its right sides, their derivatives, and one step of a tick.

mod fine;
mod rates_by;

pub use fine::Drive;
pub use rates_by::RatesBy;

use crate::derivative::Variable;
use crate::evaluate::Point;
use crate::expression::Expression;
use crate::kernel::Kernels;
use crate::model::{Method, Model, TICK_S};

/// A model in f64.
#[derive(Debug, Clone)]
pub struct Float {
    model: Model,
    kernels: Kernels,
    /// States with equations, those first whose change others use.
    order: Vec<usize>,
    /// Rates of every state with all rates put in.
    rates: Vec<Expression>,
}

/// A float model on one card: what a tick needs of the parameters alone is computed once.
#[derive(Debug, Clone)]
pub struct FloatCard<'a> {
    float: &'a Float,
    parameters: &'a [f64],
    /// What a tick adds to the kernels by each of them.
    propagator: Vec<Vec<f64>>,
}

/// What a neuron remembers, SI units.
#[derive(Debug, Clone, PartialEq)]
pub struct FloatState {
    /// States in the order of the model.
    pub states: Vec<f64>,
    /// Ticks of refractory time left.
    pub refractory: f64,
}

impl Float {
    /// The float model of a model.
    pub fn new(model: &Model) -> Self {
        let order = crate::resolve::order(model).unwrap_or_default();
        let states = 0..model.states.len();
        Self {
            rates: states.map(|s| model.whole_rate(s)).collect(),
            kernels: Kernels::of(model),
            order,
            model: model.clone(),
        }
    }

    /// The model on a card: parameters in the order of the model, SI units.
    pub fn on<'a>(&'a self, parameters: &'a [f64]) -> FloatCard<'a> {
        FloatCard {
            float: self,
            parameters,
            propagator: self.kernels.propagator(parameters),
        }
    }

    /// Rates of every state, SI units a second.
    pub fn rates(&self, parameters: &[f64], states: &[f64]) -> Vec<f64> {
        let at = Point {
            parameters,
            states,
            changes: &[],
        };
        self.rates.iter().map(|r| r.value(&at)).collect()
    }

    /// What a tick adds to each state by each: the exponential of the kernels' matrix less one; zero for other states.
    pub fn propagator(&self, parameters: &[f64]) -> Vec<Vec<f64>> {
        self.of_all_states(&self.kernels.propagator(parameters))
    }

    /// The derivative of [`Float::propagator`] by a parameter.
    pub fn propagator_by(&self, parameter: usize, parameters: &[f64]) -> Vec<Vec<f64>> {
        self.of_all_states(&self.kernels.propagator_by(parameter, parameters))
    }

    /// A matrix of the kernels among all states.
    fn of_all_states(&self, rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let count = self.model.states.len();
        let mut all = vec![vec![0.0; count]; count];
        for (row, state) in rows.iter().zip(&self.kernels.states) {
            for (value, other) in row.iter().zip(&self.kernels.states) {
                all[*state][*other] = *value;
            }
        }
        all
    }

    /// The rate of a state as an expression of states and parameters.
    pub fn rate(&self, state: usize) -> &Expression {
        &self.rates[state]
    }

    /// The derivative of a state's rate.
    pub fn rate_by(&self, state: usize, variable: Variable) -> Expression {
        self.rates[state].by(variable)
    }
}

impl FloatCard<'_> {
    /// The states after a reset.
    pub fn rest(&self) -> FloatState {
        let states = self.float.model.states.iter();
        FloatState {
            states: states.map(|s| s.rest.constant(self.parameters)).collect(),
            refractory: 0.0,
        }
    }

    /// One tick: kernels exactly, then the other states by a step of the model's method from the kernels' new and their own old values,
    /// clamps, threshold, resets. `inject` is what the spiking channels add to the input. Returns whether it fired.
    pub fn step(&self, now: &mut FloatState, inject: f64) -> bool {
        let model = &self.float.model;
        let before = now.states.clone();
        self.step_kernels(now, inject);
        let waiting = now.refractory > 0.0;
        let held = |s: usize| waiting && self.is_held(s);
        let free = self.float.order.iter().copied().filter(|s| !held(*s));
        let free: Vec<usize> = free.collect();
        now.states = match model.method {
            Method::Euler => self.euler(&now.states, &free),
            Method::Heun => self.heun(&now.states, &free),
        };
        now.refractory = (now.refractory - 1.0).max(0.0);
        let fired = !waiting && self.fires(&before, &now.states);
        if fired {
            self.reset(now);
        }
        fired
    }

    /// The states after an explicit step of those that are free.
    fn euler(&self, now: &[f64], free: &[usize]) -> Vec<f64> {
        let mut moved = now.to_vec();
        let mut changes = vec![0.0; moved.len()];
        for &s in free {
            let wanted = now[s] + TICK_S * self.rate(s, now, &changes);
            moved[s] = self.clamped(s, wanted);
            changes[s] = (moved[s] - now[s]) / TICK_S;
        }
        moved
    }

    /// The same by the mean of the rates at both ends of such a step, which the ranges of the states alone clamp.
    fn heun(&self, now: &[f64], free: &[usize]) -> Vec<f64> {
        let first: Vec<f64> = free.iter().map(|s| self.rate(*s, now, &[])).collect();
        let mut ahead = now.to_vec();
        for (&s, rate) in free.iter().zip(&first) {
            let (low, high) = self.float.model.states[s].range;
            ahead[s] = (now[s] + TICK_S * rate).clamp(low, high);
        }
        let mut moved = now.to_vec();
        for (&s, rate) in free.iter().zip(&first) {
            let mean = 0.5 * (rate + self.rate(s, &ahead, &[]));
            moved[s] = self.clamped(s, now[s] + TICK_S * mean);
        }
        moved
    }

    fn rate(&self, state: usize, states: &[f64], changes: &[f64]) -> f64 {
        self.float.model.states[state].rate.value(&Point {
            parameters: self.parameters,
            states,
            changes,
        })
    }

    /// Whether the refractory time holds a state.
    fn is_held(&self, state: usize) -> bool {
        self.float.model.holds(state)
    }

    fn step_kernels(&self, now: &mut FloatState, inject: f64) {
        let kernels = &self.float.kernels.states;
        let before: Vec<f64> = kernels.iter().map(|s| now.states[*s]).collect();
        for (row, &s) in self.propagator.iter().zip(kernels) {
            now.states[s] += row.iter().zip(&before).map(|(e, x)| e * x).sum::<f64>();
        }
        now.states[self.float.model.input] += inject;
        for &s in kernels {
            now.states[s] = self.clamped(s, now.states[s]);
        }
    }

    fn clamped(&self, state: usize, x: f64) -> f64 {
        let parameters = self.parameters;
        let s = &self.float.model.states[state];
        let floor = s
            .floor
            .as_ref()
            .map_or(s.range.0, |e| e.constant(parameters));
        let ceil = s
            .ceil
            .as_ref()
            .map_or(s.range.1, |e| e.constant(parameters));
        x.max(floor).min(ceil).max(s.range.0).min(s.range.1)
    }

    fn fires(&self, before: &[f64], states: &[f64]) -> bool {
        let condition = &self.float.model.condition;
        let at = Point {
            parameters: self.parameters,
            states,
            changes: &[],
        };
        let threshold = condition.threshold.value(&at);
        let beyond = |x: f64| {
            if condition.above {
                x > threshold
            } else {
                x < threshold
            }
        };
        beyond(states[condition.state]) && !(condition.rising && beyond(before[condition.state]))
    }

    fn reset(&self, now: &mut FloatState) {
        let (model, parameters) = (&self.float.model, self.parameters);
        let states = now.states.clone();
        let at = Point {
            parameters,
            states: &states,
            changes: &[],
        };
        for reset in &model.resets {
            let keeps = reset.unless.is_some_and(|p| parameters[p] != 0.0);
            if !keeps {
                let s = &model.states[reset.state];
                now.states[reset.state] = reset.value.value(&at).clamp(s.range.0, s.range.1);
            }
        }
        if let Some(refractory) = &model.refractory {
            now.refractory = (refractory.time.constant(parameters) / TICK_S).round();
        }
    }
}
