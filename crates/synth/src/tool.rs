//! External tools: run one in the output directory within its time, keep everything it printed in a log.

use crate::SynthError;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Lines of a tool's output that start so are told to the user while it runs.
pub(crate) const PROGRESS: &str = "bruno: ";

/// A tool as it is run in one synthesis.
pub(crate) struct Tool {
    /// The program.
    pub program: &'static str,
    /// The Debian package that brings it.
    pub package: &'static str,
    /// Name of its log.
    pub log: &'static str,
}

/// `yosys`, of which only progress, warnings and errors are listened to; its own log (`yosys.log`) tells everything.
pub(crate) const YOSYS: Tool = Tool {
    program: "yosys",
    package: "yosys",
    log: "yosys_messages.log",
};

/// How a tool ended, with what it printed.
pub(crate) struct Ended {
    /// The command as it was run.
    pub command: String,
    /// Everything it printed.
    pub output: String,
    /// Exit code 0.
    pub success: bool,
}

impl Tool {
    /// Whether the program is on the PATH.
    pub fn exists(&self) -> bool {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|dir| dir.join(self.program).is_file())
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
        if ended.success {
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
        if !self.exists() {
            return Err(SynthError::Missing {
                what: self.program.into(),
                package: self.package,
            });
        }
        let log = dir.join(self.log);
        let command = format!("{} {}", self.program, arguments.join(" "));
        let file = |source| SynthError::File {
            path: log.display().to_string(),
            source,
        };
        let (output, code) = self.listen(dir, arguments, limit, progress).map_err(file)?;
        std::fs::write(&log, &output).map_err(file)?;
        if code == Some(TIMED_OUT) {
            return Err(SynthError::TimedOut {
                command,
                seconds: limit.as_secs(),
                log: log.display().to_string(),
            });
        }
        Ok(Ended {
            command,
            output,
            success: code == Some(0),
        })
    }

    fn listen(
        &self,
        dir: &Path,
        arguments: &[&str],
        limit: Duration,
        progress: &mut dyn FnMut(&str),
    ) -> std::io::Result<(String, Option<i32>)> {
        let (reader, writer) = std::io::pipe()?;
        // coreutils' `timeout`, in the foreground so that Ctrl-C reaches the tool as well.
        let mut command = Command::new("timeout");
        command
            .current_dir(dir)
            .args(["--foreground", &limit.as_secs().to_string(), self.program])
            .args(arguments)
            .stdout(writer.try_clone()?)
            .stderr(writer);
        let mut child = command.spawn()?;
        drop(command); // its ends of the pipe; the reader would wait for ever
        let mut output = String::new();
        for line in BufReader::new(reader).split(b'\n') {
            let line = String::from_utf8_lossy(&line?).into_owned();
            if let Some(told) = line.strip_prefix(PROGRESS) {
                progress(told);
            }
            output += &line;
            output.push('\n');
        }
        Ok((output, child.wait()?.code()))
    }
}

/// Exit code of `timeout` when the time was used up.
const TIMED_OUT: i32 = 124;
