//! A synaptic current that was held at an end of its word: the clamp's derivative is 0, so from there on the current does not
//! depend on what came before, nor on the spikes of that tick.
//!
//! A record says that a neuron's window has saturated updates. The current at its start and the spikes that it heard, at their
//! exact times, say at which ticks the current was clamped; between two of them it decays as ever.

use crate::gradient::recording::{LayerRecording, Saturated};
use crate::gradient::traces::Decay;
use bruno_device::Layer;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A spike that a layer heard in a window. What it is to all of its neurons alike is worked out once: a window in which one
/// of them is clamped mostly has more.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Heard {
    /// Tick in which it acts, from the window's start.
    position: u32,
    /// Projection: input, recurrence.
    projection: usize,
    channel: u32,
    /// Place of its channel's first weight.
    row: usize,
    /// What is left of the current since the tick of the spike before it, or since the window's start.
    left: f32,
    /// No other of its tick follows.
    last: bool,
    /// Its effect on a current of unit weight at the window's end and on its mean where no clamp follows.
    effect: [f32; 2],
}

/// A neuron's window in which its current was clamped.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Clamped {
    pub neuron: usize,
    /// The current at the window's end, pA.
    pub end: f32,
    /// The ticks after which the current was held at an end, pA, from the window's start and in order; at least one.
    clamps: Vec<(u32, f32)>,
    heard: Rc<[Heard]>,
}

/// What a layer hears over a projection: `(tick, channel)` in order of time, and the weights in force, pA, `[channel][neuron]`.
pub(crate) type Hearing<'a> = (&'a [(u32, u32)], &'a [f32]);

