//! The tools that build models here: Verilator, the C++ compiler, the processor they build for, and what identifies them.

use crate::cache;
use crate::files::file_error;
use crate::machine::Machine;
use crate::{names, sanitisers, tool};
use bruno_device::Chip;
use bruno_sim::SimError;
use std::path::{Path, PathBuf};

const INSTALL_VERILATOR: &str =
    "Verilator 5.006 or later is needed (Debian 12: apt-get install verilator)";

/// What builds models here, for reports.
#[derive(Debug, Clone)]
pub struct ToolVersions {
    /// First line of the compiler's version.
    pub compiler: String,
    /// Version of Verilator.
    pub verilator: String,
    /// Width of the vectors of the processor that models are compiled for, bits.
    pub vector_bits: u32,
}

impl ToolVersions {
    /// Asks the tools.
    pub fn find() -> Result<Self, SimError> {
        let tools = Tools::find()?;
        let line = |text: &str| text.lines().next().unwrap_or_default().trim().to_string();
        Ok(Self {
            compiler: line(&tools.compiler_version),
            verilator: line(&tools.verilator_version),
            vector_bits: tools.machine.vector_bits(),
        })
    }
}

/// The tools of a build and what identifies them.
pub(crate) struct Tools {
    pub verilator_version: String,
    /// Verilator's headers and sources.
    pub include: PathBuf,
    /// Hash of these files.
    include_hash: String,
    pub compiler: &'static str,
    pub compiler_version: String,
    pub machine: Machine,
}

impl Tools {
    /// What identifies the tools and the options that every translation has: part of every key.
    pub fn identity(&self) -> String {
        cache::key(&[
            &self.verilator_version,
            &self.include_hash,
            &self.compiler_version,
            &self.machine.predefined,
            &self.machine.options.join(" "),
            &tool::obeyed(std::env::vars_os()),
        ])
    }

    /// For a chip and a processor that this machine's is one of.
    pub fn for_processor(chip: &Chip, processor: &str) -> Result<Self, SimError> {
        let mut tools = Self::find()?;
        tools.machine = Machine::of(tools.compiler, Some(processor.into()))?;
        tools.machine.fit(chip);
        Ok(tools)
    }

    pub fn find() -> Result<Self, SimError> {
        let mut verilator = tool::command("verilator");
        let version = tool::run(verilator.arg("--version"), INSTALL_VERILATOR)?;
        check_version(&version)?;
        let mut root = tool::command("verilator");
        let root = tool::run(root.args(["--getenv", "VERILATOR_ROOT"]), INSTALL_VERILATOR)?;
        let compilers = sanitisers::compilers();
        let found = compilers.iter().find(|c| tool::exists(c));
        let compiler = found.copied().ok_or_else(|| SimError::Tool {
            command: compilers.join(" or "),
            output: "not found on the PATH".into(),
            remedy: names::INSTALL_COMPILER.into(),
        })?;
        let mut about = tool::command(compiler);
        let include = PathBuf::from(root.trim()).join("include");
        Ok(Self {
            verilator_version: version,
            include_hash: hash_of_files(&include)?,
            include,
            compiler,
            compiler_version: tool::run(about.arg("--version"), names::INSTALL_COMPILER)?,
            // What -march=native stands for is part of the key: a cache may be shared.
            machine: Machine::find(compiler)?,
        })
    }
}

/// Hash of the names and contents of Verilator's files: packages of one version may differ.
fn hash_of_files(include: &Path) -> Result<String, SimError> {
    let mut texts = Vec::new();
    for dir in [include, &include.join("vltstd")] {
        let entries = std::fs::read_dir(dir).map_err(|e| file_error(dir, e))?;
        let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
        paths.retain(|path| path.is_file());
        paths.sort();
        for path in paths {
            texts.push(
                path.file_name()
                    .unwrap_or_default()
                    .as_encoded_bytes()
                    .to_vec(),
            );
            texts.push(std::fs::read(&path).map_err(|e| file_error(&path, e))?);
        }
    }
    Ok(cache::key(&texts))
}

/// Refuses a Verilator older than those that were tried.
fn check_version(text: &str) -> Result<(), SimError> {
    if version(text).is_some_and(|found| found >= names::OLDEST_VERILATOR) {
        return Ok(());
    }
    Err(SimError::Tool {
        command: "verilator --version".into(),
        output: text.into(),
        remedy: INSTALL_VERILATOR.into(),
    })
}

/// The version in what `verilator --version` prints. It is the second word of the line that begins with the name; builds add
/// to it (`5.051 devel rev v5.050-251-g477b48fb3 (mod)`), and a wrapper may print lines of its own before.
fn version(text: &str) -> Option<(u32, u32)> {
    let number = text
        .lines()
        .find_map(|l| l.trim().strip_prefix("Verilator "))?;
    let (major, rest) = number.trim_start().split_once('.')?;
    let minor = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{check_version, version};

    /// What is read of a text, and whether models are built with such a Verilator.
    fn check(text: &str, expected: Option<(u32, u32)>, sound: bool) {
        assert_eq!(version(text), expected);
        assert_eq!(check_version(text).is_ok(), sound);
    }

    #[test]
    fn of_debian() {
        let text = "Verilator 5.006 2023-01-22 rev (Debian 5.006-3)\n";
        check(text, Some((5, 6)), true);
    }
    #[test]
    fn of_another_package() {
        let text = "Verilator 5.048 2026-04-26 rev vUNKNOWN-built20260426\n";
        check(text, Some((5, 48)), true);
    }
    #[test]
    fn between_releases() {
        let text = "Verilator 5.051 devel rev v5.050-251-g477b48fb3 (mod)\n";
        check(text, Some((5, 51)), true);
    }
    #[test]
    fn with_a_suffix() {
        check("Verilator 5.036-dev\n", Some((5, 36)), true);
    }
    #[test]
    fn after_a_warning_of_perl() {
        let text = "perl: warning: Setting locale failed.\nVerilator 5.020 2024-01-01 rev (Debian 5.020-1)\n";
        check(text, Some((5, 20)), true);
    }
    #[test]
    fn too_old() {
        let text = "Verilator 4.038 2020-07-11 rev v4.036-114-g0cd4a57ad\n";
        check(text, Some((4, 38)), false);
    }
    #[test]
    fn the_last_before_the_oldest() {
        let text = "Verilator 5.004 2022-12-14 rev v5.004\n";
        check(text, Some((5, 4)), false);
    }
    #[test]
    fn no_version() {
        check("no such tool\n", None, false);
    }
}
