//! From a design to a shared object: `verilator --cc`, then the C++ compiler.

use crate::cache::{self, Cache};
use crate::choices::{self, Choice};
use crate::machine::Machine;
use crate::{
    contest, coverage_config, cpp_text, llvm_text, memory_layout, model_header, names, sanitisers,
    shared_banks, tool,
};
use bruno_device::Chip;
use bruno_hdl::Design;
use bruno_sim::SimError;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a model is built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flavour {
    /// Samples at full speed.
    Fast,
    /// Tick by tick, with every state readable.
    Probe,
    /// Writes waves (VCD).
    Trace,
    /// As [`Flavour::Probe`], and counts which lines were executed and which bits toggled.
    Coverage,
}

impl Flavour {
    /// Whether every state is readable.
    pub(crate) fn probed(self) -> bool {
        matches!(self, Self::Probe | Self::Coverage)
    }

    /// Counters make the C++ a hundred times larger, and sanitisers what comes of it: such models must compile soon and may
    /// run slowly.
    pub(crate) fn optimisation(self) -> u32 {
        match self {
            Self::Coverage => 0,
            _ if sanitisers::wanted() => 1,
            _ => 3,
        }
    }
}

const INSTALL_VERILATOR: &str =
    "Verilator 5.006 or later is needed (Debian 12: apt-get install verilator)";
pub(crate) const REPORT: &str = "bruno wrote this file: if the tool is sound, this is a bug in bruno; please report it with this output";

/// A model in the cache.
pub(crate) struct Built {
    /// The shared object.
    pub path: PathBuf,
    /// What it answers when it is asked what it was made from.
    pub identity: String,
}

/// The shared object of a chip's model, from the cache or built now.
pub(crate) fn build(chip: &Chip, design: &Design, flavour: Flavour) -> Result<Built, SimError> {
    let mut tools = Tools::find()?;
    tools.machine.fit(chip);
    let choices = tools.choices(chip, flavour);
    let cache = Cache::of_user()?;
    let header = model_header::print(chip, design, flavour);
    let loops = loop_options(chip);
    let options = format!(
        "{} {choices:?} {} {} {}",
        names::OPTIONS.join(" "),
        tools.machine.loops.join(" "),
        loops.join(" "),
        names::LINK.join(" ")
    );
    let flavour_options = match flavour {
        Flavour::Coverage => names::COVERAGE.join(" ") + &coverage_config::kernel_words_off(design),
        Flavour::Fast => shared_banks::config(chip),
        _ => String::new(),
    };
    let of_tools = tools.identity();
    let mut parts: Vec<&str> = vec![
        &options,
        &of_tools,
        names::DRIVER,
        names::SIGNED_WORDS,
        memory_layout::SOURCE,
        &header,
        &flavour_options,
    ];
    parts.extend(cpp_text::SOURCES);
    parts.extend(llvm_text::SOURCES);
    parts.extend(design.verilog.iter().map(|f| f.text.as_str()));
    let identity = cache::key(&parts);
    let path = cache.entry(&identity, "model.so", |path| {
        let dir = path.parent().unwrap_or(Path::new("."));
        write(
            dir,
            names::IDENTITY_SOURCE,
            &names::identity_source(&identity),
        )?;
        let builds = tools.builds(chip, design, flavour, &cache, dir)?;
        match contest::fastest(chip, &builds)? {
            Some(best) => std::fs::rename(best, path).map_err(|e| file_error(best, e)),
            None => Ok(()),
        }
    })?;
    Ok(Built { path, identity })
}

