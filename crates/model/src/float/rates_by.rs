//! Derivatives of rates by states where some are known otherwise: as means over a window.

use crate::derivative::Variable;
use crate::evaluate::Point;
use crate::expression::Expression;
use crate::model::Model;

/// The derivatives of a model's rates by its states.
#[derive(Debug, Clone)]
pub struct RatesBy {
    /// States in the order in which a tick moves them.
    order: Vec<usize>,
    /// Of each state's rate by every state; rates on its right side are constants.
    own: Vec<Vec<Expression>>,
    /// Of each state's rate by the rates on its right side.
    by_changes: Vec<Vec<(usize, Expression)>>,
}

impl RatesBy {
    /// Those of a model.
    pub fn new(model: &Model) -> Self {
        let all = 0..model.states.len();
        let own = |state: &crate::State| {
            let by = |s| state.rate.by(Variable::State(s));
            all.clone().map(by).collect()
        };
        let by_changes = |state: &crate::State| {
            let changes = state.rate.changes().into_iter();
            changes
                .map(|s| (s, state.rate.by(Variable::Change(s))))
                .collect()
        };
        Self {
            order: model.in_order(),
            own: model.states.iter().map(own).collect(),
            by_changes: model.states.iter().map(by_changes).collect(),
        }
    }

    /// Of every state's rate by every state, SI units a second, with the rates on its right side put in. `given` says a
    /// derivative, rates on the right side being constants, where it is not the one at the point.
    pub fn at(
        &self,
        point: &Point<'_>,
        given: &dyn Fn(usize, usize) -> Option<f64>,
    ) -> Vec<Vec<f64>> {
        let mut rows = vec![Vec::new(); self.own.len()];
        for &state in &self.order {
            let own = self.own[state].iter().enumerate();
            let value =
                |(by, e): (usize, &Expression)| given(state, by).unwrap_or_else(|| e.value(point));
            let mut row: Vec<f64> = own.map(value).collect();
            for (other, slope) in &self.by_changes[state] {
                let slope = slope.value(point);
                let changed: &Vec<f64> = &rows[*other];
                row.iter_mut()
                    .zip(changed)
                    .for_each(|(entry, by)| *entry += slope * by);
            }
            rows[state] = row;
        }
        rows
    }
}
