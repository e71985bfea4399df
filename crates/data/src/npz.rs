//! Anyone's data as one NumPy archive: events by sample, or counts by sample, time bin and channel.

#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

mod archive;
#[cfg(test)]
mod tests;

use crate::dataset::LONGEST_US;
use crate::source::{fits, open};
use crate::{DataError, Dataset, Event, Sample, Target};
use archive::Archive;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::io::{Read, Seek};
use std::ops::Range;
use std::path::Path;

/// Settings of the reader.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NpzConfig {
    /// Number of channels; every event's channel must be below it.
    pub channels: u32,
    /// Length of a time bin of `counts`, us; with `counts` only.
    #[serde(default)]
    pub bin_us: Option<u32>,
    /// Names of the classes, in the order of their numbers; the numbers themselves where absent.
    #[serde(default)]
    pub class_names: Option<Vec<String>>,
}

/// Most classes that labels may number.
const MOST_CLASSES: i64 = 4096;

/// Reads an archive with the integer arrays
///
/// - `label` `[sample]`: class, from 0; `split` `[sample]`: 0 train, 1 valid, 2 test;
/// - either `offset` `[sample + 1]`, `t_us` and `channel` `[event]`: the events of sample `s`, sorted by time, are those
///   from `offset[s]` to before `offset[s + 1]`; or `counts` `[sample, bin, channel]`: spikes, spread evenly over the bin;
/// - where wanted, `duration_us` `[sample]` and `from_us` `[sample]`, from where the outputs count.
///
/// Equal events stay, [`Dataset::played`] makes one spike of them.
///
/// # Errors
/// Array and index by name: an array that is missing, unknown, or of another type or shape; a value out of range; times
/// out of order; a sample without events; an empty train or test split.
pub fn npz(path: &Path, config: &NpzConfig) -> Result<Dataset, DataError> {
    config.check()?;
    let source = open(path, "give an archive that numpy.savez wrote")?;
    let name = path
        .file_stem()
        .map_or("npz".into(), |n| n.to_string_lossy().into_owned());
    let set = npz_from(&path.display().to_string(), source, config)?;
    Ok(Dataset { name, ..set })
}

impl NpzConfig {
    /// Checks what no file has to be opened for.
    ///
    /// # Errors
    /// A setting out of its range.
    pub fn check(&self) -> Result<(), DataError> {
        if self.channels == 0 {
            let remedy = "give the number of input channels";
            return Err(DataError::setting(
                "training.data.channels",
                0,
                "at least 1",
                remedy,
            ));
        }
        match self.bin_us {
            Some(0) => {
                let remedy = "give the length of a time bin of `counts`, us";
                Err(DataError::setting(
                    "training.data.bin_us",
                    0,
                    "at least 1",
                    remedy,
                ))
            }
            _ => Ok(()),
        }
    }
}

/// Reads an archive from a source, which errors name `file`.
///
/// # Errors
/// Those of [`npz`].
pub fn npz_from(
    file: &str,
    source: impl Read + Seek,
    config: &NpzConfig,
) -> Result<Dataset, DataError> {
    config.check()?;
    let mut archive = Archive::open(file, source)?;
    let label = archive.row("label")?;
    let samples = label.len();
    let split = archive.row_of("split", samples)?;
    let from_us = archive.optional_row("from_us", samples)?;
    let duration_us = archive.optional_row("duration_us", samples)?;
    let events = match archive.has("counts") {
        true => counted(&mut archive, config, samples)?,
        false => listed(&mut archive, config, samples)?,
    };
    archive.nothing_else()?;
    let classes = classes(&archive, config, &label)?;
    let mut set = Dataset {
        name: file.into(),
        channels: config.channels as usize,
        outputs: classes.len(),
        class_names: classes,
        ..Dataset::default()
    };
    let rows = events.into_iter().zip(label.iter().zip(&split)).enumerate();
    for (index, ((events, bins_end), (&label, &split))) in rows {
        let value = |row: &Option<Vec<i64>>| row.as_ref().and_then(|r| r.get(index)).copied();
        let end = events.last().map_or(0, |e| i64::from(e.t_us) + 1);
        let default = bins_end.unwrap_or((end + 999) / 1000 * 1000);
        let duration = value(&duration_us).unwrap_or(default);
        archive.check(
            "duration_us",
            index,
            duration,
            end..i64::from(LONGEST_US) + 1,
        )?;
        let from = value(&from_us).unwrap_or(0);
        archive.check("from_us", index, from, 0..duration)?;
        let sample = Sample {
            events,
            duration_us: duration as u32,
            target: Target::Class {
                class: label as usize,
                from_us: from as u32,
            },
        };
        archive.check("split", index, split, 0..3)?;
        match split {
            0 => set.train.push(sample),
            1 => set.valid.push(sample),
            _ => set.test.push(sample),
        }
    }
    if set.train.is_empty() || set.test.is_empty() {
        let found = format!("{} train, {} test", set.train.len(), set.test.len());
        let remedy = "mark some samples 0 and some 2";
        return Err(archive.bad("`split`", found, "at least one sample of each", remedy));
    }
    Ok(set)
}

