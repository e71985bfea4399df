//! `bruno merge`: the shards of a run as its results.

use super::{montecarlo, train};
use crate::failure::Failure;
use crate::invocation;
use crate::picture::PictureArguments;
use crate::shards::{self, Work};
use bruno_host::FolderLock;
use bruno_ranks::order_parts;
use std::path::{Path, PathBuf};

/// Put the shards of a run together: the files are those of a run that was never divided, byte for byte.
///
/// Shards are made by `bruno montecarlo --shard K/N` and `bruno train --sweep ... --shard K/N`, one a job, all with the
/// same --out. Shards that ran on other disks are copied below the same folder before. Missing, unfinished and repeated
/// shards, and shards of other settings, chips or data are refused by name. See docs/cluster.md.
#[derive(clap::Args)]
pub struct Merge {
    /// The --out of the shards; the results of the whole go there too.
    dir: PathBuf,
    #[command(flatten)]
    pictures: PictureArguments,
    /// Print the result as JSON on stdout.
    #[arg(long)]
    json: bool,
}

impl Merge {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let found = shards::load(&self.dir)?.into_iter();
        let named = found.map(|(folder, f)| (folder.display().to_string(), f.shard, f));
        let ordered = order_parts(named.collect()).map_err(|what| Failure::Input {
            path: self.dir.display().to_string(),
            what,
        })?;
        let _lock = FolderLock::take(&self.dir)?;
        if let Some((first, _)) = ordered.first() {
            invocation::take_over(Path::new(first), &self.dir)?;
        }
        let (mut chips, mut sweeps) = (Vec::new(), Vec::new());
        for (folder, finished) in ordered {
            let folder = PathBuf::from(folder);
            match finished.work {
                Work::Montecarlo(about) => chips.push((folder, about)),
                Work::Sweep(sweep) => sweeps.push((folder, finished.shard, *sweep)),
            }
        }
        match (chips.first(), sweeps.first()) {
            (Some((chips, _)), Some((sweep, ..))) => Err(mixed(chips, sweep)),
            (Some(_), None) => montecarlo::merge(&self.dir, chips, &self.pictures, self.json),
            _ => train::merge_sweep(&self.dir, sweeps, &self.pictures, self.json),
        }
    }
}

fn mixed(chips: &Path, sweep: &Path) -> Failure {
    Failure::Input {
        path: sweep.display().to_string(),
        what: format!(
            "is a shard of a sweep, but {} is one of virtual chips; give each a folder of its own",
            chips.display()
        ),
    }
}
