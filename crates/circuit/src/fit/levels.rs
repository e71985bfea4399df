//! Level tables of RRAM synapses from pulse data: mean, spread and uncertainty of every level.

#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

use super::FitError;
use super::columns::Columns;
use super::data::LARGEST_A;
use super::table::Table;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;
use std::path::Path;

/// Largest conductance of a reading, S.
const LARGEST_S: f64 = 1.0;

/// Largest conductance that RRAM is likely to have, uS.
const LIKELY_US: f64 = 1e4;

/// What to do with a conductance out of range.
const NORMALISED: &str = "a conductance is positive and in S: bring normalised data to the device's states first, \
                          g = hrs + (x - min)/(max - min) (lrs - hrs)";

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum Unit {
    /// Currents, from column `i_A`.
    #[serde(rename = "pA")]
    Picoampere,
    /// Conductances, from column `g_S`.
    #[serde(rename = "uS")]
    Microsiemens,
}

impl Unit {
    const ALL: [Self; 2] = [Self::Picoampere, Self::Microsiemens];

    fn column(self) -> &'static str {
        match self {
            Self::Picoampere => "i_A",
            Self::Microsiemens => "g_S",
        }
    }

    fn per_si(self) -> f64 {
        match self {
            Self::Picoampere => 1e12,
            Self::Microsiemens => 1e6,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Picoampere => "pA",
            Self::Microsiemens => "uS",
        })
    }
}

/// Readings of one programmed state.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Level {
    /// Code, or number of pulses, that the readings belong to.
    pub key: u32,
    /// Number of readings.
    pub readings: usize,
    /// Mean.
    pub mean: f64,
    /// Standard deviation of a reading: programming error and read noise together.
    pub sigma: f64,
    /// Standard error of the mean.
    pub standard_error: f64,
}

/// A level table, ascending.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Levels {
    /// Unit of means and deviations.
    pub unit: Unit,
    /// `code` or `pulse`.
    pub key: String,
    /// One entry a code of the synapse, 2^bits.
    pub levels: Vec<Level>,
    /// What the reader of the table should know.
    pub notes: Vec<String>,
}

impl Levels {
    /// Reads pulse data: a row a reading, with `code` (0..2^bits - 1) or `pulse` (number of pulses since the reset), and
    /// `i_A` or `g_S`. A code is a level. Of pulses, the 2^bits whose means lie nearest to even steps from the smallest to the
    /// largest become levels.
    ///
    /// # Errors
    /// A file without those columns, codes out of range, levels with fewer than two readings, means that do not ascend.
    pub fn read(path: &Path, bits: u32, columns: &Columns) -> Result<Self, FitError> {
        Self::of(&Table::read(path, columns)?, bits)
    }

    /// As [`Levels::read`], of a source that errors name `file`.
    ///
    /// # Errors
    /// Those of [`Levels::read`].
    pub fn from(
        file: &str,
        source: impl Read,
        bits: u32,
        columns: &Columns,
    ) -> Result<Self, FitError> {
        Self::of(&Table::from(file, source, columns)?, bits)
    }

    fn of(table: &Table, bits: u32) -> Result<Self, FitError> {
        let has_code = table.find("code").is_some();
        let key = if has_code { "code" } else { "pulse" };
        let Some(unit) = Unit::ALL
            .into_iter()
            .find(|u| table.find(u.column()).is_some())
        else {
            return Err(table.error("no readings; needs column `i_A` or `g_S`"));
        };
        match unit {
            Unit::Picoampere => table.within("i_A", -LARGEST_A, LARGEST_A)?,
            Unit::Microsiemens => table.all(
                "g_S",
                |g| (0.0..=LARGEST_S).contains(&g),
                &format!("0..{LARGEST_S}"),
                NORMALISED,
            )?,
        }
        let readings = readings(table, key, unit)?;
        let count = 1usize << bits;
        let levels = if has_code {
            of_codes(&readings, count)
        } else {
            of_pulses(&readings, count)
        };
        let levels = levels.map_err(|text| table.error(&text))?;
        Ok(Self {
            unit,
            key: key.into(),
            notes: notes(&levels, unit),
            levels,
        })
    }

    /// Means, ascending, in [`Levels::unit`].
    pub fn means(&self) -> Vec<f64> {
        self.levels.iter().map(|l| l.mean).collect()
    }
}

type Readings = BTreeMap<u32, Vec<f64>>;

