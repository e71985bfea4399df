//! Anyone's data: a directory of CSV event files (`t_us,channel`) with `labels.csv` (`file,label,split`).

#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

use crate::dataset::LONGEST_US;
use crate::source::{fits, open, open_within};
use crate::{DataError, Dataset, Event, Sample, Target};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

/// Settings of the reader.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventsConfig {
    /// Number of channels; every event's channel must be below it.
    pub channels: u32,
}

impl EventsConfig {
    /// Checks what no file has to be opened for.
    ///
    /// # Errors
    /// A setting out of its range.
    pub fn check(&self) -> Result<(), DataError> {
        match self.channels {
            0 => {
                let remedy = "give the number of input channels";
                Err(DataError::setting(
                    "training.data.channels",
                    0,
                    "at least 1",
                    remedy,
                ))
            }
            _ => Ok(()),
        }
    }
}

/// One line of `labels.csv`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// The sample's file, within the directory.
    pub file: String,
    /// Its class.
    pub label: String,
    /// train, valid or test.
    pub split: String,
    /// Length of the sample; the last event rounded up to a millisecond where absent.
    #[serde(default)]
    pub duration_us: Option<u32>,
    /// From here on the outputs count; the sample's start where absent.
    #[serde(default)]
    pub from_us: Option<u32>,
}

const LABELS: &str = "labels.csv";

/// Reads the directory; classes are the labels, sorted as numbers where all are whole numbers and as text otherwise. Rows
/// that repeat time and channel stay, [`Dataset::played`] makes one spike of them. Errors name file and line: a missing file or column, a time that is no whole
/// number of us or out of order, a channel out of range, a sample without events, an unknown split, an empty train or
/// test split.
pub fn events(dir: &Path, config: &EventsConfig) -> Result<Dataset, DataError> {
    config.check()?;
    let path = dir.join(LABELS);
    let file = path.display().to_string();
    let labels = labels(
        &file,
        open(&path, "give a directory that holds labels.csv")?,
    )?;
    let names = class_names(labels.iter().map(|(_, l)| l.label.as_str()).collect());
    let mut set = Dataset {
        name: dir
            .file_name()
            .map_or("events".into(), |n| n.to_string_lossy().into_owned()),
        channels: config.channels as usize,
        outputs: names.len(),
        class_names: names,
        ..Dataset::default()
    };
    let mut count = 0;
    for (line, label) in &labels {
        let place = format!("{file}:{line}");
        let split = match label.split.as_str() {
            "train" => &mut set.train,
            "valid" => &mut set.valid,
            "test" => &mut set.test,
            other => {
                let allowed = "train, valid or test";
                let remedy = "correct the row";
                return Err(DataError::value(place, "`split`", other, allowed, remedy));
            }
        };
        // Every label is among the names, which were made of them.
        let class = set.class_names.iter().position(|n| *n == label.label);
        let class = class.unwrap_or(0);
        let sample = sample(dir, label, &place, class, config)?;
        count += sample.events.len();
        fits(place, count)?;
        split.push(sample);
    }
    if set.train.is_empty() || set.test.is_empty() {
        let found = format!("{} train, {} test", set.train.len(), set.test.len());
        let allowed = "at least one sample of each";
        let remedy = "mark some rows `train` and some `test`";
        return Err(DataError::value(file, "the split", found, allowed, remedy));
    }
    Ok(set)
}

/// The classes in the order of the outputs: by number where every label is a whole number, else by text.
pub(crate) fn class_names(labels: BTreeSet<&str>) -> Vec<String> {
    let numbers: Option<Vec<i128>> = labels.iter().map(|l| l.parse().ok()).collect();
    let mut names: Vec<String> = labels.into_iter().map(String::from).collect();
    if numbers.is_some() {
        // Texts of one number (1, 01) keep the order of texts.
        names.sort_by_key(|name| name.parse::<i128>().ok());
    }
    names
}

fn reader<R: Read>(source: R) -> csv::Reader<R> {
    csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(source)
}

/// A row that is no CSV or has the wrong columns.
fn bad_row(file: &str, line: Option<u64>, error: &csv::Error, allowed: &str) -> DataError {
    let line = line.or(error.position().map(csv::Position::line));
    let place = format!("{file}:{}", line.unwrap_or(1));
    DataError::value(
        place,
        "the row",
        error,
        allowed,
        "correct the row or the header",
    )
}

