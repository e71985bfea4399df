//! Random words of a layer and what is made of them, as docs/semantics.md gives them.

use bruno_chip::Rounding;
use bruno_device::{Codes, GUARD_BITS};

/// The generator of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generator(u32);

impl Generator {
    /// The state of the first tick.
    pub fn new(seed: i32) -> Self {
        Self(((seed as u32) << 2) | 1)
    }

    /// One tick on.
    pub fn advance(&mut self) {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
    }

    /// The random words of this tick of neuron `index` of the layer.
    pub fn words(self, index: usize) -> [u32; 2] {
        let index = index as u32;
        let mut w = self.0.wrapping_add(index | index << 12 | index << 24);
        for (right, left) in [(16, 5), (11, 3), (13, 9)] {
            w ^= w >> right;
            w = w.wrapping_add(w << left);
        }
        w ^= w >> 15;
        [w, mixed_again(w)]
    }

    /// As many random words of this tick of neuron `index`, each mixed from the one before.
    pub fn chain(self, index: usize, count: usize) -> Vec<u32> {
        let [first, _] = self.words(index);
        std::iter::successors(Some(first), |word| Some(mixed_again(*word)))
            .take(count)
            .collect()
    }
}

/// The word after a word.
fn mixed_again(word: u32) -> u32 {
    let next = word.wrapping_add(word << 9).wrapping_add(0x1bd1_e995);
    next ^ (next >> 14)
}

/// What is added below the LSB of each state before it is rounded, in this tick and neuron.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offsets {
    /// Synaptic current, LSB 2^-i_dec_s of I's.
    pub i: i64,
    /// Occupation, LSB 2^-8 of p's.
    pub p: i64,
    /// Membrane, LSB 2^-8 of V's; with the noise.
    pub v: i64,
}

