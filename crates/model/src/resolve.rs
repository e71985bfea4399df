//! From a parsed file to a model: names, units, and what a model must have.

mod checks;
mod scope;

use crate::expression::Expression;
use crate::mistake::{Fault, Span};
use crate::model::{
    Alias, Condition, Integers, Model, Parameter, Refractory, Reset, Source, State,
};
use crate::syntax::{Action, Assignment, Declaration, File, IntegerLine, Named};
use crate::unit::{Dimension, Unit};
pub(crate) use checks::order;
use scope::Scope;

/// Most parameters, internals and inlines, and states.
const MAX_PARAMETERS: usize = 64;
const MAX_PARTS: usize = 128;
const MAX_STATES: usize = 8;

/// Resolves a file.
pub(crate) fn resolve(file: &File, source: Source) -> Result<Model, Fault> {
    counts(file)?;
    let mut scope = Scope::new(file)?;
    let parameters = file
        .parameters
        .iter()
        .map(|d| parameter(d, &scope))
        .collect::<Result<Vec<_>, _>>()?;
    let parts = scope.parts(file)?;
    let rates = rates(file, &scope)?;
    let states = file.states.iter().zip(rates);
    let states = states
        .map(|(d, r)| state(d, r, &scope))
        .collect::<Result<Vec<_>, _>>()?;
    let (resets, refractory) = actions(file, &scope)?;
    let model = Model {
        name: file.name.name.clone(),
        parameters,
        parts,
        states,
        input: input(file, &scope)?,
        condition: condition(file, &scope)?,
        resets,
        refractory,
        integers: integers(file)?,
        source,
    };
    checks::check(&model)?;
    Ok(model)
}

fn counts(file: &File) -> Result<(), Fault> {
    let parts: Vec<&Declaration> = file.internals.iter().chain(&file.inlines).collect();
    let parameters: Vec<&Declaration> = file.parameters.iter().collect();
    let states: Vec<&Declaration> = file.states.iter().collect();
    for (list, most, what) in [
        (parameters, MAX_PARAMETERS, "parameters"),
        (parts, MAX_PARTS, "internals and inlines"),
        (states, MAX_STATES, "states"),
    ] {
        if let Some(first) = list.get(most) {
            return Err(Fault::new(
                first.name.span,
                format!("{} {what}", list.len()),
                format!("at most {most}"),
                "write a smaller model",
            ));
        }
    }
    if file.states.is_empty() {
        return Err(missing(
            file,
            "state",
            "declare at least one state, e.g. `V V = 0 V from [-2 V : 2 V]`",
        ));
    }
    Ok(())
}

fn missing(file: &File, block: &str, remedy: &str) -> Fault {
    let what = format!("model `{}` has no block `{block}`", file.name.name);
    Fault::new(file.name.span, what, format!("a block `{block}:`"), remedy)
}

fn unit(d: &Declaration) -> (String, Unit) {
    (d.unit_text.clone(), d.unit.unwrap_or(Unit::NONE))
}

fn no_clause(d: &Declaration, what: &str) -> Result<(), Fault> {
    let clause = d.floor.as_ref().or(d.ceil.as_ref()).map(|w| w.span);
    match clause.or(d.bits.map(|(_, span)| span)) {
        None => Ok(()),
        Some(span) => Err(Fault::new(
            span,
            format!("`floor`, `ceil` and `@bits` do not belong to {what}"),
            "such a clause only at a state",
            "take it out",
        )),
    }
}

