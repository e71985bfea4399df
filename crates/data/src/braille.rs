//! Built-in tactile data: a fingertip of 4 x 3 taxels slides over a Braille cell; each taxel's pressure becomes ON and
//! OFF events.
//!
//! Noise, jitter and offsets are set so that counting spikes does not solve the task (see `docs/data.md`). Every
//! sample's random numbers follow from (seed, split, index) alone.

use crate::{DataError, Dataset, Event, Sample, Target};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};
use serde::{Deserialize, Serialize};

/// Which letters are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Letters {
    /// Space, A, E, I, O, U, Y.
    #[default]
    #[serde(rename = "7")]
    Seven,
    /// Space and A..Z.
    #[serde(rename = "27")]
    TwentySeven,
}

/// Settings of the generator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
/// Distance of dots along and across, mm, and the width of a dot's footprint.
const DOTS_MM: (f64, f64) = (2.5, 2.3);
const FOOTPRINT_MM: f64 = 0.9;
const SPEED_MM_S: f64 = 10.0;
/// Sensor sampling interval, and the grid on which it is interpolated, ms.
const SAMPLING_MS: usize = 25;
/// A change of this size makes an event.
const STEP: f64 = 0.15;
const CHANNELS: usize = 2 * COLUMNS * ROWS;

/// Generates the set.
pub fn braille(config: &BrailleConfig) -> Result<Dataset, DataError> {
    if !(0.0..=10.0).contains(&config.noise) {
        return Err(DataError::setting("data.noise", config.noise, "0..10"));
    }
    if !(0.0..=100.0).contains(&config.jitter_ms) {
        return Err(DataError::setting(
            "data.jitter_ms",
            config.jitter_ms,
            "0..100 ms",
        ));
    }
    if config.train == 0 || config.test == 0 {
        return Err(DataError::setting(
            "data.train or data.test",
            0,
            "at least 1 sample a letter",
        ));
    }
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
    })
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
        target: Target::Class(class),
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

/// Dots of a letter as (along, across) in mm from the cell's centre; dots 1, 2, 3 stand left, 4, 5, 6 right.
fn dots(letter: char) -> Vec<(f64, f64)> {
    let numbers: &[usize] = match letter {
        'A' => &[1],
        'B' => &[1, 2],
        'C' => &[1, 4],
        'D' => &[1, 4, 5],
        'E' => &[1, 5],
        'F' => &[1, 2, 4],
        'G' => &[1, 2, 4, 5],
        'H' => &[1, 2, 5],
        'I' => &[2, 4],
        'J' => &[2, 4, 5],
        'K' => &[1, 3],
        'L' => &[1, 2, 3],
        'M' => &[1, 3, 4],
        'N' => &[1, 3, 4, 5],
        'O' => &[1, 3, 5],
        'P' => &[1, 2, 3, 4],
        'Q' => &[1, 2, 3, 4, 5],
        'R' => &[1, 2, 3, 5],
        'S' => &[2, 3, 4],
        'T' => &[2, 3, 4, 5],
        'U' => &[1, 3, 6],
        'V' => &[1, 2, 3, 6],
        'W' => &[2, 4, 5, 6],
        'X' => &[1, 3, 4, 6],
        'Y' => &[1, 3, 4, 5, 6],
        'Z' => &[1, 3, 5, 6],
        _ => &[],
    };
    let place = |n: &usize| {
        let along = if *n <= 3 { -0.5 } else { 0.5 };
        let across = ((n - 1) % 3) as f64 - 1.0;
        (along * DOTS_MM.0, across * DOTS_MM.1)
    };
    numbers.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ridge_accuracy;

    fn check(config: BrailleConfig, bins: usize, low: f64, high: f64) {
        let accuracy = ridge_accuracy(&braille(&config).unwrap(), bins, 10.0);
        assert!(
            (low..=high).contains(&accuracy),
            "ridge on {bins} bins: {accuracy}"
        );
    }

    #[test]
    fn spike_counts_do_not_solve_it() {
        check(BrailleConfig::default(), 1, 0.3, 0.7);
    }
    #[test]
    fn time_helps() {
        check(BrailleConfig::default(), 8, 0.7, 0.95);
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
