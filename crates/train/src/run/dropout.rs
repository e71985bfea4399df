//! Input spikes left out at random.

use bruno_data::Sample;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::borrow::Cow;

/// Keeps these draws apart from others with the same seed ("dropout" in ASCII).
const DROPOUT: u64 = 0x64_726f_706f_7574;

/// The sample at `place` of the batch of an optimiser step, each of its events left out with probability `share`.
pub(crate) fn thinned(
    sample: &Sample,
    share: f64,
    seed: u64,
    (step, place): (usize, usize),
) -> Cow<'_, Sample> {
    if share == 0.0 {
        return Cow::Borrowed(sample);
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ DROPOUT);
    rng.set_stream((step as u64) << 32 | place as u64);
    let mut thinned = sample.clone();
    thinned.events.retain(|_| !rng.random_bool(share));
    Cow::Owned(thinned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_data::{Event, Target};

    fn left(share: f64, place: (usize, usize)) -> Vec<u32> {
        let event = |t_us| Event { t_us, channel: 0 };
        let sample = Sample {
            events: (0..10_000).map(event).collect(),
            duration_us: 10_000,
            target: Target::Class {
                class: 0,
                from_us: 0,
            },
        };
        let thinned = thinned(&sample, share, 3, place);
        thinned.events.iter().map(|e| e.t_us).collect()
    }

    fn check(share: f64) {
        let count = left(share, (5, 2)).len() as f64;
        let expected = 10_000.0 * (1.0 - share);
        let deviation = (10_000.0 * share * (1.0 - share)).sqrt();
        assert!((count - expected).abs() <= 4.0 * deviation, "{count}");
    }

    #[test]
    fn none() {
        check(0.0);
    }
    #[test]
    fn a_fifth() {
        check(0.2);
    }
    #[test]
    fn most() {
        check(0.9);
    }
    #[test]
    fn a_place_repeats_itself_alone() {
        assert_eq!(left(0.5, (5, 2)), left(0.5, (5, 2)));
        assert_ne!(left(0.5, (5, 2)), left(0.5, (5, 3)));
        assert_ne!(left(0.5, (5, 2)), left(0.5, (6, 2)));
    }
}
