//! Heun's method: an explicit step of second order.
//!
//! With `a` half of what a tick would add by the rate at the old values `x`, and `b` half of what it would add by the rate
//! at `x + 2a`, the tick adds `a + b`. Both are kept at the guard bits and rounded once, together; `x + 2a` is rounded to
//! nearest, kept in its word and, where a refractory time holds the state, is `x`. Both stages have the same registers.

use super::sum::Target;
use super::terms::{Term, terms};
use super::{GUARD_BITS, Lowered, Lowering, Refusal};
use crate::expression::{Expression, Kind};
use crate::mistake::Fault;
use crate::program::{TooWide, Value};

/// What the first stage gives of a state.
struct Stage {
    half: Value,
    ahead: Value,
    guard: u32,
}

impl Lowering<'_> {
    /// What states with equations move to, in the order that is given, LSB of each.
    pub(super) fn heun(
        &mut self,
        order: &[usize],
        refractory: Option<Value>,
    ) -> Result<Vec<Value>, Fault> {
        let span = |l: &Self, state: usize| l.model.states[state].rate.span();
        let before = self.now.clone();
        let (sums, labels) = (self.built.sums, self.built.labels.clone());
        let coefficients = self.built.coefficients.len();
        let mut stages = Vec::new();
        for &state in order {
            stages.push(self.at(span(self, state), |l| l.first(state, refractory))?);
        }
        self.again = coefficients..self.built.coefficients.len();
        (self.built.sums, self.built.labels) = (sums, labels);
        self.built.logarithms.clear();
        for (&state, stage) in order.iter().zip(&stages) {
            self.now[state] = stage.ahead;
        }
        let mut wanted = Vec::new();
        for (&state, stage) in order.iter().zip(&stages) {
            wanted.push(self.at(span(self, state), |l| {
                let half = l.half(state, stage.guard)?;
                let both = l.built.program.add(stage.half, half)?;
                let change = l.rounded(state, both, stage.guard)?;
                Ok(l.built.program.add(before[state], change)?)
            })?);
        }
        self.again = 0..0;
        self.built.logarithms.clear();
        self.now = before;
        Ok(wanted)
    }

    /// The first stage at the finest guard bits at which both halves fit together.
    fn first(&mut self, state: usize, refractory: Option<Value>) -> Lowered<Stage> {
        let mut last = TooWide { low: 0, high: 0 };
        for guard in (1..=GUARD_BITS).rev() {
            let before = self.built.clone();
            let done = self.half(state, guard).and_then(|half| {
                let ahead = self.ahead(state, half, guard, refractory)?;
                Ok(Stage { half, ahead, guard })
            });
            match done {
                Err(Refusal::Wide(wide)) => last = wide,
                other => return other,
            }
            self.built = before;
        }
        Err(last.into())
    }

    /// Half of what a tick adds by the rate at the values that are in force.
    fn half(&mut self, state: usize, guard: u32) -> Lowered<Value> {
        let rate = self.model.states[state].rate.clone();
        let tick = Expression::new(Kind::Tick, rate.span());
        let half = Expression::number(0.5).times(&tick);
        let list = terms(&self.words, &rate)?.into_iter().map(|t| Term {
            coefficient: half.times(&t.coefficient),
            ..t
        });
        let label = self.model.states[state].name.clone();
        let to = Target {
            lsb: self.words[state].lsb * (-f64::from(guard)).exp2(),
            label: &label,
            own: None,
            span: rate.span(),
        };
        self.sum(&list.collect::<Vec<_>>(), to)
    }

    /// Where the first rate leads.
    fn ahead(
        &mut self,
        state: usize,
        half: Value,
        guard: u32,
        refractory: Option<Value>,
    ) -> Lowered<Value> {
        let now = self.now[state];
        let p = &mut self.built.program;
        let twice = p.add(half, half)?;
        let rounding = p.constant(1 << (guard - 1))?;
        let rounded = p.add(twice, rounding)?;
        let change = p.shift_right(rounded, guard)?;
        let ahead = p.add(now, change)?;
        let (ahead, _) = self.clip(state, ahead)?;
        match refractory.filter(|_| self.model.holds(state)) {
            None => Ok(ahead),
            Some(left) => {
                let zero = self.built.program.constant(0)?;
                Ok(self.built.program.select(left, zero, now, ahead)?)
            }
        }
    }
}
