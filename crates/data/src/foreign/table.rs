//! A table of events (CSV): columns by their headers, in any order.

use super::{Recording, Recordings, TimeUnit};
use crate::DataError;
use crate::events::class_names;
use crate::source::fits;
use std::collections::BTreeMap;
use std::io::Read;

/// Headers of a column of times, with the unit that they say.
const TIMES: [(&str, Option<TimeUnit>); 10] = [
    ("t_us", Some(TimeUnit::Us)),
    ("time_us", Some(TimeUnit::Us)),
    ("timestamp_us", Some(TimeUnit::Us)),
    ("t_ms", Some(TimeUnit::Ms)),
    ("time_ms", Some(TimeUnit::Ms)),
    ("t_s", Some(TimeUnit::S)),
    ("time_s", Some(TimeUnit::S)),
    ("t", None),
    ("time", None),
    ("timestamp", None),
];
const CHANNELS: [&str; 6] = ["channel", "unit", "neuron", "address", "id", "x"];
const SAMPLES: [&str; 4] = ["sample", "trial", "recording", "file"];
const LABELS: [&str; 3] = ["label", "class", "target"];

/// The column of one of these headers.
fn column(headers: &csv::StringRecord, names: &[&str]) -> Option<usize> {
    let is = |name: &&str| headers.iter().position(|h| h.eq_ignore_ascii_case(name));
    names.iter().find_map(is)
}

pub(super) fn read(file: &str, source: impl Read) -> Result<Recordings, DataError> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(source);
    let headers = reader.headers().cloned();
    let headers = headers.map_err(|e| bad(file, 1, "the header", &e.to_string(), "names"))?;
    let columns = Columns::of(file, &headers)?;
    let mut table = Table::default();
    for (count, row) in reader.records().enumerate() {
        let line = count as u64 + 2;
        fits(file, count + 1)?;
        let allowed = "as many cells as headers";
        let row = row.map_err(|e| bad(file, line, "the row", &e.to_string(), allowed))?;
        let line = row.position().map_or(line, csv::Position::line);
        table.add(&columns, &row, &|what, found, allowed| {
            bad(file, line, what, found, allowed)
        })?;
    }
    Ok(table.recordings(columns.unit))
}

fn bad(file: &str, line: u64, what: &str, found: &str, allowed: &str) -> DataError {
    let place = format!("{file}:{line}");
    DataError::value(place, what, found, allowed, "correct the row or the header")
}

/// Where what stands in a row.
struct Columns {
    time: usize,
    /// That the header of the times says.
    unit: Option<TimeUnit>,
    channel: usize,
    sample: Option<usize>,
    label: Option<usize>,
}

impl Columns {
    fn of(file: &str, headers: &csv::StringRecord) -> Result<Self, DataError> {
        let needed = |what: &str, names: &[&str]| {
            column(headers, names).ok_or_else(|| bad(file, 1, what, "absent", &names.join(", ")))
        };
        let time = needed("a column of times", &TIMES.map(|(name, _)| name))?;
        let header = headers.get(time).unwrap_or("");
        let known = TIMES
            .iter()
            .find(|(name, _)| header.eq_ignore_ascii_case(name));
        Ok(Self {
            time,
            unit: known.and_then(|(_, unit)| *unit),
            channel: needed("a column of channels", &CHANNELS)?,
            sample: column(headers, &SAMPLES),
            label: column(headers, &LABELS),
        })
    }
}

/// The rows so far.
#[derive(Default)]
struct Table {
    samples: Vec<Recording>,
    /// Place of each sample by its name.
    places: BTreeMap<String, usize>,
    /// Label of each sample.
    labels: Vec<Option<String>>,
}

impl Table {
    fn add(
        &mut self,
        columns: &Columns,
        row: &csv::StringRecord,
        bad: &dyn Fn(&str, &str, &str) -> DataError,
    ) -> Result<(), DataError> {
        let cell = |column: usize| row.get(column).unwrap_or("");
        let time = cell(columns.time)
            .parse()
            .ok()
            .filter(|t: &f64| t.is_finite());
        let time = time.ok_or_else(|| bad("a time", cell(columns.time), "a number"))?;
        let channel = cell(columns.channel).parse().map_err(|_| {
            let allowed = "a whole number from 0 on";
            bad("a channel", cell(columns.channel), allowed)
        })?;
        let next = self.samples.len();
        let name = columns.sample.map_or("", cell).to_string();
        let place = *self.places.entry(name).or_insert(next);
        let label = columns.label.map(cell);
        if place == next {
            self.samples.push(Recording::default());
            self.labels.push(label.map(String::from));
        }
        if let (Some(own), Some(Some(known))) = (label, self.labels.get(place))
            && own != known
        {
            let allowed = format!("`{known}`, the label of this sample before");
            return Err(bad("a label", own, &allowed));
        }
        if let Some(recording) = self.samples.get_mut(place) {
            recording.times.push(time);
            recording.channels.push(channel);
        }
        Ok(())
    }

    fn recordings(mut self, unit: Option<TimeUnit>) -> Recordings {
        let texts = self.labels.iter().flatten().map(String::as_str).collect();
        let class_names = class_names(texts);
        for (recording, label) in self.samples.iter_mut().zip(&self.labels) {
            let class = |label: &String| class_names.iter().position(|name| name == label);
            recording.label = label.as_ref().and_then(class);
        }
        Recordings {
            kind: "a table of events (CSV)".into(),
            samples: self.samples,
            class_names,
            channels: None,
            unit,
            notes: Vec::new(),
        }
    }
}
