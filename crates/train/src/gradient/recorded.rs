//! Linearised windows from the recorder's words: gradients `sample`, `mean` and `jacobian`.

use crate::Shape;
use crate::config::GradientKind;
use crate::gradient::coarse::{Coarse, Linearised, Recorded, Release};
use crate::gradient::coarse_file::{CoarseFile, RecordedFile};
use crate::gradient::pass::Pass;
use crate::gradient::recording::{Kept, LayerRecording, Recording};
use crate::gradient::step::{Step, Steps};
use bruno_device::{
    Chip, Codes, Event, Gathers, MOST_STATES, NeuronModel, Signal, State, StateId, TICK_S,
    Threshold,
};

/// The steps of one layer.
pub(crate) struct RecordedSteps<'a> {
    records: Records<'a>,
    coarse: AnyCoarse,
}

/// The coarse step of a layer's neurons.
enum AnyCoarse {
    Kind(Box<Coarse>),
    File(Box<CoarseFile>),
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
        let raw = chip.description.layers.get(index)?;
        let ticks = chip.window_ticks;
        let coarse = match &layer.model.program {
            Some(program) => {
                let own = CoarseFile::new(program, raw, ticks, pass.config);
                AnyCoarse::File(Box::new(own))
            }
            None => {
                let own = Coarse::new(&raw.device, layer.kind, ticks, pass.config)?;
                AnyCoarse::Kind(Box::new(own))
            }
        };
        Some(Self {
            records: Records::new(chip, index, fires, recording, kind),
            coarse,
        })
    }
}

impl<const N: usize> Steps<N> for RecordedSteps<'_> {
    fn window(&self, window: usize) -> Vec<Step<N>> {
        let neurons = 0..self.records.neurons;
        let records = &self.records;
        match &self.coarse {
            AnyCoarse::Kind(coarse) => neurons
                .map(|n| coarse.step(&records.at(window, n)).widened())
                .collect(),
            AnyCoarse::File(coarse) => neurons
                .map(|n| coarse.step(&records.of_file(window, n, coarse)))
                .collect(),
        }
    }
}

