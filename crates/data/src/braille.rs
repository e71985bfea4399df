//! Built-in tactile data: a fingertip of 4 x 3 taxels slides over a Braille cell; each taxel's pressure becomes ON and
//! OFF events.
//!
//! Noise, jitter and offsets are set so that counting spikes does not solve the task: a ridge classifier gets about 0.6
//! of 7 letters from counts; how much more it gets from 8 time bins depends on its penalty (0.8 at 1, 0.95 at 100; see
//! the example `baseline`). Every sample's random numbers follow from (seed, split, index) alone.

use crate::alphabet::dots;
use crate::{DataError, Dataset, Event, Sample, Target};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which letters are read; in files the number 7 or 27.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u8", into = "u8")]
#[schemars(extend("enum" = [7, 27]))]
pub enum Letters {
    /// Space, A, E, I, O, U, Y.
    #[default]
    Seven,
    /// Space and A..Z.
    TwentySeven,
}

impl From<Letters> for u8 {
    fn from(letters: Letters) -> u8 {
        match letters {
            Letters::Seven => 7,
            Letters::TwentySeven => 27,
        }
    }
}

impl TryFrom<u8> for Letters {
    type Error = DataError;

    fn try_from(number: u8) -> Result<Self, DataError> {
        match number {
            7 => Ok(Letters::Seven),
            27 => Ok(Letters::TwentySeven),
            other => Err(DataError::setting(
                "`letters`",
                other,
                "7 or 27",
                "choose one of them",
            )),
        }
    }
}

/// Settings of the generator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BrailleConfig {
    /// Which letters.
    pub letters: Letters,
    /// Training samples of each letter.
    pub train: usize,
    /// Validation samples of each letter.
    pub valid: usize,
    /// Test samples of each letter.
    pub test: usize,
    /// Standard deviation of the pressure noise (a dot's peak is 1).
    pub noise: f64,
    /// Standard deviation of an event's time, ms.
    pub jitter_ms: f64,
    /// Seed of the whole set.
    pub seed: u64,
}

impl Default for BrailleConfig {
    fn default() -> Self {
        Self {
            letters: Letters::Seven,
            train: 30,
            valid: 10,
            test: 20,
            noise: 0.12,
            jitter_ms: 5.0,
            seed: 1,
        }
    }
}

/// Columns and rows of taxels, and their pitch along and across the movement, mm.
const COLUMNS: usize = 4;
const ROWS: usize = 3;
const PITCH_MM: (f64, f64) = (1.5, 2.0);
/// Standard deviation of a dot's Gaussian footprint, mm.
const FOOTPRINT_MM: f64 = 0.9;
const SPEED_MM_S: f64 = 10.0;
/// Sensor sampling interval, and the grid on which it is interpolated, ms.
const SAMPLING_MS: usize = 25;
/// A change of this size makes an event.
const STEP: f64 = 0.15;
const CHANNELS: usize = 2 * COLUMNS * ROWS;

/// Most samples of a letter in a split, so that a typing error cannot fill the memory.
const MOST: usize = 10_000;

/// Generates the set: 24 channels (ON and OFF of 12 taxels), 7 or 27 classes, samples of 1.0..1.3 s. Fails on a setting
/// out of its range.
pub fn braille(config: &BrailleConfig) -> Result<Dataset, DataError> {
    config.check()?;
    let letters: Vec<char> = match config.letters {
        Letters::Seven => "_AEIOUY".chars().collect(),
        Letters::TwentySeven => std::iter::once('_').chain('A'..='Z').collect(),
    };
    let split = |number: u64, per_letter: usize| {
        let total = per_letter * letters.len();
        let sample = |index: usize| one(config, &letters, number, index);
        (0..total).map(sample).collect()
    };
    Ok(Dataset {
        name: format!("braille-{}", letters.len()),
        channels: CHANNELS,
        outputs: letters.len(),
        class_names: letters.iter().map(char::to_string).collect(),
        train: split(0, config.train),
        valid: split(1, config.valid),
        test: split(2, config.test),
        merged: 0,
    })
}

