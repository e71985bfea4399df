//! Recordings of event cameras: pixels become channels, stretches of the recording become samples.

use super::{Recording, Recordings, TimeUnit};
use crate::DataError;
use crate::events::class_names;
use crate::source::open;
use std::io::Read;
use std::path::{Path, PathBuf};

/// How the recording of an event camera is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Camera {
    /// Pixels a row and rows; what the file says where absent.
    pub size: Option<(u32, u32)>,
    /// So many by so many pixels are one channel.
    pub pool: u32,
    /// A table of the stretches that are samples: class, start and end; without it the whole recording is one.
    pub labels: Option<PathBuf>,
}

impl Default for Camera {
    fn default() -> Self {
        Self {
            size: None,
            pool: 1,
            labels: None,
        }
    }
}

/// Times of a camera's clock, us: of the epoch where it tells the time of day.
const TIMES_US: std::ops::Range<i64> = 0..1 << 62;

/// One event: a pixel became brighter (`on`) or darker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PixelEvent {
    pub t_us: i64,
    pub x: u32,
    pub y: u32,
    pub on: bool,
}

/// A recording of an event camera.
#[derive(Debug)]
pub(super) struct Film {
    pub kind: &'static str,
    pub size: (u32, u32),
    pub events: Vec<PixelEvent>,
    pub notes: Vec<String>,
}

impl Film {
    /// Its samples. Channels are `(p * height + y) * width + x` of pixels that were put together, as
    /// `bruno.write_data` numbers them; p is 1 for a pixel that became brighter.
    pub fn recordings(mut self, place: &str, how: &Camera) -> Result<Recordings, DataError> {
        self.check(place)?;
        let stretches = match &how.labels {
            Some(path) => stretches(path, open(path, "give a table of labels")?)?,
            None => Vec::new(),
        };
        let (width, height) = self.size;
        let pool = how.pool.max(1);
        let (width, height) = (width.div_ceil(pool), height.div_ceil(pool));
        let channel = |e: &PixelEvent| (u32::from(e.on) * height + e.y / pool) * width + e.x / pool;
        // Packets of one camera may overlap in time.
        self.events.sort_by_key(|e| e.t_us);
        let sample = |events: &[PixelEvent], start: i64, label: Option<usize>| Recording {
            times: events.iter().map(|e| (e.t_us - start) as f64).collect(),
            channels: events.iter().map(channel).collect(),
            label,
        };
        let names = class_names(stretches.iter().map(|s| &s.class[..]).collect());
        let samples = if how.labels.is_none() {
            let start = self.events.first().map_or(0, |e| e.t_us);
            vec![sample(&self.events, start, None)]
        } else {
            let part = |s: &Stretch| {
                let from = self.events.partition_point(|e| e.t_us < s.start_us);
                let to = self.events.partition_point(|e| e.t_us < s.end_us);
                let events = self.events.get(from..to).unwrap_or(&[]);
                sample(events, s.start_us, names.iter().position(|n| *n == s.class))
            };
            stretches.iter().map(part).collect()
        };
        let (w, h) = self.size;
        Ok(Recordings {
            kind: format!(
                "{}, {w} x {h} pixels as {width} x {height} x 2 channels",
                self.kind
            ),
            samples,
            class_names: names,
            channels: Some(2 * width * height),
            unit: Some(TimeUnit::Us),
            notes: self.notes,
        })
    }

    fn check(&self, place: &str) -> Result<(), DataError> {
        let (width, height) = self.size;
        let time = self
            .events
            .iter()
            .map(|e| e.t_us)
            .find(|t| !TIMES_US.contains(t));
        if let Some(time) = time {
            let allowed = "us from 0 to 2^62";
            return Err(DataError::value(
                place,
                "a time",
                time,
                allowed,
                "give an undamaged file",
            ));
        }
        let outside = self.events.iter().find(|e| e.x >= width || e.y >= height);
        match outside {
            None => Ok(()),
            Some(e) => Err(DataError::value(
                place,
                "a pixel",
                format!("{}, {}", e.x, e.y),
                format!("within {width} x {height}"),
                "say the camera's size with --sensor",
            )),
        }
    }
}

/// A part of a recording that shows one thing.
struct Stretch {
    class: String,
    start_us: i64,
    end_us: i64,
}

/// The rows of a table of labels, in us of the recording's clock (DVS Gesture: `class,startTime_usec,endTime_usec`).
fn stretches(path: &Path, source: impl Read) -> Result<Vec<Stretch>, DataError> {
    let place = |line: u64| format!("{}:{line}", path.display());
    let bad = |line: u64, what: &str, found: &str, allowed: &str| {
        DataError::value(
            place(line),
            what,
            found,
            allowed,
            "correct the table of labels",
        )
    };
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(source);
    let headers = reader.headers().cloned();
    let headers = headers.map_err(|e| bad(1, "the header", &e.to_string(), "names"))?;
    let column = |names: &[&str]| {
        let is = |name: &&str| headers.iter().position(|h| h.eq_ignore_ascii_case(name));
        names
            .iter()
            .find_map(is)
            .ok_or_else(|| bad(1, "a column", "absent", &names.join(", ")))
    };
    let class = column(&["class", "label"])?;
    let start = column(&["startTime_usec", "start_us"])?;
    let end = column(&["endTime_usec", "end_us"])?;
    let mut found = Vec::new();
    for (count, row) in reader.records().enumerate() {
        let line = count as u64 + 2;
        let row =
            row.map_err(|e| bad(line, "the row", &e.to_string(), "as many cells as headers"))?;
        let cell = |column: usize| row.get(column).unwrap_or("");
        let time = |column: usize| {
            let allowed = "a whole number of us";
            let time: Result<i64, _> = cell(column).parse();
            time.map_err(|_| bad(line, "a time", cell(column), allowed))
        };
        let (start_us, end_us) = (time(start)?, time(end)?);
        if end_us <= start_us || !TIMES_US.contains(&start_us) {
            let allowed = "an end behind a start from 0 on";
            return Err(bad(
                line,
                "the stretch",
                &format!("{start_us} .. {end_us}"),
                allowed,
            ));
        }
        found.push(Stretch {
            class: cell(class).into(),
            start_us,
            end_us,
        });
    }
    Ok(found)
}
