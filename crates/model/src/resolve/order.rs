//! The order of internals and inlines: each after those that it uses.

use crate::mistake::Fault;
use crate::syntax::{Declaration, Form, Written};
use std::collections::HashMap;

/// An order in which every part comes after those that it uses.
pub(super) fn order(declared: &[&Declaration]) -> Result<Vec<usize>, Fault> {
    let index: HashMap<&str, usize> = declared
        .iter()
        .enumerate()
        .map(|(i, d)| (d.name.name.as_str(), i))
        .collect();
    let mut uses: Vec<Vec<usize>> = Vec::new();
    for d in declared {
        let mut found = Vec::new();
        names(&d.value, &mut |n| found.extend(index.get(n)));
        uses.push(found);
    }
    let mut order = Vec::new();
    let mut done = vec![false; declared.len()];
    while order.len() < declared.len() {
        let ready = |i: &usize| !done[*i] && uses[*i].iter().all(|u| done[*u]);
        let Some(next) = (0..declared.len()).find(ready) else {
            return Err(cycle(declared, &uses, &done));
        };
        done[next] = true;
        order.push(next);
    }
    Ok(order)
}

/// Names the parts of a cycle, each used by the one before.
fn cycle(declared: &[&Declaration], uses: &[Vec<usize>], done: &[bool]) -> Fault {
    let open = |i: usize| uses[i].iter().copied().find(|u| !done[*u]);
    let mut path = vec![done.iter().position(|d| !d).unwrap_or(0)];
    while let Some(next) = path.last().and_then(|i| open(*i)) {
        if let Some(start) = path.iter().position(|i| *i == next) {
            path.drain(..start);
            break;
        }
        path.push(next);
    }
    let names: Vec<&str> = path
        .iter()
        .chain(path.first())
        .map(|i| declared[*i].name.name.as_str())
        .collect();
    let first = declared[path[0]];
    Fault::new(
        first.name.span,
        format!("a circle: {}", names.join(" -> ")),
        "parts that use only others",
        "take one of the names out of its expression, or make it a state",
    )
}

fn names<'a>(w: &'a Written, see: &mut dyn FnMut(&'a str)) {
    match &w.kind {
        Form::Name(n) => see(n),
        Form::Number(..) | Form::Change(_) => {}
        Form::Negative(a) | Form::Power(a, _) => names(a, see),
        Form::Sum(a, b) | Form::Difference(a, b) | Form::Product(a, b) | Form::Quotient(a, b) => {
            names(a, see);
            names(b, see);
        }
        Form::Call(_, arguments) => arguments.iter().for_each(|a| names(a, see)),
    }
}
