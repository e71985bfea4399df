//! Built-in delayed match-to-sample: a symbol is shown, then nothing for a while, then a symbol again; were they the same?
//!
//! Each answer has every symbol at either place equally often, so the expected spikes of a channel at a time are those of
//! the other answer, and linear or logistic regression of them has nothing to go by. No plane at all separates more than
//! three quarters of the symbols' pairs: what is linear gives (a, a) and (b, b) together as much as (a, b) and (b, a), so
//! one of the four is wrong. The answer needs a memory over the delay and a product of what is kept with what is seen.
//! Every sample's random numbers follow from (seed, split, index) alone.

use crate::{DataError, Dataset, Event, Sample, Target};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings of the generator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SameConfig {
    /// Different symbols.
    pub symbols: usize,
    /// Channels that spike while a symbol is shown; each symbol has its own.
    pub lines: usize,
    /// Rate of a channel whose symbol is shown, Hz.
    #[serde(rename = "rate_Hz")]
    pub rate_hz: f64,
    /// Rate of every channel at all times, Hz.
    #[serde(rename = "noise_Hz")]
    pub noise_hz: f64,
    /// How long a symbol is shown, ms.
    pub symbol_ms: u32,
    /// Shortest and longest delay between the symbols, ms; drawn anew for every sample.
    #[schemars(inner(range(max = 10000)))]
    pub delay_ms: [u32; 2],
    /// Training samples.
    pub train: usize,
    /// Validation samples.
    pub valid: usize,
    /// Test samples.
    pub test: usize,
    /// Seed of the whole set.
    pub seed: u64,
}

impl Default for SameConfig {
    fn default() -> Self {
        Self {
            symbols: 4,
            lines: 6,
            rate_hz: 100.0,
            noise_hz: 2.0,
            symbol_ms: 100,
            delay_ms: [100, 200],
            train: 400,
            valid: 100,
            test: 400,
            seed: 1,
        }
    }
}

/// Most samples of a split, channels, Hz and ms, so that a typing error cannot fill the memory.
const MOST_SAMPLES: usize = 100_000;
const MOST_CHANNELS: usize = 4096;
const MOST_HZ: f64 = 1000.0;
const MOST_MS: u32 = 10_000;

/// Generates the set: `symbols * lines` channels, the classes `different` and `same` in turns. A sample is a symbol, the
/// delay and a symbol; the outputs count while the second is shown.
///
/// # Errors
/// A setting out of its range.
pub fn same(config: &SameConfig) -> Result<Dataset, DataError> {
    config.check()?;
    let split = |number: u64, count: usize| {
        let sample = |index: usize| one(config, number, index);
        (0..count).map(sample).collect()
    };
    Ok(Dataset {
        name: format!("same-{}", config.symbols),
        channels: config.symbols * config.lines,
        outputs: 2,
        class_names: vec!["different".into(), "same".into()],
        train: split(0, config.train),
        valid: split(1, config.valid),
        test: split(2, config.test),
        merged: 0,
    })
}

impl SameConfig {
    /// Checks what no file has to be opened for.
    ///
    /// # Errors
    /// A setting out of its range.
    pub fn check(&self) -> Result<(), DataError> {
        let [shortest, longest] = self.delay_ms;
        let channels = self.symbols.saturating_mul(self.lines);
        let samples = |count: usize, least: usize| (least..=MOST_SAMPLES).contains(&count);
        let rate = |hz: f64| (0.0..=MOST_HZ).contains(&hz);
        let found: [(&str, String, bool, String); 9] = [
            (
                "symbols",
                self.symbols.to_string(),
                self.symbols >= 2,
                "2 or more".into(),
            ),
            (
                "lines",
                self.lines.to_string(),
                self.lines >= 1 && channels <= MOST_CHANNELS,
                format!("1 or more, {MOST_CHANNELS} for all `symbols` together"),
            ),
            (
                "rate_Hz",
                self.rate_hz.to_string(),
                rate(self.rate_hz),
                format!("0..{MOST_HZ} Hz"),
            ),
            (
                "noise_Hz",
                self.noise_hz.to_string(),
                rate(self.noise_hz),
                format!("0..{MOST_HZ} Hz"),
            ),
            (
                "symbol_ms",
                self.symbol_ms.to_string(),
                (1..=MOST_MS).contains(&self.symbol_ms),
                format!("1..{MOST_MS} ms"),
            ),
            (
                "delay_ms",
                format!("[{shortest}, {longest}]"),
                shortest <= longest && longest <= MOST_MS,
                format!("the shortest, then the longest, 0..{MOST_MS} ms"),
            ),
            (
                "train",
                self.train.to_string(),
                samples(self.train, 1),
                format!("1..{MOST_SAMPLES}"),
            ),
            (
                "valid",
                self.valid.to_string(),
                samples(self.valid, 0),
                format!("0..{MOST_SAMPLES}"),
            ),
            (
                "test",
                self.test.to_string(),
                samples(self.test, 1),
                format!("1..{MOST_SAMPLES}"),
            ),
        ];
        for (field, found, allowed, range) in found {
            if !allowed {
                let field = format!("training.data.{field}");
                return Err(DataError::setting(
                    &field,
                    found,
                    range,
                    "choose a value in this range",
                ));
            }
        }
        Ok(())
    }
}

