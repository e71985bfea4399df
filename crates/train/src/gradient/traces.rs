//! What presynaptic spikes did to a synaptic current within each window, from their exact times.

use bruno_sim::Spike;

/// Effect of one channel's spikes in one window on a current of unit weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trace {
    /// Presynaptic channel.
    pub channel: u32,
    /// Current at the window's end, `sum alpha^(K-1-t)`.
    pub end: f32,
    /// Mean current over the window.
    pub mean: f32,
}

/// Decay of a synaptic current in one tick and over a window of K ticks.
#[derive(Debug, Clone, Copy)]
pub struct Decay {
    alpha: f64,
    window: u32,
}

impl Decay {
    /// `alpha` a tick, K ticks a window.
    pub fn new(alpha: f64, window: u32) -> Self {
        Self { alpha, window }
    }

    /// Ticks of a window, K.
    pub fn window(&self) -> u32 {
        self.window
    }

    /// What is left after so many ticks.
    pub fn over(&self, ticks: i64) -> f32 {
        self.alpha.powi(ticks as i32) as f32
    }

    /// What is left after a window, `alpha^K`.
    pub fn over_window(&self) -> f32 {
        self.over(i64::from(self.window))
    }

    /// Mean over a window of a current that is 1 at its start: `sum alpha^k / K`, k = 1..K.
    pub fn mean_of_start(&self) -> f32 {
        self.mean_of_start_until(self.window)
    }

    /// The same of a current that is gone after n ticks: `sum alpha^k / K`, k = 1..n.
    pub fn mean_of_start_until(&self, n: u32) -> f32 {
        (self.sum(n) * self.alpha / f64::from(self.window)) as f32
    }

    /// Mean over the window of a spike's current that is gone n ticks after it.
    pub fn mean_until(&self, n: u32) -> f32 {
        (self.sum(n) / f64::from(self.window)) as f32
    }

    /// Effect at the window's end of a spike at an unknown time in it, on average.
    pub fn average_end(&self) -> f32 {
        self.average_end_of(self.window)
    }

    /// The same where the spikes of the last n ticks alone have one.
    pub fn average_end_of(&self, n: u32) -> f32 {
        self.mean_until(n)
    }

    /// Mean effect over the window of a spike at an unknown time in it, on average.
    pub fn average_mean(&self) -> f32 {
        self.average_mean_of(self.window)
    }

    /// The share of n ticks of the window in that: of a spike in one of them, while they last.
    pub fn average_mean_of(&self, n: u32) -> f32 {
        let (k, n_ticks) = (f64::from(self.window), f64::from(n));
        let rest = 1.0 - self.alpha;
        // sum over t of (1 - alpha^(n-t))/(rest K K)
        ((n_ticks - self.alpha * self.sum(n)) / (rest * k * k)) as f32
    }

    /// `1 + alpha + ... + alpha^(n-1)`.
    fn sum(&self, n: u32) -> f64 {
        let rest = 1.0 - self.alpha;
        if rest == 0.0 {
            f64::from(n)
        } else {
            (1.0 - self.alpha.powi(n as i32)) / rest
        }
    }

    /// Effect of a spike at this tick of the window: on a unit current at the end, on its mean.
    pub fn effect(&self, position: u32) -> (f32, f32) {
        let left = self.window - position;
        let end = self.alpha.powi(left as i32 - 1);
        (end as f32, (self.sum(left) / f64::from(self.window)) as f32)
    }

    /// The derivative of [`Decay::over_window`] by alpha.
    pub fn over_window_slope(&self) -> f32 {
        power_slope(self.alpha, self.window) as f32
    }

    /// The derivative of [`Decay::mean_of_start`] by alpha.
    pub fn mean_of_start_slope(&self) -> f32 {
        self.mean_of_start_until_slope(self.window)
    }

    /// The derivative of [`Decay::mean_of_start_until`] by alpha.
    pub fn mean_of_start_until_slope(&self, n: u32) -> f32 {
        let sum = self.sum(n) + self.alpha * self.sum_slope(n);
        (sum / f64::from(self.window)) as f32
    }

    /// The derivative of [`Decay::mean_until`] by alpha.
    pub fn mean_until_slope(&self, n: u32) -> f32 {
        (self.sum_slope(n) / f64::from(self.window)) as f32
    }

