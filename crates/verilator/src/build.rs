//! From a design to a shared object: `verilator --cc`, then the C++ compiler.

use crate::cache::{self, Cache};
use crate::choices::{Choice, Ways};
use crate::compile::Build;
use crate::files::{file_error, write};
use crate::passes::Hits;
use crate::rewrites::{self, Rewrites};
use crate::toolchain::Tools;
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
    /// What is delivered ([`bruno_hdl::delivered`]), as it is and through its ports alone.
    Delivered,
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
            Self::Delivered => 1,
            _ if sanitisers::wanted() => 1,
            _ => 3,
        }
    }
}

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
#[derive(Debug, Clone)]
pub(crate) struct Cached {
    /// The shared object.
    pub path: PathBuf,
    /// What it answers when it is asked what it was made from.
    pub identity: String,
}

/// A model that somebody wants, and what names it in the cache.
struct Wanted<'a> {
    source: Source<'a>,
    tools: Tools,
    ways: Ways<'static>,
    cache: Cache,
    identity: String,
}

/// File of a model in its entry of the cache.
const FILE: &str = "model.so";

/// The shared object of a chip's model, from the cache or built now. A model for speed that is in the cache was checked
/// before it came there.
pub(crate) fn build(chip: &Chip, design: &Design, flavour: Flavour) -> Result<Cached, SimError> {
    Wanted::new(chip, design, flavour)?.built()
}

/// The first of the builds of a model for speed that are worth a comparison, which is there soonest; and whether no other
/// is: there is only one, or all were compared before.
pub(crate) fn first(chip: &Chip, design: &Design) -> Result<(Cached, bool), SimError> {
    let mut wanted = Wanted::new(chip, design, Flavour::Fast)?;
    if let Some(path) = wanted.cache.find(&wanted.identity, FILE)? {
        return Ok((wanted.at(path), true));
    }
    let only = wanted.ways.choices.len() == 1;
    wanted.compile_in(Ways {
        choices: &wanted.ways.choices[..1],
        ..wanted.ways
    });
    match wanted.built() {
        // Another build may do what the integer model does.
        Err(SimError::Differs { .. }) if !only => Ok((build(chip, design, Flavour::Fast)?, true)),
        cached => Ok((cached?, only)),
    }
}

/// The same from the cache alone.
pub(crate) fn find(
    chip: &Chip,
    design: &Design,
    flavour: Flavour,
) -> Result<Option<Cached>, SimError> {
    let wanted = Wanted::new(chip, design, flavour)?;
    let path = wanted.cache.find(&wanted.identity, FILE)?;
    Ok(path.map(|path| wanted.at(path)))
}

impl<'a> Wanted<'a> {
    fn new(chip: &'a Chip, design: &'a Design, flavour: Flavour) -> Result<Self, SimError> {
        let mut tools = Tools::find()?;
        tools.machine.fit(chip);
        let source = Source {
            chip,
            design,
            flavour,
            rewrites: match flavour {
                Flavour::Delivered => Rewrites::none(),
                _ => Rewrites::of_user()?,
            },
        };
        let ways = tools.ways(&source);
        let mut wanted = Self {
            cache: Cache::of_user()?,
            identity: String::new(),
            source,
            tools,
            ways,
        };
        wanted.compile_in(ways);
        Ok(wanted)
    }

