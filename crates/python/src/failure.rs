//! What goes wrong, as the exceptions of `python/bruno/errors.py`.

use bruno_chip::{ChipError, Problem};
use bruno_cli::{Failure, Interrupted};
use bruno_data::DataError;
use bruno_sim::SimError;
use bruno_train::TrainError;
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A failure of the command line's library, as small as a pointer.
pub struct Fault(Box<Failure>);

impl<E> From<E> for Fault
where
    Failure: From<E>,
{
    fn from(error: E) -> Self {
        Self(Box::new(error.into()))
    }
}

/// Runs work without the interpreter's lock. A failure becomes the exception of its kind; a panic, which is a bug in bruno,
/// `InternalError`; and a user's interruption `KeyboardInterrupt`.
pub fn detached<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T, Fault> + Send,
) -> PyResult<T> {
    match py.detach(|| catch_unwind(AssertUnwindSafe(work))) {
        Ok(done) => done.map_err(|fault| exception(py, &fault)),
        Err(panic) if panic.is::<Interrupted>() => Err(PyKeyboardInterrupt::new_err(())),
        Err(panic) => Err(internal(py, panic.as_ref())),
    }
}

/// The exception of a failure.
pub fn exception(py: Python<'_>, Fault(failure): &Fault) -> PyErr {
    let problems = problems(failure);
    let class = match failure.exit_code() {
        2 if is_of_description(failure) => "DescriptionError",
        2 => "InputError",
        3 => "ToolError",
        4 => "MismatchError",
        _ => "InternalError",
    };
    made(py, class, &failure.to_string(), &problems).unwrap_or_else(|error| error)
}

fn internal(py: Python<'_>, panic: &(dyn Any + Send)) -> PyErr {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref().copied());
    let message = format!(
        "this is a bug in bruno {}: {}; please report it with what led to it: {}/issues",
        env!("CARGO_PKG_VERSION"),
        text.unwrap_or("no message"),
        env!("CARGO_PKG_REPOSITORY")
    );
    made(py, "InternalError", &message, &[]).unwrap_or_else(|error| error)
}

fn made(py: Python<'_>, class: &str, message: &str, problems: &[Problem]) -> PyResult<PyErr> {
    let module = py.import("bruno.errors")?;
    let problem = module.getattr("Problem")?;
    let problems = problems
        .iter()
        .map(|p| problem.call1((&p.field, &p.value, &p.allowed, &p.remedy)))
        .collect::<PyResult<Vec<_>>>()?;
    let keywords = PyDict::new(py);
    keywords.set_item("problems", problems)?;
    let exception = module.getattr(class)?.call((message,), Some(&keywords))?;
    Ok(PyErr::from_value(exception))
}

/// About what stands in a description, its training settings included.
fn is_of_description(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Chip(_) | Failure::Setting { .. } | Failure::Train(TrainError::Setting(_))
    )
}

/// The values that are wrong, where they are known one by one.
fn problems(failure: &Failure) -> Vec<Problem> {
    let one = |field: &str, value: &str, allowed: &str, remedy: &str| {
        vec![Problem {
            field: field.into(),
            value: value.into(),
            allowed: allowed.into(),
            remedy: remedy.into(),
        }]
    };
    match failure {
        Failure::Chip(ChipError::Invalid { problems, .. }) => problems.clone(),
        Failure::Chip(ChipError::Parse { mistake, .. })
        | Failure::Train(TrainError::Unread(mistake)) => one(
            &mistake.field,
            "not understood",
            &mistake.what(),
            "correct the field",
        ),
        Failure::Setting { problem, .. } | Failure::Train(TrainError::Setting(problem)) => {
            vec![problem.clone()]
        }
        Failure::Sim(SimError::Mismatch {
            what,
            found,
            expected,
        }) => one(what, found, expected, "give what the chip takes"),
        Failure::Data(DataError::Value {
            what,
            found,
            allowed,
            remedy,
            ..
        })
        | Failure::Data(DataError::Setting {
            what,
            found,
            allowed,
            remedy,
        }) => one(what, found, allowed, remedy),
        _ => Vec::new(),
    }
}

/// An argument that does not fit.
pub fn mismatch(what: impl Into<String>, found: impl ToString, expected: impl ToString) -> Fault {
    Fault::from(SimError::Mismatch {
        what: what.into(),
        found: found.to_string(),
        expected: expected.to_string(),
    })
}
