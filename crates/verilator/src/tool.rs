//! External tools: run one, and on failure keep its command line and everything it printed.

use bruno_host::{Outcome, command_line};
use bruno_sim::SimError;
use std::process::Command;
use std::time::Duration;

/// Environment variable: seconds that a run of Verilator or of the compiler may take.
const LIMIT: &str = "BRUNO_TOOL_SECONDS";
/// What a run may take where nothing else is asked for: an hour, to end what would never end.
const DEFAULT_LIMIT: Duration = Duration::from_secs(3600);

/// All that tools see of the environment: where programs, their libraries and Verilator's files are. What else compilers
/// obey (`CPATH`, `CCC_OVERRIDE_OPTIONS`, `GCC_EXEC_PREFIX`, ...) would decide what is built and stand in no key.
const SEEN: [&str; 3] = ["PATH", "LD_LIBRARY_PATH", "VERILATOR_ROOT"];

/// A program that is run with an environment of its own.
pub(crate) fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    let seen = SEEN.iter().filter_map(|n| Some((n, std::env::var_os(n)?)));
    command.env_clear().envs(seen).env("LC_ALL", "C");
    command
}

/// Runs a command to its end and returns what it printed.
pub(crate) fn run(command: &mut Command, remedy: &str) -> Result<String, SimError> {
    let limit = limit()?;
    let line = command_line(command);
    let failure = |output: String| SimError::Tool {
        command: line.clone(),
        output,
        remedy: remedy.into(),
    };
    let ended = bruno_host::run_tool(command, limit, &mut |_| {});
    let ended = ended.map_err(|e| failure(e.to_string()))?;
    match ended.outcome {
        Outcome::Success => Ok(ended.output),
        Outcome::Failure => Err(failure(ended.output)),
        Outcome::TimedOut => Err(SimError::Tool {
            command: line,
            output: ended.output,
            remedy: format!(
                "it took longer than {} s; where that is no fault of the tool, set {LIMIT} to more",
                limit.as_secs()
            ),
        }),
    }
}

/// What a run may take.
fn limit() -> Result<Duration, SimError> {
    let Some(text) = std::env::var_os(LIMIT).filter(|text| !text.is_empty()) else {
        return Ok(DEFAULT_LIMIT);
    };
    let seconds = text.to_str().and_then(|text| text.parse().ok());
    seconds
        .filter(|s| *s > 0)
        .map(Duration::from_secs)
        .ok_or_else(|| SimError::Mismatch {
            what: format!("the environment variable {LIMIT}"),
            found: format!("`{}`", text.display()),
            expected: "a time in seconds, as a whole number from 1".into(),
        })
}

/// Whether a program is on the PATH.
pub(crate) fn exists(program: &str) -> bool {
    bruno_host::find_program(program).is_some()
}
