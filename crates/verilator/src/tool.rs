//! External tools: run one, and on failure keep its command line and everything it printed.

use bruno_sim::SimError;
use std::process::Command;

/// Runs a command to its end and returns what it printed.
pub(crate) fn run(command: &mut Command, remedy: &str) -> Result<String, SimError> {
    let line = command_line(command);
    let failure = |output: String| SimError::Tool {
        command: line.clone(),
        output,
        remedy: remedy.into(),
    };
    let output = command.output().map_err(|e| failure(e.to_string()))?;
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    if output.status.success() {
        Ok(text)
    } else {
        Err(failure(text))
    }
}

fn command_line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<String> = words.map(|w| w.to_string_lossy().into_owned()).collect();
    words.join(" ")
}

/// Whether a program is on the PATH.
pub(crate) fn exists(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
}