/// The records of a layer in physical units.
struct Records<'a> {
    recording: &'a LayerRecording,
    neurons: usize,
    model: &'a NeuronModel,
    fires: Threshold,
    words: Words<'a>,
    window: u32,
    kind: GradientKind,
    codes: Codes,
    current_lsb_pa: f64,
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
        let refractory = layer.refractory_ticks();
        let mut releases: Vec<Option<(u16, bool)>> = vec![None; active.len()];
        for spike in &recording.spikes {
            let place = |tick: u32| (tick / k) as usize * layer.neurons + spike.neuron as usize;
            if let Some(Some(before)) = releases.get_mut(place(spike.tick)) {
                before.1 = false;
            }
            let release = spike.tick + 1 + refractory;
            if let Some(last) = releases.get_mut(place(release)) {
                // The longest window has 2^15 ticks.
                *last = Some(((k - release % k) as u16, true));
            }
            // Refractory ticks follow the spike's own.
            let (mut from, end) = (spike.tick + 1, spike.tick + 1 + refractory);
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
            words: Words::new(&layer.model, fires, recording, &layer.codes),
            fires,
            window: k,
            codes: layer.codes.clone(),
            current_lsb_pa: layer.current.lsb_pa,
            active,
            releases,
        }
    }

    fn word(&self, window: usize, neuron: usize, word: Kept) -> i32 {
        self.recording.word(window * self.neurons + neuron, word)
    }

    fn spikes(&self, window: usize, neuron: usize) -> i32 {
        self.word(window, neuron, self.words.spikes)
    }

    fn sum(&self, window: usize, neuron: usize, summed: &Summed) -> f64 {
        let sum = self.word(window, neuron, summed.sum);
        match summed.signed {
            true => f64::from(sum),
            false => f64::from(sum as u32),
        }
    }

    /// Ticks of a window in which a neuron is not refractory.
    fn active_ticks(&self, window: usize, neuron: usize) -> f64 {
        f64::from(self.active[window * self.neurons + neuron]) * f64::from(self.window)
    }

    /// Mean of a state over the window, LSB.
    fn mean(&self, window: usize, neuron: usize, moving: &Moving<'_>) -> f64 {
        let sum = self.sum(window, neuron, &moving.summed);
        moving.state.of_sum(sum / f64::from(self.window))
    }

    /// Mean of a state (LSB) over the ticks in which the neuron was free. A spike and its refractory time write and hold
    /// what the spike left, which says nothing of the way to the threshold; spike times tell how long. Where a spike leaves
    /// a state as it is, that is held at an unknown value.
    fn free_mean(&self, window: usize, neuron: usize, moving: &Moving<'_>) -> f64 {
        let k = f64::from(self.window);
        let spikes = f64::from(self.spikes(window, neuron));
        let free = self.active_ticks(window, neuron).round() - spikes;
        let mean = self.mean(window, neuron, moving);
        match moving.after_spike {
            Some(reset) if free >= 1.0 => (mean * k - (k - free) * f64::from(reset)) / free,
            _ => mean,
        }
    }

    /// The window's mean linearisation over its active ticks (docs/semantics.md, recorder level `jacobian`).
    fn linearised(&self, window: usize, neuron: usize) -> Linearised {
        let active = self.active_ticks(window, neuron).max(1.0);
        let mut means = [0.0; MOST_STATES];
        for (sample, mean) in self.words.samples.iter().zip(&mut means) {
            *mean = self.sum(window, neuron, sample) / active * sample.unit;
        }
        let sur_w = f64::from(self.codes.sur_w);
        let near =
            self.fires.nearness.map_or(0.0, |n| means[n.place()]) * 0.375 / 512.0 * 128.0 / sur_w;
        Linearised {
            means,
            near: near * self.over_polyline(window, neuron),
        }
    }

    /// The fast sigmoid by the chip's polyline through it: between its corners the polyline lies up to 41 % above. Both are
    /// averaged over an even way of the membrane from one window's end to the next, or to the threshold.
    fn over_polyline(&self, window: usize, neuron: usize) -> f64 {
        const POINTS: u32 = 8;
        let end = |window: usize| self.word(window, neuron, self.words.membrane);
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

    /// The same of neurons of a file, SI units; the current in pA.
    fn of_file<const N: usize>(
        &self,
        window: usize,
        neuron: usize,
        coarse: &CoarseFile,
    ) -> RecordedFile<N> {
        let k = f64::from(self.window);
        let spikes = self.spikes(window, neuron);
        let free = self.active_ticks(window, neuron).round() - f64::from(spikes);
        let mut x = [0.0; N];
        let states = self.words.moving.iter().zip(self.model.moving());
        for (row, (x, (moving, (id, state)))) in x.iter_mut().zip(states).enumerate() {
            let code = match self.kind {
                GradientKind::Sample => f64::from(self.word(window, neuron, moving.end)),
                _ => self.mean(window, neuron, moving),
            };
            let mean = self.model.si(id, state.value(code));
            *x = match coarse.left_standing(row) {
                // What a spike left and its refractory time held says nothing of the way to the threshold.
                Some(left) if self.kind != GradientKind::Sample && free >= 1.0 => {
                    (mean * k - (k - free) * left) / free
                }
                _ => mean,
            };
        }
        let current = |window| f64::from(self.word(window, neuron, self.words.current));
        let before = window.checked_sub(1).map_or(0.0, current);
        let release = self.releases[window * self.neurons + neuron];
        RecordedFile {
            release: release.map(|(ticks, kept)| Release {
                seconds: f64::from(ticks) * TICK_S,
                kept,
            }),
            x,
            i: 0.5 * (before + current(window)) * self.current_lsb_pa,
            spikes,
            active: f64::from(self.active[window * self.neurons + neuron]),
            slopes: (self.kind == GradientKind::Jacobian).then(|| self.slopes(window, neuron)),
        }
    }

    /// Means of the derivatives that a program samples, SI units a second: over the ticks in which their state is not held.
    fn slopes(&self, window: usize, neuron: usize) -> [f64; MOST_STATES] {
        let mut means = [0.0; MOST_STATES];
        let Some(program) = &self.model.program else {
            return means;
        };
        let derived = &program.derived;
        let samples = self.words.samples.iter().zip(&derived.slopes);
        for (mean, (sample, slope)) in means.iter_mut().zip(samples) {
            let ticks = match derived.model.holds(slope.state) {
                true => self.active_ticks(window, neuron).max(1.0),
                false => f64::from(self.window),
            };
            *mean = self.sum(window, neuron, sample) / ticks * sample.unit * slope.lsb;
        }
        means
    }

    fn at(&self, window: usize, neuron: usize) -> Recorded {
        let mut x = [0.0; 2];
        for (x, moving) in x.iter_mut().zip(&self.words.moving) {
            let code = match self.kind {
                GradientKind::Sample => f64::from(self.word(window, neuron, moving.end)),
                _ => self.free_mean(window, neuron, moving),
            };
            *x = code * moving.summed.unit;
        }
        let current = |window| f64::from(self.word(window, neuron, self.words.current));
        let before = window.checked_sub(1).map_or(0.0, current);
        let clamped = self.word(window, neuron, self.words.membrane) <= self.codes.v_floor;
        let release = self.releases[window * self.neurons + neuron];
        let release = release.map(|(ticks, kept)| Release {
            seconds: f64::from(ticks) * TICK_S,
            kept: kept && !clamped,
        });
        Recorded {
            release,
            x,
            i: 0.5 * (before + current(window)) * self.words.current_lsb,
            spikes: self.spikes(window, neuron),
            clamped,
            active: f64::from(self.active[window * self.neurons + neuron]),
            linearised: (self.kind == GradientKind::Jacobian)
                .then(|| self.linearised(window, neuron)),
        }
    }
}