/// The rows of `labels.csv` with their lines, from 1; `file` is named in errors.
///
/// # Errors
/// File and line of a row that is no CSV or has other columns.
pub fn labels(file: &str, source: impl Read) -> Result<Vec<(u64, Label)>, DataError> {
    let allowed = "the columns file,label,split and at most duration_us,from_us";
    let bad = |line, error: &csv::Error| bad_row(file, line, error, allowed);
    let mut reader = reader(source);
    let headers = reader.headers().cloned().map_err(|e| bad(None, &e))?;
    let mut all = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|e| bad(None, &e))?;
        let line = row.position().map_or(1, csv::Position::line);
        let label = row.deserialize(Some(&headers));
        all.push((line, label.map_err(|e| bad(Some(line), &e))?));
    }
    Ok(all)
}

/// The sample of a row of `labels.csv`, which stands at `place`.
fn sample(
    dir: &Path,
    label: &Label,
    place: &str,
    class: usize,
    config: &EventsConfig,
) -> Result<Sample, DataError> {
    let file = dir.join(&label.file).display().to_string();
    let remedy = "correct `file` in labels.csv, or add the file";
    let events = event_rows(&file, open_within(dir, &label.file, remedy)?, config)?;
    let Some(last) = events.last().map(|e| e.t_us) else {
        let allowed = "at least 1 event in a sample";
        let remedy = "remove its row from labels.csv";
        return Err(DataError::value(
            file,
            "the number of events",
            0,
            allowed,
            remedy,
        ));
    };
    let duration_us = label.duration_us.unwrap_or((last / 1000 + 1) * 1000);
    if duration_us <= last || duration_us > LONGEST_US {
        let allowed = format!("more than the last event's {last} us, at most {LONGEST_US}");
        let remedy = "correct it or leave it empty";
        return Err(DataError::value(
            place,
            "`duration_us`",
            duration_us,
            allowed,
            remedy,
        ));
    }
    let from_us = label.from_us.unwrap_or(0);
    if from_us >= duration_us {
        let allowed = format!("less than the sample's {duration_us} us");
        let remedy = "correct it or leave it empty";
        return Err(DataError::value(
            place,
            "`from_us`",
            from_us,
            allowed,
            remedy,
        ));
    }
    Ok(Sample {
        events,
        duration_us,
        target: Target::Class { class, from_us },
    })
}

/// The events of one sample, sorted; `file` is named in errors.
///
/// # Errors
/// File and line of a row that is no CSV, a time or a channel out of range, times out of order.
pub fn event_rows(
    file: &str,
    source: impl Read,
    config: &EventsConfig,
) -> Result<Vec<Event>, DataError> {
    let allowed = "the columns t_us,channel";
    let mut reader = reader(source);
    let headers = reader
        .headers()
        .map_err(|e| bad_row(file, None, &e, allowed))?;
    if headers != vec!["t_us", "channel"] {
        let found = headers.iter().collect::<Vec<_>>().join(",");
        let remedy = "correct the first line";
        return Err(DataError::value(
            format!("{file}:1"),
            "the header",
            found,
            allowed,
            remedy,
        ));
    }
    let mut events: Vec<Event> = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|e| bad_row(file, None, &e, allowed))?;
        let place = format!("{file}:{}", row.position().map_or(1, csv::Position::line));
        let event = Event {
            t_us: number(&place, "`t_us`", row.get(0), LONGEST_US)?,
            channel: number(&place, "`channel`", row.get(1), config.channels)?,
        };
        if let Some(before) = events.last().filter(|b| b.t_us > event.t_us) {
            let allowed = format!("{} or more, the time of the row before", before.t_us);
            let remedy = "sort the rows by time";
            return Err(DataError::value(
                place, "`t_us`", event.t_us, allowed, remedy,
            ));
        }
        events.push(event);
        fits(&place, events.len())?;
    }
    events.sort_unstable();
    Ok(events)
}

