//! Findings: what cancels, what is stiff, what saturates, what never fires.

use crate::derivative::Variable;
use crate::evaluate::Point;
use crate::expression::{Expression, Kind};
use crate::finding::Finding;
use crate::lower::{Derived, LeftOut};
use crate::model::{Method, TICK_S};

/// Relative error of a coefficient that is worth a note.
const ERROR: f64 = 1e-3;

/// Relative rounding of a coefficient's mantissa of 11 bits.
const ROUNDING: f64 = 1.0 / 4096.0;

/// Error of a step, per cent of a rate, that is worth a note.
const STEP_ERROR: f64 = 0.5;

/// Share of the input's range above which what cancelling terms leave is worth a warning.
const CANCELLED: f64 = 5e-4;

impl Derived {
    pub(super) fn findings(&self) -> Vec<Finding> {
        let parameters = self.model.defaults();
        let mut found = self.coefficient_errors(&parameters);
        if let Err(error) = self.registers(&parameters) {
            let text = format!("the defaults do not fit: {error}");
            found.push(Finding::act(
                text,
                "choose defaults that the words and bounds hold",
            ));
        }
        for state in self.model.equations() {
            found.extend(self.cancelling(state, &parameters));
            found.extend(self.stiffness(state, &parameters));
        }
        found.extend(self.left_out.iter().map(|out| self.without_sum(out)));
        found.extend(self.saturation());
        found.extend(self.threshold(&parameters));
        found
    }

    fn coefficient_errors(&self, parameters: &[f64]) -> Vec<Finding> {
        let reports = self
            .coefficients
            .iter()
            .map(|c| self.coefficient_report(c, parameters));
        let worst = reports.filter(|r| r.error.abs() > ERROR);
        let text = |r: super::CoefficientReport| {
            let (name, bits, error) = (r.name, r.mantissa_bits, 100.0 * r.error);
            let text = format!(
                "`{name}` is off by {error:.2} % at the defaults (mantissa of {bits} bits)"
            );
            match bits {
                ..11 => Finding::look(text, "give it more `@mantissa` bits"),
                _ => Finding::fine(text),
            }
        };
        worst.map(text).collect()
    }

    /// Terms of a right side that nearly cancel at rest: what rounding their coefficients leaves, as a current of the input.
    fn cancelling(&self, state: usize, parameters: &[f64]) -> Option<Finding> {
        let rate = self.model.whole_rate(state);
        let rest = self.rest(parameters);
        let at = Point {
            parameters,
            states: &rest,
            changes: &[],
        };
        let input = self.current()?;
        let by_input = rate.by(Variable::State(input)).value(&at).abs();
        if by_input == 0.0 {
            return None;
        }
        let left = sizes(&rate, &at) * ROUNDING / by_input;
        let (s, word) = (&self.model.states[input], &self.words[input]);
        let range = word.value(word.high) - word.value(word.low);
        (left > CANCELLED * range).then(|| {
            let text = format!(
                "the terms of `{}'` nearly cancel: rounding their coefficients is worth {:.3} {} of `{}`",
                self.model.states[state].name,
                left / s.unit.1.scale,
                s.unit.0,
                s.name
            );
            Finding::act(
                text,
                "write the difference as one factor, e.g. a parabola by its roots",
            )
        })
    }

    /// The kernel that equations read.
    fn current(&self) -> Option<usize> {
        let read = |k: &usize| {
            let equations = self.model.equations();
            equations.iter().any(|s| {
                self.model.states[*s]
                    .rate
                    .by(Variable::State(*k))
                    .as_number()
                    != Some(0.0)
            })
        };
        self.model.kernels().into_iter().rev().find(read)
    }

    /// The step overshoots where a rate of a state by itself is above one a tick, at rest or at the threshold; below that it
    /// is inexact.
    fn stiffness(&self, state: usize, parameters: &[f64]) -> Option<Finding> {
        let rest = self.rest(parameters);
        let condition = &self.model.condition;
        let mut near = rest.clone();
        near[condition.state] = condition.threshold.value(&Point {
            parameters,
            states: &rest,
            changes: &[],
        });
        let slope = |states: &[f64]| -self.own_rate(state, parameters, states) * TICK_S;
        let ends = [
            (slope(&rest), "at rest"),
            (slope(&near), "at the threshold"),
        ];
        let name = &self.model.states[state].name;
        let (steepest, place) = if ends[1].0 > ends[0].0 {
            ends[1]
        } else {
            ends[0]
        };
        if steepest > 1.0 {
            let text = format!(
                "`{name}'` falls by {steepest:.2} of `{name}` a tick {place} (unstable from 2)"
            );
            return Some(Finding::act(
                text,
                "the explicit step of 1 us is too long: choose parameters that are slower",
            ));
        }
        let (fastest, place) = if ends[1].0.abs() > ends[0].0.abs() {
            ends[1]
        } else {
            ends[0]
        };
        self.inexact(name, fastest.abs(), place)
    }

