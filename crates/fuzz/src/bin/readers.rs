//! Drives every reader in process with damaged documents, for as long as told (docs/fuzzing.md).

use bruno_fuzz::readers::{Reader, Tally, all};
use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;

/// Read damaged documents with every reader of bruno, in this process.
///
/// The same numbers give the same documents. A document that makes a reader panic is written to --keep; where the process
/// itself ends, the last line says in which block, and --reader, --first and --runs find the document.
#[derive(Parser)]
struct Arguments {
    /// Documents in all.
    #[arg(long, default_value_t = 100_000)]
    runs: u64,
    /// Number of each reader's first document.
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Only this reader.
    #[arg(long)]
    reader: Option<String>,
    /// Readers at once.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Folder of the documents that make a reader panic.
    #[arg(long, default_value = "target/fuzz")]
    keep: PathBuf,
}

/// Documents between two looks at the clock.
const BLOCK: u64 = 10_000;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let wanted = |r: &&Reader| arguments.reader.as_ref().is_none_or(|name| name == r.name);
    let readers: Vec<&Reader> = all().filter(wanted).collect();
    let each = arguments.runs.div_ceil(readers.len().max(1) as u64);
    let queue = Mutex::new(readers.into_iter());
    let next = || queue.lock().unwrap_or_else(|e| e.into_inner()).next();
    let work = || {
        let mut total = (Tally::default(), 0);
        while let Some(reader) = next() {
            let (tally, panics) = drive(reader, &arguments, each);
            total.0.runs += tally.runs;
            total.0.taken += tally.taken;
            total.1 += panics;
        }
        total
    };
    let totals: Vec<(Tally, u64)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..arguments.threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().filter_map(|t| t.join().ok()).collect()
    });
    let runs: u64 = totals.iter().map(|t| t.0.runs).sum();
    let taken: u64 = totals.iter().map(|t| t.0.taken).sum();
    let panics: u64 = totals.iter().map(|t| t.1).sum();
    println!("{runs} documents, {taken} taken, {panics} panics");
    ExitCode::from(u8::from(panics > 0))
}

/// Drives one reader; documents that panic are kept, and the next block follows.
fn drive(reader: &Reader, arguments: &Arguments, runs: u64) -> (Tally, u64) {
    let (mut tally, mut panics) = (Tally::default(), 0);
    let start = Instant::now();
    let mut slowest = 0.0f64;
    for first in (0..runs).step_by(BLOCK as usize) {
        let count = BLOCK.min(runs - first);
        let block = Instant::now();
        match reader.run(arguments.first + first, count) {
            Ok(found) => {
                tally.runs += found.runs;
                tally.taken += found.taken;
            }
            Err(document) => {
                panics += 1;
                let folder = arguments.keep.join(reader.name);
                let written = std::fs::create_dir_all(&folder)
                    .and_then(|()| std::fs::write(folder.join(format!("{first}")), document));
                if let Err(e) = written {
                    eprintln!("{}: {e}", folder.display());
                }
            }
        }
        slowest = slowest.max(block.elapsed().as_secs_f64() / count as f64);
        eprintln!(
            "{}: block from {} done",
            reader.name,
            arguments.first + first
        );
    }
    println!(
        "{:<14} {:>9} documents, {:>5.1} % taken, {:>7.1} us each (slowest block {:.1} us), {panics} panics",
        reader.name,
        tally.runs,
        100.0 * tally.taken as f64 / tally.runs.max(1) as f64,
        1e6 * start.elapsed().as_secs_f64() / runs as f64,
        1e6 * slowest
    );
    (tally, panics)
}
