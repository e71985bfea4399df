//! Poisson inputs.

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Geometric};

/// Input spikes, (tick, channel) in order: each channel spikes in each tick of 1 us with the same probability.
pub fn poisson(channels: u32, rate_hz: f64, ticks: u32, rng: &mut ChaCha8Rng) -> Vec<(u32, u32)> {
    // Ticks without a spike between two with one.
    let Ok(pause) = Geometric::new((rate_hz * 1e-6).clamp(0.0, 1.0)) else {
        return Vec::new();
    };
    let mut events = Vec::new();
    for channel in 0..channels {
        let mut tick = pause.sample(rng);
        while tick < u64::from(ticks) {
            events.push((tick as u32, channel));
            tick = (tick + 1).saturating_add(pause.sample(rng));
        }
    }
    events.sort_unstable();
    events
}

#[cfg(test)]
mod tests {
    use super::poisson;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    /// Spikes of two channels in 10 ms.
    fn check(rate_hz: f64, expected: std::ops::RangeInclusive<usize>) {
        let events = poisson(2, rate_hz, 10_000, &mut ChaCha8Rng::seed_from_u64(1));
        assert!(expected.contains(&events.len()), "{}", events.len());
        assert!(events.is_sorted() && events.iter().all(|e| e.0 < 10_000 && e.1 < 2));
    }

    #[test]
    fn silence() {
        check(0.0, 0..=0);
    }

    #[test]
    fn a_tenth_of_all_ticks() {
        check(100_000.0, 1_800..=2_200);
    }

    #[test]
    fn every_tick() {
        check(1e6, 20_000..=20_000);
    }
}
