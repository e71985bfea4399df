//! Events as other tools hold them, on their way into a NumPy archive of bruno's: spoken digits in HDF5, recordings of
//! event cameras (AEDAT), tables of events.
//!
//! What such a file leaves open, its unit of time above all, is asked for or said; nothing is guessed silently.

#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

mod aedat;
mod archive;
mod camera;
mod hdf5;
mod heap;
mod inspect;
mod number;
mod table;

use crate::dataset::LONGEST_US;
use crate::events::class_names;
use crate::source::{fits, open};
use crate::{DataError, Dataset, Event, Sample, Target};
pub use archive::write_npz;
pub use camera::Camera;
pub use inspect::{Inspection, inspect};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// Most channels of a file.
const MOST_CHANNELS: u32 = 1 << 20;

/// Unit of the times in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeUnit {
    /// Seconds.
    S,
    /// Milliseconds.
    Ms,
    /// Microseconds.
    Us,
}

impl TimeUnit {
    /// Its name: `s`, `ms`, `us`.
    pub fn name(self) -> &'static str {
        match self {
            Self::S => "s",
            Self::Ms => "ms",
            Self::Us => "us",
        }
    }

    /// The unit of this name.
    pub fn of(name: &str) -> Option<Self> {
        [Self::S, Self::Ms, Self::Us]
            .into_iter()
            .find(|u| u.name() == name)
    }

    fn us(self) -> f64 {
        match self {
            Self::S => 1e6,
            Self::Ms => 1e3,
            Self::Us => 1.0,
        }
    }
}

/// One sample of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recording {
    /// Times of its events, in the file's unit.
    pub times: Vec<f64>,
    /// Their channels.
    pub channels: Vec<u32>,
    /// Its class, where the file says one.
    pub label: Option<usize>,
}

/// A file of events.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recordings {
    /// What kind of file it is.
    pub kind: String,
    /// Its samples.
    pub samples: Vec<Recording>,
    /// Names of the classes; empty where the file has none.
    pub class_names: Vec<String>,
    /// Channels, where the file says how many.
    pub channels: Option<u32>,
    /// Unit of the times, where the file says it.
    pub unit: Option<TimeUnit>,
    /// What was seen in the file that its user should know.
    pub notes: Vec<String>,
}

/// How a file becomes a data set.
#[derive(Debug, Clone)]
pub struct Conversion {
    /// Unit of the times; that of the file where absent.
    pub unit: Option<TimeUnit>,
    /// Channels; those of the file, else one more than the largest where absent.
    pub channels: Option<u32>,
    /// So many samples at the end are test samples.
    pub held_out: usize,
    /// Shares of training, validation and test samples among the others.
    pub shares: [f64; 3],
    /// Seed of the split.
    pub seed: u64,
}

/// Reads a file of events: HDF5 as the Heidelberg digits (SHD, SSC) have it, a recording of an event camera (AEDAT; `camera`
/// says how) or a table (CSV).
///
/// # Errors
/// A file of another kind, with what to do about it; a damaged one, with the place; `camera` for a file of none.
pub fn recordings(path: &Path, camera: &Camera) -> Result<Recordings, DataError> {
    let kind = Kind::of(path)?;
    recordings_from(
        path,
        BufReader::new(open(path, "give a file of events")?),
        camera,
        kind,
    )
}

/// The same from a source that `path` names.
///
/// # Errors
/// As [`recordings`].
pub fn recordings_in(
    path: &Path,
    source: impl BufRead,
    camera: &Camera,
) -> Result<Recordings, DataError> {
    recordings_from(path, source, camera, Kind::of(path)?)
}

fn recordings_from(
    path: &Path,
    source: impl BufRead,
    camera: &Camera,
    kind: Kind,
) -> Result<Recordings, DataError> {
    let place = path.display().to_string();
    if *camera != Camera::default() && kind != Kind::Film {
        let found = "given for a file of no camera";
        let remedy = "leave --sensor, --pool and --labels out";
        let allowed = "with .aedat and .aedat4";
        return Err(DataError::value(
            place,
            "the camera",
            found,
            allowed,
            remedy,
        ));
    }
    match kind {
        Kind::Digits => hdf5::read(&place, source),
        Kind::Film => aedat::read(&place, source, camera),
        Kind::Table => table::read(&place, source),
    }
}

/// Kinds of files.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Digits,
    Film,
    Table,
}

impl Kind {
    /// By the ending of a file's name.
    fn of(path: &Path) -> Result<Self, DataError> {
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        let remedy = match ending.as_deref() {
            Some("h5" | "hdf5") => return Ok(Self::Digits),
            Some("aedat" | "aedat4") => return Ok(Self::Film),
            Some("csv") => return Ok(Self::Table),
            Some("npy" | "npz") => "write it with bruno.write_data in Python (docs/python.md)",
            _ => "see docs/data.md",
        };
        let found = ending.as_deref().unwrap_or("no ending");
        let allowed = ".h5 and .hdf5 (SHD, SSC), .aedat and .aedat4 (event cameras), .csv (a table of events)";
        Err(DataError::value(
            path.display(),
            "the kind of the file",
            found,
            allowed,
            remedy,
        ))
    }
}