fn parameter(d: &Declaration, scope: &Scope) -> Result<Parameter, Fault> {
    no_clause(d, "a parameter")?;
    let switch = d.unit.is_none();
    let (_, unit) = unit(d);
    let (default, bounds) = match (&d.range, switch) {
        (Some((low, _)), true) => {
            return Err(Fault::new(
                low.span,
                "a switch has no bounds",
                "`on` or `off`",
                "take `from [...]` out",
            ));
        }
        (None, true) => (f64::from(u8::from(scope::on(&d.value)?)), (0.0, 1.0)),
        (None, false) => return Err(without_range(&d.name, "bounds")),
        (Some(range), false) => (
            scope.constant(&d.value, unit.dimension)?,
            scope.range(range, unit.dimension)?,
        ),
    };
    if default < bounds.0 || default > bounds.1 {
        return Err(Fault::new(
            d.value.span,
            format!("the default of `{}` is outside of its bounds", d.name.name),
            format!(
                "{} to {} {}",
                bounds.0 / unit.scale,
                bounds.1 / unit.scale,
                d.unit_text
            ),
            "change the default or the bounds",
        ));
    }
    Ok(Parameter {
        name: d.name.name.clone(),
        unit: self::unit(d),
        default,
        bounds,
        switch,
        span: d.name.span,
    })
}

fn without_range(name: &Named, what: &str) -> Fault {
    Fault::new(
        name.span,
        format!("`{}` has no {what}", name.name),
        "`from [low : high]` behind the value",
        "word lengths are proved from it: give the smallest and the largest value",
    )
}

fn state(
    d: &Declaration,
    (kernel, rate): (bool, Expression),
    scope: &Scope,
) -> Result<State, Fault> {
    let (text, unit) = unit(d);
    if d.unit.is_none() {
        return Err(Fault::new(
            d.name.span,
            "a state cannot be a switch",
            "a unit",
            "declare it under `parameters`",
        ));
    }
    let range = d
        .range
        .as_ref()
        .ok_or_else(|| without_range(&d.name, "range"))?;
    let of_parameters = |w| scope.of_parameters(w, unit.dimension);
    Ok(State {
        name: d.name.name.clone(),
        unit: (text, unit),
        rest: of_parameters(&d.value)?,
        range: scope.range(range, unit.dimension)?,
        floor: d.floor.as_ref().map(of_parameters).transpose()?,
        ceil: d.ceil.as_ref().map(of_parameters).transpose()?,
        bits: d.bits.map(|(n, _)| n),
        kernel,
        rate,
        span: d.name.span,
    })
}

/// Rates in the order of the states, and whether each is a kernel's.
fn rates(file: &File, scope: &Scope) -> Result<Vec<(bool, Expression)>, Fault> {
    let mut found: Vec<Option<(bool, Expression)>> = vec![None; file.states.len()];
    let all = file.kernels.iter().map(|e| (true, e));
    for (kernel, equation) in all.chain(file.equations.iter().map(|e| (false, e))) {
        let state = scope.state(&equation.state)?;
        if found[state].is_some() {
            let name = &equation.state.name;
            return Err(Fault::new(
                equation.state.span,
                format!("a second equation for `{name}'`"),
                "one equation a state",
                "take one of them out, or add their right sides",
            ));
        }
        let (rate, dimension) = scope.typed(&equation.rate)?;
        let wanted = scope.dimension(state).over(Dimension::TIME);
        scope::same(&equation.rate, dimension, wanted)?;
        found[state] = Some((kernel, rate));
    }
    let states = file.states.iter().zip(found);
    let complete = states.map(|(d, found)| {
        found.ok_or_else(|| {
            let name = &d.name.name;
            Fault::new(
                d.name.span,
                format!("no equation for `{name}'`"),
                format!("`{name}' = ...` under `equations` or `kernels`"),
                "write how the state changes; for a constant declare a parameter",
            )
        })
    });
    complete.collect()
}

fn input(file: &File, scope: &Scope) -> Result<usize, Fault> {
    let Some(first) = file.inputs.first() else {
        return Err(missing(
            file,
            "input",
            "say which state spikes go to, e.g. `I += spikes`",
        ));
    };
    if let Some(second) = file.inputs.get(1) {
        return Err(Fault::new(
            second.span,
            "a second input",
            "one state that spikes are added to",
            "take it out",
        ));
    }
    let state = scope.state(first)?;
    match file.kernels.iter().any(|k| k.state.name == first.name) {
        true => Ok(state),
        false => Err(Fault::new(
            first.span,
            format!("spikes go to `{}`, which is no kernel", first.name),
            "a state with its equation under `kernels`",
            "add a synaptic current, e.g. `I' = -I / tau_syn`, and add spikes to it",
        )),
    }
}

