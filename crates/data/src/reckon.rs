//! Address events as the chip ReckOn takes them (Frenkel and Indiveri, ISSCC 2022): one text file a split. Its first line is the
//! number of samples; `neuron, time_ms` is an event, `-2, L` gives the sample's label (what follows belongs to the recall period),
//! `-1, T` ends a sample of T ms.

#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

use crate::dataset::LONGEST_US;
use crate::source::{fits, open_within};
use crate::{DataError, Dataset, Event, Sample, Target};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// Settings of the reader.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReckonConfig {
    /// Number of channels; every event's neuron must be below it.
    pub channels: u32,
    /// Number of classes; every label must be below it.
    pub classes: u32,
    /// File of the training samples.
    pub train: String,
    /// File of the test samples.
    pub test: String,
    /// Samples at the end of the training file that settings are chosen on; at least one of the file must remain.
    pub valid: usize,
}

impl Default for ReckonConfig {
    fn default() -> Self {
        Self {
            channels: 40,
            classes: 2,
            train: "dataset_cueAcc_train.dat".into(),
            test: "dataset_cueAcc_test.dat".into(),
            valid: 0,
        }
    }
}

/// Reads both files of a directory. Outputs count from the recall period on. Errors name file and line: another number of
/// samples than announced, a line that is no pair of numbers, a neuron or label out of range, times out of order, an event
/// after its sample's end, a sample without a label.
pub fn reckon(dir: &Path, config: &ReckonConfig) -> Result<Dataset, DataError> {
    config.check()?;
    let samples = |name: &String| {
        let source = open_within(dir, name, "give the directory that holds it with --data")?;
        reckon_samples(&dir.join(name).display().to_string(), source, config)
    };
    let mut train = samples(&config.train)?;
    if config.valid >= train.len() {
        let allowed = format!("0..{} (training samples, one must remain)", train.len() - 1);
        let remedy = "keep fewer samples back";
        return Err(DataError::setting(
            "training.data.valid",
            config.valid,
            allowed,
            remedy,
        ));
    }
    let valid = train.split_off(train.len() - config.valid);
    Ok(Dataset {
        name: "reckon".into(),
        channels: config.channels as usize,
        outputs: config.classes as usize,
        class_names: (0..config.classes).map(|c| c.to_string()).collect(),
        train,
        valid,
        test: samples(&config.test)?,
        merged: 0,
    })
}

/// Most classes that a set may have.
const MOST_CLASSES: u32 = 4096;

/// What is known of a sample whose end has not come.
#[derive(Default)]
struct Open {
    events: Vec<Event>,
    label: Option<(usize, u32)>,
}

impl ReckonConfig {
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
        if !(1..=MOST_CLASSES).contains(&self.classes) {
            let allowed = format!("1..{MOST_CLASSES}");
            let remedy = "give the number of classes";
            return Err(DataError::setting(
                "training.data.classes",
                self.classes,
                allowed,
                remedy,
            ));
        }
        Ok(())
    }
}

/// The samples of one file; `name` is named in errors.
///
/// # Errors
/// Those of [`reckon`] that a file can cause.
pub fn reckon_samples(
    name: &str,
    source: impl Read,
    config: &ReckonConfig,
) -> Result<Vec<Sample>, DataError> {
    let mut announced = None;
    let mut samples = Vec::new();
    let mut open = Open::default();
    let mut count = 0;
    for (line, number) in BufReader::new(source).lines().zip(1..) {
        let line = line.map_err(|e| DataError::read(name, e, "it is a text file"))?;
        let place = format!("{name}:{number}");
        if line.trim().is_empty() {
            continue;
        }
        if announced.is_none() {
            announced = Some(line.trim().to_string());
            continue;
        }
        match pair(&line, &place)? {
            (-2, label) => open.label = Some(recall(label, &open.events, config, &place)?),
            (-1, length) => samples.push(std::mem::take(&mut open).close(length, &place)?),
            (neuron, ms) => open.event(neuron, ms, config, &place)?,
        }
        count += 1;
        fits(&place, count)?;
    }
    let announced = announced.unwrap_or_default();
    let found = samples.len();
    if announced.parse() != Ok(found) || found == 0 || !open.events.is_empty() {
        let allowed = format!("the number of whole samples in the file, {found}, and at least 1");
        let remedy = "the file may be cut off";
        return Err(DataError::value(
            format!("{name}:1"),
            "the number of samples",
            announced,
            allowed,
            remedy,
        ));
    }
    Ok(samples)
}

fn pair(line: &str, place: &str) -> Result<(i64, i64), DataError> {
    let numbers = line
        .split_once(',')
        .and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)));
    numbers.ok_or_else(|| {
        let allowed = "`neuron, time_ms`, `-2, label` or `-1, length_ms`";
        DataError::value(place, "the line", line, allowed, "correct the line")
    })
}

/// Whole milliseconds as us.
fn microseconds(ms: i64, place: &str) -> Result<u32, DataError> {
    let us = ms.checked_mul(1000).and_then(|us| u32::try_from(us).ok());
    us.filter(|us| *us <= LONGEST_US).ok_or_else(|| {
        let allowed = format!("0..{} ms", LONGEST_US / 1000);
        DataError::value(place, "the time", ms, allowed, "correct the line")
    })
}

