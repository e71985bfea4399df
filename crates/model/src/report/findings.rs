//! Findings: what cancels, what is stiff, what saturates, what never fires.

use crate::derivative::Variable;
use crate::evaluate::Point;
use crate::expression::{Expression, Kind};
use crate::finding::Finding;
use crate::lower::Derived;
use crate::model::TICK_S;

/// Relative error of a coefficient that is worth a note.
const ERROR: f64 = 1e-3;

/// Relative rounding of a coefficient's mantissa of 11 bits.
const ROUNDING: f64 = 1.0 / 4096.0;

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

    /// The explicit step overshoots where a rate of a state by itself is above one a tick: at rest, and at the threshold.
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
        let (at_rest, at_threshold) = (slope(&rest), slope(&near));
        let (worst, place) = match at_threshold > at_rest {
            true => (at_threshold, "at the threshold"),
            false => (at_rest, "at rest"),
        };
        let name = &self.model.states[state].name;
        (worst > 1.0).then(|| {
            let text = format!(
                "`{name}'` falls by {worst:.2} of `{name}` a tick {place} (unstable from 2)"
            );
            Finding::act(
                text,
                "the explicit step of 1 us is too long: choose parameters that are slower",
            )
        })
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
