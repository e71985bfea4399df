//! The C++ compiler, through the crate `cc`: objects, and the shared objects of models.

use crate::build::{Flavour, REPORT};
use crate::cache::{self, Cache};
use crate::choices::{Choice, Ways};
use crate::files::file_error;
use crate::passes::Hits;
use crate::seeded::Fault;
use crate::toolchain::Tools;
use crate::{names, tool, translations};
use bruno_sim::SimError;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A built model, before it is kept.
#[derive(Debug, Clone)]
pub(crate) struct Build {
    /// Its shared object.
    pub path: PathBuf,
    /// How it was compiled.
    pub choice: Choice,
    /// What the passes found.
    pub hits: Hits,
}

/// One translation of a source.
#[derive(Clone)]
pub(crate) struct Job {
    pub source: PathBuf,
    pub target: PathBuf,
    /// Options beside those of every model; the last ones say what becomes of the source.
    pub options: Vec<&'static str>,
    /// Whether the model can do without it.
    pub optional: bool,
}

impl Job {
    fn object(source: &Path) -> Self {
        Self {
            source: source.into(),
            target: source.with_extension("o"),
            options: vec!["-c"],
            optional: false,
        }
    }
}

impl Tools {
    /// Objects of Verilator's own sources, compiled once for all models. A model for speed runs nothing of them in a
    /// tick, so what all models need is not optimised, which takes 3 instead of 8 s; what writes waves or counts coverage is.
    pub fn runtime(&self, cache: &Cache, flavour: Flavour) -> Result<Vec<PathBuf>, SimError> {
        let own = match flavour {
            Flavour::Trace => Some(names::TRACE_RUNTIME),
            Flavour::Coverage => Some(names::COVERAGE_RUNTIME),
            Flavour::Fast | Flavour::Probe | Flavour::Delivered => None,
        };
        let object = |(source, level): (&str, u32)| {
            let level_text = level.to_string();
            let key = cache::key(&[&self.identity(), &level_text]);
            cache.entry(&key, &format!("{source}.o"), |path| {
                let dir = path.parent().unwrap_or(Path::new("."));
                let job = Job {
                    target: path.into(),
                    ..Job::object(&self.include.join(source))
                };
                self.compile(dir, &self.compiler(dir, level)?, &[job])
            })
        };
        let common = names::RUNTIME.into_iter().map(|source| (source, 0));
        common
            .chain(own.map(|source| (source, 3)))
            .map(object)
            .collect()
    }

    /// The model whose sources are in `dir`, once for each choice for what is evaluated every tick, but for those that this
    /// compiler refuses: another clang may not know an option. `runtime` ends when Verilator's own objects are there. `hits`
    /// are those of the passes so far.
    pub fn link(
        &self,
        dir: &Path,
        runtime: impl FnOnce() -> Result<Vec<PathBuf>, SimError>,
        fault: Option<&Fault>,
        ways: Ways,
        hits: Hits,
    ) -> Result<Vec<Build>, SimError> {
        let compiler = &self.compiler(dir, ways.level)?;
        let (hot, cold): (Vec<_>, Vec<_>) = sources(dir)?.into_iter().partition(|s| is_hot(s));
        let cold = joined(dir, cold)?;
        let common: Vec<Job> = cold.iter().map(|s| Job::object(s)).collect();
        let (builds, hits) = match ways.translated {
            false => {
                let own: Vec<Job> = hot.iter().map(|s| Job::object(s)).collect();
                self.compile(dir, compiler, &[&common[..], &own].concat())?;
                (vec![own], vec![hits])
            }
            true => {
                let texts = translations::to_llvm(&hot, ways.choices);
                self.compile(dir, compiler, &[&common[..], &texts].concat())?;
                let hits = translations::rewrite(&hot, ways.choices, &hits, fault)?;
                let code = |choice| translations::to_code(&hot, ways.choices, choice);
                let builds: Vec<Vec<Job>> = ways.choices.iter().map(code).collect();
                self.compile(dir, compiler, &builds.concat())?;
                (builds, hits)
            }
        };
        let runtime = runtime()?;
        let link = |(n, own, hits): &(usize, &Vec<Job>, Hits)| {
            let model = dir.join(format!("{n}.so"));
            let mut command = tool::own(compiler, dir);
            command
                .args(common.iter().chain(*own).map(|j| &j.target))
                .args(&runtime)
                .args(names::LINK)
                .arg("-o")
                .arg(&model);
            tool::run(&mut command, REPORT).map(|_| Build {
                path: model,
                choice: ways.choices[*n],
                hits: hits.clone(),
            })
        };
        let all = builds.iter().zip(hits).enumerate();
        let there = all.filter(|(_, (own, _))| own.iter().all(|job| job.target.is_file()));
        let there: Vec<_> = there.map(|(n, (own, hits))| (n, own, hits)).collect();
        self.on_all_cores(&there, link)
    }