/// Class, and the time from which the outputs count: the window after the last event before the label.
fn recall(
    label: i64,
    before: &[Event],
    config: &ReckonConfig,
    place: &str,
) -> Result<(usize, u32), DataError> {
    if !(0..i64::from(config.classes)).contains(&label) {
        let allowed = format!("0..{}", config.classes.saturating_sub(1));
        let remedy = "correct it or raise `training.data.classes`";
        return Err(DataError::value(place, "the label", label, allowed, remedy));
    }
    let from_us = before.last().map_or(0, |e| e.t_us.saturating_add(1000));
    Ok((label as usize, from_us))
}

impl Open {
    fn event(
        &mut self,
        neuron: i64,
        ms: i64,
        config: &ReckonConfig,
        place: &str,
    ) -> Result<(), DataError> {
        if !(0..i64::from(config.channels)).contains(&neuron) {
            let allowed = format!("0..{}", config.channels.saturating_sub(1));
            let remedy = "correct it or raise `training.data.channels`";
            return Err(DataError::value(
                place,
                "the neuron",
                neuron,
                allowed,
                remedy,
            ));
        }
        let t_us = microseconds(ms, place)?;
        if self.events.last().is_some_and(|e| e.t_us > t_us) {
            let allowed = "times in order within a sample";
            return Err(DataError::value(
                place,
                "the time",
                ms,
                allowed,
                "sort the sample",
            ));
        }
        self.events.push(Event {
            t_us,
            channel: neuron as u32,
        });
        Ok(())
    }

    fn close(mut self, length_ms: i64, place: &str) -> Result<Sample, DataError> {
        let duration_us = microseconds(length_ms, place)?;
        let last = self.events.last().map_or(0, |e| e.t_us);
        let Some((class, from_us)) = self.label else {
            let allowed = "a line `-2, label` in every sample";
            return Err(DataError::value(
                place,
                "the sample's label",
                "absent",
                allowed,
                "add it",
            ));
        };
        if last >= duration_us {
            let allowed = format!("more than {} ms, the last event", last / 1000);
            let remedy = "correct the length";
            return Err(DataError::value(
                place,
                "the length",
                length_ms,
                allowed,
                remedy,
            ));
        }
        self.events.sort_unstable();
        self.events.dedup();
        Ok(Sample {
            events: self.events,
            duration_us,
            target: Target::Class { class, from_us },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Dataset, DataError> {
        let dir = tempfile::tempdir().unwrap();
        let config = ReckonConfig::default();
        std::fs::write(dir.path().join(&config.train), text).unwrap();
        std::fs::write(dir.path().join(&config.test), text).unwrap();
        reckon(dir.path(), &config)
    }

    /// The message for a bad file.
    fn check(text: &str, expected: &str) {
        let error = read(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn events_label_and_length() {
        let set = read("1\n3, 4\n2, 7\n-2, 1\n5, 9\n-1, 20\n").unwrap();
        let event = |t_us, channel| Event { t_us, channel };
        let events = vec![event(4000, 3), event(7000, 2), event(9000, 5)];
        let target = Target::Class {
            class: 1,
            from_us: 8000,
        };
        let sample = Sample {
            events,
            duration_us: 20_000,
            target,
        };
        assert_eq!(set.train, [sample]);
    }
    #[test]
    fn cut_off() {
        check(
            "2\n3, 4\n-2, 1\n-1, 9\n3, 4\n",
            ":1: the number of samples is 2",
        );
    }
    #[test]
    fn another_neuron() {
        check(
            "1\n40, 4\n-2, 1\n-1, 9\n",
            ":2: the neuron is 40; allowed: 0..39",
        );
    }
    #[test]
    fn another_label() {
        check(
            "1\n4, 4\n-2, 2\n-1, 9\n",
            ":3: the label is 2; allowed: 0..1",
        );
    }
    #[test]
    fn no_label() {
        check("1\n4, 4\n-1, 9\n", ":3: the sample's label is absent");
    }
    #[test]
    fn out_of_order() {
        check("1\n4, 4\n4, 3\n-2, 0\n-1, 9\n", ":3: the time is 3");
    }
    #[test]
    fn an_event_after_the_end() {
        check("1\n4, 9\n-2, 0\n-1, 9\n", ":4: the length is 9");
    }
    #[test]
    fn no_numbers() {
        check("1\n4; 9\n", ":2: the line is 4; 9");
    }
    #[test]
    fn an_endless_sample() {
        check("1\n4, 9\n-2, 0\n-1, 99999999999999\n", ":4: the time is");
    }

    #[test]
    fn classes_that_no_memory_holds() {
        let config = ReckonConfig {
            classes: u32::MAX,
            ..ReckonConfig::default()
        };
        let error = reckon(Path::new("absent"), &config)
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("training.data.classes is 4294967295; allowed: 1..4096"),
            "{error}"
        );
    }
    #[test]
    fn a_file_elsewhere() {
        let config = ReckonConfig {
            train: "/etc/passwd".into(),
            ..ReckonConfig::default()
        };
        let error = reckon(Path::new("data"), &config).unwrap_err().to_string();
        assert!(
            error.contains("a file's name is `/etc/passwd`; allowed: a file within"),
            "{error}"
        );
    }

    /// The published files: 50 samples each of 2.25 s, recall from 2.1 s on.
    #[test]
    fn the_published_files() {
        let Some(dir) = std::env::var_os("BRUNO_REFERENCE_DATA") else {
            eprintln!("skipped: BRUNO_REFERENCE_DATA is not set");
            return;
        };
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let set = reckon(&root.join(dir).join("reckon"), &ReckonConfig::default()).unwrap();
        assert_eq!((set.train.len(), set.test.len()), (50, 50));
        assert!(set.train.iter().all(|s| s.duration_us == 2_250_000));
    }
}