impl Offsets {
    /// The offsets of a rounding (without meaning for `truncate`) from a neuron's random words, with noise of the
    /// amplitude `noise_m` (0 without its hardware).
    pub fn new(rounding: Rounding, codes: &Codes, noise_m: i32, words: [u32; 2]) -> Self {
        let [first, second] = words.map(i64::from);
        let half = 1 << (GUARD_BITS - 1);
        let [i, p, v] = match rounding {
            Rounding::Stochastic => [
                first & i64::from(codes.i_dec.mask()),
                (second >> 8) % 256,
                second % 256,
            ],
            _ => [i64::from(codes.i_dec.half()), half, half],
        };
        let size = (i64::from(noise_m) * ((second >> 16) % 256) + 128) >> 8;
        let noise = if second >> 31 == 1 { -size } else { size };
        Self { i, p, v: v + noise }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_device::Codes;

    const TICKS: usize = 1 << 15;
    const NEURONS: usize = 12;
    const LAGS: usize = 4;

    type Words = fn(Generator, usize) -> [u32; 2];

    /// What the roundings and the noise take from a neuron's words: each field's series over the ticks, of mean 0 and
    /// mean square 1 where its values are equally likely.
    fn fields(words: Words) -> Vec<Vec<f64>> {
        let mut series = vec![Vec::new(); 4 * NEURONS];
        let mut generator = Generator::new(1);
        for _ in 0..TICKS {
            for neuron in 0..NEURONS {
                let [first, second] = words(generator, neuron);
                let fields = [
                    (first % (1 << 20), 20), // decay of the current at tau = 10 ms
                    (second % 256, 8),
                    (second >> 8 & 255, 8),
                    ((second >> 16 & 255) | (second >> 31 << 8), 9),
                ];
                for (field, (value, bits)) in fields.into_iter().enumerate() {
                    let values = f64::from(1u32 << bits);
                    let centred = f64::from(value) - (values - 1.0) / 2.0;
                    let rms = ((values * values - 1.0) / 12.0).sqrt();
                    series[4 * neuron + field].push(centred / rms);
                }
            }
            generator.advance();
        }
        series
    }

    /// Largest mean and correlation (any two neurons and fields, lags 0..4), in standard deviations of independent words.
    fn worst(words: Words) -> (f64, f64) {
        let series = fields(words);
        let root = (TICKS as f64).sqrt();
        let mean = |s: &Vec<f64>| (s.iter().sum::<f64>() / root).abs();
        let means = series.iter().map(mean).fold(0.0, f64::max);
        let mut correlations = 0.0f64;
        for (n, a) in series.iter().enumerate() {
            for (m, b) in series.iter().enumerate() {
                for lag in 0..LAGS {
                    if lag > 0 || n < m {
                        let product: f64 = a.iter().zip(&b[lag..]).map(|(a, b)| a * b).sum();
                        correlations = correlations.max((product / root).abs());
                    }
                }
            }
        }
        (means, correlations)
    }

    /// Independent words stay below this in all comparisons together but once in a thousand seeds (Gaussian tail).
    fn bound() -> f64 {
        let comparisons = (4 * NEURONS).pow(2) * LAGS;
        (2.0 * (2.0 * comparisons as f64 / 1e-3).ln()).sqrt()
    }

    #[test]
    fn words_are_apart() {
        let (means, correlations) = worst(Generator::words);
        assert!(
            means < bound() && correlations < bound(),
            "{means} {correlations}"
        );
    }

    /// Words that are not good enough are found by the same figures.
    fn check_found(words: Words) {
        let (_, correlations) = worst(words);
        assert!(correlations > 2.0 * bound(), "{correlations}");
    }

    #[test]
    fn one_word_for_all_neurons_is_found() {
        check_found(|generator, _| generator.words(0));
    }
    #[test]
    fn an_index_without_mixing_is_found() {
        check_found(|generator, index| [generator.0 ^ index as u32; 2]);
    }
    #[test]
    fn one_round_of_mixing_is_found() {
        check_found(|generator, index| {
            let n = index as u32;
            let w = generator.0.wrapping_add(n | n << 12 | n << 24);
            let w = w ^ w >> 16;
            let w = w.wrapping_add(w << 5);
            [w ^ w >> 15, w.rotate_left(13)]
        });
    }

    fn codes() -> Codes {
        Codes::new(
            &bruno_chip::DeviceCard::default(),
            &bruno_chip::Formats::default(),
            Rounding::Stochastic,
        )
        .unwrap()
    }

    /// Rounding a fraction (of 2^-8 LSB) up or down at random: the mean is the fraction.
    fn check_mean(fraction: i64) {
        let mut generator = Generator::new(7);
        let mut sum = [0; 2];
        for _ in 0..TICKS {
            let offsets = Offsets::new(Rounding::Stochastic, &codes(), 0, generator.words(3));
            sum[0] += (fraction + offsets.v) >> 8;
            sum[1] += (fraction + offsets.p) >> 8;
            generator.advance();
        }
        let f = fraction as f64 / 256.0;
        let spread = (f * (1.0 - f) * TICKS as f64).sqrt();
        for sum in sum {
            let off = (f64::from(sum as i32) - f * TICKS as f64).abs();
            assert!(off <= 4.0 * spread, "{off} of {spread}");
        }
    }

    #[test]
    fn nothing_stays_nothing() {
        check_mean(0);
    }
    #[test]
    fn a_small_step_counts() {
        check_mean(1);
    }
    #[test]
    fn half_a_step() {
        check_mean(128);
    }
    #[test]
    fn nearly_a_whole_step() {
        check_mean(255);
    }

    /// Mean and mean square of the noise of this amplitude (uniform: the fourth moment is 9/5 of the squared second).
    #[test]
    fn noise_has_its_variance() {
        let mut generator = Generator::new(5);
        let amplitude = 1000;
        let mut sums = [0.0; 2];
        for _ in 0..TICKS {
            let offsets = Offsets::new(Rounding::Nearest, &codes(), amplitude, generator.words(2));
            let noise = (offsets.v - 128) as f64;
            sums = [sums[0] + noise, sums[1] + noise * noise];
            generator.advance();
        }
        let n = TICKS as f64;
        let square = (f64::from(amplitude) / 256.0).powi(2) * 255.0 * 511.0 / 6.0;
        assert!((sums[0] / n).abs() < 4.0 * (square / n).sqrt(), "{sums:?}");
        let spread = square * (0.8 / n).sqrt();
        assert!((sums[1] / n - square).abs() < 4.0 * spread, "{sums:?}");
    }
}