    /// Says how it is compiled, which is part of what names it.
    fn compile_in(&mut self, ways: Ways<'static>) {
        self.ways = ways;
        let Self { source, tools, .. } = self;
        let header = model_header::print(source);
        let loops = loop_options(source);
        let options = format!(
            "{} {ways:?} {} {} {} {}",
            names::OPTIONS.join(" "),
            tools.machine.loops.join(" "),
            loops.join(" "),
            names::LINK.join(" "),
            source.rewrites.on
        );
        let flavour_options = match source.flavour {
            Flavour::Coverage => {
                names::COVERAGE.join(" ") + &coverage_config::kernel_words_off(source.design)
            }
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
        parts.extend(source.design.verilog.iter().map(|f| f.text.as_str()));
        self.identity = cache::key(&parts);
    }

    fn built(self) -> Result<Cached, SimError> {
        let make = |path: &Path| self.make(path);
        let path = self.cache.entry(&self.identity, FILE, make)?;
        Ok(self.at(path))
    }

    fn at(self, path: PathBuf) -> Cached {
        Cached {
            path,
            identity: self.identity,
        }
    }

    /// Builds it at `path`.
    fn make(&self, path: &Path) -> Result<(), SimError> {
        let Self { source, tools, .. } = self;
        let dir = path.parent().unwrap_or(Path::new("."));
        write(
            dir,
            names::IDENTITY_SOURCE,
            &names::identity_source(&self.identity),
        )?;
        let waiting = match source.flavour {
            Flavour::Fast => judge::Waiting::start(source.chip, dir)?,
            _ => None,
        };
        let builds = tools.builds(source, self.ways, &self.cache, dir)?;
        match source.flavour {
            Flavour::Fast => {
                let (best, built) = judge::best(source.chip, waiting, builds, Path::new("."))?;
                built.append(&best.path)?;
                moved(&best.path, path)
            }
            _ => builds.first().map_or(Ok(()), |b| moved(&b.path, path)),
        }
    }
}

fn moved(from: &Path, to: &Path) -> Result<(), SimError> {
    std::fs::rename(from, to).map_err(|e| file_error(from, e))
}

/// The unroll limit: as low as the instances of a `generate` loop allow, lanes of the largest bank, or neurons and
/// channels where each is an instance.
fn loop_options(source: &Source) -> [String; 2] {
    let Source { chip, flavour, .. } = source;
    let largest = chip.layers.iter().flat_map(|l| &l.banks).max().copied();
    let channels = chip.layers.iter().map(|l| l.fan_in()).max();
    let lanes = if chip.fold > 1 {
        largest.unwrap_or(1).div_ceil(chip.fold)
    } else if *flavour == Flavour::Delivered {
        largest.max(channels).unwrap_or(1)
    } else {
        1
    };
    let count = names::UNROLL.1.max(lanes.div_ceil(names::GENERATE));
    [names::UNROLL.0.into(), count.to_string()]
}

impl Tools {
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
            rewrites::headers(dir, chip, &mut hits, rewrites.fault)?;
        }
        let mut header = model_header::print(source);
        if rewrites.on && flavour == Flavour::Fast {
            let [shared, ahead] = shared_banks::found(chip, dir);
            hits.add(ONE_CLOCK, rewrites::one_clock(dir));
            hits.add(SHARED_BANKS, shared);
            hits.add(shared_banks::AHEAD, ahead);
            header = hits.damaged(shared_banks::AHEAD, header, rewrites.fault);
            rewrites::evaluation(dir, chip, &mut hits, rewrites.fault)?;
        }
        write(dir, names::HEADER, &header)?;
        write(dir, names::SIGNED_WORDS_HEADER, names::SIGNED_WORDS)?;
        write(dir, "bruno_driver.cpp", names::DRIVER)?;
        Ok(hits)
    }

    fn verilate(&self, source: &Source, dir: &Path) -> Result<(), SimError> {
        let Source {
            design, flavour, ..
        } = *source;
        let shared = source.shared_banks();
        let mut command = tool::command("verilator");
        command.current_dir(dir).args(names::OPTIONS);
        command.args(loop_options(source));
        command.args([
            "--Mdir",
            ".",
            "--prefix",
            names::CLASS,
            "--top-module",
            &design.top,
        ]);
        match flavour {
            Flavour::Delivered => {}
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
                let mut config = model_header::probe_config(source.chip, design);
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

/// Gives Verilator a configuration.
fn configure(command: &mut Command, dir: &Path, config: &str) -> Result<(), SimError> {
    write(dir, names::CONFIG, &format!("`verilator_config\n{config}"))?;
    command.arg(names::CONFIG);
    Ok(())
}
