//! Runs `bruno` on damaged files and says what ends badly (docs/fuzzing.md).

use bruno_fuzz::blackbox::Job;
use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;

/// Run whole commands of bruno on damaged files, each within 1 GB and 20 s of processor time.
///
/// A run is good that ends with exit code 0, 2, 3 or 4 and writes nothing outside of its folder. What is not is kept with its
/// files. The same numbers give the same runs.
#[derive(Parser)]
struct Arguments {
    /// The program: a build with overflow checks and debug assertions, as `cargo build -p bruno` makes.
    #[arg(long, default_value = "target/debug/bruno")]
    bruno: PathBuf,
    /// Number of runs.
    #[arg(long, default_value_t = 1000)]
    runs: u64,
    /// Number of the first run.
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Runs at once.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Folder of the findings.
    #[arg(long, default_value = "target/blackbox")]
    keep: PathBuf,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let found = arguments
        .bruno
        .canonicalize()
        .map_err(|e| format!("{}: {e}; cargo build -p bruno", arguments.bruno.display()));
    let done = found.and_then(|bruno| {
        let job = Job {
            bruno,
            runs: arguments.runs,
            first: arguments.first,
            threads: arguments.threads,
            keep: arguments.keep,
        };
        job.run()
    });
    match done {
        Ok(findings) => {
            print!("{findings}");
            ExitCode::from(u8::from(!findings.is_empty()))
        }
        Err(text) => {
            eprintln!("blackbox: {text}");
            ExitCode::from(2)
        }
    }
}
