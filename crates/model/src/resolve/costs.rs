//! What a neuron takes: the energy of a spike, the power between spikes, the area.

use super::scope::{Scope, no_change, same};
use crate::expression::{Expression, Kind};
use crate::mistake::{Fault, Faults};
use crate::model::{Condition, Costs};
use crate::syntax::{Declaration, File};
use crate::unit::Dimension;

/// Lines of the block and what each is measured in.
const LINES: [(&str, Dimension); 3] = [
    ("spike", Dimension::ENERGY),
    ("power", Dimension::POWER),
    ("area", Dimension::AREA),
];

/// The block `costs`; absent where the file has none.
pub(super) fn costs(
    file: &File,
    scope: &Scope,
    condition: &Condition,
    faults: &mut Faults,
) -> Option<Costs> {
    let mut costs = Costs::default();
    let mut complete = true;
    for line in &file.costs {
        match faults.take(cost(line, scope, condition)) {
            None => complete = false,
            Some(value) => {
                let place = match line.name.name.as_str() {
                    "spike" => &mut costs.spike,
                    "power" => &mut costs.power,
                    _ => &mut costs.area,
                };
                if place.replace(value).is_some() {
                    let what = format!("a second `{}`", line.name.name);
                    faults.add(Fault::new(line.name.span, what, "one", "take it out"));
                    complete = false;
                }
            }
        }
    }
    complete.then_some(costs)
}

fn cost(d: &Declaration, scope: &Scope, condition: &Condition) -> Result<Expression, Fault> {
    let Some((_, wanted)) = LINES.iter().find(|(name, _)| *name == d.name.name) else {
        return Err(Fault::new(
            d.name.span,
            format!("`{}` under `costs`", d.name.name),
            "`spike`, `power` or `area`",
            "name an internal under `internals` and use it here",
        ));
    };
    super::no_clause(d, "a cost")?;
    if let Some((low, _)) = &d.range {
        let remedy = "take it out";
        return Err(Fault::new(
            low.span,
            "a cost has no range",
            "an expression alone",
            remedy,
        ));
    }
    let unit = d.unit.map(|u| u.dimension).unwrap_or(Dimension::NONE);
    if unit != *wanted {
        return Err(Fault::new(
            d.name.span,
            format!("`{}` in {unit}", d.name.name),
            wanted.to_string(),
            "write e.g. `spike fJ = ...`, `power pW = ...`, `area um**2 = ...`",
        ));
    }
    if d.name.name != "power" {
        return scope.of_parameters(&d.value, *wanted);
    }
    let (power, dimension) = scope.typed(&d.value)?;
    same(&d.value, dimension, *wanted)?;
    no_change(&power)?;
    of_the_membrane(&power, condition).map(|()| power)
}

/// A chip records what the power is reckoned from: the state that the condition compares.
fn of_the_membrane(power: &Expression, condition: &Condition) -> Result<(), Fault> {
    let mut other = None;
    power.visit(&mut |e| {
        if matches!(e.kind(), Kind::State(s) if *s != condition.state) {
            other = Some(e.span());
        }
    });
    match other {
        None => Ok(()),
        Some(span) => Err(Fault::new(
            span,
            "a state that the condition does not compare",
            "parameters and the state that the condition of the spike compares",
            "write the power by that state alone",
        )),
    }
}