/// The clamped windows of a layer, `[window]`; empty where no record has a saturated update.
pub(crate) fn of_layer(
    layer: &Layer,
    recording: &LayerRecording,
    decay: &Decay,
    heard: [Hearing<'_>; 2],
) -> BTreeMap<usize, Vec<Clamped>> {
    let mut all = BTreeMap::new();
    let (low, high) = layer.model.states[layer.model.current.place()].range();
    let ends = [low, high].map(|code| (code as f64 * layer.current.lsb_pa) as f32);
    let weights = heard.map(|(_, weights)| weights);
    for of_window in recording.saturated.chunk_by(|a, b| a.window == b.window) {
        let window = of_window[0].window;
        let heard = in_window(window, layer.neurons, decay, heard);
        let run = |own: &Saturated| {
            let start = (f64::from(own.start) * layer.current.lsb_pa) as f32;
            Clamped::run(own.neuron as usize, start, &heard, weights, decay, ends)
        };
        let clamped: Vec<Clamped> = of_window.iter().filter_map(run).collect();
        if !clamped.is_empty() {
            all.insert(window as usize, clamped);
        }
    }
    all
}

/// The spikes that a layer of so many neurons heard in a window, in order of time.
fn in_window(window: u32, neurons: usize, decay: &Decay, heard: [Hearing<'_>; 2]) -> Rc<[Heard]> {
    let (from, to) = (window * decay.window(), (window + 1) * decay.window());
    let mut found = Vec::new();
    for (projection, (spikes, _)) in heard.into_iter().enumerate() {
        let [from, to] = [from, to].map(|tick| spikes.partition_point(|s| s.0 < tick));
        found.extend(spikes[from..to].iter().map(|(tick, channel)| {
            let position = tick % decay.window();
            Heard {
                position,
                projection,
                channel: *channel,
                row: *channel as usize * neurons,
                left: 1.0,
                last: true,
                effect: decay.effect(position).into(),
            }
        }));
    }
    found.sort_by_key(|spike| spike.position);
    // The window's start is the end of the tick before it.
    let mut before = -1;
    for k in 0..found.len() {
        let at = i64::from(found[k].position);
        found[k].left = decay.over(at - before);
        found[k].last = { found.get(k + 1) }.is_none_or(|next| next.position != found[k].position);
        before = at;
    }
    found.into()
}

impl Clamped {
    /// Runs a window's current from its start, pA; none where no clamp is found, as of a neuron whose membrane saturated.
    fn run(
        neuron: usize,
        start: f32,
        heard: &Rc<[Heard]>,
        weights: [&[f32]; 2],
        decay: &Decay,
        [low, high]: [f32; 2],
    ) -> Option<Self> {
        let mut clamps = Vec::new();
        let mut current = start;
        for spike in heard.iter() {
            current = spike.left * current + weights[spike.projection][spike.row + neuron];
            if spike.last && !(low..=high).contains(&current) {
                current = current.clamp(low, high);
                clamps.push((spike.position, current));
            }
        }
        let since = decay.window() - 1 - heard.last()?.position;
        (!clamps.is_empty()).then(|| Self {
            neuron,
            end: decay.over(i64::from(since)) * current,
            clamps,
            heard: heard.clone(),
        })
    }

    /// The first clamp in or after a tick.
    fn next(&self, position: u32) -> Option<u32> {
        let ticks = self.clamps.iter().map(|(tick, _)| *tick);
        ticks.into_iter().find(|tick| *tick >= position)
    }

    /// Mean over the window of a current that is 1 at its start; nothing of it is left at the end.
    pub fn mean_of_start(&self, decay: &Decay) -> f32 {
        decay.mean_of_start_until(self.clamps[0].0)
    }

    /// Of every spike that the neuron heard its projection and channel, with its effect on a current of unit weight at the
    /// window's end and on its mean.
    pub fn effects<'a>(
        &'a self,
        decay: &'a Decay,
    ) -> impl Iterator<Item = (usize, u32, [f32; 2])> + 'a {
        self.heard.iter().map(|spike| {
            let effect = match self.next(spike.position) {
                None => spike.effect,
                Some(clamp) => [0.0, decay.mean_until(clamp - spike.position)],
            };
            (spike.projection, spike.channel, effect)
        })
    }

    /// The effect of a spike at an unknown time in the window that acts so many ticks later, on average: at the window's end
    /// and on the mean.
    pub fn average(&self, decay: &Decay, delay: u32) -> [f32; 2] {
        let clamps = self.clamps.iter().filter(|(tick, _)| *tick >= delay);
        let (mut from, mut mean) = (0, 0.0);
        for (tick, _) in clamps {
            let tick = tick - delay;
            mean += decay.average_mean_of(tick - from);
            from = tick + 1;
        }
        let left = decay.window() - from;
        [
            decay.average_end_of(left),
            mean + decay.average_mean_of(left),
        ]
    }

    /// The derivatives by alpha, pA, of the current at the window's end and of its mean, of a window that started at `start`;
    /// with the weights of both projections, pA.
    pub fn by_alpha(&self, decay: &Decay, start: f32, weights: [&[f32]; 2]) -> [f32; 2] {
        let mut sum = [
            0.0,
            start * decay.mean_of_start_until_slope(self.clamps[0].0),
        ];
        let weight = |s: &Heard| weights[s.projection][s.row + self.neuron];
        let heard = { self.heard.iter() }.map(|s| (s.position, s.position, weight(s)));
        // A held current decays as a spike's does, until the next clamp.
        let held = self.clamps.iter().map(|(tick, pa)| (*tick, tick + 1, *pa));
        for (from, next, pa) in heard.chain(held) {
            let [end, mean] = match self.next(next) {
                None => decay.effect_slope(from).into(),
                Some(clamp) => [0.0, decay.mean_until_slope(clamp - from)],
            };
            sum = [sum[0] + pa * end, sum[1] + pa * mean];
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: u32 = 50;
    const ENDS: [f32; 2] = [-10.0, 10.0];
    const START: f64 = 4.0;
    /// One clamp at the upper end, one at the lower, and spikes before, between, in and after them.
    const SPIKES: [(u32, f64); 8] = [
        (0, 3.0),
        (5, 1.0),
        (12, 6.0),
        (12, 2.0),
        (20, -3.0),
        (31, -30.0),
        (40, 2.0),
        (49, 1.0),
    ];

    fn weights() -> Vec<f32> {
        SPIKES.iter().map(|spike| spike.1 as f32).collect()
    }

    /// A neuron that hears a channel a spike, within these ends.
    fn within(alpha: f64, ends: [f32; 2]) -> (Option<Clamped>, Decay) {
        let decay = Decay::new(alpha, WINDOW);
        let spikes: Vec<(u32, u32)> = (0..).zip(&SPIKES).map(|(k, s)| (s.0, k)).collect();
        let weights = weights();
        let heard = in_window(0, 1, &decay, [(&spikes, &weights), (&[], &[])]);
        let found = Clamped::run(0, START as f32, &heard, [&weights, &[]], &decay, ends);
        (found, decay)
    }

    fn clamped(alpha: f64) -> (Clamped, Decay) {
        let (found, decay) = within(alpha, ENDS);
        (found.unwrap(), decay)
    }

    /// The current at the window's end and its mean, tick by tick, with more of each spike; a tick that is clamped at no change
    /// stays so.
    fn run(alpha: f64, start: f64, more: &dyn Fn(usize) -> f64) -> [f64; 2] {
        let (mut current, mut sum) = (start, 0.0);
        for tick in 0..WINDOW {
            let own = SPIKES.iter().enumerate().filter(|(_, s)| s.0 == tick);
            let spikes: f64 = own.map(|(k, s)| s.1 + more(k)).sum();
            current = (alpha * current + spikes).clamp(f64::from(ENDS[0]), f64::from(ENDS[1]));
            sum += current;
        }
        [current, sum / f64::from(WINDOW)]
    }

    fn near(found: [f32; 2], expected: [f64; 2]) {
        for (found, expected) in found.into_iter().zip(expected) {
            let error = (f64::from(found) - expected).abs();
            assert!(error < 2e-4 * (1.0 + expected.abs()), "{found}, {expected}");
        }
    }

    const H: f64 = 1e-5;
    fn slope(up: [f64; 2], down: [f64; 2]) -> [f64; 2] {
        [0, 1].map(|k: usize| (up[k] - down[k]) / (2.0 * H))
    }

    #[test]
    fn the_clamps_of_a_window() {
        let (found, _) = clamped(0.97);
        assert_eq!(found.clamps, [(12, 10.0), (31, -10.0)]);
        near([found.end, 0.0], [run(0.97, START, &|_| 0.0)[0], 0.0]);
    }
    #[test]
    fn a_current_within_its_range_is_not_clamped() {
        assert_eq!(within(0.97, [-100.0, 100.0]).0, None);
    }
    #[test]
    fn effects_are_differences() {
        let (found, decay) = clamped(0.97);
        for (_, channel, effect) in found.effects(&decay) {
            let at = |h: f64| run(0.97, START, &|k| if k as u32 == channel { h } else { 0.0 });
            near(effect, slope(at(H), at(-H)));
        }
    }
    #[test]
    fn the_start_counts_until_the_first_clamp() {
        let (found, decay) = clamped(0.97);
        let at = |h: f64| run(0.97, START + h, &|_| 0.0);
        near([0.0, found.mean_of_start(&decay)], slope(at(H), at(-H)));
    }
    #[test]
    fn the_decay_counts_from_every_clamp_anew() {
        let (found, decay) = clamped(0.97);
        let at = |h: f64| run(0.97 + h, START, &|_| 0.0);
        let weights = weights();
        let by_alpha = found.by_alpha(&decay, START as f32, [&weights, &[]]);
        near(by_alpha, slope(at(H), at(-H)));
    }
    #[test]
    fn averages_are_those_of_all_ticks() {
        let (found, decay) = clamped(0.97);
        for delay in [0, 1] {
            let mut sum = [0.0; 2];
            for position in 0..WINDOW {
                let clamp = { found.clamps.iter() }.find(|(tick, _)| *tick >= position + delay);
                let effect = match clamp {
                    None => decay.effect(position).into(),
                    Some((tick, _)) => [0.0, decay.mean_until(tick - delay - position)],
                };
                sum = [0, 1].map(|k: usize| sum[k] + f64::from(effect[k]) / f64::from(WINDOW));
            }
            near(found.average(&decay, delay), sum);
        }
    }
}