    /// Compiles sources whose target is not there, as many at once as the machine has cores.
    fn compile(&self, dir: &Path, compiler: &cc::Tool, jobs: &[Job]) -> Result<(), SimError> {
        let compile = |job: &Job| {
            let mut command = tool::own(compiler, dir);
            let cpp = |e: &std::ffi::OsStr| e == "cpp" || e == JOINED_EXTENSION;
            if job.source.extension().is_some_and(cpp)
                && dir.join(names::SIGNED_WORDS_HEADER).is_file()
            {
                command.args(["-include", names::SIGNED_WORDS_HEADER]);
                command.args(self.machine.loops);
            }
            command.args(&job.options).arg(&job.source);
            match tool::run(command.arg("-o").arg(&job.target), REPORT) {
                Err(error) if !job.optional => Err(error),
                _ => Ok(()),
            }
        };
        let jobs: Vec<&Job> = jobs.iter().filter(|j| !j.target.is_file()).collect();
        self.on_all_cores(&jobs, |job| compile(job)).map(|_| ())
    }

    /// Works through items in order, as many at once as the machine has cores; results in the same order.
    fn on_all_cores<T: Sync, R: Send>(
        &self,
        items: &[T],
        work: impl Fn(&T) -> Result<R, SimError> + Sync,
    ) -> Result<Vec<R>, SimError> {
        let next = AtomicUsize::new(0);
        let share = || -> Result<Vec<(usize, R)>, SimError> {
            let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|k| *k < items.len());
            let done = std::iter::from_fn(take).map(|k| Ok((k, work(&items[k])?)));
            done.collect()
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let parts = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..cores.min(items.len()))
                .map(|_| scope.spawn(share))
                .collect();
            let joined = workers
                .into_iter()
                .map(|w| w.join().map_err(|_| self.ended_early())?);
            joined.collect::<Result<Vec<_>, _>>()
        })?;
        let mut all: Vec<(usize, R)> = parts.into_iter().flatten().collect();
        all.sort_by_key(|(k, _)| *k);
        Ok(all.into_iter().map(|(_, result)| result).collect())
    }

    /// What is said where a thread that compiles panicked.
    pub fn ended_early(&self) -> SimError {
        SimError::Tool {
            command: self.compiler.into(),
            output: "the compiling thread ended early".into(),
            remedy: "this is a bug in bruno; please report it".into(),
        }
    }

    /// The C++ compiler with the options of every model. `cc` asks it what it is, so this is done once for all jobs.
    fn compiler(&self, dir: &Path, level: u32) -> Result<cc::Tool, SimError> {
        let compiler = self.options(dir, level).try_get_compiler();
        compiler.map_err(|e| SimError::Tool {
            command: self.compiler.into(),
            output: e.to_string(),
            remedy: names::INSTALL_COMPILER.into(),
        })
    }

    fn options(&self, dir: &Path, level: u32) -> cc::Build {
        let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
        let mut build = cc::Build::new();
        build
            .cpp(true)
            .std("c++17")
            .compiler(self.compiler)
            .target(&target)
            .host(&target)
            .opt_level(level)
            .debug(false)
            .pic(true)
            .warnings(false)
            .cargo_metadata(false)
            .cargo_output(false)
            .inherit_rustflags(false)
            .include(dir)
            .include(&self.include)
            .include(self.include.join("vltstd"))
            .out_dir(dir);
        for flag in &self.machine.options {
            build.flag(flag);
        }
        build
    }
}