fn readings(table: &Table, key: &str, unit: Unit) -> Result<Readings, FitError> {
    let mut readings = Readings::new();
    for (&k, &value) in table.need(key)?.iter().zip(table.need(unit.column())?) {
        if k < 0.0 || k.fract() != 0.0 || k > 1e9 {
            return Err(table.error(&format!("`{key}` is {k}; allowed: whole numbers from 0")));
        }
        readings
            .entry(k as u32)
            .or_default()
            .push(value * unit.per_si());
    }
    Ok(readings)
}

fn of_codes(readings: &Readings, count: usize) -> Result<Vec<Level>, String> {
    if let Some(code) = readings.keys().find(|&&code| code as usize >= count) {
        let last = count - 1;
        return Err(format!(
            "`code` is {code}; allowed: 0..{last}; set --bits to what the synapse has"
        ));
    }
    let few = |code: &u32| readings.get(code).map_or(0, Vec::len) < 2;
    let missing: Vec<u32> = (0..count as u32).filter(few).collect();
    if !missing.is_empty() {
        return Err(format!(
            "the data do not determine the levels of codes {missing:?}: each needs two readings or more; measure them, or \
             give --bits for fewer levels"
        ));
    }
    let levels: Vec<Level> = readings
        .iter()
        .map(|(&code, values)| level(code, values))
        .collect();
    if let Some((a, b)) = pairs(&levels).find(|(a, b)| b.mean <= a.mean) {
        return Err(format!(
            "the levels do not ascend: code {} reads {:.4e}, code {} {:.4e}; sort the codes by their currents, or leave out a \
             level that cannot be programmed",
            a.key, a.mean, b.key, b.mean
        ));
    }
    Ok(levels)
}

fn of_pulses(readings: &Readings, count: usize) -> Result<Vec<Level>, String> {
    let repeated = readings.iter().filter(|(_, values)| values.len() >= 2);
    let mut states: Vec<Level> = repeated
        .map(|(&pulse, values)| level(pulse, values))
        .collect();
    states.sort_by(|a, b| a.mean.total_cmp(&b.mean));
    let (Some(first), Some(last)) = (states.first(), states.last()) else {
        return Err("no pulse number has two readings or more; repeat the train of pulses".into());
    };
    let (low, high) = (first.mean, last.mean);
    let target = |k: usize| low + (high - low) * k as f64 / (count - 1) as f64;
    let distance = |state: &Level, k: usize| (state.mean - target(k)).abs();
    let nearest = |k: usize| {
        let order = |a: &&Level, b: &&Level| distance(a, k).total_cmp(&distance(b, k));
        states.iter().min_by(order).copied()
    };
    let levels: Vec<Level> = (0..count).filter_map(nearest).collect();
    let same = pairs(&levels)
        .enumerate()
        .find(|(_, (a, b))| a.key == b.key);
    if let Some((k, (_, level))) = same {
        return Err(format!(
            "the data do not determine level {} of {count}: no state lies near {:.4e} (levels {k} and {} would both be that \
             after {} pulses); apply finer pulses, or give --bits for fewer levels",
            k + 1,
            target(k + 1),
            k + 1,
            level.key
        ));
    }
    Ok(levels)
}

/// Each level with the one after it.
fn pairs(levels: &[Level]) -> impl Iterator<Item = (&Level, &Level)> {
    levels.iter().zip(levels.iter().skip(1))
}

fn level(key: u32, values: &[f64]) -> Level {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    let sigma = (squares / (n - 1.0)).sqrt();
    Level {
        key,
        readings: values.len(),
        mean,
        sigma,
        standard_error: sigma / n.sqrt(),
    }
}

fn notes(levels: &[Level], unit: Unit) -> Vec<String> {
    let is_close =
        |a: &Level, b: &Level| b.mean - a.mean < 2.0 * a.standard_error.hypot(b.standard_error);
    let mut notes: Vec<String> = pairs(levels)
        .enumerate()
        .filter(|(_, (a, b))| is_close(a, b))
        .map(|(k, _)| {
            format!(
                "levels {k} and {} are nearer than twice the standard error of their difference",
                k + 1
            )
        })
        .collect();
    let largest = levels.last().map_or(0.0, |level| level.mean);
    if unit == Unit::Microsiemens && largest > LIKELY_US {
        notes.push(format!(
            "a level of {largest} uS is above 10 mS, more than RRAM conducts: is `g_S` in S?"
        ));
    }
    let rises = pairs(levels).filter(|(a, b)| b.key > a.key).count();
    if rises > 0 && rises + 1 < levels.len() {
        notes.push(
            "the levels are not monotonic in the number of pulses: the train goes up and down"
                .into(),
        );
    }
    notes
}

