//! Programs of neuron files, derived once: training resolves the same chip with other cards over and over.

use crate::NeuronProgram;
use bruno_chip::{NeuronFile, Problem};
use bruno_model::{Derived, Mistakes, Model, SHIPPED, Shipped};
use std::sync::{Mutex, PoisonError};

/// Programs that are kept.
const KEPT: usize = 16;

/// The latest programs with the text of their files, the oldest first.
static LATEST: Mutex<Vec<(NeuronFile, NeuronProgram)>> = Mutex::new(Vec::new());

/// The program of a file; `at` is the layer in errors.
///
/// # Errors
/// A name that bruno does not know, a file with mistakes, and equations of which no integers can be made.
pub(crate) fn program(file: &NeuronFile, at: &str) -> Result<NeuronProgram, Problem> {
    let known = |all: &Vec<(NeuronFile, NeuronProgram)>| {
        let found = all.iter().find(|(known, _)| known == file);
        found.map(|(_, program)| program.clone())
    };
    // A thread that ended in the middle left nothing half done.
    let latest = || LATEST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(program) = known(&latest()) {
        return Ok(program);
    }
    let program = NeuronProgram::new(derived(file, at)?);
    let mut all = latest();
    if all.len() >= KEPT {
        all.remove(0);
    }
    all.push((file.clone(), program.clone()));
    Ok(program)
}

fn derived(file: &NeuronFile, at: &str) -> Result<Derived, Problem> {
    let model = match file {
        NeuronFile::Named(name) => match Shipped::named(name) {
            Some(shipped) => shipped.read(),
            None => return Err(unknown(name, at)),
        },
        NeuronFile::Text(own) => Model::read(&own.file, &own.text),
    };
    let derived = model.and_then(|model| Derived::new(&model));
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
