//! Neurons of a file: derivatives of a tick and of the continuous equations, from the file's expressions.
//!
//! States are those with a rate beside the input, in the order of the file and in SI units; currents of the input in pA.

mod stepped;
mod trained;

use super::linear::{ByParameter, LinearTick, Square, identity};
use crate::config::{Reset, TrainConfig};
use crate::neuron::surrogate::Surrogate;
use bruno_chip::LayerDescription;
use bruno_device::{NeuronProgram, TICK_S};
use bruno_model::{Derived, Expression, Float, Point, RatesBy, Variable};
use std::sync::Arc;
use trained::{MovedTick, Trained};

/// A pA in A.
const PA: f64 = 1e-12;
/// Share of the way from rest to the threshold that the surrogate's width is, per V of the setting: a width of 0.1 V is an
/// eighth of the way, as it is of the 0.8 V of a FeLIF neuron's card.
const WIDTH_PER_V: f64 = 1.0 / 0.8;

/// The neurons of one layer.
pub(crate) struct FileNeuron {
    derived: Arc<Derived>,
    parameters: Vec<f64>,
    /// Their places among the states of the file.
    moving: Vec<usize>,
    /// Rates of the moving states with every rate put in, and their derivatives by all states of the file.
    rates: Vec<Expression>,
    rates_by: Vec<Vec<Expression>>,
    /// The same with the derivatives that a recorder sums told apart.
    recorded_by: RatesBy,
    /// What a tick adds to the kernels, by the states of the file.
    propagator: Vec<Vec<f64>>,
    threshold_by: Vec<Expression>,
    /// Of the moving states that a spike sets: the value and its derivatives by all states.
    resets: Vec<Option<(Expression, Vec<Expression>)>>,
    surrogate: Surrogate,
    attached: bool,
    /// Parameters in training, in the order of the settings; none of one that the file does not have.
    trained: Vec<Option<Trained>>,
}

/// Whether a clamp holds a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clamped {
    Free,
    Below,
    Above,
}

impl FileNeuron {
    pub fn new(program: &NeuronProgram, raw: &LayerDescription, config: &TrainConfig) -> Self {
        let derived = program.derived.clone();
        let model = &derived.model;
        let parameters = program.parameters_of(raw);
        let float = Float::new(model);
        let all = 0..model.states.len();
        let moving: Vec<usize> = all.clone().filter(|s| *s != model.input).collect();
        let by_all = |e: &Expression| -> Vec<Expression> {
            all.clone().map(|s| e.by(Variable::State(s))).collect()
        };
        let set = |s: &usize| {
            let reset = model.resets.iter().find(|r| r.state == *s)?;
            let kept = reset.unless.is_some_and(|p| parameters[p] != 0.0);
            (!kept).then(|| (reset.value.clone(), by_all(&reset.value)))
        };
        let width = {
            let rest: Vec<f64> = model
                .states
                .iter()
                .map(|s| s.rest.constant(&parameters))
                .collect();
            let at = Point {
                parameters: &parameters,
                states: &rest,
                changes: &[],
            };
            let threshold = model.condition.threshold.value(&at);
            (threshold - rest[model.condition.state]).abs()
        };
        let mut new = Self {
            rates: moving.iter().map(|s| float.rate(*s).clone()).collect(),
            rates_by: moving.iter().map(|s| by_all(float.rate(*s))).collect(),
            recorded_by: RatesBy::new(model),
            propagator: float.propagator(&parameters),
            threshold_by: by_all(&model.condition.threshold),
            resets: moving.iter().map(set).collect(),
            surrogate: Surrogate::with_width(
                config,
                config.surrogate_width_v * WIDTH_PER_V * width,
            ),
            attached: config.reset == Reset::Attached,
            trained: Vec::new(),
            moving,
            parameters,
            derived,
        };
        let names: Vec<&str> = config.device.iter().map(|d| d.parameter.as_str()).collect();
        new.trained = new.trained(&names, &float);
        new
    }

    /// All states of the file with the moving ones from `x` and the input, pA.
    fn whole<const N: usize>(&self, x: &[f64; N], i_pa: f64) -> Vec<f64> {
        let mut all = vec![0.0; self.derived.model.states.len()];
        all[self.derived.model.input] = i_pa * PA;
        for (place, value) in self.moving.iter().zip(x) {
            all[*place] = *value;
        }
        all
    }

    fn at<'a>(&'a self, states: &'a [f64]) -> Point<'a> {
        Point {
            parameters: &self.parameters,
            states,
            changes: &[],
        }
    }

    fn is_kernel(&self, state: usize) -> bool {
        self.derived.model.states[state].kernel
    }

    fn holds(&self, state: usize) -> bool {
        self.derived.model.holds(state)
    }

    pub fn parameters_in_training(&self) -> usize {
        self.trained.len()
    }

