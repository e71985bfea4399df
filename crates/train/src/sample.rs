//! A data sample through the chip: its stimulus, its trace, its loss and what the loss asks of the backward pass.

use crate::in_force::InForce;
use crate::loss::{self, Score};
use crate::pass::{Demand, Pass};
use crate::{Parameters, TrainConfig, TrainError};
use bruno_data::Sample;
use bruno_device::{Chip, Layer, LayerKind};
use bruno_sim::{Forward, Stimulus, Trace};

/// The stimulus of a sample: whole windows of `window` ticks that cover its duration.
pub fn stimulus(sample: &Sample, window: u32) -> Stimulus {
    let mut events: Vec<(u32, u32)> = sample.events.iter().map(|e| (e.t_us, e.channel)).collect();
    events.sort_unstable();
    events.dedup();
    Stimulus {
        events,
        windows: sample.duration_us.div_ceil(window),
    }
}

/// A sample that has run forward.
pub(crate) struct Ran {
    /// What went in.
    pub stimulus: Stimulus,
    /// What came out.
    pub trace: Trace,
    /// Loss and activity.
    pub score: Score,
    /// `dL/d bias`.
    pub by_bias: Vec<f32>,
    by_current: Vec<f32>,
    by_spikes: Vec<Vec<f32>>,
}

impl Ran {
    /// Runs a sample in a model that has its program.
    pub fn forward(
        model: &mut dyn Forward,
        chip: &Chip,
        parameters: &Parameters,
        config: &TrainConfig,
        sample: &Sample,
    ) -> Result<Self, TrainError> {
        let window = chip.window_ticks;
        let stimulus = stimulus(sample, window);
        let trace = model.run(&stimulus)?;
        let bias = &parameters.values[parameters.bias.clone()];
        let currents = readout_currents(chip, &trace);
        let loss = loss::task(&sample.target, &currents, bias, config, window);
        let seconds = f64::from(stimulus.windows) * f64::from(window) * 1e-6;
        let (score, counts) = activity(chip, &trace, seconds, loss.score);
        let penalty = |counts: &Vec<u32>| loss::rate_penalty(counts, seconds, config);
        Ok(Self {
            by_spikes: counts.iter().map(penalty).collect(),
            by_current: loss.by_current,
            by_bias: loss.by_bias,
            stimulus,
            trace,
            score,
        })
    }

    /// Its backward pass.
    pub fn pass<'a>(
        &'a self,
        in_force: &'a InForce,
        parameters: &'a Parameters,
        config: &'a TrainConfig,
    ) -> Pass<'a> {
        Pass {
            in_force,
            parameters,
            config,
            stimulus: &self.stimulus,
            demand: Demand {
                by_current: &self.by_current,
                by_spikes: &self.by_spikes,
            },
        }
    }
}

/// Readout currents at the end of each window, pA, `[window][output]`.
fn readout_currents(chip: &Chip, trace: &Trace) -> Vec<f32> {
    let index = chip.readout();
    let words = chip.layers[index].record_words(chip.recorder).len();
    let lsb = chip.description.formats.i_lsb_pa() as f32;
    trace.layers[index]
        .records
        .chunks_exact(words)
        .map(|r| r[0] as f32 * lsb)
        .collect()
}

/// Adds activity to a score; also the spike counts of the hidden neurons by layer.
fn activity(chip: &Chip, trace: &Trace, seconds: f64, mut score: Score) -> (Score, Vec<Vec<u32>>) {
    let mut counts = Vec::new();
    for (layer, trace) in hidden(chip).zip(&trace.layers) {
        let mut own = vec![0u32; layer.neurons];
        trace
            .spikes
            .iter()
            .for_each(|s| own[s.neuron as usize] += 1);
        score.spikes += trace.spikes.len() as u64;
        score.neuron_seconds += seconds * layer.neurons as f64;
        counts.push(own);
    }
    score.saturations += u64::from(trace.saturations);
    (score, counts)
}

/// Spiking neurons of a layer never are its readout's.
fn hidden(chip: &Chip) -> impl Iterator<Item = &Layer> {
    chip.layers.iter().filter(|l| l.kind != LayerKind::Readout)
}
