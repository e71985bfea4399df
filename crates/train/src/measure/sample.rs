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
use bruno_sim::{CHUNK, Counters, Forward, Stimulus};

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
    /// Runs samples in a model that has their program, and keeps what gradients of these kinds need: nothing where only the
    /// score is asked for. Of each sample what it gave, or what is wrong with it; a failure of the simulator stands in the
    /// place of the first, and nothing behind it.
    pub fn forward(
        model: &mut dyn Forward,
        of: Of<'_>,
        samples: &[&Sample],
        kinds: &[GradientKind],
    ) -> Vec<Result<Self, TrainError>> {
        let Of { chip, config, .. } = of;
        let window = chip.window_ticks;
        let stimuli: Vec<Stimulus> = samples.iter().map(|s| stimulus(s, window)).collect();
        let checked = |stimulus: &Stimulus| {
            memory::check(chip, kinds, stimulus)?;
            Ok(stimulus.check(chip, window)?)
        };
        let checks: Vec<Result<(), TrainError>> = stimuli.iter().map(checked).collect();
        if checks.iter().any(Result::is_err) {
            if samples.len() == 1 {
                return checks
                    .into_iter()
                    .filter_map(Result::err)
                    .map(Err)
                    .collect();
            }
            // One that cannot run keeps none of the others from it.
            let one = |sample: &&Sample| Self::forward(model, of, &[*sample], kinds);
            return samples.iter().flat_map(one).collect();
        }
        let trains = !kinds.is_empty();
        let membranes = trains && config.objectives.energy.is_some();
        let heard = |stimulus: &Stimulus| {
            let recording = Recording::new(chip, kinds, stimulus.windows);
            (recording, Observed::new(chip, membranes))
        };
        let mut heard: Vec<(Recording, Observed)> = stimuli.iter().map(heard).collect();
        let counters = model.stream_all(&stimuli, CHUNK, &mut |k, part| {
            heard[k].0.add(part);
            heard[k].1.add(part);
        });
        let counters = match counters {
            Ok(counters) => counters,
            Err(error) => return vec![Err(error.into())],
        };
        let all = samples
            .iter()
            .copied()
            .zip(stimuli)
            .zip(heard)
            .zip(counters);
        let scored = |(((sample, stimulus), (recording, observed)), counters)| {
            let heard = Heard {
                sample,
                stimulus,
                recording,
                observed,
                counters,
            };
            heard.scored(of, trains)
        };
        all.map(scored).collect()
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

/// Whose samples run: the chip that is simulated, with the parameters and settings of a run.
#[derive(Clone, Copy)]
pub(crate) struct Of<'a> {
    pub chip: &'a Chip,
    pub parameters: &'a Parameters,
    pub config: &'a TrainConfig,
}

/// A sample and what was heard of it.
struct Heard<'a> {
    sample: &'a Sample,
    stimulus: Stimulus,
    recording: Recording,
    observed: Observed<'a>,
    counters: Counters,
}

impl Heard<'_> {
    /// Its loss, and what that and the objectives ask of the backward pass.
    fn scored(self, of: Of<'_>, trains: bool) -> Result<Ran, TrainError> {
        let Of {
            chip,
            parameters,
            config,
        } = of;
        let Self {
            sample,
            stimulus,
            recording,
            observed,
            counters,
        } = self;
        let window = chip.window_ticks;
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
        let model = EnergyModel::new(chip, parameters, config.objectives.supply_v);
        let energy = model.of(&activity);
        found.score.energy = energy;
        found.score.reads = model.reads(&activity);
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
        Ok(Ran {
            by_spikes,
            pull,
            by_current: loss.by_current,
            by_bias: loss.by_bias,
            stimulus,
            recording,
            found,
        })
    }
}

fn add(to: &mut [f32], what: &[f32]) {
    to.iter_mut().zip(what).for_each(|(x, y)| *x += y);
}