/// The classes' names; checks every label.
fn classes(
    archive: &Archive<impl Read + Seek>,
    config: &NpzConfig,
    label: &[i64],
) -> Result<Vec<String>, DataError> {
    let named = config.class_names.as_ref();
    let limit = named.map_or(MOST_CLASSES, |names| names.len() as i64);
    for (index, class) in label.iter().enumerate() {
        archive.check("label", index, *class, 0..limit)?;
    }
    let count = label.iter().max().map_or(0, |last| last + 1);
    Ok(named.map_or_else(|| (0..count).map(|c| c.to_string()).collect(), Clone::clone))
}

/// Events of a sample, and the end of its time bins (us) where it has some.
type Events = (Vec<Event>, Option<i64>);

/// Samples from `offset`, `t_us` and `channel`.
fn listed(
    archive: &mut Archive<impl Read + Seek>,
    config: &NpzConfig,
    samples: usize,
) -> Result<Vec<Events>, DataError> {
    if let Some(bin_us) = config.bin_us {
        let remedy = "leave it out, or give `counts`";
        return Err(DataError::setting(
            "training.data.bin_us",
            bin_us,
            "an archive with `counts`",
            remedy,
        ));
    }
    let offset = archive.row_of("offset", samples + 1)?;
    let t_us = archive.row("t_us")?;
    fits(archive.file(), t_us.len())?;
    let channel = archive.row_of("channel", t_us.len())?;
    let count = t_us.len() as i64;
    let mut before = 0;
    for (index, at) in offset.iter().enumerate() {
        let allowed = match index {
            0 => 0..1,
            _ if index == samples => count..count + 1,
            _ => before..count + 1,
        };
        archive.check("offset", index, *at, allowed)?;
        if index > 0 && *at == before {
            let what = format!("the number of events of sample {}", index - 1);
            let remedy = "leave the sample out";
            return Err(archive.bad(&what, 0, "at least 1", remedy));
        }
        before = *at;
    }
    let mut all = Vec::with_capacity(samples);
    let mut rows = (0..).zip(t_us.iter().zip(&channel));
    for (first, end) in offset.iter().zip(offset.iter().skip(1)) {
        let mut events: Vec<Event> = Vec::new();
        for (index, (&t_us, &channel)) in rows.by_ref().take((end - first) as usize) {
            let earliest = events.last().map_or(0, |e| i64::from(e.t_us));
            archive.check("t_us", index, t_us, earliest..i64::from(LONGEST_US))?;
            archive.check("channel", index, channel, channels(config))?;
            events.push(Event {
                t_us: t_us as u32,
                channel: channel as u32,
            });
        }
        events.sort_unstable();
        all.push((events, None));
    }
    Ok(all)
}

/// Samples from `counts`: the k-th of n spikes of a bin lies at `(k + 1/2)/n` of its length.
fn counted(
    archive: &mut Archive<impl Read + Seek>,
    config: &NpzConfig,
    samples: usize,
) -> Result<Vec<Events>, DataError> {
    let bin_us = config.bin_us.ok_or_else(|| {
        let remedy = "give the length of a time bin of `counts`, us";
        DataError::setting("training.data.bin_us", "absent", "at least 1", remedy)
    })?;
    let (shape, counts) = archive.cube("counts")?;
    let [found, bins, channels] = shape;
    if found != samples || channels != config.channels as usize {
        let allowed = format!("[{samples}, bins, {}]", config.channels);
        let remedy = "let it have a row a label and `training.data.channels` columns";
        return Err(archive.bad(
            "the shape of `counts`",
            format!("{shape:?}"),
            allowed,
            remedy,
        ));
    }
    let end = (bins as i64).saturating_mul(i64::from(bin_us));
    archive.check(
        "counts",
        bins.saturating_sub(1),
        end,
        1..i64::from(LONGEST_US) + 1,
    )?;
    let mut all = Vec::with_capacity(samples);
    let mut count = 0;
    for sample in counts.chunks_exact(bins * channels) {
        let mut events = Vec::new();
        for (bin, row) in sample.chunks_exact(channels).enumerate() {
            for (channel, n) in row.iter().enumerate() {
                let index = all.len() * bins * channels + bin * channels + channel;
                // More spikes than ticks would not be spikes.
                archive.check("counts", index, *n, 0..i64::from(bin_us) + 1)?;
                count += *n as usize;
                fits(archive.file(), count)?;
                let start = bin as i64 * i64::from(bin_us);
                events.extend((0..*n).map(|k| Event {
                    t_us: (start + (2 * k + 1) * i64::from(bin_us) / (2 * n)) as u32,
                    channel: channel as u32,
                }));
            }
        }
        events.sort_unstable();
        if events.is_empty() {
            let what = format!("`counts`[{}]", all.len());
            let allowed = "at least 1 spike in a sample";
            return Err(archive.bad(&what, "all 0", allowed, "leave the sample out"));
        }
        all.push((events, Some(end)));
    }
    Ok(all)
}

fn channels(config: &NpzConfig) -> Range<i64> {
    0..i64::from(config.channels)
}
