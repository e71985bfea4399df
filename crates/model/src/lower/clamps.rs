//! What keeps a state in its range.

use super::{Coded, Lowered, Lowering};
use crate::expression::Expression;
use crate::mistake::Fault;
use crate::program::Value;

impl Lowering<'_> {
    /// What a state moves to under the clamps of the file and of the word; keeps it as moved. Whether the word clipped.
    pub(super) fn clamped(&mut self, state: usize, wanted: Value) -> Lowered<Option<Value>> {
        let mut x = wanted;
        let (floor, ceil) = (
            self.model.states[state].floor.clone(),
            self.model.states[state].ceil.clone(),
        );
        if let Some(floor) = floor {
            let floor = self.constant_of(state, &floor, "floor")?;
            x = self.built.program.max(x, floor)?;
        }
        if let Some(ceil) = ceil {
            let ceil = self.constant_of(state, &ceil, "ceil")?;
            x = self.built.program.min(x, ceil)?;
        }
        self.reached(state, x);
        let (value, clip) = self.clip(state, x)?;
        self.moved[state] = Some(value);
        Ok(clip)
    }

    /// Keeps what a state may become in a tick, for the report.
    pub(super) fn reached(&mut self, state: usize, x: Value) {
        let program = &self.built.program;
        self.built.reaches[state] = (program.low(x), program.high(x));
    }

    /// A constant of parameters as a code of a state.
    pub(super) fn constant_of(
        &mut self,
        state: usize,
        e: &Expression,
        what: &str,
    ) -> Lowered<Value> {
        self.in_range(state, e, what)?;
        let offset = Expression::number(self.words[state].offset);
        let word = &self.words[state];
        let (lsb, within) = (word.lsb, (word.low, word.high));
        let label = format!("{}_{what}", self.model.states[state].name);
        self.code_within(
            Coded::Expression(e.minus(&offset)),
            lsb,
            &label,
            Some(within),
        )
    }

    /// What a state is set to must lie in its range, for all parameters.
    pub(super) fn in_range(&self, state: usize, e: &Expression, what: &str) -> Lowered<()> {
        let (low, high) = self.model.states[state].range;
        let bounds = self.constants.bounds.bounds(e)?;
        let slack = 1e-9 * (high - low);
        if bounds.low >= low - slack && bounds.high <= high + slack {
            return Ok(());
        }
        let (unit, scale) = (
            &self.model.states[state].unit.0,
            self.model.states[state].unit.1.scale,
        );
        let name = &self.model.states[state].name;
        let text = |a: f64, b: f64| format!("{:.6} to {:.6} {unit}", a / scale, b / scale);
        Err(Fault::new(
            e.span(),
            format!(
                "the {what} of `{name}` runs from {}",
                text(bounds.low, bounds.high)
            ),
            format!("within the range of `{name}`, {}", text(low, high)),
            "widen the range of the state, or narrow the bounds of the parameters",
        )
        .into())
    }

    /// A value kept in the word of its state, and 1 where that changed it.
    pub(super) fn clip(&mut self, state: usize, x: Value) -> Lowered<(Value, Option<Value>)> {
        let (low, high) = (self.words[state].low, self.words[state].high);
        let p = &mut self.built.program;
        let (below, above) = (p.low(x) < low, p.high(x) > high);
        let mut value = x;
        if above {
            let end = p.constant(high)?;
            value = p.min(value, end)?;
        }
        if below {
            let end = p.constant(low)?;
            value = p.max(value, end)?;
        }
        if !below && !above {
            return Ok((value, None));
        }
        let (zero, one) = (p.constant(0)?, p.constant(1)?);
        let lowered = if above {
            p.select(x, value, one, zero)?
        } else {
            zero
        };
        let clip = if below {
            p.select(value, x, one, lowered)?
        } else {
            lowered
        };
        Ok((value, Some(clip)))
    }
}
