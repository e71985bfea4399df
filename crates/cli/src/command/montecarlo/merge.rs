//! Virtual chips of a job array's shards as one result.

use super::About;
use super::virtual_chips::RECORDS;
use crate::failure::Failure;
use crate::picture::PictureArguments;
use bruno_montecarlo::Results;
use std::path::{Path, PathBuf};

/// Puts all finished shards, each with its folder and in their order, together under `out` and reports what they hold.
///
/// # Errors
/// Shards that are damaged or of other settings; those of the file system.
pub fn merge(
    out: &Path,
    shards: Vec<(PathBuf, About)>,
    pictures: &PictureArguments,
    json: bool,
) -> Result<(), Failure> {
    let mut parts = Vec::new();
    for (folder, about) in &shards {
        shards
            .first()
            .map_or(Ok(()), |first| same(first, (folder, about)))?;
        let path = folder.join(RECORDS);
        parts.push(Results::load(&path)?.ok_or_else(|| Failure::Input {
            path: path.display().to_string(),
            what: "is not there, though the shard is finished; run it again".into(),
        })?);
    }
    let Some((_, about)) = shards.first() else {
        return Ok(());
    };
    let results = Results::merge(&out.join(RECORDS), parts, about.chips as usize)?;
    about.report(&results, out, pictures, json)
}

/// Refuses a shard that was asked for something else.
fn same(first: &(PathBuf, About), (folder, about): (&Path, &About)) -> Result<(), Failure> {
    let asked = |about: &About| {
        let target = about.target.map_or("absent".into(), |t| t.to_string());
        [("--chips", about.chips.to_string()), ("--target", target)]
    };
    let pairs = asked(&first.1).into_iter().zip(asked(about));
    let mut differ = pairs.filter(|(a, b)| a != b);
    match differ.next() {
        None => Ok(()),
        Some(((option, theirs), (_, own))) => Err(Failure::Input {
            path: folder.display().to_string(),
            what: format!(
                "{option} is {own} in this shard and {theirs} in {}; run one of them again, it keeps its chips",
                first.0.display()
            ),
        }),
    }
}