    /// The derivatives of a tick from the states `x`; `i` are the currents before and in it, pA.
    pub fn tick<const N: usize>(
        &self,
        x: &[f64; N],
        i: [f64; 2],
        refractory: bool,
    ) -> LinearTick<N> {
        let input = self.derived.model.input;
        let before = self.whole(x, i[0]);
        let mut now = before.clone();
        for state in (0..now.len()).filter(|s| self.is_kernel(*s)) {
            now[state] += dot_of(&self.propagator[state], &before);
        }
        now[input] = i[1] * PA;
        let stepped = self.stepped(&now, refractory);
        let mut moved = now.clone();
        let mut tick = LinearTick::still();
        let mut clamped = Vec::with_capacity(self.moving.len());
        for (row, state) in self.moving.iter().enumerate() {
            let held = refractory && self.holds(*state);
            if self.is_kernel(*state) {
                self.kernel_row(&mut tick, row, *state);
            } else if !held {
                moved[*state] = now[*state] + stepped.change[row];
                self.equation_row(&mut tick, row, &stepped.slopes[row]);
                if self.holds(*state) {
                    tick.by_release[row] = -1e-3 / TICK_S * stepped.change[row];
                }
            }
            let clamp = self.clamp(*state, &mut moved);
            tick.free[row] = f64::from(clamp == Clamped::Free);
            clamped.push(clamp);
        }
        if !refractory {
            self.spike(&mut tick, &moved);
        }
        let at = MovedTick {
            before: &before,
            stepped: &stepped,
            moved: &moved,
            clamped: &clamped,
            refractory,
        };
        let by = |own: &Option<Trained>| {
            own.as_ref()
                .map_or(ByParameter::NONE, |own| self.tick_by(own, &at))
        };
        tick.by_parameter = self.trained.iter().map(by).collect();
        tick
    }

    /// A kernel beside the input follows the kernels before the tick.
    fn kernel_row<const N: usize>(&self, tick: &mut LinearTick<N>, row: usize, state: usize) {
        let added = &self.propagator[state];
        for (column, other) in self.moving.iter().enumerate() {
            tick.by_state[row][column] += added[*other];
        }
        tick.by_current_before[row] += PA * added[self.derived.model.input];
    }

    /// An equation follows the kernels in the tick, and through them those before it.
    fn equation_row<const N: usize>(&self, tick: &mut LinearTick<N>, row: usize, slopes: &[f64]) {
        let input = self.derived.model.input;
        for (column, other) in self.moving.iter().enumerate() {
            tick.by_state[row][column] += slopes[*other];
        }
        tick.by_current[row] += PA * slopes[input];
        let kernels = self.moving.iter().filter(|s| self.is_kernel(**s));
        for kernel in kernels {
            let added = &self.propagator[*kernel];
            for (column, other) in self.moving.iter().enumerate() {
                tick.by_state[row][column] += slopes[*kernel] * added[*other];
            }
            tick.by_current_before[row] += PA * slopes[*kernel] * added[input];
        }
    }

    /// Clamps a state after the tick.
    fn clamp(&self, state: usize, moved: &mut [f64]) -> Clamped {
        let s = &self.derived.model.states[state];
        let end = |e: &Option<Expression>, range: f64| {
            e.as_ref().map_or(range, |e| e.constant(&self.parameters))
        };
        let low = end(&s.floor, s.range.0).max(s.range.0);
        let high = end(&s.ceil, s.range.1).min(s.range.1);
        let wanted = moved[state];
        moved[state] = wanted.max(low).min(high);
        match moved[state] {
            end if end > wanted => Clamped::Below,
            end if end < wanted => Clamped::Above,
            _ => Clamped::Free,
        }
    }

    /// Threshold and reset.
    fn spike<const N: usize>(&self, tick: &mut LinearTick<N>, moved: &[f64]) {
        let at = self.at(moved);
        tick.slope = self.surrogate.slope_at(self.distance(&at), TICK_S);
        tick.distance_by = self.distance_by(&at);
        tick.after_spike = self.after_spike(&at);
        if self.attached {
            for (row, (state, reset)) in self.moving.iter().zip(&self.resets).enumerate() {
                let left = reset.as_ref().map_or(moved[*state], |(e, _)| e.value(&at));
                tick.by_spike[row] = left - moved[*state];
            }
        }
    }

    /// How far the state is beyond the threshold, SI units.
    fn distance(&self, at: &Point<'_>) -> f64 {
        let condition = &self.derived.model.condition;
        self.sign() * (at.states[condition.state] - condition.threshold.value(at))
    }

    fn sign(&self) -> f64 {
        match self.derived.model.condition.above {
            true => 1.0,
            false => -1.0,
        }
    }