/// A whole number below `limit` (1 or more).
fn number(place: &str, what: &str, text: Option<&str>, limit: u32) -> Result<u32, DataError> {
    let text = text.unwrap_or_default();
    let value = text.parse::<u32>().ok().filter(|v| *v < limit);
    value.ok_or_else(|| {
        let allowed = format!("a whole number, 0..{}", limit.saturating_sub(1));
        DataError::value(
            place,
            what,
            text,
            allowed,
            "correct the row, or `training.data.channels` if that is wrong",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(labels: &str, a: &str) -> Result<Dataset, DataError> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(LABELS), labels).unwrap();
        std::fs::write(dir.path().join("a.csv"), a).unwrap();
        events(dir.path(), &EventsConfig { channels: 4 })
    }

    fn check_classes(labels: &[&str], expected: &[&str]) {
        assert_eq!(class_names(labels.iter().copied().collect()), expected);
    }

    #[test]
    fn numbers_sort_as_numbers() {
        check_classes(&["10", "2", "0", "1"], &["0", "1", "2", "10"]);
        check_classes(&["3", "-20", "100"], &["-20", "3", "100"]);
        check_classes(&["2", "1", "01"], &["01", "1", "2"]);
    }
    #[test]
    fn texts_sort_as_texts() {
        check_classes(&["10", "2", "x"], &["10", "2", "x"]);
        check_classes(&["2", "10.5"], &["10.5", "2"]);
    }

    const GOOD: &str = "file,label,split\na.csv,x,train\na.csv,y,test\n";

    fn check(labels: &str, a: &str, expected: &str) {
        let error = read(labels, a).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn good() {
        let set = read(GOOD, "t_us,channel\n5,0\n5,1\n1999,3\n").unwrap();
        assert_eq!(
            (set.train[0].events.len(), set.train[0].duration_us),
            (3, 2000)
        );
        assert_eq!(set.class_names, ["x", "y"]);
    }
    #[test]
    fn channel() {
        check(
            GOOD,
            "t_us,channel\n5,4\n",
            "a.csv:2: `channel` is 4; allowed: a whole number, 0..3",
        );
    }
    #[test]
    fn unsorted() {
        check(
            GOOD,
            "t_us,channel\n5,0\n4,0\n",
            "a.csv:3: `t_us` is 4; allowed: 5 or more",
        );
    }
    #[test]
    fn negative() {
        check(GOOD, "t_us,channel\n-5,0\n", "a.csv:2: `t_us` is -5");
    }
    #[test]
    fn empty() {
        check(GOOD, "t_us,channel\n", "at least 1 event");
    }
    #[test]
    fn header() {
        check(
            GOOD,
            "time,channel\n1,1\n",
            "a.csv:1: the header is time,channel",
        );
    }
    #[test]
    fn split() {
        check(
            "file,label,split\na.csv,x,trane\n",
            "t_us,channel\n1,1\n",
            "labels.csv:2: `split` is trane",
        );
    }
    #[test]
    fn columns() {
        check(
            "file,label,splt\na.csv,x,train\n",
            "t_us,channel\n1,1\n",
            "labels.csv:2: the row",
        );
    }
    #[test]
    fn missing_file() {
        check(
            "file,label,split\nb.csv,x,train\n",
            "",
            "b.csv: cannot be read",
        );
    }
    #[test]
    fn fraction() {
        check(GOOD, "t_us,channel\n0.5,0\n", "a.csv:2: `t_us` is 0.5");
    }
    #[test]
    fn one_number_missing() {
        check(GOOD, "t_us,channel\n1,0\n2\n", "a.csv:3: the row");
    }
    #[test]
    fn unknown_column() {
        check(
            "file,label,split,note\na.csv,x,train,hm\n",
            "t_us,channel\n1,1\n",
            "labels.csv:2: the row is CSV deserialize error",
        );
    }
    #[test]
    fn nothing_to_test_on() {
        check(
            "file,label,split\na.csv,x,train\n",
            "t_us,channel\n1,1\n",
            "the split is 1 train, 0 test",
        );
    }
    #[test]
    fn no_channels() {
        let error = events(Path::new("absent"), &EventsConfig { channels: 0 }).unwrap_err();
        assert!(error.to_string().starts_with("training.data.channels is 0"));
    }
    #[test]
    fn equal_rows_and_a_given_duration() {
        let labels = "file,label,split,duration_us\na.csv,y,train,\na.csv,x,test,9000\n";
        let set = read(labels, "t_us,channel\n7,1\n7,1\n").unwrap();
        assert_eq!(set.train[0].events.len(), 2);
        assert_eq!(set.clone().played(1).unwrap().merged, 2);
        assert_eq!(
            [set.train[0].duration_us, set.test[0].duration_us],
            [1000, 9000]
        );
        assert_eq!(
            set.train[0].target,
            Target::Class {
                class: 1,
                from_us: 0
            }
        );
    }
    #[test]
    fn an_answer_that_counts_late() {
        let labels = "file,label,split,from_us\na.csv,y,train,\na.csv,x,test,700\n";
        let set = read(labels, "t_us,channel\n7,1\n").unwrap();
        let target = |class, from_us| Target::Class { class, from_us };
        assert_eq!(
            [&set.train[0].target, &set.test[0].target],
            [&target(1, 0), &target(0, 700)]
        );
    }
    #[test]
    fn an_answer_that_never_counts() {
        check(
            "file,label,split,from_us\na.csv,x,train,1000\n",
            "t_us,channel\n7,1\n",
            "labels.csv:2: `from_us` is 1000; allowed: less than the sample's 1000 us",
        );
    }
    #[test]
    fn too_short() {
        check(
            "file,label,split,duration_us\na.csv,x,train,5\n",
            "t_us,channel\n7,1\n",
            "labels.csv:2: `duration_us` is 5",
        );
    }
}
