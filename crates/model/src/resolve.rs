//! From a parsed file to a model: names, units, and what a model must have.

mod checks;
mod costs;
mod order;
mod scope;
mod spike;
mod typed;

use crate::expression::Expression;
use crate::mistake::{Fault, Faults};
use crate::model::{Alias, Integers, Method, Model, Parameter, Source, State};
use crate::syntax::{Declaration, File, IntegerLine, Named, Written};
use crate::unit::{Dimension, Unit};
pub(crate) use checks::order;
use scope::Scope;

/// Most parameters, internals and inlines, and states.
const MAX_PARAMETERS: usize = 64;
const MAX_PARTS: usize = 128;
const MAX_STATES: usize = 8;

/// Resolves a file. Names first; then every line on its own; then what only a whole model shows.
pub(crate) fn resolve(file: &File, source: Source) -> Result<Model, Vec<Fault>> {
    let mut faults = Faults::default();
    faults.take(counts(file));
    let scope = Scope::new(file, &mut faults);
    let mut scope = faults.finish(Some(scope))?;
    let mut faults = Faults::default();
    let model = lines(file, &mut scope, source, &mut faults);
    let model = faults.finish(model)?;
    checks::check(&model).map(|()| model)
}

/// Every line by the names of the file.
fn lines(file: &File, scope: &mut Scope, source: Source, faults: &mut Faults) -> Option<Model> {
    let parameters = faults.all(file.parameters.iter().map(|d| parameter(d, scope)));
    let parts = scope.parts(file, faults);
    let rates = rates(file, scope, faults);
    let states = faults.all(file.states.iter().map(|d| state(d, scope)));
    let actions = spike::actions(file, scope, faults);
    let input = faults.take(input(file, scope));
    let condition = faults.take(spike::condition(file, scope));
    let integers = integers(file, faults);
    let method = faults.take(method(file));
    let costs = condition
        .as_ref()
        .and_then(|condition| costs::costs(file, scope, condition, faults));
    let (resets, refractory) = actions?;
    let states = states?.into_iter().zip(rates?);
    let states = states.map(|(state, (kernel, rate))| State {
        kernel,
        rate,
        ..state
    });
    Some(Model {
        name: file.name.name.clone(),
        parameters: parameters?,
        parts: parts?,
        states: states.collect(),
        input: input?,
        condition: condition?,
        resets,
        refractory,
        costs: costs?,
        method: method?,
        integers,
        source,
    })
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

/// A state without its equation.
fn state(d: &Declaration, scope: &Scope) -> Result<State, Fault> {
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
        kernel: false,
        rate: Expression::number(0.0),
        span: d.name.span,
    })
}

/// Rates in the order of the states, and whether each is a kernel's.
fn rates(file: &File, scope: &Scope, faults: &mut Faults) -> Option<Vec<(bool, Expression)>> {
    // By state: what its first equation gives, nothing where that has a fault.
    let mut found: Vec<Option<Option<(bool, Expression)>>> = vec![None; file.states.len()];
    let all = file.kernels.iter().map(|e| (true, e));
    for (kernel, equation) in all.chain(file.equations.iter().map(|e| (false, e))) {
        let Some(state) = faults.take(scope.state(&equation.state)) else {
            continue;
        };
        if found[state].is_some() {
            let name = &equation.state.name;
            faults.add(Fault::new(
                equation.state.span,
                format!("a second equation for `{name}'`"),
                "one equation a state",
                "take one of them out, or add their right sides",
            ));
            continue;
        }
        let rate = faults.take(rate(scope, state, &equation.rate));
        found[state] = Some(rate.map(|rate| (kernel, rate)));
    }
    let states = file.states.iter().zip(found);
    let complete: Vec<_> = states
        .map(|(d, found)| found.unwrap_or_else(|| faults.take(Err(no_equation(d)))))
        .collect();
    complete.into_iter().collect()
}

fn rate(scope: &Scope, state: usize, written: &Written) -> Result<Expression, Fault> {
    let (rate, dimension) = scope.typed(written)?;
    let wanted = scope.dimension(state).over(Dimension::TIME);
    scope::same(written, dimension, wanted)?;
    Ok(rate)
}

fn no_equation(d: &Declaration) -> Fault {
    let name = &d.name.name;
    Fault::new(
        d.name.span,
        format!("no equation for `{name}'`"),
        format!("`{name}' = ...` under `equations` or `kernels`"),
        "write how the state changes; for a constant declare a parameter",
    )
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

/// How a tick steps; at most once, and where there is something to step.
fn method(file: &File) -> Result<Method, Fault> {
    let Some(first) = file.methods.first() else {
        return Ok(Method::default());
    };
    if let Some(second) = file.methods.get(1) {
        return Err(Fault::new(
            second.span,
            "a second `method`",
            "one",
            "take it out",
        ));
    }
    if file.equations.is_empty() {
        let remedy = "take it out: kernels are advanced exactly";
        return Err(Fault::new(
            first.span,
            "a method without equations",
            "an equation to step",
            remedy,
        ));
    }
    Ok(first.method)
}

fn integers(file: &File, faults: &mut Faults) -> Integers {
    let mut found = Integers::default();
    let mut names: Vec<&Named> = Vec::new();
    for line in &file.integers {
        match line {
            IntegerLine::Degree(_, span) if found.exp2_degree.is_some() => {
                faults.add(Fault::new(*span, "a second `exp2`", "one", "take it out"));
            }
            IntegerLine::Degree(degree, _) => found.exp2_degree = Some(*degree),
            IntegerLine::Register { name, of, mantissa } => {
                if let Some(other) = names.iter().find(|n| n.name == name.name) {
                    let what = format!(
                        "a second register `{}` (the first is in line {})",
                        name.name, other.span.line
                    );
                    let remedy = "rename one of them";
                    faults.add(Fault::new(name.span, what, "another name", remedy));
                    continue;
                }
                names.push(name);
                found.registers.push(Alias {
                    name: name.name.clone(),
                    of: of.name.clone(),
                    mantissa: mantissa.map(|(n, _)| n),
                    span: of.span,
                });
            }
        }
    }
    found
}
