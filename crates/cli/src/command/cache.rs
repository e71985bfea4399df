//! `bruno cache`: shows and clears the cache of built models.

use crate::failure::Failure;
use bruno_verilator::{Cache, CacheEntry};
use serde::Serialize;
use std::time::SystemTime;

/// Show or clear the cache of compiled models.
///
/// A file lies there under a hash of what it was made from (Verilog, tools, their options, the processor) and a hash of
/// what is in it; one that is damaged is built again. The directory is BRUNO_CACHE, else `bruno` in the user's cache
/// directory; it must belong to you or to root, and nobody else may be able to write to it. Above BRUNO_CACHE_MB
/// (default 512) the models that were used longest ago go; those used within the last ten minutes stay. Several
/// processes may use it at once.
#[derive(clap::Args)]
pub struct CacheCommand {
    /// Remove every model; builds that run go on.
    #[arg(long)]
    clear: bool,
    /// Print the content as JSON on stdout.
    #[arg(long, conflicts_with = "clear")]
    json: bool,
}

/// What is printed with --json.
#[derive(Serialize)]
struct Content {
    dir: String,
    limit_bytes: u64,
    bytes: u64,
    files: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    name: String,
    bytes: u64,
    unused_s: u64,
}

impl CacheCommand {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let cache = Cache::of_user()?;
        if self.clear {
            let freed = cache.clear()?;
            return say!("removed {} from {}", size(freed), cache.dir.display());
        }
        let entries = cache.entries()?;
        let content = Content {
            dir: cache.dir.display().to_string(),
            limit_bytes: cache.limit_bytes,
            bytes: entries.iter().map(|e| e.bytes).sum(),
            files: entries.iter().map(line).collect(),
        };
        if self.json {
            say!("{:#}", serde_json::json!(content))
        } else {
            print(&content)
        }
    }
}

fn line(entry: &CacheEntry) -> Line {
    let unused = SystemTime::now().duration_since(entry.used);
    Line {
        name: entry
            .path
            .file_name()
            .map_or_else(String::new, |n| n.to_string_lossy().into_owned()),
        bytes: entry.bytes,
        unused_s: unused.map_or(0, |age| age.as_secs()),
    }
}

fn print(content: &Content) -> Result<(), Failure> {
    say!(
        "{}: {} files, {} of {}",
        content.dir,
        content.files.len(),
        size(content.bytes),
        size(content.limit_bytes)
    )?;
    for line in &content.files {
        say!(
            "{:<64}{:>12}  used {} min ago",
            without_hash(&line.name),
            size(line.bytes),
            line.unused_s / 60
        )?;
    }
    Ok(())
}

/// `KEY-NAME` of a file `KEY-HASH-NAME`: the hash of the content tells nobody which model it is.
fn without_hash(name: &str) -> String {
    let parts: Vec<&str> = name.splitn(3, '-').collect();
    match parts[..] {
        [key, _, name] => format!("{key}-{name}"),
        _ => name.into(),
    }
}

fn size(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
