//! Linearised windows from the recorder's words: gradients `sample`, `mean` and `jacobian`.

use crate::Shape;
use crate::config::GradientKind;
use crate::gradient::coarse::{Coarse, Linearised, Recorded, Release};
use crate::gradient::pass::Pass;
use crate::gradient::recording::{LayerRecording, Recording};
use crate::gradient::step::{Step, Steps};
use bruno_device::{Chip, Codes, GUARD_BITS, TICK_S};

/// The steps of one layer.
pub(crate) struct RecordedSteps<'a> {
    records: Records<'a>,
    coarse: Coarse,
}

impl<'a> RecordedSteps<'a> {
    /// Hidden layer `index` of a pass.
    pub fn new(
        pass: &Pass<'_>,
        index: usize,
        recording: &'a Recording,
        kind: GradientKind,
    ) -> Self {
        let chip = pass.chip();
        let card = &chip.description.layers[index].device;
        let layer = &chip.layers[index];
        Self {
            records: Records::new(chip, index, recording, kind),
            coarse: Coarse::new(card, layer.kind, chip.window_ticks, pass.config),
        }
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
    v_lsb: f64,
    p_lsb: f64,
    i_lsb: f64,
    /// One LSB of a flow's sample, a tick.
    flow_lsb: f64,
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
    fn new(chip: &Chip, index: usize, recording: &'a Recording, kind: GradientKind) -> Self {
        let layer = &chip.layers[index];
        let formats = &chip.description.formats;
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
            v_lsb: formats.v_lsb(),
            p_lsb: formats.p_lsb(),
            i_lsb: formats.i_lsb_pa(),
            flow_lsb: formats.p_lsb()
                * (f64::from(chip.constants.flow_shift) - f64::from(GUARD_BITS)).exp2(),
            window: k,
            codes: layer.codes,
            active,
            releases,
        }
    }

    fn word(&self, window: usize, neuron: usize, name: &str) -> Option<i32> {
        self.recording.word(window * self.neurons + neuron, name)
    }

    /// Means of V and p (LSB) over the ticks in which the neuron was free. A spike and its refractory time write and hold
    /// the reset values, which say nothing of the way to the threshold; spike times tell how long.
    fn free_mean(&self, window: usize, neuron: usize) -> (f64, f64) {
        let word = |name| self.word(window, neuron, name).unwrap_or(0);
        let k = f64::from(self.window);
        let active = f64::from(self.active[window * self.neurons + neuron]) * k;
        let free = active.round() - f64::from(word("n_spike"));
        let (v, p) = (f64::from(word("sum_v")), f64::from(word("sum_p") as u32));
        if free < 1.0 {
            return (v / k, p / k);
        }
        let held = k - free;
        let without = |sum: f64, reset: i32| (sum - held * f64::from(reset)) / free;
        // A kept occupation is held at an unknown value.
        let p = if self.codes.keep_p {
            p / k
        } else {
            without(p, self.codes.p_reset)
        };
        (without(v, self.codes.v_reset), p)
    }

    /// The window's mean linearisation over its active ticks (docs/semantics.md, recorder level `jacobian`).
    fn linearised(&self, window: usize, neuron: usize) -> Linearised {
        let sum = |name| f64::from(self.word(window, neuron, name).unwrap_or(0));
        let unsigned = |name| f64::from(self.word(window, neuron, name).unwrap_or(0) as u32);
        let active =
            f64::from(self.active[window * self.neurons + neuron]) * f64::from(self.window);
        let mean = |sum: f64| sum / active.max(1.0);
        let sur_w = f64::from(self.codes.sur_w);
        Linearised {
            steep: mean(unsigned("sum_x")) * self.flow_lsb / TICK_S,
            rates: mean(unsigned("sum_k")) * (-24f64).exp2() / TICK_S,
            flow: mean(sum("sum_f")) * self.flow_lsb / TICK_S,
            near: mean(unsigned("sum_h")) * 0.375 / 512.0 * 128.0 / sur_w
                * self.over_polyline(window, neuron),
        }
    }

    /// The fast sigmoid by the chip's polyline through it: between its corners the polyline lies up to 41 % above. Both are
    /// averaged over an even way of the membrane from one window's end to the next, or to the threshold.
    fn over_polyline(&self, window: usize, neuron: usize) -> f64 {
        const POINTS: u32 = 8;
        let end = |window: usize| self.word(window, neuron, "v").unwrap_or(0);
        let from = window.checked_sub(1).map_or(self.codes.v_reset, end);
        let fired = self.word(window, neuron, "n_spike").unwrap_or(0) > 0;
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
        let word = |window, name| self.word(window, neuron, name).unwrap_or(0);
        let (v, p) = match self.kind {
            GradientKind::Sample => (f64::from(word(window, "v")), f64::from(word(window, "p"))),
            _ => self.free_mean(window, neuron),
        };
        let before = if window == 0 {
            0
        } else {
            word(window - 1, "i")
        };
        let current = 0.5 * (f64::from(before) + f64::from(word(window, "i")));
        let clamped = word(window, "v") <= self.codes.v_floor;
        let release = self.releases[window * self.neurons + neuron];
        let release = release.map(|(ticks, kept)| Release {
            seconds: f64::from(ticks) * TICK_S,
            kept: kept && !clamped,
        });
        Recorded {
            release,
            v: v * self.v_lsb,
            p: p * self.p_lsb,
            i: current * self.i_lsb,
            spikes: word(window, "n_spike"),
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
