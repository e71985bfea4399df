//! When a neuron fires, and what a spike does.

use super::{missing, scope, scope::Scope};
use crate::expression::{Expression, Kind};
use crate::mistake::{Fault, Faults};
use crate::model::{Condition, Refractory, Reset};
use crate::syntax::{Action, Assignment, File, Named, Written};
use crate::unit::Dimension;

pub(super) fn condition(file: &File, scope: &Scope) -> Result<Condition, Fault> {
    let Some(written) = &file.condition else {
        return Err(missing(
            file,
            "onCondition",
            "say when the neuron fires, e.g. `onCondition(V > V_th):`",
        ));
    };
    let (left, dimension) = scope.typed(&written.left)?;
    let Kind::State(state) = left.kind() else {
        return Err(Fault::new(
            written.left.span,
            "what is compared is not a state",
            "one state at the left of the comparison",
            "bring the rest to the right, e.g. `V > theta_0 + b`",
        ));
    };
    let (threshold, other) = scope.typed(&written.right)?;
    scope::same(&written.right, other, dimension)?;
    scope::no_change(&threshold)?;
    Ok(Condition {
        state: *state,
        above: written.above,
        threshold,
        rising: written.rising,
        span: written.span,
    })
}

/// What a spike does.
type Actions = (Vec<Reset>, Option<Refractory>);

pub(super) fn actions(file: &File, scope: &Scope, faults: &mut Faults) -> Option<Actions> {
    let mut resets: Vec<Option<Reset>> = Vec::new();
    let mut refractories: Vec<Option<Refractory>> = Vec::new();
    let mut emitted = false;
    for action in &file.actions {
        match action {
            Action::Emit(span) if emitted => {
                faults.add(Fault::new(
                    *span,
                    "a second `emit_spike()`",
                    "one",
                    "take it out",
                ));
            }
            Action::Emit(_) => emitted = true,
            Action::Refractory { span, .. } if !refractories.is_empty() => {
                faults.add(Fault::new(
                    *span,
                    "a second `refractory`",
                    "one",
                    "take it out",
                ));
            }
            Action::Refractory { time, holds, .. } => {
                refractories.push(faults.take(refractory(file, scope, time, holds.as_deref())));
            }
            Action::Reset {
                state,
                how,
                value,
                unless,
            } => {
                let found = reset(file, scope, (state, *how, value, unless.as_ref()));
                let found = found.and_then(|found| once(found, &resets, state));
                resets.push(faults.take(found));
            }
        }
    }
    if file.condition.is_some() && !emitted {
        let span = file.condition.as_ref().map_or(file.name.span, |c| c.span);
        faults.add(Fault::new(
            span,
            "the condition emits no spike",
            "`emit_spike()` below it",
            "add `emit_spike()`",
        ));
    }
    let resets = resets.into_iter().collect::<Option<Vec<Reset>>>()?;
    let refractories = refractories.into_iter().collect::<Option<Vec<_>>>()?;
    Some((resets, refractories.into_iter().next()))
}

/// A state is reset once.
fn once(found: Reset, resets: &[Option<Reset>], name: &Named) -> Result<Reset, Fault> {
    let mut before = resets.iter().flatten();
    match before.any(|r| r.state == found.state) {
        false => Ok(found),
        true => Err(Fault::new(
            name.span,
            format!("a second reset of `{}`", name.name),
            "one a state",
            "take it out",
        )),
    }
}

type WrittenReset<'a> = (&'a Named, Assignment, &'a Written, Option<&'a Named>);

fn reset(
    file: &File,
    scope: &Scope,
    (name, how, value, unless): WrittenReset,
) -> Result<Reset, Fault> {
    let state = scope.state(name)?;
    if file.kernels.iter().any(|k| k.state.name == name.name) {
        return Err(Fault::new(
            name.span,
            format!("a spike resets the kernel `{}`", name.name),
            "a state with its equation under `equations`",
            "move the state's equation there",
        ));
    }
    let (value_, dimension) = scope.typed(value)?;
    scope::same(value, dimension, scope.dimension(state))?;
    scope::no_change(&value_)?;
    let itself = Expression::new(Kind::State(state), name.span);
    let value = match how {
        Assignment::Set => value_,
        Assignment::Add => itself.plus(&value_),
        Assignment::Subtract => itself.minus(&value_),
    };
    let unless = unless.map(|n| scope.switch(file, n)).transpose()?;
    Ok(Reset {
        state,
        value: value.at(name.span),
        unless,
        span: name.span,
    })
}

fn refractory(
    file: &File,
    scope: &Scope,
    time: &Written,
    holds: Option<&[Named]>,
) -> Result<Refractory, Fault> {
    let time = scope.of_parameters(time, Dimension::TIME)?;
    let kernel = |name: &str| file.kernels.iter().any(|k| k.state.name == name);
    let mut held = Vec::new();
    for name in holds.unwrap_or_default() {
        if kernel(&name.name) {
            return Err(Fault::new(
                name.span,
                format!("`{}` is a kernel: it runs on", name.name),
                "another state",
                "take it out",
            ));
        }
        held.push(scope.state(name)?);
    }
    if holds.is_none() {
        let states = file.states.iter().enumerate();
        held = states
            .filter(|(_, d)| !kernel(&d.name.name))
            .map(|(i, _)| i)
            .collect();
    }
    Ok(Refractory { time, holds: held })
}