    fn distance_by<const N: usize>(&self, at: &Point<'_>) -> [f64; N] {
        let mut by = [0.0; N];
        for (by, state) in by.iter_mut().zip(&self.moving) {
            let own = f64::from(*state == self.derived.model.condition.state);
            *by = self.sign() * (own - self.threshold_by[*state].value(at));
        }
        by
    }

    fn after_spike<const N: usize>(&self, at: &Point<'_>) -> Square<N> {
        let mut after = identity();
        for (row, reset) in after.iter_mut().zip(&self.resets) {
            if let Some((_, by)) = reset {
                let slopes = self.moving.iter().map(|s| by[*s].value(at));
                row.iter_mut().zip(slopes).for_each(|(r, s)| *r = s);
            }
        }
        after
    }

    /// The equations at the states `x` under a current, a second: derivatives of the rates by x and by a pA; those of states
    /// that a refractory time holds are apart.
    pub fn continuous<const N: usize>(&self, x: &[f64; N], i_pa: f64) -> Continuous<N> {
        let all = self.whole(x, i_pa);
        let at = self.at(&all);
        let mut found = Continuous {
            jacobian: [[0.0; N]; N],
            gain: [0.0; N],
            held: [0.0; N],
            slope: [0.0; N],
            distance: self.distance(&at),
            distance_by: self.distance_by(&at),
            after_spike: self.after_spike(&at),
        };
        for (row, by) in self.rates_by.iter().enumerate() {
            for (column, other) in self.moving.iter().enumerate() {
                found.jacobian[row][column] = by[*other].value(&at);
            }
            found.gain[row] = PA * by[self.derived.model.input].value(&at);
            found.held[row] = f64::from(self.holds(self.moving[row]));
            found.slope[row] = self.rates[row].value(&at);
        }
        found
    }

    /// Puts the mean derivatives that a recorder summed into the equations, SI units a second, in the order of
    /// [`Derived::slopes`]; the others stay those at `x`.
    pub fn put_means<const N: usize>(
        &self,
        found: &mut Continuous<N>,
        x: &[f64; N],
        i_pa: f64,
        means: &[f64],
    ) {
        let all = self.whole(x, i_pa);
        let given = |state: usize, by: usize| {
            let mut slopes = self.derived.slopes.iter().zip(means);
            let found = slopes.find(|(slope, _)| (slope.state, slope.by) == (state, by));
            found.map(|(_, mean)| *mean)
        };
        let rows = self.recorded_by.at(&self.at(&all), &given);
        for (row, state) in self.moving.iter().enumerate() {
            for (column, other) in self.moving.iter().enumerate() {
                found.jacobian[row][column] = rows[*state][*other];
            }
            found.gain[row] = PA * rows[*state][self.derived.model.input];
        }
    }

    /// What a spike adds to the states, where the gradient sees the reset.
    pub fn by_spike<const N: usize>(&self, x: &[f64; N], i_pa: f64) -> [f64; N] {
        let all = self.whole(x, i_pa);
        let at = self.at(&all);
        let mut by = [0.0; N];
        for (by, (state, reset)) in by.iter_mut().zip(self.moving.iter().zip(&self.resets)) {
            if let (true, Some((value, _))) = (self.attached, reset) {
                *by = value.value(&at) - all[*state];
            }
        }
        by
    }

    /// The rates where a refractory time ends: after a reset from the states `x`.
    pub fn slope_at_release<const N: usize>(&self, x: &[f64; N], i_pa: f64) -> [f64; N] {
        let all = self.whole(x, i_pa);
        let mut left = all.clone();
        for (state, reset) in self.moving.iter().zip(&self.resets) {
            if let Some((value, _)) = reset {
                left[*state] = value.value(&self.at(&all));
            }
        }
        let mut slope = [0.0; N];
        for (slope, rate) in slope.iter_mut().zip(&self.rates) {
            *slope = rate.value(&self.at(&left));
        }
        slope
    }

    /// Derivative of the spike count by the distance above the threshold, over a time.
    pub fn surrogate(&self, distance: f64, seconds: f64) -> f64 {
        self.surrogate.slope_at(distance, seconds)
    }

    /// What a spike leaves in a moving state where that is one value, and a refractory time holds it there.
    pub fn left_standing(&self, row: usize) -> Option<f64> {
        let (value, _) = self.resets[row].as_ref()?;
        let standing = self.holds(self.moving[row]) && !value.has_state();
        standing.then(|| value.constant(&self.parameters))
    }
}

pub(crate) use trained::ContinuousBy;

/// The equations in continuous time.
pub(crate) struct Continuous<const N: usize> {
    pub jacobian: Square<N>,
    pub gain: [f64; N],
    /// 1 of a state that a refractory time holds.
    pub held: [f64; N],
    pub slope: [f64; N],
    pub distance: f64,
    pub distance_by: [f64; N],
    pub after_spike: Square<N>,
}

fn dot_of(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests;