impl fmt::Display for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = self.unit;
        writeln!(
            f,
            "{:>5}{:>8}{:>10}{:>14}{:>14}{:>14}",
            "level",
            self.key,
            "readings",
            format!("mean {unit}"),
            format!("sigma {unit}"),
            "std. error"
        )?;
        for (k, level) in self.levels.iter().enumerate() {
            writeln!(
                f,
                "{k:>5}{:>8}{:>10}{:>14.4}{:>14.4}{:>14.4}",
                level.key, level.readings, level.mean, level.sigma, level.standard_error
            )?;
        }
        for note in &self.notes {
            writeln!(f, "note: {note}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two readings around each mean.
    fn table(key: &str, means: &[(u32, f64)]) -> tempfile::NamedTempFile {
        let mut text = format!("{key},i_A\n");
        for (k, mean) in means {
            for part in [0.9, 1.1] {
                text += &format!("{k},{:e}\n", mean * part * 1e-12);
            }
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    fn check(key: &str, means: &[(u32, f64)], bits: u32) -> Levels {
        Levels::read(table(key, means).path(), bits, &Columns::default()).unwrap()
    }

    fn check_refused(key: &str, means: &[(u32, f64)], bits: u32, reason: &str) {
        let text = Levels::read(table(key, means).path(), bits, &Columns::default())
            .unwrap_err()
            .to_string();
        assert!(text.contains(reason), "{text}");
    }

    #[test]
    fn a_level_is_the_mean_of_its_readings() {
        let levels = check("code", &[(0, 1.0), (1, 2.0), (2, 4.0), (3, 8.0)], 2);
        let level = levels.levels[3];
        assert!((level.mean - 8.0).abs() < 1e-9);
        assert!((level.sigma - 0.8 * 2f64.sqrt()).abs() < 1e-9);
        assert!((level.standard_error - 0.8).abs() < 1e-9);
        assert_eq!(level.readings, 2);
    }

    #[test]
    fn levels_of_a_train_of_pulses_are_evenly_spaced() {
        let means: Vec<(u32, f64)> = (0..=20).map(|n| (n, 10.0 + f64::from(n * n))).collect();
        let levels = check("pulse", &means, 2);
        let pulses: Vec<u32> = levels.levels.iter().map(|l| l.key).collect();
        assert_eq!(pulses, [0, 12, 16, 20]);
        assert_eq!(levels.notes, [""; 0]);
    }

    #[test]
    fn a_train_that_goes_up_and_down_is_noted() {
        let means = [
            (0, 0.0),
            (1, 20.0),
            (2, 40.0),
            (3, 60.0),
            (4, 41.0),
            (5, 21.0),
        ];
        let levels = check("pulse", &means, 2);
        assert!(levels.notes.is_empty());
        let means = [
            (0, 0.0),
            (1, 15.0),
            (2, 39.0),
            (3, 60.0),
            (4, 45.0),
            (5, 20.0),
        ];
        let levels = check("pulse", &means, 2);
        assert!(
            levels.notes[0].contains("up and down"),
            "{:?}",
            levels.notes
        );
    }

    #[test]
    fn neighbours_that_overlap_are_noted() {
        let levels = check("code", &[(0, 10.0), (1, 10.1)], 1);
        insta::assert_snapshot!(levels);
    }

    fn read(text: &str) -> Result<Levels, FitError> {
        Levels::from("g.csv", text.as_bytes(), 1, &Columns::default())
    }

    #[test]
    fn normalised_conductances_are_refused() {
        let error = read("code,g_S\n0,0.1\n0,-0.85\n").unwrap_err().to_string();
        let expected = "g.csv: line 3, column `g_S`: -0.85; allowed: 0..1; a conductance is positive and in S: bring normalised";
        assert!(error.starts_with(expected), "{error}");
    }

    #[test]
    fn conductances_that_no_device_has_are_noted() {
        let levels = read("code,g_S\n0,1e-5\n0,1e-5\n1,0.5\n1,0.5\n").unwrap();
        assert!(
            levels.notes[0].starts_with("a level of 500000 uS is above 10 mS"),
            "{:?}",
            levels.notes
        );
    }

    #[test]
    fn what_is_not_determined_is_refused() {
        check_refused("code", &[(0, 1.0), (2, 2.0)], 2, "codes [1, 3]");
        check_refused("code", &[(0, 1.0), (1, 0.5)], 1, "do not ascend");
        check_refused("code", &[(0, 1.0), (2, 0.5)], 1, "`code` is 2");
        check_refused("code", &[(0, 1.0)], 1, "codes [1]");
        check_refused("pulse", &[(0, 1.0), (9, 9.0)], 2, "level 1 of 4");
        check_refused("reading", &[(0, 1.0)], 2, "column `pulse` is missing");
    }
}