fn condition(file: &File, scope: &Scope) -> Result<Condition, Fault> {
    let Some(written) = &file.condition else {
        return Err(missing(
            file,
            "onCondition",
            "say when the neuron fires, e.g. `onCondition(V > V_th):`",
        ));
    };
    let (left, dimension) = scope.typed(&written.left)?;
    let crate::expression::Kind::State(state) = left.kind() else {
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

fn actions(file: &File, scope: &Scope) -> Result<(Vec<Reset>, Option<Refractory>), Fault> {
    let mut resets: Vec<Reset> = Vec::new();
    let mut hold = None;
    let mut emitted = false;
    for action in &file.actions {
        match action {
            Action::Emit(span) if emitted => {
                return Err(Fault::new(
                    *span,
                    "a second `emit_spike()`",
                    "one",
                    "take it out",
                ));
            }
            Action::Emit(_) => emitted = true,
            Action::Refractory { span, .. } if hold.is_some() => {
                return Err(Fault::new(
                    *span,
                    "a second `refractory`",
                    "one",
                    "take it out",
                ));
            }
            Action::Refractory { time, holds, .. } => {
                hold = Some(refractory(file, scope, time, holds)?)
            }
            Action::Reset {
                state,
                how,
                value,
                unless,
            } => {
                let found = reset(file, scope, (state, *how, value, unless.as_ref()))?;
                if resets.iter().any(|r| r.state == found.state) {
                    return Err(Fault::new(
                        state.span,
                        format!("a second reset of `{}`", state.name),
                        "one a state",
                        "take it out",
                    ));
                }
                resets.push(found);
            }
        }
    }
    if file.condition.is_some() && !emitted {
        let span = file.condition.as_ref().map_or(file.name.span, |c| c.span);
        return Err(Fault::new(
            span,
            "the condition emits no spike",
            "`emit_spike()` below it",
            "add `emit_spike()`",
        ));
    }
    Ok((resets, hold))
}

type WrittenReset<'a> = (
    &'a Named,
    Assignment,
    &'a crate::syntax::Written,
    Option<&'a Named>,
);

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
    let itself = Expression::new(crate::expression::Kind::State(state), name.span);
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
    time: &crate::syntax::Written,
    holds: &[Named],
) -> Result<Refractory, Fault> {
    let time = scope.of_parameters(time, Dimension::TIME)?;
    let kernel = |name: &str| file.kernels.iter().any(|k| k.state.name == name);
    let mut held = Vec::new();
    for name in holds {
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
    if holds.is_empty() {
        let states = file.states.iter().enumerate();
        held = states
            .filter(|(_, d)| !kernel(&d.name.name))
            .map(|(i, _)| i)
            .collect();
    }
    Ok(Refractory { time, holds: held })
}

fn integers(file: &File) -> Result<Integers, Fault> {
    let mut found = Integers::default();
    let mut names: Vec<(&Named, Span)> = Vec::new();
    for line in &file.integers {
        match line {
            IntegerLine::Degree(_, span) if found.exp2_degree.is_some() => {
                return Err(Fault::new(*span, "a second `exp2`", "one", "take it out"));
            }
            IntegerLine::Degree(degree, _) => found.exp2_degree = Some(*degree),
            IntegerLine::Register { name, of, mantissa } => {
                if let Some((other, _)) = names.iter().find(|(n, _)| n.name == name.name) {
                    let what = format!(
                        "a second register `{}` (the first is in line {})",
                        name.name, other.span.line
                    );
                    return Err(Fault::new(
                        name.span,
                        what,
                        "another name",
                        "rename one of them",
                    ));
                }
                names.push((name, of.span));
                found.registers.push(Alias {
                    name: name.name.clone(),
                    of: of.name.clone(),
                    mantissa: mantissa.map(|(n, _)| n),
                    span: of.span,
                });
            }
        }
    }
    Ok(found)
}
