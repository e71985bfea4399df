//! External tools: run one, and on failure keep its command line and everything it printed.

use bruno_host::{Outcome, command_line};
use bruno_sim::SimError;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Environment variable: seconds that a run of Verilator, of the compiler or of what they built may take.
const LIMIT: &str = "BRUNO_TOOL_SECONDS";
/// What a run may take where nothing else is asked for: an hour, to end what would never end.
const DEFAULT_LIMIT: Duration = Duration::from_secs(3600);

/// All that tools see of the environment: where programs, their libraries and Verilator's files are. What else compilers
/// obey (`CPATH`, `CCC_OVERRIDE_OPTIONS`, `GCC_EXEC_PREFIX`, ...) would decide what is built and stand in no key.
const SEEN: [&str; 3] = ["PATH", "LD_LIBRARY_PATH", "VERILATOR_ROOT"];

/// A program that is run with an environment of its own.
pub(crate) fn command(program: &str) -> Command {
    in_own_environment(Command::new(program))
}

/// A compiler that the crate `cc` found, run with an environment of its own; `dir` is for the files that it needs on its
/// way.
pub(crate) fn own(compiler: &cc::Tool, dir: &Path) -> Command {
    let mut command = in_own_environment(compiler.to_command());
    command.env("TMPDIR", dir);
    command
}

fn in_own_environment(mut command: Command) -> Command {
    let seen = SEEN.iter().filter_map(|n| Some((n, std::env::var_os(n)?)));
    command.env_clear().envs(seen).env("LC_ALL", "C");
    command
}

/// What the crate `cc` makes options of: `CXXFLAGS` in all its forms, and its own switches. They are part of every key; one
/// variable too many costs a build, one too few would be a wrong model.
pub(crate) fn obeyed(variables: impl Iterator<Item = (OsString, OsString)>) -> String {
    let obeyed = |name: &str| {
        name.contains("CXXFLAGS") || name.starts_with("CC_") || name.starts_with("CRATE_CC")
    };
    let mut lines: Vec<String> = variables
        .map(|(name, value)| (name.to_string_lossy().into_owned(), value))
        .filter(|(name, _)| obeyed(name))
        .map(|(name, value)| format!("{name}={value:?}"))
        .collect();
    lines.sort();
    lines.join("\n")
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
pub(crate) fn limit() -> Result<Duration, SimError> {
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

#[cfg(test)]
mod tests {
    use super::obeyed;

    /// Whether a variable is part of the key.
    fn check(name: &str, expected: bool) {
        let found = obeyed(std::iter::once((name.into(), "-O1".into())));
        assert_eq!(found.contains("-O1"), expected, "{name}");
    }

    #[test]
    fn flags() {
        check("CXXFLAGS", true);
    }
    #[test]
    fn flags_of_the_target() {
        check("HOST_CXXFLAGS", true);
    }
    #[test]
    fn switches_of_cc() {
        check("CRATE_CC_NO_DEFAULTS", true);
    }
    #[test]
    fn what_no_compiler_sees() {
        check("CPATH", false);
    }
}