/// The sources of what is evaluated every tick.
pub(crate) fn hot_sources(dir: &Path) -> Result<Vec<PathBuf>, SimError> {
    Ok(sources(dir)?.into_iter().filter(|s| is_hot(s)).collect())
}

/// Takes from another directory of the same chip what a fault in what is evaluated every tick does not change: the objects
/// of all else, and the texts in LLVM's language where the fault comes after them.
pub(crate) fn copy_unchanged(from: &Path, to: &Path, translations: bool) -> Result<(), SimError> {
    let joined = from.join(JOINED).with_extension(JOINED_EXTENSION);
    for source in sources(from)?.into_iter().chain([joined]) {
        let file = match is_hot(&source) {
            false => source.with_extension("o"),
            true => translations::as_it_is(&source, 0),
        };
        let name = file
            .file_name()
            .filter(|_| translations || !is_hot(&source));
        if let Some(name) = name.filter(|_| file.is_file()) {
            let copied = std::fs::copy(&file, to.join(name));
            copied.map_err(|e| file_error(&file, e))?;
        }
    }
    Ok(())
}

/// Whether a source is evaluated every tick.
fn is_hot(source: &Path) -> bool {
    let stem = source.file_stem().unwrap_or_default().to_string_lossy();
    names::is_evaluation(&stem)
}

/// Name of the source that includes others: most of the time of a small one goes to the headers that all of them include.
const JOINED: &str = "bruno_joined";
/// Its extension, by which it is none of the sources.
const JOINED_EXTENSION: &str = "cc";
/// Bytes of a source above which it is compiled by itself, on another core.
const LARGE: u64 = 200_000;

/// The sources with the small ones in one.
fn joined(dir: &Path, sources: Vec<PathBuf>) -> Result<Vec<PathBuf>, SimError> {
    let small = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|about| about.len() < LARGE);
    let (small, mut all): (Vec<PathBuf>, Vec<PathBuf>) = sources.into_iter().partition(small);
    if small.is_empty() {
        return Ok(all);
    }
    let names = small.iter().filter_map(|path| path.file_name());
    let include = |name: &std::ffi::OsStr| format!("#include \"{}\"\n", name.display());
    let text: String = names.map(include).collect();
    let name = format!("{JOINED}.{JOINED_EXTENSION}");
    crate::files::write(dir, &name, &text)?;
    all.push(dir.join(name));
    Ok(all)
}

/// The C++ sources in a directory, in order.
fn sources(dir: &Path) -> Result<Vec<PathBuf>, SimError> {
    let entries = std::fs::read_dir(dir).map_err(|e| file_error(dir, e))?;
    let paths = entries.flatten().map(|e| e.path());
    let mut sources: Vec<PathBuf> = paths
        .filter(|p| p.extension().is_some_and(|e| e == "cpp"))
        .collect();
    sources.sort();
    Ok(sources)
}

#[cfg(test)]
mod tests {
    use super::{Hits, Tools, Ways, names};
    use crate::choices::{AS_IS, Choice};

    /// Builds of a source that every tick runs, of which the second has an option.
    fn check(option: &'static [&'static str], expected: usize) {
        let dir = tempfile::tempdir().unwrap();
        let source = dir.path().join(format!("{}.cpp", names::EVALUATION));
        std::fs::write(source, "int evaluate() { return 1; }\n").unwrap();
        let other = Choice {
            code: option,
            ..AS_IS
        };
        let tools = Tools::find().unwrap();
        let runtime = || Ok(Vec::new());
        let choices = [AS_IS, other];
        let ways = Ways {
            choices: &choices,
            translated: true,
            level: 3,
        };
        let builds = tools.link(dir.path(), runtime, None, ways, Hits::default());
        assert_eq!(builds.unwrap().len(), expected);
    }

    #[test]
    fn every_build() {
        check(&names::NO_HOISTING, 2);
    }

    #[test]
    fn an_option_that_the_compiler_does_not_know() {
        check(&["-mllvm", "-no-such-option"], 1);
    }
}