impl BrailleConfig {
    /// Checks what no file has to be opened for.
    ///
    /// # Errors
    /// A setting out of its range.
    pub fn check(&self) -> Result<(), DataError> {
        let error = |what: &str, found: &dyn std::fmt::Display, allowed: &str, remedy: &str| {
            Err(DataError::setting(what, found, allowed, remedy))
        };
        if !(0.0..=10.0).contains(&self.noise) {
            return error(
                "training.data.noise",
                &self.noise,
                "0..10",
                "the default is 0.12",
            );
        }
        if !(0.0..=100.0).contains(&self.jitter_ms) {
            return error(
                "training.data.jitter_ms",
                &self.jitter_ms,
                "0..100 ms",
                "the default is 5",
            );
        }
        // Only validation may be left out.
        let splits = [
            ("train", self.train, 1),
            ("valid", self.valid, 0),
            ("test", self.test, 1),
        ];
        for (name, count, least) in splits {
            if !(least..=MOST).contains(&count) {
                let allowed = format!("{least}..{MOST} samples a letter");
                return error(
                    &format!("training.data.{name}"),
                    &count,
                    &allowed,
                    "choose a number in this range",
                );
            }
        }
        Ok(())
    }
}

/// Sample `index` of a split; letters take turns.
fn one(config: &BrailleConfig, letters: &[char], split: u64, index: usize) -> Sample {
    let mut rng = ChaCha8Rng::seed_from_u64(config.seed);
    rng.set_stream(split << 32 | index as u64);
    let class = index % letters.len();
    let touch = Touch::draw(letters[class], &mut rng);
    let duration_ms = rng.random_range(1000..=1300usize);
    let mut events = Vec::new();
    for taxel in 0..COLUMNS * ROWS {
        let pressure = touch.pressure(taxel, duration_ms, config.noise, &mut rng);
        delta_events(
            &pressure,
            taxel,
            duration_ms,
            config.jitter_ms,
            &mut rng,
            &mut events,
        );
    }
    events.sort_unstable();
    events.dedup();
    Sample {
        events,
        duration_us: duration_ms as u32 * 1000,
        target: Target::Class { class, from_us: 0 },
    }
}

/// One pass of the finger over one letter.
struct Touch {
    dots: Vec<(f64, f64)>,
    speed: f64,
    start: f64,
    across: f64,
    amplitude: f64,
}

impl Touch {
    fn draw(letter: char, rng: &mut ChaCha8Rng) -> Self {
        Self {
            dots: dots(letter),
            speed: SPEED_MM_S * rng.random_range(0.85..1.15),
            start: gauss(0.4, rng),
            across: gauss(0.25, rng),
            amplitude: rng.random_range(0.8..1.2),
        }
    }

    /// Pressure of a taxel on a grid of 1 ms: sampled at 40 Hz with noise, interpolated.
    fn pressure(
        &self,
        taxel: usize,
        duration_ms: usize,
        noise: f64,
        rng: &mut ChaCha8Rng,
    ) -> Vec<f64> {
        let (column, row) = (taxel % COLUMNS, taxel / COLUMNS);
        let centre = |k: usize, n: usize, pitch: f64| (k as f64 - (n - 1) as f64 / 2.0) * pitch;
        let along = centre(column, COLUMNS, PITCH_MM.0);
        let across = centre(row, ROWS, PITCH_MM.1) + self.across;
        // The finger starts left of the cell and has passed it at the end of the shortest sample.
        let travel = |ms: usize| self.start + self.speed * (ms as f64 * 1e-3 - 0.5);
        let count = duration_ms / SAMPLING_MS + 2;
        let samples: Vec<f64> = (0..count)
            .map(|k| self.field(travel(k * SAMPLING_MS) + along, across) + gauss(noise, rng))
            .collect();
        let at = |ms: usize| {
            let (k, part) = (
                ms / SAMPLING_MS,
                (ms % SAMPLING_MS) as f64 / SAMPLING_MS as f64,
            );
            samples[k] * (1.0 - part) + samples[k + 1] * part
        };
        (0..duration_ms).map(at).collect()
    }

    fn field(&self, x: f64, y: f64) -> f64 {
        let dot = |d: &(f64, f64)| {
            let square = (x - d.0).powi(2) + (y - d.1).powi(2);
            self.amplitude * (-square / (2.0 * FOOTPRINT_MM * FOOTPRINT_MM)).exp()
        };
        self.dots.iter().map(dot).sum()
    }
}

