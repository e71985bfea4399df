//! Whole commands on damaged files: whatever a file holds, `bruno` ends by itself, soon, in little memory, with an exit code
//! that says whose mistake it is, and writes nowhere else.

mod cases;
mod damage;
mod findings;
pub mod inputs;

pub use cases::{CASES, Case};
pub use findings::Findings;
pub use inputs::Inputs;

use damage::Damaged;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a command may take.
const MEMORY_KIB: u32 = 1 << 20;
/// Processor time, s: a busy machine changes nothing.
const CPU_S: u32 = 20;
/// Time by the clock, s, for commands that wait for ever.
const CLOCK_S: u32 = 300;

/// Exit codes that tell a user what is wrong: nothing, the input, an external tool, the layers of the stack.
const ALLOWED: [i32; 4] = [0, 2, 3, 4];

/// A job: so many runs, each of a command and of a piece of damage that follow from its number alone.
#[derive(Debug, Clone)]
pub struct Job {
    /// The program.
    pub bruno: PathBuf,
    /// Runs.
    pub runs: u64,
    /// Number of the first run.
    pub first: u64,
    /// Runs at once.
    pub threads: usize,
    /// Where findings are kept.
    pub keep: PathBuf,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    /// Exit code; a signal counts as 128 more than its number.
    pub code: i32,
    /// What it printed as errors.
    pub stderr: String,
    /// Whether something stands outside of its folder.
    pub escaped: bool,
}

impl Ended {
    /// Whether it is as it should be.
    pub fn is_good(&self) -> bool {
        ALLOWED.contains(&self.code) && !self.escaped
    }
}

impl Job {
    /// Runs the job.
    ///
    /// # Errors
    /// Valid inputs cannot be made, or a command fails on them; a file cannot be written.
    pub fn run(&self) -> Result<Findings, String> {
        let inputs = Inputs::make(&self.bruno)?;
        for case in CASES {
            let ended = self.one(&inputs, case, &[]).map_err(|e| e.to_string())?;
            if ended.code != 0 {
                let command = case.arguments.join(" ");
                return Err(format!(
                    "`bruno {command}` ends with {} on valid inputs\n{}",
                    ended.code, ended.stderr
                ));
            }
        }
        let findings = Mutex::new(Findings::new(&self.keep));
        let next = AtomicU64::new(self.first);
        let end = self.first + self.runs;
        let work = || -> std::io::Result<()> {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= end {
                    return Ok(());
                }
                let mut rng = ChaCha8Rng::seed_from_u64(number);
                let case = Case::draw(&mut rng);
                let damaged = Damaged::draw(&inputs, case, &mut rng);
                let ended = self.one(&inputs, case, &damaged)?;
                let mut findings = findings.lock().unwrap_or_else(|e| e.into_inner());
                findings.add(number, case, &damaged, &ended)?;
            }
        };
        let done: std::io::Result<()> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..self.threads).map(|_| scope.spawn(work)).collect();
            threads
                .into_iter()
                .try_for_each(|t| t.join().unwrap_or_else(|e| std::panic::resume_unwind(e)))
        });
        done.map_err(|e| e.to_string())?;
        Ok(findings.into_inner().unwrap_or_else(|e| e.into_inner()))
    }

    /// One command in a folder of its own, with these files in place of the valid ones.
    fn one(&self, inputs: &Inputs, case: &Case, damaged: &[Damaged]) -> std::io::Result<Ended> {
        let outer = tempfile::tempdir()?;
        let folder = outer.path().join("a/b/work");
        inputs.copy(&folder)?;
        for file in damaged {
            std::fs::write(folder.join(&file.name), &file.bytes)?;
        }
        let output = limited(&self.bruno, &folder, case.arguments)?;
        let only = |folder: &Path, name: &str| -> std::io::Result<bool> {
            let mut entries = std::fs::read_dir(folder)?;
            Ok(entries.all(|e| e.is_ok_and(|e| e.file_name() == name)))
        };
        let inside = only(outer.path(), "a")?
            && only(&outer.path().join("a"), "b")?
            && only(&outer.path().join("a/b"), "work")?;
        Ok(Ended {
            code: output.status.code().unwrap_or(-1),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            escaped: !inside,
        })
    }
}

/// Runs the program within its limits. The C library would reserve address space for each thread, which is no memory in use.
fn limited(bruno: &Path, folder: &Path, arguments: &[&str]) -> std::io::Result<Output> {
    let script = format!("ulimit -v {MEMORY_KIB}; ulimit -t {CPU_S}; ulimit -c 0; \"$@\"; exit $?");
    Command::new("timeout")
        .args(["-k", "5", &CLOCK_S.to_string(), "sh", "-c", &script, "sh"])
        .arg(bruno)
        .args(arguments)
        .current_dir(folder)
        .env("MALLOC_ARENA_MAX", "2")
        .env("RUST_BACKTRACE", "0")
        .env("BRUNO_CACHE", folder.join("cache"))
        .stdin(Stdio::null())
        .output()
}
