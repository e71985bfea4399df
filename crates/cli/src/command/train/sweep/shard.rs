//! Shards of a sweep, for job arrays. The folders of the runs lie where those of a whole sweep do.

use super::asked::Asked;
use super::table::Row;
use super::{combinations, runs, trained};
use crate::command::train::Train;
use crate::failure::Failure;
use crate::picture::PictureArguments;
use crate::shards::{self, Finished, Work};
use crate::{data, invocation, output};
use bruno_data::Fingerprint;
use bruno_ranks::{Shard, whole_from_parts};
use bruno_train::{TrainConfig, differences};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Most differences that are named.
const MOST_NAMED: usize = 3;

/// What the runs of a shard reached.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweepShard {
    asked: Asked,
    /// The data of the sweep's first run.
    data: Fingerprint,
    runs: Vec<Row>,
}

/// Trains the runs of a shard.
pub(super) fn run(train: &Train, out: &Path, shard: Shard) -> Result<(), Failure> {
    let all = runs(train)?;
    let folder = shards::folder(out, shard);
    let _lock = output::lock(&folder)?;
    invocation::keep(&folder)?;
    shards::start(&folder)?;
    let first = all.first().map(|run| TrainConfig::of(&run.description));
    let data = data::load(
        &first.transpose()?.unwrap_or_default(),
        train.data.as_deref(),
    )?;
    let count = all.len();
    let mut all: Vec<_> = all.into_iter().map(Some).collect();
    let own = shard.items(count).filter_map(|k| all[k].take()).collect();
    let sweep = SweepShard {
        asked: Asked::of(train)?,
        data: Fingerprint::of(&data),
        runs: trained(train, out, own)?,
    };
    let work = Work::Sweep(Box::new(sweep));
    shards::finish(&folder, out, &Finished { shard, work }, train.json)
}

/// Puts all finished shards, each with its folder and in their order, together under `out` and prints what they reached.
///
/// # Errors
/// Shards that are damaged or of other settings; those of the file system.
pub fn merge(
    out: &Path,
    shards: Vec<(PathBuf, Shard, SweepShard)>,
    pictures: &PictureArguments,
    json: bool,
) -> Result<(), Failure> {
    let Some((_, _, first)) = shards.first() else {
        return Ok(());
    };
    for (folder, shard, own) in &shards {
        let path = folder.display().to_string();
        let found = first.problem(own, *shard);
        found.map_or(Ok(()), |what| Err(Failure::Input { path, what }))?;
    }
    let count = combinations(&first.asked.sweep).len();
    let mut sweeps = shards.into_iter().map(|(_, _, sweep)| sweep);
    let Some(SweepShard { asked, runs, .. }) = sweeps.next() else {
        return Ok(());
    };
    let parts = std::iter::once(runs).chain(sweeps.map(|sweep| sweep.runs));
    let mut rows = whole_from_parts(parts.collect(), count).unwrap_or_default();
    asked.keep(&mut rows, out, pictures)?;
    asked.print(&rows, out, json)
}

impl SweepShard {
    /// Why another shard does not belong to this one's whole, and what to do.
    fn problem(&self, other: &Self, shard: Shard) -> Option<String> {
        let mut found = differences("", &self.asked, &other.asked);
        let data = self.data.differences(&other.data);
        found.extend(data.into_iter().map(|part| format!("the {part}")));
        if !found.is_empty() {
            found.truncate(MOST_NAMED);
            return Some(format!(
                "shard {shard} was made with other settings than the first one: {}; run it again with the same",
                found.join("; ")
            ));
        }
        let points = combinations(&self.asked.sweep);
        let wanted = shard.items(points.len()).map(|k| &points[k]);
        let is_whole = wanted.eq(other.runs.iter().map(|row| &row.values));
        (!is_whole || !other.runs.iter().all(Row::is_plausible))
            .then(|| format!("shard {shard} does not hold the runs that it should; run it again"))
    }
}