impl Recordings {
    /// The samples of several files as those of one; classes of one name are one class.
    ///
    /// # Errors
    /// Files whose numbers of channels or units of time differ.
    pub fn joined(files: Vec<(String, Self)>) -> Result<Self, DataError> {
        let same = files
            .windows(2)
            .all(|w| matches!(w, [a, b] if a.1.class_names == b.1.class_names));
        let names = match files.first() {
            // Their order is the numbers of the classes.
            Some((_, first)) if same => first.class_names.clone(),
            _ => {
                let names = files.iter().flat_map(|(_, f)| &f.class_names);
                class_names(names.map(String::as_str).collect())
            }
        };
        let mut all = Self::default();
        for (place, file) in files {
            if !all.samples.is_empty() && (all.channels, all.unit) != (file.channels, file.unit) {
                let found = format!("{:?} channels, {:?}", file.channels, file.unit);
                let allowed = format!(
                    "{:?} channels, {:?}, as the files before",
                    all.channels, all.unit
                );
                return Err(DataError::value(
                    place,
                    "the kind of the file",
                    found,
                    allowed,
                    "convert it by itself",
                ));
            }
            let class = |label: usize| {
                let name = file.class_names.get(label);
                name.map_or(Some(label), |name| names.iter().position(|n| n == name))
            };
            all.samples
                .extend(file.samples.into_iter().map(|own| Recording {
                    label: own.label.and_then(class),
                    ..own
                }));
            (all.kind, all.channels, all.unit) = (file.kind, file.channels, file.unit);
            all.notes.extend(
                file.notes
                    .into_iter()
                    .filter(|n| !all.notes.contains(n))
                    .collect::<Vec<_>>(),
            );
        }
        all.class_names = names;
        Ok(all)
    }

    /// The data set of these samples.
    ///
    /// # Errors
    /// An unknown unit of time; times, channels and lengths out of range, with the sample; too few samples.
    pub fn dataset(&self, name: &str, how: &Conversion) -> Result<Dataset, DataError> {
        let unit = how.unit.or(self.unit).ok_or_else(|| {
            let allowed = "s, ms or us";
            DataError::setting(
                "the unit of the times",
                "unknown",
                allowed,
                "say it with --time-unit",
            )
        })?;
        let largest = self.samples.iter().flat_map(|s| &s.channels).max();
        let channels = how
            .channels
            .or(self.channels)
            .unwrap_or(largest.map_or(1, |c| c.saturating_add(1)));
        if !(1..=MOST_CHANNELS).contains(&channels) {
            let allowed = format!("1..{MOST_CHANNELS}");
            return Err(DataError::setting(
                "the number of channels",
                channels,
                allowed,
                "correct it",
            ));
        }
        fits(name, self.samples.iter().map(|s| s.times.len()).sum())?;
        let samples = self.samples.iter().enumerate();
        let samples: Vec<Sample> = samples
            .map(|(k, own)| own.sample(&format!("{name}: sample {k}"), unit, channels))
            .collect::<Result<_, _>>()?;
        let labels = samples.iter().map(|s| match s.target {
            Target::Class { class, .. } => class + 1,
            Target::Frames { .. } => 0,
        });
        let classes = labels.max().unwrap_or(0).max(self.class_names.len());
        let mut class_names = self.class_names.clone();
        class_names.extend((class_names.len()..classes).map(|k| k.to_string()));
        let [train, valid, test] = split(samples, how)?;
        Ok(Dataset {
            name: name.into(),
            channels: channels as usize,
            outputs: classes,
            class_names,
            train,
            valid,
            test,
            merged: 0,
        })
    }
}

impl Recording {
    fn sample(&self, place: &str, unit: TimeUnit, channels: u32) -> Result<Sample, DataError> {
        let mut events = Vec::with_capacity(self.times.len());
        for (time, channel) in self.times.iter().zip(&self.channels) {
            let t_us = (time * unit.us()).round();
            if !(0.0..f64::from(LONGEST_US)).contains(&t_us) {
                let found = format!("{time} {}", unit.name());
                let allowed = format!("from 0 to {} s", LONGEST_US / 1_000_000);
                let remedy = "correct the unit, or let samples start at 0";
                return Err(DataError::value(place, "a time", found, allowed, remedy));
            }
            if *channel >= channels {
                let allowed = format!("0..{}", channels - 1);
                return Err(DataError::value(
                    place,
                    "a channel",
                    channel,
                    allowed,
                    "raise --channels",
                ));
            }
            events.push(Event {
                t_us: t_us as u32,
                channel: *channel,
            });
        }
        events.sort_unstable();
        let last = events.last().map_or(0, |e| e.t_us);
        Ok(Sample {
            // The last event rounded up to a millisecond, as everywhere.
            duration_us: (last / 1000 + 1) * 1000,
            events,
            target: Target::Class {
                class: self.label.unwrap_or(0),
                from_us: 0,
            },
        })
    }
}

/// The samples at random in three parts of these shares; each part keeps the order of the file.
fn split(samples: Vec<Sample>, how: &Conversion) -> Result<[Vec<Sample>; 3], DataError> {
    let sum: f64 = how.shares.iter().sum();
    if how.shares.iter().any(|s| !(0.0..=1.0).contains(s)) || (sum - 1.0).abs() > 1e-6 {
        let found = format!("{:?}", how.shares);
        let allowed = "three shares from 0 to 1 whose sum is 1, as 0.8,0.1,0.1";
        return Err(DataError::setting(
            "the split",
            found,
            allowed,
            "correct it",
        ));
    }
    let drawn = samples.len().saturating_sub(how.held_out);
    let mut order: Vec<usize> = (0..drawn).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(how.seed));
    let count = drawn as f64;
    let [train, valid, _] = how.shares;
    let ends = [train, train + valid].map(|share| (share * count).round() as usize);
    let mut part = vec![2; samples.len()];
    for (place, sample) in order.into_iter().enumerate() {
        if let Some(part) = part.get_mut(sample) {
            *part = ends.iter().filter(|end| place >= **end).count();
        }
    }
    let mut parts: [Vec<Sample>; 3] = Default::default();
    for (part, sample) in part.into_iter().zip(samples) {
        if let Some(part) = parts.get_mut(part) {
            part.push(sample);
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests;