/// ON (even channels) and OFF (odd) events at every change by `STEP`.
fn delta_events(
    pressure: &[f64],
    taxel: usize,
    duration_ms: usize,
    jitter_ms: f64,
    rng: &mut ChaCha8Rng,
    events: &mut Vec<Event>,
) {
    let mut level = pressure.first().copied().unwrap_or(0.0);
    let last = (duration_ms * 1000 - 1) as f64;
    for (ms, value) in pressure.iter().enumerate() {
        while (value - level).abs() >= STEP {
            let off = *value < level;
            level += if off { -STEP } else { STEP };
            let t_us = (ms as f64 + gauss(jitter_ms, rng)) * 1e3;
            events.push(Event {
                t_us: t_us.clamp(0.0, last) as u32,
                channel: (2 * taxel + usize::from(off)) as u32,
            });
        }
    }
}

fn gauss(deviation: f64, rng: &mut impl Rng) -> f64 {
    // A deviation was checked to be finite and not negative; then the distribution always exists.
    Normal::new(0.0, deviation).map_or(0.0, |n| n.sample(rng))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ridge_accuracy;

    /// Baseline of the default set.
    fn check(bins: usize, lambda: f64, low: f64, high: f64) {
        let set = braille(&BrailleConfig::default()).unwrap();
        let accuracy = ridge_accuracy(&set, bins, lambda);
        assert!(
            (low..=high).contains(&accuracy),
            "ridge on {bins} bins, lambda {lambda}: {accuracy}"
        );
    }

    fn check_error(json: &str, expected: &str) {
        let text = match serde_json::from_str::<BrailleConfig>(json) {
            Ok(config) => braille(&config).unwrap_err().to_string(),
            Err(error) => error.to_string(),
        };
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn spike_counts_do_not_solve_it() {
        check(1, 1.0, 0.5, 0.7);
    }
    #[test]
    fn nor_do_they_with_a_stronger_penalty() {
        check(1, 100.0, 0.5, 0.7);
    }
    #[test]
    fn time_helps() {
        check(8, 1.0, 0.75, 0.9);
    }
    #[test]
    fn time_helps_more_with_a_stronger_penalty() {
        check(8, 100.0, 0.9, 1.0);
    }
    #[test]
    fn letters_are_a_number() {
        let config: BrailleConfig = serde_json::from_str(r#"{"letters": 27}"#).unwrap();
        assert_eq!(config.letters, Letters::TwentySeven);
    }
    #[test]
    fn eight_letters() {
        check_error(r#"{"letters": 8}"#, "`letters` is 8; allowed: 7 or 27");
    }
    #[test]
    fn unknown_setting() {
        check_error(r#"{"nois": 0.1}"#, "unknown field `nois`");
    }
    #[test]
    fn negative_noise() {
        check_error(
            r#"{"noise": -1}"#,
            "training.data.noise is -1; allowed: 0..10",
        );
    }
    #[test]
    fn too_many() {
        check_error(
            r#"{"valid": 20000}"#,
            "training.data.valid is 20000; allowed: 0..10000",
        );
    }
    #[test]
    fn nothing_to_train_on() {
        check_error(
            r#"{"train": 0}"#,
            "training.data.train is 0; allowed: 1..10000",
        );
    }
    #[test]
    fn a_sample_depends_on_nothing_but_seed_split_and_index() {
        let set = |train, valid| {
            let sizes = BrailleConfig {
                train,
                valid,
                ..Default::default()
            };
            braille(&sizes).unwrap()
        };
        let (small, large) = (set(2, 1), set(5, 3));
        assert_eq!(small.train[..], large.train[..14]);
        assert_eq!(small.test, large.test);
    }
    #[test]
    fn samples_are_well_formed() {
        let set = braille(&BrailleConfig {
            noise: 1.0,
            letters: Letters::TwentySeven,
            ..Default::default()
        })
        .unwrap();
        for sample in set.train.iter().chain(&set.valid).chain(&set.test) {
            assert!((1_000_000..=1_300_000).contains(&sample.duration_us));
            assert!(sample.events.is_sorted_by(|a, b| a < b));
            assert!(
                sample
                    .events
                    .iter()
                    .all(|e| e.t_us < sample.duration_us && e.channel < 24)
            );
        }
    }
    #[test]
    fn seeds_fix_it() {
        let set = |seed| {
            braille(&BrailleConfig {
                seed,
                ..Default::default()
            })
            .unwrap()
        };
        assert_eq!(set(7), set(7));
        assert_ne!(set(7), set(8));
    }
}
