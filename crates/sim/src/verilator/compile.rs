//! The C++ compiler, through the crate `cc`: objects, and the shared objects of models.

use super::build::{Flavour, REPORT, Tools, file_error};
use super::cache::{self, Cache};
use super::{names, tool};
use crate::SimError;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

/// One source to compile.
struct Job {
    source: PathBuf,
    object: PathBuf,
    /// Options beside those of every model.
    options: &'static [&'static str],
}

impl Tools {
    /// Objects of Verilator's own sources, compiled once for all models.
    pub fn runtime(&self, cache: &Cache, flavour: Flavour) -> Result<Vec<PathBuf>, SimError> {
        let own = match flavour {
            Flavour::Trace => Some(names::TRACE_RUNTIME),
            Flavour::Coverage => Some(names::COVERAGE_RUNTIME),
            Flavour::Fast | Flavour::Probe => None,
        };
        let key = cache::key(&[
            &self.verilator_version,
            &self.compiler_version,
            &self.machine.predefined,
        ]);
        let object = |source: &&str| {
            cache.entry(&key, &format!("{source}.o"), |path| {
                let dir = path.parent().unwrap_or(Path::new("."));
                let job = Job {
                    source: self.include.join(source),
                    object: path.into(),
                    options: &[],
                };
                self.compile(dir, &[&job], 3)
            })
        };
        names::RUNTIME.iter().chain(&own).map(object).collect()
    }

    /// The model whose sources are in `dir`, once for each choice of options for what is evaluated every tick.
    pub fn link(
        &self,
        dir: &Path,
        runtime: &[PathBuf],
        flavour: Flavour,
        choices: &'static [&'static [&'static str]],
    ) -> Result<Vec<PathBuf>, SimError> {
        let sources = sources(dir)?;
        let level = flavour.optimisation();
        let builds = choices.iter().enumerate();
        let builds: Vec<Vec<Job>> = builds
            .map(|(n, options)| jobs(&sources, n, options))
            .collect();
        let once: BTreeMap<_, _> = builds.iter().flatten().map(|j| (&j.object, j)).collect();
        self.compile(dir, &once.into_values().collect::<Vec<_>>(), level)?;
        let link = |(n, jobs): (usize, &Vec<Job>)| {
            let model = dir.join(format!("{n}.so"));
            let mut command = self.compiler(dir, level)?;
            command
                .args(jobs.iter().map(|j| &j.object))
                .args(runtime)
                .args(names::LINK)
                .arg("-o")
                .arg(&model);
            tool::run(&mut command, REPORT).map(|_| model)
        };
        builds.iter().enumerate().map(link).collect()
    }

    /// Compiles sources, as many at once as the machine has cores.
    fn compile(&self, dir: &Path, jobs: &[&Job], level: u32) -> Result<(), SimError> {
        let compile = |job: &&Job| {
            let mut command = self.compiler(dir, level)?;
            if dir.join(names::SIGNED_WORDS_HEADER).is_file() {
                command.args(["-include", names::SIGNED_WORDS_HEADER]);
            }
            command.args(job.options).arg("-c").arg(&job.source);
            tool::run(command.arg("-o").arg(&job.object), REPORT).map(|_| ())
        };
        let next = AtomicUsize::new(0);
        let work = || -> Result<(), SimError> {
            let take = || jobs.get(next.fetch_add(1, Ordering::Relaxed));
            std::iter::from_fn(take).try_for_each(compile)
        };
        let bug = |_| SimError::Tool {
            command: self.compiler.into(),
            output: "the compiling thread ended early".into(),
            remedy: "this is a bug in bruno; please report it".into(),
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..cores.min(jobs.len()))
                .map(|_| scope.spawn(work))
                .collect();
            let mut joined = workers.into_iter().map(|w| w.join().map_err(bug)?);
            joined.try_for_each(|result| result)
        })
    }

    /// The C++ compiler with the flags of a model.
    fn compiler(&self, dir: &Path, level: u32) -> Result<Command, SimError> {
        let compiler = self.flags(dir, level).try_get_compiler();
        let compiler = compiler.map_err(|e| SimError::Tool {
            command: self.compiler.into(),
            output: e.to_string(),
            remedy: names::INSTALL_COMPILER.into(),
        })?;
        Ok(compiler.to_command())
    }

    fn flags(&self, dir: &Path, level: u32) -> cc::Build {
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

/// One job a source; only those that are evaluated every tick get the options, and an object of their own for choice `n`.
fn jobs(sources: &[PathBuf], n: usize, options: &'static [&'static str]) -> Vec<Job> {
    let job = |source: &PathBuf| {
        let name = source.file_name().unwrap_or_default().to_string_lossy();
        let hot = name.contains(names::EVALUATION) && !name.contains(names::SLOW);
        Job {
            source: source.clone(),
            object: source.with_extension(if hot { format!("{n}.o") } else { "o".into() }),
            options: if hot { options } else { &[] },
        }
    };
    sources.iter().map(job).collect()
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
