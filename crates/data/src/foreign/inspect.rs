//! What a file of events holds, in words and one picture of characters.

use super::Recordings;
use crate::{Dataset, Sample, Target};
use serde::Serialize;

/// Columns and rows of the raster.
const RASTER: (usize, usize) = (64, 16);

/// What was seen of a data set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inspection {
    /// What kind of file it is.
    pub kind: String,
    /// Samples.
    pub samples: usize,
    /// Events of all of them.
    pub events: usize,
    /// Channels, and how many of them ever spike.
    pub channels: (usize, usize),
    /// Shortest, median and longest sample, s.
    pub durations_s: [f64; 3],
    /// Mean rate of a channel, Hz.
    pub rate_hz: f64,
    /// Samples of each class.
    pub classes: Vec<(String, usize)>,
    /// What is implausible or was lost.
    pub warnings: Vec<String>,
    /// The first sample: channels from above, time from the left, the more events the darker.
    pub raster: Vec<String>,
}

/// Looks at the data set that was made of a file.
pub fn inspect(file: &Recordings, set: &Dataset) -> Inspection {
    let samples: Vec<&Sample> = set.samples().collect();
    let mut durations: Vec<f64> = samples
        .iter()
        .map(|s| 1e-6 * f64::from(s.duration_us))
        .collect();
    durations.sort_by(f64::total_cmp);
    let at = |k: usize| durations.get(k).copied().unwrap_or(0.0);
    let durations_s = [
        at(0),
        at(durations.len() / 2),
        at(durations.len().saturating_sub(1)),
    ];
    let events: usize = samples.iter().map(|s| s.events.len()).sum();
    let mut used = vec![false; set.channels];
    for event in samples.iter().flat_map(|s| &s.events) {
        if let Some(used) = used.get_mut(event.channel as usize) {
            *used = true;
        }
    }
    let seconds: f64 = durations.iter().sum();
    let class = |k: usize| {
        let is = |s: &&&Sample| matches!(s.target, Target::Class { class, .. } if class == k);
        samples.iter().filter(is).count()
    };
    let classes = set.class_names.iter().enumerate();
    let mut found = Inspection {
        kind: file.kind.clone(),
        samples: samples.len(),
        events,
        channels: (set.channels, used.iter().filter(|u| **u).count()),
        durations_s,
        rate_hz: events as f64 / (seconds * set.channels as f64).max(1e-12),
        classes: classes.map(|(k, name)| (name.clone(), class(k))).collect(),
        warnings: file.notes.clone(),
        raster: samples
            .first()
            .map_or(Vec::new(), |s| raster(s, set.channels)),
    };
    let implausible = found.implausible(&samples);
    found.warnings.extend(implausible);
    found
}

impl Inspection {
    fn implausible(&self, samples: &[&Sample]) -> Vec<String> {
        let mut warnings = Vec::new();
        let median = self.durations_s[1];
        if median <= 2e-3 {
            warnings.push(format!(
                "half of the samples last {median} s or less: the times are likely in a larger unit (--time-unit)"
            ));
        }
        if median > 600.0 {
            warnings.push(format!(
                "half of the samples last {median} s or more: the times are likely in a smaller unit (--time-unit)"
            ));
        }
        let equal = |s: &&&Sample| {
            s.events
                .windows(2)
                .filter(|pair| pair.first() == pair.last())
                .count()
        };
        let merged: usize = samples.iter().map(|s| equal(&s)).sum();
        if merged * 100 > self.events {
            warnings.push(format!(
                "{:.1} % of the events share us and channel with another: the chip gets one spike for them",
                100.0 * merged as f64 / self.events as f64
            ));
        }
        let empty = samples.iter().filter(|s| s.events.is_empty()).count();
        if empty > 0 {
            warnings.push(format!("{empty} samples have no event"));
        }
        let channels = self.channels.0;
        if self.channels.1 * 2 < channels {
            warnings.push(format!(
                "{} of {channels} channels ever spike",
                self.channels.1
            ));
        }
        warnings
    }

    /// The lines that `bruno data inspect` prints.
    pub fn lines(&self) -> Vec<String> {
        let [shortest, median, longest] = self.durations_s;
        let mut lines = vec![
            format!(
                "{}: {} samples, {} events",
                self.kind, self.samples, self.events
            ),
            format!(
                "  channels                      {}, {} of them spike",
                self.channels.0, self.channels.1
            ),
            format!(
                "  durations                     {shortest:.4} .. {longest:.4} s, median {median:.4} s"
            ),
            format!(
                "  rate                          {:.2} Hz a channel",
                self.rate_hz
            ),
        ];
        let classes = self.classes.iter().map(|(name, n)| format!("{name} {n}"));
        lines.push(format!(
            "  classes                       {}",
            classes.collect::<Vec<_>>().join(", ")
        ));
        lines.extend(self.warnings.iter().map(|w| format!("  warning: {w}")));
        lines.push("  first sample, channels from above over time:".into());
        lines.extend(self.raster.iter().map(|row| format!("  |{row}|")));
        lines
    }
}

fn raster(sample: &Sample, channels: usize) -> Vec<String> {
    let (columns, rows) = (RASTER.0, RASTER.1.min(channels.max(1)));
    let mut counts = vec![vec![0usize; columns]; rows];
    for event in &sample.events {
        let column = event.t_us as usize * columns / (sample.duration_us as usize).max(1);
        let row = event.channel as usize * rows / channels.max(1);
        if let Some(cell) = counts.get_mut(row).and_then(|r| r.get_mut(column)) {
            *cell += 1;
        }
    }
    let most = counts.iter().flatten().copied().max().unwrap_or(0).max(1);
    let shade = |count: &usize| match (count * 3).div_ceil(most) {
        0 => ' ',
        1 => '.',
        2 => 'o',
        _ => '#',
    };
    counts
        .iter()
        .map(|row| row.iter().map(shade).collect())
        .collect()
}