/// The unroll limit: as low as the lanes of the largest bank allow.
fn loop_options(chip: &Chip) -> [String; 2] {
    let largest = chip.layers.iter().flat_map(|l| &l.banks).max().copied();
    let lanes = if chip.fold > 1 {
        largest.unwrap_or(1).div_ceil(chip.fold)
    } else {
        1
    };
    let count = names::UNROLL.1.max(lanes.div_ceil(names::GENERATE));
    [names::UNROLL.0.into(), count.to_string()]
}

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
        let options = [names::COMPILE.join(" "), self.machine.options.join(" ")].join(" ");
        cache::key(&[
            &self.verilator_version,
            &self.include_hash,
            &self.compiler_version,
            &self.machine.predefined,
            &options,
        ])
    }

    fn choices(&self, chip: &Chip, flavour: Flavour) -> &'static [Choice] {
        match flavour {
            Flavour::Fast => self.machine.choices(chip),
            _ => &choices::ONE,
        }
    }

    /// Every build of a model that is worth a comparison, in `dir`.
    pub fn builds(
        &self,
        chip: &Chip,
        design: &Design,
        flavour: Flavour,
        cache: &Cache,
        dir: &Path,
    ) -> Result<Vec<PathBuf>, SimError> {
        std::thread::scope(|scope| {
            let runtime = scope.spawn(|| self.runtime(cache, flavour));
            self.sources(chip, design, flavour, dir)?;
            let runtime = || runtime.join().map_err(|_| self.ended_early())?;
            self.link(dir, runtime, flavour, self.choices(chip, flavour))
        })
    }

    /// The C++ of a model, into `dir`.
    fn sources(
        &self,
        chip: &Chip,
        design: &Design,
        flavour: Flavour,
        dir: &Path,
    ) -> Result<(), SimError> {
        let banks = shared_banks::config(chip);
        self.verilate(dir, design, flavour, &loop_options(chip), &banks)?;
        lay_out_headers(dir, chip)?;
        if flavour == Flavour::Fast {
            cpp_text::rewrite(dir, chip)?;
        }
        write(
            dir,
            names::HEADER,
            &model_header::print(chip, design, flavour),
        )?;
        write(dir, names::SIGNED_WORDS_HEADER, names::SIGNED_WORDS)?;
        write(dir, "bruno_driver.cpp", names::DRIVER)
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

    fn verilate(
        &self,
        dir: &Path,
        design: &Design,
        flavour: Flavour,
        loops: &[String],
        shared: &str,
    ) -> Result<(), SimError> {
        let mut command = tool::command("verilator");
        command.current_dir(dir).args(names::OPTIONS);
        command.args(loops);
        command.args([
            "--Mdir",
            ".",
            "--prefix",
            names::CLASS,
            "--top-module",
            &design.top,
        ]);
        match flavour {
            Flavour::Fast if shared.is_empty() => {}
            Flavour::Fast => configure(&mut command, dir, shared)?,
            Flavour::Trace => {
                command.args([
                    "--trace",
                    "--trace-max-array",
                    "4096",
                    "--trace-max-width",
                    "8192",
                ]);
            }
            Flavour::Probe | Flavour::Coverage => {
                let module = |f: &bruno_hdl::DesignFile| f.name.trim_end_matches(".v").to_string();
                let all: Vec<String> = design.verilog.iter().map(module).collect();
                let stateful = |m: &String| m.contains("_bank") || m.contains("_lane");
                let banks: Vec<String> = all.into_iter().filter(stateful).collect();
                let mut config = model_header::probe_config(&banks);
                if flavour == Flavour::Coverage {
                    config += &coverage_config::kernel_words_off(design);
                    command.args(names::COVERAGE);
                }
                configure(&mut command, dir, &config)?;
            }
        }
        for file in &design.verilog {
            write(dir, &file.name, &file.text)?;
            command.arg(&file.name);
        }
        tool::run(&mut command, REPORT).map(|_| ())
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

fn check_version(text: &str) -> Result<(), SimError> {
    let number = text.split_whitespace().nth(1).unwrap_or_default();
    let mut parts = number.split('.').map(|p| p.parse::<u32>().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found >= names::OLDEST_VERILATOR {
        return Ok(());
    }
    Err(SimError::Tool {
        command: "verilator --version".into(),
        output: text.into(),
        remedy: INSTALL_VERILATOR.into(),
    })
}

/// Gives Verilator a configuration.
fn configure(command: &mut Command, dir: &Path, config: &str) -> Result<(), SimError> {
    write(dir, names::CONFIG, &format!("`verilator_config\n{config}"))?;
    command.arg(names::CONFIG);
    Ok(())
}

/// Types of the members of the model's classes.
fn lay_out_headers(dir: &Path, chip: &Chip) -> Result<(), SimError> {
    let words = memory_layout::register_words(chip);
    let entries = std::fs::read_dir(dir).map_err(|e| file_error(dir, e))?;
    for path in entries.flatten().map(|e| e.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(names::CLASS) && name.ends_with(".h") {
            let text = std::fs::read_to_string(&path).map_err(|e| file_error(&path, e))?;
            write(dir, &name, &memory_layout::lay_out(&text, &words))?;
        }
    }
    Ok(())
}

fn write(dir: &Path, name: &str, text: &str) -> Result<(), SimError> {
    let path = dir.join(name);
    std::fs::write(&path, text).map_err(|e| file_error(&path, e))
}

pub(crate) fn file_error(path: &Path, source: std::io::Error) -> SimError {
    SimError::File {
        path: path.display().to_string(),
        source,
    }
}
