//! A data sample through the chip: its stimulus, what it did, its loss and what the loss asks of the backward pass.

use crate::gradient::pass::{Demand, Pass};
use crate::gradient::recording::Recording;
use crate::measure::observed::Observed;
use crate::measure::score::{Evaluation, LayerActivity};
use crate::objective::energy::{Activity, EnergyModel};
use crate::objective::latency;
use crate::objective::loss;
use crate::objective::pull::Pull;
use crate::run::memory;
use crate::run::not_finite::NotFinite;
use crate::weights::in_force::InForce;
use crate::{GradientKind, Parameters, TrainConfig, TrainError};
use bruno_data::Sample;
use bruno_device::Chip;
use bruno_sim::{CHUNK, Forward, Stimulus};

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
    /// What its backward pass reads.
    pub recording: Recording,
    /// Loss, decision and activity.
    pub found: Evaluation,
    /// `dL/d bias`.
    by_bias: Vec<f32>,
    by_current: Vec<f32>,
    by_spikes: Vec<Vec<f32>>,
    /// What the objectives ask.
    pull: Option<Pull>,
}

impl Ran {
    /// Runs a sample in a model that has its program, and keeps what gradients of these kinds need: nothing where only the
    /// score is asked for.
    pub fn forward(
        model: &mut dyn Forward,
        chip: &Chip,
        parameters: &Parameters,
        config: &TrainConfig,
        sample: &Sample,
        kinds: &[GradientKind],
    ) -> Result<Self, TrainError> {
        let window = chip.window_ticks;
        let stimulus = stimulus(sample, window);
        memory::check(chip, kinds, &stimulus)?;
        let trains = !kinds.is_empty();
        let mut recording = Recording::new(chip, kinds, stimulus.windows);
        let mut observed = Observed::new(chip, trains && config.objectives.energy.is_some());
        let counters = model.stream(&stimulus, CHUNK, &mut |part| {
            recording.add(part);
            observed.add(part);
        })?;
        let bias = &parameters.values[parameters.bias.clone()];
        let currents = &observed.currents;
        let mut loss = loss::task(&sample.target, currents, bias, config, window);
        let early = latency::early(&sample.target, currents, bias, config, window);
        if let Some(latency) = early {
            add(&mut loss.by_current, &latency.by_current);
            add(&mut loss.by_bias, &latency.by_bias);
        }
        if !loss.score.loss.is_finite() {
            return Err(NotFinite::of("loss", loss.score.loss).into());
        }
        let seconds = f64::from(stimulus.windows) * f64::from(window) * 1e-6;
        let mut found = Evaluation::of(chip, &observed, counters, seconds, &loss);
        let activity = Activity::of(chip, &stimulus, observed);
        let energy = EnergyModel::new(chip, parameters, config.objectives.supply_v).of(&activity);
        found.score.energy = energy;
        let pull = match trains {
            true => Pull::of(chip, parameters, config, &activity, &energy),
            false => None,
        };
        let penalty = |layer: &LayerActivity| loss::rate_penalty(&layer.spikes, seconds, config);
        let mut by_spikes: Vec<Vec<f32>> = found.layers.iter().map(penalty).collect();
        for (own, pulled) in by_spikes
            .iter_mut()
            .zip(pull.iter().flat_map(|p| &p.by_spikes))
        {
            add(own, pulled);
        }
        Ok(Self {
            by_spikes,
            pull,
            by_current: loss.by_current,
            by_bias: loss.by_bias,
            stimulus,
            recording,
            found,
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
                by_membrane: self.pull.as_ref().map_or(&[], |p| &p.by_membrane),
            },
        }
    }

    /// Adds to a gradient what no state of the chip stands between: output biases, and what parameters cost by themselves.
    pub fn add_direct(&self, parameters: &Parameters, gradient: &mut [f32]) {
        add(&mut gradient[parameters.bias.clone()], &self.by_bias);
        if let Some(pull) = &self.pull {
            add(gradient, &pull.direct);
        }
    }
}

fn add(to: &mut [f32], what: &[f32]) {
    to.iter_mut().zip(what).for_each(|(x, y)| *x += y);
}