    /// The derivative of [`Decay::sum`] by alpha: `1 + 2 alpha + ... + (n-1) alpha^(n-2)`.
    fn sum_slope(&self, n: u32) -> f64 {
        let rest = 1.0 - self.alpha;
        if rest == 0.0 || n == 0 {
            return 0.5 * f64::from(n) * (f64::from(n) - 1.0).max(0.0);
        }
        (self.sum(n) - power_slope(self.alpha, n)) / rest
    }

    /// The derivative of [`Decay::effect`] by alpha.
    pub fn effect_slope(&self, position: u32) -> (f32, f32) {
        let left = self.window - position;
        let end = power_slope(self.alpha, left - 1);
        (
            end as f32,
            (self.sum_slope(left) / f64::from(self.window)) as f32,
        )
    }
}

/// The derivative of `alpha^n` by alpha.
fn power_slope(alpha: f64, n: u32) -> f64 {
    f64::from(n) * alpha.powi(n as i32 - 1)
}

/// Traces of each window; `spikes` are `(tick in which they act, channel)` in order of time.
pub fn windows(
    spikes: impl Iterator<Item = (u32, u32)>,
    count: usize,
    decay: &Decay,
) -> Vec<Vec<Trace>> {
    gathered(spikes, count, decay.window, |position| {
        decay.effect(position)
    })
}

/// The derivatives of the same by alpha.
pub fn window_slopes(
    spikes: impl Iterator<Item = (u32, u32)>,
    count: usize,
    decay: &Decay,
) -> Vec<Vec<Trace>> {
    gathered(spikes, count, decay.window, |position| {
        decay.effect_slope(position)
    })
}

fn gathered(
    spikes: impl Iterator<Item = (u32, u32)>,
    count: usize,
    ticks: u32,
    effect: impl Fn(u32) -> (f32, f32),
) -> Vec<Vec<Trace>> {
    let mut all: Vec<Vec<Trace>> = vec![Vec::new(); count];
    for (tick, channel) in spikes {
        let window = (tick / ticks) as usize;
        // The last tick's output spikes act after the sample.
        let Some(traces) = all.get_mut(window) else {
            continue;
        };
        let (end, mean) = effect(tick % ticks);
        match traces.iter_mut().find(|t| t.channel == channel) {
            Some(trace) => {
                trace.end += end;
                trace.mean += mean;
            }
            None => traces.push(Trace { channel, end, mean }),
        }
    }
    all
}

/// Output spikes act one tick later.
pub fn delayed(spikes: &[Spike]) -> impl Iterator<Item = (u32, u32)> + '_ {
    spikes.iter().map(|s| (s.tick + 1, s.neuron))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the recursion, tick by tick.
    fn check(ticks: &[u32], alpha: f64) {
        let window = 50;
        let found = windows(ticks.iter().map(|t| (*t, 0)), 1, &Decay::new(alpha, window));
        let (mut current, mut sum) = (0.0, 0.0);
        for tick in 0..window {
            current = alpha * current + ticks.iter().filter(|t| **t == tick).count() as f64;
            sum += current;
        }
        let trace = found[0][0];
        assert!((f64::from(trace.end) - current).abs() < 1e-5);
        assert!((f64::from(trace.mean) - sum / f64::from(window)).abs() < 1e-5);
        check_slopes(ticks, alpha, window);
    }

    /// Every derivative by alpha against central differences.
    fn check_slopes(ticks: &[u32], alpha: f64, window: u32) {
        const H: f64 = 1e-3;
        let spikes = || ticks.iter().map(|t| (*t, 0));
        let near = Decay::new(alpha, window);
        let of = |by: f64| {
            let decay = Decay::new(alpha + by, window);
            let trace = windows(spikes(), 1, &decay)[0][0];
            [
                trace.end,
                trace.mean,
                decay.over_window(),
                decay.mean_of_start(),
            ]
            .map(f64::from)
        };
        let slope = window_slopes(spikes(), 1, &near)[0][0];
        let found = [
            slope.end,
            slope.mean,
            near.over_window_slope(),
            near.mean_of_start_slope(),
        ];
        for ((up, down), found) in of(H).into_iter().zip(of(-H)).zip(found) {
            let expected = (up - down) / (2.0 * H);
            let error = (f64::from(found) - expected).abs();
            assert!(
                error < 2e-3 * (1.0 + expected.abs()),
                "{found} for {expected}"
            );
        }
    }

    #[test]
    fn first_and_last_tick() {
        check(&[0, 49], 0.97);
    }
    #[test]
    fn no_decay() {
        check(&[3, 7, 30], 1.0);
    }
}
