//! A sample whose loss stands outside of bruno: what went out of the chip, kept so that derivatives can come back in.

use crate::gradient::pass::{Demand, Gradient, Pass};
use crate::gradient::recording::Recording;
use crate::measure::observed::Observed;
use crate::run::memory;
use crate::weights::in_force::InForce;
use crate::{GradientKind, Parameters, TrainConfig, TrainError};
use bruno_device::Chip;
use bruno_sim::{CHUNK, Counters, Forward, Stimulus};

/// A sample that has run forward.
pub struct OpenSample {
    /// What went in.
    pub stimulus: Stimulus,
    /// Readout currents at the end of each window, pA, `[window][output]`.
    pub currents: Vec<f32>,
    /// Spikes of each window, by hidden layer, `[window][neuron]`.
    pub spikes: Vec<Vec<f32>>,
    /// What the chip counted.
    pub counters: Counters,
    kind: GradientKind,
    recording: Recording,
}

impl OpenSample {
    /// Runs samples in a model that is loaded with the program in force, and keeps what this gradient reads.
    ///
    /// # Errors
    /// A sample that does not fit the chip or takes more memory than the budget; those of the simulator.
    pub fn forward(
        model: &mut dyn Forward,
        chip: &Chip,
        stimuli: Vec<Stimulus>,
        kind: GradientKind,
    ) -> Result<Vec<Self>, TrainError> {
        for stimulus in &stimuli {
            stimulus.check(chip, chip.window_ticks)?;
            memory::check(chip, &[kind], stimulus)?;
        }
        let hidden = &chip.layers[..chip.readout()];
        let heard = |stimulus: &Stimulus| {
            let empty = |neurons: usize| vec![0.0; stimulus.windows as usize * neurons];
            (
                Recording::new(chip, &[kind], stimulus.windows),
                Observed::new(chip, false),
                hidden.iter().map(|l| empty(l.neurons)).collect(),
            )
        };
        let mut all: Vec<(Recording, Observed, Vec<Vec<f32>>)> =
            stimuli.iter().map(heard).collect();
        let counters = model.stream_all(&stimuli, CHUNK, &mut |k, part| {
            let (recording, observed, spikes) = &mut all[k];
            recording.add(part);
            observed.add(part);
            for ((counts, layer), part) in spikes.iter_mut().zip(hidden).zip(part) {
                for spike in &part.spikes {
                    let window = (spike.tick / chip.window_ticks) as usize;
                    counts[window * layer.neurons + spike.neuron as usize] += 1.0;
                }
            }
        })?;
        let heard = stimuli.into_iter().zip(all).zip(counters);
        let open = heard.map(
            |((stimulus, (recording, observed, spikes)), counters)| Self {
                currents: observed.currents,
                spikes,
                counters,
                kind,
                recording,
                stimulus,
            },
        );
        Ok(open.collect())
    }

    /// The gradient by the parameters and, where it is asked for, by the input spikes ([`Pass::gradient_and_inputs`]; else
    /// empty). Output biases are left at zero.
    ///
    /// # Errors
    /// Those of [`Pass::gradient`].
    pub fn backward(
        &self,
        in_force: &InForce,
        (parameters, config): (&Parameters, &TrainConfig),
        demand: Demand<'_>,
        by_input: bool,
    ) -> Result<(Gradient, Vec<f32>), TrainError> {
        let pass = Pass {
            in_force,
            parameters,
            config,
            stimulus: &self.stimulus,
            demand,
        };
        match by_input {
            true => pass.gradient_and_inputs(self.kind, &self.recording),
            false => Ok((pass.gradient(self.kind, &self.recording)?, Vec::new())),
        }
    }
}
