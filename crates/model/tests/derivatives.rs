//! Symbolic derivatives against central differences, over every state and parameter of every shipped model.

use bruno_model::{Float, Model, SHIPPED, Shipped, Variable};
use proptest::prelude::*;

/// A point inside of every range, away from its ends.
fn inside(range: (f64, f64), share: f64) -> f64 {
    range.0 + (range.1 - range.0) * (0.25 + 0.5 * share)
}

fn moved(list: &[f64], index: usize, by: f64) -> Vec<f64> {
    let mut list = list.to_vec();
    list[index] += by;
    list
}

struct Case {
    model: Model,
    float: Float,
    parameters: Vec<f64>,
    states: Vec<f64>,
}

impl Case {
    fn new(shipped: Shipped, shares: &[f64]) -> Self {
        let model = shipped.read().unwrap();
        let states = model
            .states
            .iter()
            .zip(shares)
            .map(|(s, x)| inside(s.range, *x));
        Self {
            float: Float::new(&model),
            parameters: model.defaults(),
            states: states.collect(),
            model,
        }
    }

    fn derivative(&self, state: usize, x: Variable, parameters: &[f64], states: &[f64]) -> f64 {
        let at = bruno_model::Point {
            parameters,
            states,
            changes: &[],
        };
        self.float.rate_by(state, x).value(&at)
    }

    /// Checks one derivative; a point beside a kink of `min` is left out.
    fn check(&self, state: usize, x: Variable, span: f64) {
        let h = 1e-5 * span;
        let at = |by: f64| match x {
            Variable::State(i) => (self.parameters.clone(), moved(&self.states, i, by)),
            Variable::Parameter(i) => (moved(&self.parameters, i, by), self.states.clone()),
            // All rates are put in.
            Variable::Change(_) => (self.parameters.clone(), self.states.clone()),
        };
        let ((p0, s0), (p1, s1)) = (at(-h), at(h));
        let rate = |p: &[f64], s: &[f64]| self.float.rates(p, s)[state];
        let found = self.derivative(state, x, &self.parameters, &self.states);
        let (left, right) = (
            self.derivative(state, x, &p0, &s0),
            self.derivative(state, x, &p1, &s1),
        );
        let difference = (rate(&p1, &s1) - rate(&p0, &s0)) / (2.0 * h);
        let scale = found.abs() + rate(&self.parameters, &self.states).abs() / span * 1e-3 + 1e-30;
        if (left - right).abs() <= 1e-2 * found.abs() {
            let name = &self.model.states[state].name;
            assert!(
                (found - difference).abs() <= 2e-6 * scale,
                "{name}' by {x:?}: {found} {difference}"
            );
        }
    }

    fn check_all(&self) {
        for state in 0..self.states.len() {
            for (i, s) in self.model.states.iter().enumerate() {
                self.check(state, Variable::State(i), s.range.1 - s.range.0);
            }
            for (i, p) in self.parameters.iter().enumerate() {
                let bounds = self.model.parameters[i].bounds;
                let size = if *p == 0.0 {
                    bounds.1 - bounds.0
                } else {
                    p.abs()
                };
                self.check(state, Variable::Parameter(i), size);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn all_models(which in 0..SHIPPED.len(), shares in prop::collection::vec(0.0..1.0f64, 8)) {
        Case::new(SHIPPED[which], &shares).check_all();
    }
}
