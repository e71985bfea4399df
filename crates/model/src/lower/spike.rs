//! Threshold, resets and refractory time.

use super::sum::Target;
use super::terms::terms;
use super::{Coded, Lowered, Lowering};
use crate::expression::{Expression, Kind};
use crate::mistake::{Fault, Span};
use crate::program::{Output, Value};

/// Bits of the refractory time, ticks.
pub(super) const REFRACTORY_BITS: u32 = 20;

impl Lowering<'_> {
    /// Puts moved states in force; a refractory neuron keeps the old ones and counts no saturation of them.
    pub(super) fn held(
        &mut self,
        order: &[usize],
        refractory: Option<Value>,
        counted: &[(usize, Value)],
        saturated: &mut Vec<Value>,
    ) -> Lowered<()> {
        let holds = self
            .model
            .refractory
            .as_ref()
            .map_or(vec![], |r| r.holds.clone());
        let zero = self.built.program.constant(0)?;
        for &state in order {
            let moved = self.moved[state].unwrap_or(self.now[state]);
            let clip = counted.iter().find(|(s, _)| *s == state).map(|(_, c)| *c);
            let held = refractory.filter(|_| holds.contains(&state));
            let p = &mut self.built.program;
            if let Some(clip) = clip {
                saturated.push(match held {
                    Some(refr) => p.select(refr, zero, zero, clip)?,
                    None => clip,
                });
            }
            let value = match held {
                Some(refr) => p.select(refr, zero, self.now[state], moved)?,
                None => moved,
            };
            self.moved[state] = Some(value);
        }
        Ok(())
    }

    /// Threshold and resets.
    pub(super) fn spike(&mut self, order: &[usize], refractory: Option<Value>) -> Lowered<()> {
        let before = self.now.clone();
        for &state in order {
            self.now[state] = self.moved[state].unwrap_or(self.now[state]);
        }
        let condition = self.model.condition.clone();
        let (state, span) = (condition.state, condition.span);
        let offset = Expression::number(self.words[state].offset);
        let list = terms(&self.words, &condition.threshold.minus(&offset))?;
        let limit = self.sum(
            &list,
            Target {
                lsb: self.words[state].lsb,
                label: "threshold",
                own: None,
                span,
            },
        )?;
        let p = &mut self.built.program;
        let (zero, one) = (p.constant(0)?, p.constant(1)?);
        let mut beyond = |x: Value, yes: Value, no: Value| match condition.above {
            true => p.select(x, limit, yes, no),
            false => p.select(limit, x, yes, no),
        };
        let mut fire = beyond(self.now[state], one, zero)?;
        if condition.rising {
            fire = beyond(before[state], zero, fire)?;
        }
        if let Some(refr) = refractory {
            fire = p.select(refr, zero, zero, fire)?;
        }
        p.output(Output::Spike, fire);
        self.resets(order, fire)?;
        match refractory {
            Some(refr) => self.start_refractory(refr, fire),
            None => Ok(()),
        }
    }

    pub(super) fn resets(&mut self, order: &[usize], fire: Value) -> Lowered<()> {
        let zero = self.built.program.constant(0)?;
        for &state in order {
            let mut value = self.now[state];
            self.built.program.output(Output::Moved(state), value);
            if let Some(reset) = self.model.resets.iter().find(|r| r.state == state).cloned() {
                let target = self.reset_value(state, &reset.value, reset.span)?;
                let kept = match reset.unless {
                    Some(switch) => {
                        let e = Expression::new(Kind::Parameter(switch), reset.span);
                        let keep = self.code(Coded::Expression(e), 1.0, "keep")?;
                        self.built.program.select(keep, zero, value, target)?
                    }
                    None => target,
                };
                value = self.built.program.select(fire, zero, kept, value)?;
            }
            self.built.program.output(Output::State(state), value);
        }
        Ok(())
    }

    pub(super) fn reset_value(
        &mut self,
        state: usize,
        value: &Expression,
        span: Span,
    ) -> Lowered<Value> {
        if !value.has_state() {
            return self.constant_of(state, value, "reset");
        }
        let offset = Expression::number(self.words[state].offset);
        let list = terms(&self.words, &value.minus(&offset))?;
        let label = format!("{}_reset", self.model.states[state].name);
        let target = self.sum(
            &list,
            Target {
                lsb: self.words[state].lsb,
                label: &label,
                own: None,
                span,
            },
        )?;
        self.clip(state, target).map(|(value, _)| value)
    }

    pub(super) fn start_refractory(&mut self, refr: Value, fire: Value) -> Lowered<()> {
        let Some(refractory) = self.model.refractory.clone() else {
            return Ok(());
        };
        let span = refractory.time.span();
        let bounds = self.constants.bounds.bounds(&refractory.time)?;
        let most = f64::from(1u32 << REFRACTORY_BITS) - 1.0;
        if bounds.low < 0.0 || bounds.high / crate::model::TICK_S > most {
            let what = format!("a refractory time of {} to {} s", bounds.low, bounds.high);
            return Err(
                Fault::new(span, what, "0 to 1.048 s", "narrow the bounds of the time").into(),
            );
        }
        let time = self.code(
            Coded::Expression(refractory.time),
            crate::model::TICK_S,
            "refractory",
        )?;
        let p = &mut self.built.program;
        let (zero, one) = (p.constant(0)?, p.constant(1)?);
        let waiting = p.select(refr, zero, one, zero)?;
        let left = p.subtract(refr, waiting)?;
        p.within(left, 0, 1 << REFRACTORY_BITS);
        p.output(Output::Left, left);
        let next = p.select(fire, zero, time, left)?;
        p.output(Output::Refractory, next);
        Ok(())
    }
}
