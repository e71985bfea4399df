//! What a resolved model must keep: kernels linear, rates without circles, rest values in their range.

use crate::derivative::Variable;
use crate::expression::{Expression, Kind};
use crate::mistake::{Fault, Faults};
use crate::model::{Method, Model};

pub(super) fn check(model: &Model) -> Result<(), Vec<Fault>> {
    let mut faults = Faults::default();
    for state in model.kernels() {
        faults.take(kernel(model, state));
    }
    faults.take(rates(model));
    faults.take(stages(model));
    faults.finish(Some(()))
}

/// A kernel's rate is linear in the kernels, with coefficients of parameters.
fn kernel(model: &Model, state: usize) -> Result<(), Fault> {
    let rate = &model.states[state].rate;
    let kernels = model.kernels();
    let mut foreign = None;
    rate.visit(&mut |e| {
        let outside = match e.kind() {
            Kind::State(i) => !kernels.contains(i),
            Kind::Change(_) => true,
            _ => false,
        };
        if outside {
            foreign = Some(e.span());
        }
    });
    let name = &model.states[state].name;
    let remedy = format!("move `{name}' = ...` to `equations`");
    if let Some(span) = foreign {
        return Err(Fault::new(
            span,
            format!("the kernel `{name}` uses what is no kernel"),
            "kernels and parameters",
            remedy,
        ));
    }
    let linear = kernels
        .iter()
        .all(|k| !rate.by(Variable::State(*k)).has_state());
    let at_zero =
        rate.replaced(&|e| matches!(e.kind(), Kind::State(_)).then(|| Expression::number(0.0)));
    if linear && at_zero.as_number() == Some(0.0) {
        return Ok(());
    }
    let what = format!("the kernel `{name}` is not linear, or moves at zero");
    Err(Fault::new(
        rate.span(),
        what,
        "a sum of kernels times parameters, e.g. `-I / tau_syn`",
        remedy,
    ))
}

/// Rates on right sides name states with equations of their own, without a circle, and stay small when put in.
fn rates(model: &Model) -> Result<(), Fault> {
    for state in &model.states {
        let mut place = None;
        state.rate.visit(&mut |e| {
            if let Kind::Change(i) = e.kind()
                && model.states[*i].kernel
            {
                place = Some((e.span(), model.states[*i].name.clone()));
            }
        });
        if let Some((span, name)) = place {
            let expected = "the rate of a state under `equations`";
            return Err(Fault::new(
                span,
                format!("`{name}'` is the rate of a kernel"),
                expected,
                "write its right side out",
            ));
        }
    }
    let order = order(model)?;
    let mut sizes = vec![0u64; model.states.len()];
    for state in order {
        let rate = &model.states[state].rate;
        let mut size = 0u64;
        rate.visit(&mut |e| {
            size = size.saturating_add(match e.kind() {
                Kind::Change(other) => sizes[*other],
                _ => 1,
            });
        });
        sizes[state] = size;
        if size > 4000 {
            let what = format!("the rate grows to {size} operations when other rates are put in");
            return Err(Fault::new(
                rate.span(),
                what,
                "at most 4000 operations",
                "write a simpler model",
            ));
        }
    }
    Ok(())
}

/// The change that a state really makes in a tick is known behind it: a step of two stages needs the rate before.
fn stages(model: &Model) -> Result<(), Fault> {
    if model.method == Method::Euler {
        return Ok(());
    }
    let mut place = None;
    for state in &model.states {
        state.rate.visit(&mut |e| {
            if let Kind::Change(i) = e.kind() {
                place = Some((e.span(), model.states[*i].name.clone()));
            }
        });
    }
    match place {
        None => Ok(()),
        Some((span, name)) => Err(Fault::new(
            span,
            format!("`{name}'` on a right side beside `method heun`"),
            "rates of states and parameters",
            format!("write the right side of `{name}'` out, or take `method heun` out"),
        )),
    }
}

/// States with equations in an order in which those come first whose rate others use.
pub(crate) fn order(model: &Model) -> Result<Vec<usize>, Fault> {
    let mut left = model.equations();
    let mut order: Vec<usize> = Vec::new();
    while !left.is_empty() {
        let free = |s: &usize| {
            model.states[*s]
                .rate
                .changes()
                .iter()
                .all(|c| order.contains(c))
        };
        let Some(at) = left.iter().position(free) else {
            let state = &model.states[left[0]];
            return Err(Fault::new(
                state.rate.span(),
                format!(
                    "`{}'` hangs on itself through the rates of other states",
                    state.name
                ),
                "rates without a circle",
                "write one of the rates out",
            ));
        };
        order.push(left.remove(at));
    }
    Ok(order)
}