/// Sample `index` of a split; the answers take turns.
fn one(config: &SameConfig, split: u64, index: usize) -> Sample {
    let mut rng = ChaCha8Rng::seed_from_u64(config.seed);
    rng.set_stream(split << 32 | index as u64);
    let class = index % 2;
    let first = rng.random_range(0..config.symbols);
    let second = match class {
        1 => first,
        _ => (first + rng.random_range(1..config.symbols)) % config.symbols,
    };
    let delay = rng.random_range(config.delay_ms[0]..=config.delay_ms[1]);
    let again = config.symbol_ms + delay;
    let end = again + config.symbol_ms;
    let shown = |ms: u32| match ms {
        ms if ms < config.symbol_ms => Some(first),
        ms if ms >= again => Some(second),
        _ => None,
    };
    let mut events = Vec::new();
    for ms in 0..end {
        for channel in 0..config.symbols * config.lines {
            let is_shown = shown(ms) == Some(channel / config.lines);
            let hz = config.noise_hz + if is_shown { config.rate_hz } else { 0.0 };
            if rng.random_bool((hz * 1e-3).min(1.0)) {
                events.push(Event {
                    t_us: ms * 1000 + rng.random_range(0..1000),
                    channel: channel as u32,
                });
            }
        }
    }
    events.sort_unstable();
    Sample {
        events,
        duration_us: end * 1000,
        target: Target::Class {
            class,
            from_us: again * 1000,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Yardstick;

    /// A linear yardstick stays below what a plane can do; a small set has a plane that is luckier than chance.
    fn check_linear(yardstick: Yardstick) {
        let accuracy = yardstick.score(&same(&SameConfig::default()).unwrap(), &mut |_| {});
        assert!((0.4..0.7).contains(&accuracy), "{yardstick:?}: {accuracy}");
    }

    fn check_error(json: &str, expected: &str) {
        let text = match serde_json::from_str::<SameConfig>(json) {
            Ok(config) => same(&config).unwrap_err().to_string(),
            Err(error) => error.to_string(),
        };
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn counts_tell_nothing() {
        check_linear(Yardstick::RidgeOnCounts);
    }
    #[test]
    fn nor_do_bins_to_a_ridge() {
        check_linear(Yardstick::RidgeOnBins);
    }
    #[test]
    fn nor_to_a_softmax() {
        check_linear(Yardstick::SoftmaxOnBins);
    }

    /// The symbol with most spikes at either place tells the answer.
    #[test]
    fn a_product_of_both_symbols_solves_it() {
        let config = SameConfig::default();
        let set = same(&config).unwrap();
        let asked = |s: &Sample| match s.target {
            Target::Class { class, from_us } => (class, from_us),
            Target::Frames { .. } => unreachable!("the set has classes"),
        };
        let loudest = |s: &Sample, from: u32, to: u32| {
            let of = |symbol: usize| {
                let heard = |e: &&Event| {
                    (from..to).contains(&e.t_us) && e.channel as usize / config.lines == symbol
                };
                s.events.iter().filter(heard).count()
            };
            (0..config.symbols).max_by_key(|symbol| of(*symbol))
        };
        let width = config.symbol_ms * 1000;
        for sample in set.samples() {
            let (class, again) = asked(sample);
            let end = sample.duration_us;
            let is_same = loudest(sample, 0, width) == loudest(sample, again, end);
            assert_eq!(usize::from(is_same), class);
            assert_eq!(again + width, end);
            assert!(sample.events.is_sorted());
        }
    }
    #[test]
    fn a_sample_depends_on_nothing_but_seed_split_and_index() {
        let set = |train| {
            let config = SameConfig {
                train,
                ..SameConfig::default()
            };
            same(&config).unwrap()
        };
        let (small, large) = (set(3), set(7));
        assert_eq!(small.train[..], large.train[..3]);
        assert_eq!(small.test, large.test);
    }
    #[test]
    fn one_symbol() {
        check_error(
            r#"{"symbols": 1}"#,
            "training.data.symbols is 1; allowed: 2 or more",
        );
    }
    #[test]
    fn more_channels_than_memory() {
        check_error(
            r#"{"lines": 4000}"#,
            "training.data.lines is 4000; allowed: 1 or more, 4096",
        );
    }
    #[test]
    fn a_delay_backwards() {
        check_error(
            r#"{"delay_ms": [5, 1]}"#,
            "training.data.delay_ms is [5, 1]; allowed: the shortest",
        );
    }
    #[test]
    fn negative_rate() {
        check_error(
            r#"{"rate_Hz": -1}"#,
            "training.data.rate_Hz is -1; allowed: 0..1000 Hz",
        );
    }
    #[test]
    fn nothing_to_train_on() {
        check_error(
            r#"{"train": 0}"#,
            "training.data.train is 0; allowed: 1..100000",
        );
    }
    #[test]
    fn unknown_setting() {
        check_error(r#"{"symbol": 2}"#, "unknown field `symbol`");
    }
}
