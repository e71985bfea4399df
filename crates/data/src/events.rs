//! Anyone's data: a directory of CSV event files (`t_us,channel`) with `labels.csv` (`file,label,split`).

use crate::{DataError, Dataset, Event, Sample, Target};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;

/// Settings of the reader.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventsConfig {
    /// Number of channels; every event's channel must be below it.
    pub channels: u32,
}

/// One line of `labels.csv`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    file: String,
    label: String,
    split: String,
    /// Length of the sample; the last event rounded up to a millisecond where absent.
    #[serde(default)]
    duration_us: Option<u32>,
}

const LABELS: &str = "labels.csv";

/// Longest sample: times are 32 bits of microseconds.
const LONGEST_US: u32 = 3_600_000_000;

/// Reads the directory; classes are the sorted labels.
pub fn events(dir: &Path, config: &EventsConfig) -> Result<Dataset, DataError> {
    let labels = labels(&dir.join(LABELS))?;
    let names: BTreeSet<&str> = labels.iter().map(|(_, l)| l.label.as_str()).collect();
    let names: Vec<String> = names.into_iter().map(String::from).collect();
    let mut set = Dataset {
        name: dir
            .file_name()
            .map_or("events".into(), |n| n.to_string_lossy().into_owned()),
        channels: config.channels as usize,
        outputs: names.len(),
        class_names: names,
        train: Vec::new(),
        valid: Vec::new(),
        test: Vec::new(),
    };
    for (line, label) in &labels {
        let class = set
            .class_names
            .iter()
            .position(|n| *n == label.label)
            .unwrap_or(0);
        let sample = sample(dir, label, *line, class, config)?;
        match label.split.as_str() {
            "train" => set.train.push(sample),
            "valid" => set.valid.push(sample),
            "test" => set.test.push(sample),
            other => {
                let file = dir.join(LABELS).display().to_string();
                return Err(DataError::value(
                    &file,
                    *line,
                    "`split`",
                    other,
                    "train, valid or test",
                ));
            }
        }
    }
    if set.train.is_empty() || set.test.is_empty() {
        let found = format!("{} train, {} test", set.train.len(), set.test.len());
        return Err(DataError::setting(
            "the split of labels.csv",
            found,
            "at least one sample of each",
        ));
    }
    Ok(set)
}

fn reader(path: &Path) -> Result<csv::Reader<std::fs::File>, DataError> {
    let file = std::fs::File::open(path).map_err(|source| DataError::Read {
        file: path.display().to_string(),
        source,
    })?;
    Ok(csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(file))
}

fn bad_row(file: &str, error: &csv::Error, allowed: &str) -> DataError {
    let line = error.position().map_or(1, csv::Position::line);
    DataError::value(file, line, "the row", error, allowed)
}

fn labels(path: &Path) -> Result<Vec<(u64, Label)>, DataError> {
    let file = path.display().to_string();
    let mut reader = reader(path)?;
    let allowed = "the columns file,label,split and at most duration_us";
    let mut all = Vec::new();
    let headers = reader
        .headers()
        .cloned()
        .map_err(|e| bad_row(&file, &e, allowed))?;
    for row in reader.records() {
        let row = row.map_err(|e| bad_row(&file, &e, allowed))?;
        let line = row.position().map_or(1, csv::Position::line);
        let label = row.deserialize(Some(&headers));
        all.push((
            line,
            label.map_err(|e| DataError::value(&file, line, "the row", e, allowed))?,
        ));
    }
    Ok(all)
}

fn sample(
    dir: &Path,
    label: &Label,
    line: u64,
    class: usize,
    config: &EventsConfig,
) -> Result<Sample, DataError> {
    let path = dir.join(&label.file);
    let events = read_events(&path, config)?;
    let file = path.display().to_string();
    let Some(last) = events.last() else {
        return Err(DataError::value(
            &file,
            1,
            "the number of events",
            0,
            "at least 1 event in a sample",
        ));
    };
    let duration_us = label.duration_us.unwrap_or((last.t_us / 1000 + 1) * 1000);
    if duration_us <= last.t_us || duration_us > LONGEST_US {
        let labels = dir.join(LABELS).display().to_string();
        let allowed = format!(
            "more than the last event's {} us, at most {LONGEST_US}",
            last.t_us
        );
        return Err(DataError::value(
            &labels,
            line,
            "`duration_us`",
            duration_us,
            allowed,
        ));
    }
    Ok(Sample {
        events,
        duration_us,
        target: Target::Class(class),
    })
}

fn read_events(path: &Path, config: &EventsConfig) -> Result<Vec<Event>, DataError> {
    let file = path.display().to_string();
    let mut reader = reader(path)?;
    let allowed = "the columns t_us,channel";
    let headers = reader.headers().map_err(|e| bad_row(&file, &e, allowed))?;
    if headers != vec!["t_us", "channel"] {
        return Err(DataError::value(
            &file,
            1,
            "the header",
            headers.iter().collect::<Vec<_>>().join(","),
            allowed,
        ));
    }
    let mut events: Vec<Event> = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|e| bad_row(&file, &e, allowed))?;
        let line = row.position().map_or(1, csv::Position::line);
        let field = |index: usize, what: &str, limit: u32| {
            let text = row.get(index).unwrap_or_default();
            let value = text.parse::<u32>().ok().filter(|v| *v < limit);
            value.ok_or_else(|| {
                DataError::value(
                    &file,
                    line,
                    what,
                    text,
                    format!("a whole number, 0..{}", limit - 1),
                )
            })
        };
        let event = Event {
            t_us: field(0, "`t_us`", LONGEST_US)?,
            channel: field(1, "`channel`", config.channels)?,
        };
        if let Some(before) = events.last().filter(|b| b.t_us > event.t_us) {
            let allowed = format!(
                "times in ascending order (the row before has {})",
                before.t_us
            );
            return Err(DataError::value(&file, line, "`t_us`", event.t_us, allowed));
        }
        events.push(event);
    }
    // One channel spikes at most once in a tick; equal rows are one spike.
    events.sort_unstable();
    events.dedup();
    Ok(events)
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
            "a.csv:3: `t_us` is 4; allowed: times in ascending order",
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
    fn too_short() {
        check(
            "file,label,split,duration_us\na.csv,x,train,5\n",
            "t_us,channel\n7,1\n",
            "labels.csv:2: `duration_us` is 5",
        );
    }
}
