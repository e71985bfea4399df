//! Linearised windows from the recorder's words: gradients `sample`, `mean` and `jacobian`.

use crate::Shape;
use crate::config::GradientKind;
use crate::gradient::coarse::{Coarse, Linearised, Recorded, Release};
use crate::gradient::pass::Pass;
use crate::gradient::recording::{LayerRecording, Recording};
use crate::gradient::step::{Step, Steps};
use bruno_device::{
    Chip, Codes, Event, Gathers, MOST_STATES, NeuronModel, Signal, State, StateId, TICK_S,
    Threshold,
};

/// The steps of one layer.
pub(crate) struct RecordedSteps<'a> {
    records: Records<'a>,
    coarse: Coarse,
}

impl<'a> RecordedSteps<'a> {
    /// Layer `index` of a pass; none of one whose neurons do not spike.
    pub fn new(
        pass: &Pass<'a>,
        index: usize,
        recording: &'a Recording,
        kind: GradientKind,
    ) -> Option<Self> {
        let chip = pass.chip();
        let layer = &chip.layers[index];
        let fires = layer.model.fires?;
        let card = &chip.description.layers.get(index)?.device;
        Some(Self {
            records: Records::new(chip, index, fires, recording, kind),
            coarse: Coarse::new(card, layer.kind, chip.window_ticks, pass.config)?,
        })
    }
}

impl Steps for RecordedSteps<'_> {
    fn window(&self, window: usize) -> Vec<Step> {
        let neurons = 0..self.records.neurons;
        neurons
            .map(|n| self.coarse.step(&self.records.at(window, n)))
            .collect()
    }
}

/// The records of a layer in physical units.
struct Records<'a> {
    recording: &'a LayerRecording,
    neurons: usize,
    model: &'a NeuronModel,
    fires: Threshold,
    window: u32,
    kind: GradientKind,
    codes: Codes,
    /// Share of each window that a neuron is not refractory, `[window][neuron]`.
    active: Vec<f32>,
    /// Last release from a refractory time in each window, `[window][neuron]`: ticks from there to the window's end, and
    /// whether no spike follows.
    releases: Vec<Option<(u16, bool)>>,
}

impl<'a> Records<'a> {
    fn new(
        chip: &'a Chip,
        index: usize,
        fires: Threshold,
        recording: &'a Recording,
        kind: GradientKind,
    ) -> Self {
        let layer = &chip.layers[index];
        let recording = &recording.layers[index];
        let windows = recording.windows(layer.neurons);
        let mut active = vec![1.0f32; windows * layer.neurons];
        let k = chip.window_ticks;
        let mut releases: Vec<Option<(u16, bool)>> = vec![None; active.len()];
        for spike in &recording.spikes {
            let place = |tick: u32| (tick / k) as usize * layer.neurons + spike.neuron as usize;
            if let Some(Some(before)) = releases.get_mut(place(spike.tick)) {
                before.1 = false;
            }
            let release = spike.tick + 1 + layer.codes.t_ref as u32;
            if let Some(last) = releases.get_mut(place(release)) {
                // A window has at most 4096 ticks.
                *last = Some(((k - release % k) as u16, true));
            }
            // Refractory ticks follow the spike's own.
            let (mut from, end) = (spike.tick + 1, spike.tick + 1 + layer.codes.t_ref as u32);
            while from < end && ((from / k) as usize) < windows {
                let window = from / k;
                let until = end.min((window + 1) * k);
                let place = window as usize * layer.neurons + spike.neuron as usize;
                active[place] = (active[place] - (until - from) as f32 / k as f32).max(0.0);
                from = until;
            }
        }
        Self {
            recording,
            kind,
            neurons: layer.neurons,
            model: &layer.model,
            fires,
            window: k,
            codes: layer.codes,
            active,
            releases,
        }
    }

    /// A word of a record, 0 where it is not kept: a gradient reads what it asked for.
    fn word(&self, window: usize, neuron: usize, word: Gathers) -> i32 {
        let record = window * self.neurons + neuron;
        self.recording.word(record, word).unwrap_or(0)
    }

    fn spikes(&self, window: usize, neuron: usize) -> i32 {
        self.word(window, neuron, Gathers::Count(Event::Spike))
    }

    fn end(&self, window: usize, neuron: usize, state: StateId) -> i32 {
        self.word(window, neuron, Gathers::Last(state))
    }

    fn sum(&self, window: usize, neuron: usize, signal: Signal, signed: bool) -> f64 {
        let sum = self.word(window, neuron, Gathers::Sum(signal));
        match signed {
            true => f64::from(sum),
            false => f64::from(sum as u32),
        }
    }