    /// A step whose rate is off by a share that is worth a word: by half of what the state moves in it, as a share of itself,
    /// and with Heun's method by a sixth of its square.
    fn inexact(&self, name: &str, moves: f64, place: &str) -> Option<Finding> {
        let (euler, heun) = (50.0 * moves, 100.0 / 6.0 * moves * moves);
        let mut rates = self.model.states.iter().map(|s| &s.rate);
        let on_right_sides = rates.any(|rate| !rate.changes().is_empty());
        let (error, remedy) = match self.model.method {
            Method::Heun => (heun, "choose parameters that are slower".into()),
            Method::Euler if on_right_sides => (
                euler,
                format!(
                    "write rates on right sides out, then `method heun` under `equations` makes it {heun:.2} %"
                ),
            ),
            Method::Euler => (
                euler,
                format!(
                    "`method heun` under `equations` makes it {heun:.2} %, for about twice the operations"
                ),
            ),
        };
        let text = format!(
            "`{name}'` changes by {moves:.3} of `{name}` a tick {place}: the step of 1 us makes it {error:.2} % too fast or \
             too slow there"
        );
        (error > STEP_ERROR).then(|| Finding::look(text, &remedy))
    }

    /// A derivative that a recorder of level `jacobian` has no sum of.
    fn without_sum(&self, out: &LeftOut) -> Finding {
        let name = |s: usize| &self.model.states[s].name;
        let text = format!(
            "the recorder has no sum of the derivative of `{}'` by `{}` ({}): gradient `jacobian` takes it at the mean state",
            name(out.state),
            name(out.by),
            out.why
        );
        Finding::look(
            text,
            "write its rate otherwise, or take gradient `transition`",
        )
    }

    /// States that a tick may want to move beyond their word, without a clamp that the file declares.
    fn saturation(&self) -> Option<Finding> {
        let beyond = |state: &usize| {
            let (s, word, (low, high)) = (
                &self.model.states[*state],
                &self.words[*state],
                self.reaches[*state],
            );
            (low < word.low && s.floor.is_none()) || (high > word.high && s.ceil.is_none())
        };
        let states = (0..self.words.len()).filter(beyond);
        let names: Vec<String> = states
            .map(|s| format!("`{}`", self.model.states[s].name))
            .collect();
        (!names.is_empty()).then(|| {
            let text = format!(
                "{} may be driven out of range: the word clamps and a saturation is counted",
                names.join(", ")
            );
            Finding::look(
                text,
                "widen the range, or declare a clamp that is meant by `floor` or `ceil`",
            )
        })
    }

    /// A threshold that no code is beyond.
    fn threshold(&self, parameters: &[f64]) -> Option<Finding> {
        let condition = &self.model.condition;
        let rest = self.rest(parameters);
        let limit = condition.threshold.value(&Point {
            parameters,
            states: &rest,
            changes: &[],
        });
        let word = &self.words[condition.state];
        let never = match condition.above {
            true => limit >= word.value(word.high),
            false => limit <= word.value(word.low),
        };
        let name = &self.model.states[condition.state].name;
        never.then(|| {
            let text = format!(
                "the neuron never fires at the defaults: no value of `{name}` is beyond its threshold"
            );
            Finding::act(text, "lower the threshold or widen the range of the state")
        })
    }
}

/// Sum of the sizes of an expression's summands at a point, with products multiplied out of their coefficients.
fn sizes(e: &Expression, at: &Point) -> f64 {
    match e.kind() {
        Kind::Sum(a, b) => sizes(a, at) + sizes(b, at),
        Kind::Negative(a) => sizes(a, at),
        Kind::Product(a, b) if !a.has_state() => a.value(at).abs() * sizes(b, at),
        Kind::Product(a, b) if !b.has_state() => b.value(at).abs() * sizes(a, at),
        Kind::Quotient(a, b) => sizes(a, at) / b.value(at).abs(),
        _ => e.value(at).abs(),
    }
}
