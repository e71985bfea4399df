//! The commands of the command line, in this process.

use crate::failure::detached;
use bruno_cli::Console;
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Collects what a command prints, tells Python what goes on, and ends the command on Ctrl-C.
struct PythonConsole {
    printed: Arc<Mutex<String>>,
    /// Called with every line of what goes on.
    told: Py<PyAny>,
    /// Ctrl-C came while Python was told a line: the exception is raised there, and nowhere again.
    interrupted: bool,
}

impl Console for PythonConsole {
    fn print(&mut self, text: &str) {
        let printed = self.printed.lock();
        printed
            .unwrap_or_else(PoisonError::into_inner)
            .push_str(text);
    }

    fn tell(&mut self, line: &str) {
        Python::attach(|py| {
            // Another exception here, as of a closed stream, has nobody to go to.
            let failed = self.told.call1(py, (line,)).err();
            self.interrupted |= failed.is_some_and(|e| e.is_instance_of::<PyKeyboardInterrupt>(py));
        });
    }

    fn interrupted(&mut self) -> bool {
        self.interrupted || Python::attach(|py| py.check_signals().is_err())
    }
}

/// Runs a command (the words after `bruno`) and gives what it prints; `told` is called with each line of what goes on.
#[pyfunction]
pub fn command(py: Python<'_>, arguments: Vec<String>, told: Py<PyAny>) -> PyResult<String> {
    let printed = Arc::new(Mutex::new(String::new()));
    let console = PythonConsole {
        printed: printed.clone(),
        told,
        interrupted: false,
    };
    detached(py, || {
        Ok(bruno_cli::command(&arguments, Box::new(console))?)
    })?;
    let printed = printed.lock();
    Ok(printed.unwrap_or_else(PoisonError::into_inner).clone())
}

/// The command line as it is, of these words with the program's name first; gives the exit code.
#[pyfunction]
pub fn main(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| bruno_cli::main(arguments))
}

/// Says which program and first arguments run builds of a model in a process of their own.
#[pyfunction]
pub fn judge_with(program: PathBuf, arguments: Vec<OsString>) {
    bruno_verilator::judge_with(program, arguments);
}
