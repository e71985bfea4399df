//! From a design to a shared object: `verilator --cc`, then the C++ compiler.

use crate::cache::{self, Cache};
use crate::choices::{Choice, Ways};
use crate::compile::{Build, hot_sources};
use crate::machine::Machine;
use crate::passes::Hits;
use crate::rewrites::Rewrites;
use crate::seeded::Fault;
use crate::{coverage_config, judge, model_header, names, passes, sanitisers, shared_banks, tool};
use bruno_device::Chip;
use bruno_hdl::Design;
use bruno_sim::SimError;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Banks that share their code, as a rewrite: what Verilator is told of them is no text of its own.
const SHARED_BANKS: &str = "shared banks";

/// The clock that rises without being asked for (`sim/driver.cpp`), as a rewrite.
const ONE_CLOCK: &str = "one clock";

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

/// What a model is made of.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub chip: &'a Chip,
    pub design: &'a Design,
    pub flavour: Flavour,
    pub rewrites: Rewrites<'a>,
}

impl Source<'_> {
    /// Verilator's configuration of banks that share their code.
    fn shared_banks(&self) -> String {
        match self.rewrites.on {
            true => shared_banks::config(self.chip),
            false => String::new(),
        }
    }
}

/// A model in the cache.
pub(crate) struct Cached {
    /// The shared object.
    pub path: PathBuf,
    /// What it answers when it is asked what it was made from.
    pub identity: String,
}

/// The shared object of a chip's model, from the cache or built now. A model for speed that is in the cache was checked
/// before it came there.
pub(crate) fn build(chip: &Chip, design: &Design, flavour: Flavour) -> Result<Cached, SimError> {
    let mut tools = Tools::find()?;
    tools.machine.fit(chip);
    let source = Source {
        chip,
        design,
        flavour,
        rewrites: Rewrites::of_user()?,
    };
    let ways = tools.ways(&source);
    let cache = Cache::of_user()?;
    let header = model_header::print(&source);
    let loops = loop_options(chip);
    let options = format!(
        "{} {ways:?} {} {} {} {}",
        names::OPTIONS.join(" "),
        tools.machine.loops.join(" "),
        loops.join(" "),
        names::LINK.join(" "),
        source.rewrites.on
    );
    let flavour_options = match flavour {
        Flavour::Coverage => names::COVERAGE.join(" ") + &coverage_config::kernel_words_off(design),
        Flavour::Fast => source.shared_banks(),
        _ => String::new(),
    };
    let of_tools = tools.identity();
    let mut parts: Vec<&str> = vec![
        &options,
        &of_tools,
        names::DRIVER,
        names::SIGNED_WORDS,
        &header,
        &flavour_options,
    ];
    parts.extend(passes::SOURCES);
    parts.extend(design.verilog.iter().map(|f| f.text.as_str()));
    let identity = cache::key(&parts);
    let path = cache.entry(&identity, "model.so", |path| {
        let dir = path.parent().unwrap_or(Path::new("."));
        write(
            dir,
            names::IDENTITY_SOURCE,
            &names::identity_source(&identity),
        )?;
        let builds = tools.builds(&source, ways, &cache, dir)?;
        match flavour {
            Flavour::Fast => {
                let (best, built) = judge::best(chip, builds, Path::new("."))?;
                built.append(&best.path)?;
                moved(&best.path, path)
            }
            _ => builds.first().map_or(Ok(()), |b| moved(&b.path, path)),
        }
    })?;
    Ok(Cached { path, identity })
}

