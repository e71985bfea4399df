//! Programs of neuron files, derived once: training resolves the same chip with other cards over and over.

use crate::NeuronProgram;
use bruno_chip::{LayerDescription, NeuronFile, Problem};
use bruno_model::{Derived, Extras, Mistakes, Model, SHIPPED, Shipped};
use std::sync::{Mutex, PoisonError};

/// Programs that are kept.
const KEPT: usize = 16;

/// What a program follows from: a file, and what a chip adds to it.
type Origin = (NeuronFile, Extras);

/// The latest programs with what they follow from, the oldest first.
static LATEST: Mutex<Vec<(Origin, NeuronProgram)>> = Mutex::new(Vec::new());

/// The program of the file that a layer names, with what the chip adds to it; none of a layer without a file.
/// `at` is the layer in errors.
///
/// # Errors
/// A name that bruno does not know, a file with mistakes, and equations of which no integers can be made.
pub(crate) fn program(
    layer: &LayerDescription,
    extras: Extras,
    at: &str,
) -> Result<Option<NeuronProgram>, Problem> {
    let Some(file) = &layer.model else {
        return Ok(None);
    };
    let origin = (file.clone(), extras);
    let known = |all: &Vec<(Origin, NeuronProgram)>| {
        let found = all.iter().find(|(known, _)| *known == origin);
        found.map(|(_, program)| program.clone())
    };
    // A thread that ended in the middle left nothing half done.
    let latest = || LATEST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(program) = known(&latest()) {
        return Ok(Some(program));
    }
    let program = NeuronProgram::new(derived(file, extras, at)?);
    let mut all = latest();
    if all.len() >= KEPT {
        all.remove(0);
    }
    all.push((origin, program.clone()));
    Ok(Some(program))
}

fn derived(file: &NeuronFile, extras: Extras, at: &str) -> Result<Derived, Problem> {
    let model = match file {
        NeuronFile::Named(name) => match Shipped::named(name) {
            Some(shipped) => shipped.read(),
            None => return Err(unknown(name, at)),
        },
        NeuronFile::Text(own) => Model::read(&own.file, &own.text),
    };
    let derived = model.and_then(|model| Derived::with(&model, extras));
    derived.map_err(|mistakes: Mistakes| Problem {
        field: format!("{at}.model"),
        value: format!("`{}`, which cannot be used", file.name()),
        allowed: format!("a neuron file without mistakes:\n{mistakes}"),
        remedy: "correct the file (`bruno model check` reads it alone)".into(),
    })
}

fn unknown(name: &str, at: &str) -> Problem {
    let names = SHIPPED.map(|s| format!("`{}`", s.name)).join(", ");
    Problem {
        field: format!("{at}.model"),
        value: format!("`{name}`"),
        allowed: format!("{names}, or a file `*.nrn` beside the description"),
        remedy: "correct the name".into(),
    }
}