    /// Ticks of a window in which a neuron is not refractory.
    fn active_ticks(&self, window: usize, neuron: usize) -> f64 {
        f64::from(self.active[window * self.neurons + neuron]) * f64::from(self.window)
    }

    /// Mean of a state (LSB) over the ticks in which the neuron was free. A spike and its refractory time write and hold
    /// what the spike left, which says nothing of the way to the threshold; spike times tell how long. Where a spike leaves
    /// a state as it is, that is held at an unknown value.
    fn free_mean(&self, window: usize, neuron: usize, (id, state): (StateId, &State)) -> f64 {
        let k = f64::from(self.window);
        let spikes = f64::from(self.spikes(window, neuron));
        let free = self.active_ticks(window, neuron).round() - spikes;
        let sum = self.sum(window, neuron, Signal::State(id), state.signed());
        match state.after_spike(&self.codes) {
            Some(reset) if free >= 1.0 => (sum - (k - free) * f64::from(reset)) / free,
            _ => sum / k,
        }
    }

    /// The window's mean linearisation over its active ticks (docs/semantics.md, recorder level `jacobian`).
    fn linearised(&self, window: usize, neuron: usize) -> Linearised {
        let active = self.active_ticks(window, neuron).max(1.0);
        let mut means = [0.0; MOST_STATES];
        for ((id, sample), mean) in self.model.sampled().zip(&mut means) {
            let sum = self.sum(window, neuron, Signal::Sample(id), sample.signed);
            *mean = sum / active;
            if let Some(log2) = sample.log2_lsb {
                *mean *= f64::from(log2).exp2() / TICK_S;
            }
        }
        let sur_w = f64::from(self.codes.sur_w);
        let near = means[self.fires.nearness.place()] * 0.375 / 512.0 * 128.0 / sur_w;
        Linearised {
            means,
            near: near * self.over_polyline(window, neuron),
        }
    }

    /// The fast sigmoid by the chip's polyline through it: between its corners the polyline lies up to 41 % above. Both are
    /// averaged over an even way of the membrane from one window's end to the next, or to the threshold.
    fn over_polyline(&self, window: usize, neuron: usize) -> f64 {
        const POINTS: u32 = 8;
        let end = |window: usize| self.end(window, neuron, self.fires.state);
        let from = window.checked_sub(1).map_or(self.codes.v_reset, end);
        let fired = self.spikes(window, neuron) > 0;
        let to = if fired { self.codes.v_th } else { end(window) };
        let [from, to] =
            [from, to].map(|v| f64::from(self.codes.v_th - v) / f64::from(self.codes.sur_w));
        let at = |k: u32| from + (to - from) * (f64::from(k) + 0.5) / f64::from(POINTS);
        let smooth: f64 = (0..POINTS).map(|k| Shape::FastSigmoid.at(at(k))).sum();
        let summed: f64 = (0..POINTS).map(|k| polyline(at(k))).sum();
        // Near its end at u = 15 the polyline says nothing.
        (smooth / summed.max(1e-9)).min(4.0)
    }

    fn at(&self, window: usize, neuron: usize) -> Recorded {
        let mut x = [0.0; 2];
        for (x, moving) in x.iter_mut().zip(self.model.moving()) {
            let code = match self.kind {
                GradientKind::Sample => f64::from(self.end(window, neuron, moving.0)),
                _ => self.free_mean(window, neuron, moving),
            };
            *x = code * moving.1.lsb();
        }
        let current = |window| f64::from(self.end(window, neuron, self.model.current));
        let before = window.checked_sub(1).map_or(0.0, current);
        let i_lsb = self.model.states[self.model.current.place()].lsb();
        let clamped = self.end(window, neuron, self.fires.state) <= self.codes.v_floor;
        let release = self.releases[window * self.neurons + neuron];
        let release = release.map(|(ticks, kept)| Release {
            seconds: f64::from(ticks) * TICK_S,
            kept: kept && !clamped,
        });
        Recorded {
            release,
            x,
            i: 0.5 * (before + current(window)) * i_lsb,
            spikes: self.spikes(window, neuron),
            clamped,
            active: f64::from(self.active[window * self.neurons + neuron]),
            linearised: (self.kind == GradientKind::Jacobian)
                .then(|| self.linearised(window, neuron)),
        }
    }
}

/// The surrogate as the chip sums it (docs/semantics.md): straight between |u| = 0, 1, 3, 7, 15.
fn polyline(u: f64) -> f64 {
    let ramps = [(448.0, 1.0), (56.0, 3.0), (7.0, 7.0), (1.0, 15.0)];
    let sum: f64 = ramps
        .iter()
        .map(|(slope, end)| slope * f64::max(0.0, end - u.abs()))
        .sum();
    0.375 / 512.0 * sum
}