fn moved(from: &Path, to: &Path) -> Result<(), SimError> {
    std::fs::rename(from, to).map_err(|e| file_error(from, e))
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
        cache::key(&[
            &self.verilator_version,
            &self.include_hash,
            &self.compiler_version,
            &self.machine.predefined,
            &self.machine.options.join(" "),
            &tool::obeyed(std::env::vars_os()),
        ])
    }

    /// The builds that are worth a comparison.
    pub fn ways(&self, source: &Source) -> Ways<'static> {
        let choices: &[Choice] = self.machine.choices(source.chip);
        match source.flavour {
            Flavour::Fast if source.rewrites.on && choices.len() > 1 => Ways {
                choices,
                translated: true,
                level: source.flavour.optimisation(),
            },
            flavour => Ways::plain(flavour.optimisation()),
        }
    }

    /// Every build of a model, in `dir`.
    pub fn builds(
        &self,
        source: &Source,
        ways: Ways,
        cache: &Cache,
        dir: &Path,
    ) -> Result<Vec<Build>, SimError> {
        let Source {
            flavour, rewrites, ..
        } = *source;
        std::thread::scope(|scope| {
            let runtime = scope.spawn(|| self.runtime(cache, flavour));
            let hits = self.sources(source, dir)?;
            let runtime = || runtime.join().map_err(|_| self.ended_early())?;
            self.link(dir, runtime, rewrites.fault, ways, hits)
        })
    }

    /// The C++ of a model, into `dir`; returns what the passes over it found.
    fn sources(&self, source: &Source, dir: &Path) -> Result<Hits, SimError> {
        let Source {
            chip,
            flavour,
            rewrites,
            ..
        } = *source;
        self.verilate(source, dir)?;
        let mut hits = Hits::default();
        if rewrites.on {
            rewrite_headers(dir, chip, &mut hits, rewrites.fault)?;
        }
        let mut header = model_header::print(source);
        if rewrites.on && flavour == Flavour::Fast {
            let [shared, ahead] = shared_banks::found(chip, dir);
            hits.add(ONE_CLOCK, one_clock(dir));
            hits.add(SHARED_BANKS, shared);
            hits.add(shared_banks::AHEAD, ahead);
            header = hits.damaged(shared_banks::AHEAD, header, rewrites.fault);
            rewrite_evaluation(dir, chip, &mut hits, rewrites.fault)?;
        }
        write(dir, names::HEADER, &header)?;
        write(dir, names::SIGNED_WORDS_HEADER, names::SIGNED_WORDS)?;
        write(dir, "bruno_driver.cpp", names::DRIVER)?;
        Ok(hits)
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

    fn verilate(&self, source: &Source, dir: &Path) -> Result<(), SimError> {
        let Source {
            design, flavour, ..
        } = *source;
        let shared = source.shared_banks();
        let mut command = tool::command("verilator");
        command.current_dir(dir).args(names::OPTIONS);
        command.args(loop_options(source.chip));
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
            Flavour::Fast => configure(&mut command, dir, &shared)?,
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
                let mut config = model_header::probe_config(source.chip, &banks);
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

/// Whether the driver finds the only clock's trigger under the name that it knows.
fn one_clock(dir: &Path) -> usize {
    let header = std::fs::read_to_string(dir.join(names::ROOT_HEADER)).unwrap_or_default();
    let found = header.contains(names::ONE_TRIGGER) && !header.contains(names::INPUT_PATHS);
    usize::from(found)
}

/// The headers of a model's classes after their passes.
fn rewrite_headers(
    dir: &Path,
    chip: &Chip,
    hits: &mut Hits,
    fault: Option<&Fault>,
) -> Result<(), SimError> {
    let passes = passes::headers(chip);
    let entries = std::fs::read_dir(dir).map_err(|e| file_error(dir, e))?;
    for path in entries.flatten().map(|e| e.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(names::CLASS) && name.ends_with(".h") {
            let text = passes::run(&passes, read(&path)?, hits, fault);
            write(dir, &name, &text)?;
        }
    }
    Ok(())
}

/// Ends each source where all are one text; Verilator writes no such line.
const NEXT_SOURCE: &str = "// bruno: the next source\n";

/// What is evaluated every tick after its passes, which see all of it as one text.
fn rewrite_evaluation(
    dir: &Path,
    chip: &Chip,
    hits: &mut Hits,
    fault: Option<&Fault>,
) -> Result<(), SimError> {
    let passes = passes::cpp(chip);
    if passes.is_empty() {
        return Ok(());
    }
    let sources = hot_sources(dir)?;
    let texts = sources
        .iter()
        .map(|path| read(path).map(|t| t + NEXT_SOURCE));
    let text: String = texts.collect::<Result<_, _>>()?;
    let text = passes::run(&passes, text, hits, fault);
    for (path, text) in sources.iter().zip(text.split(NEXT_SOURCE)) {
        let text = format!("{}{text}", names::SPIKE_SEARCH);
        std::fs::write(path, text).map_err(|e| file_error(path, e))?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, SimError> {
    std::fs::read_to_string(path).map_err(|e| file_error(path, e))
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