/// Where the records of a layer hold what a gradient reads, and in which units.
struct Words<'a> {
    spikes: Kept,
    /// At the window's end.
    membrane: Kept,
    current: Kept,
    /// One LSB of the current, pA.
    current_lsb: f64,
    /// The states that equations move, in their order.
    moving: Vec<Moving<'a>>,
    /// What the neurons sample, in the order of the declaration.
    samples: Vec<Summed>,
}

/// A state that equations move.
struct Moving<'a> {
    state: &'a State,
    /// At the window's end.
    end: Kept,
    summed: Summed,
    /// What a spike leaves in it, LSB; none where it leaves it as it is.
    after_spike: Option<i32>,
}

/// A sum over the ticks of a window.
struct Summed {
    sum: Kept,
    signed: bool,
    /// What one LSB of a tick stands for.
    unit: f64,
}

impl<'a> Words<'a> {
    fn new(
        model: &'a NeuronModel,
        fires: Threshold,
        recording: &LayerRecording,
        codes: &Codes,
    ) -> Self {
        let end = |id| recording.kept(Gathers::Last(id));
        let sum = |signal| recording.kept(Gathers::Sum(signal));
        let moving = |(id, state): (StateId, &'a State)| Moving {
            state,
            end: end(id),
            summed: Summed {
                sum: sum(Signal::State(id)),
                signed: state.signed(),
                unit: state.lsb(),
            },
            after_spike: state.after_spike(codes),
        };
        let samples = model.sampled().map(|(id, sample)| Summed {
            sum: sum(Signal::Sample(id)),
            signed: sample.signed,
            unit: f64::from(sample.sum_shift).exp2() * { sample.log2_lsb }
                .map_or(1.0, |log2| f64::from(log2).exp2() / TICK_S),
        });
        Self {
            spikes: recording.kept(Gathers::Count(Event::Spike)),
            membrane: end(fires.state),
            current: end(model.current),
            current_lsb: model.states[model.current.place()].lsb(),
            moving: model.moving().map(moving).collect(),
            samples: samples.collect(),
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
