//! Audits of a run: its gradients against exact backpropagation and against finite differences.

use super::Trainer;
use crate::config::{AuditConfig, AuditReaction};
use crate::gradient::audit::{Audit, AuditLine, DeviceSlope};
use crate::gradient::pass::Gradient;
use crate::measure::sample::{Of, Ran};
use crate::measure::score::Score;
use crate::weights::in_force::{At, InForce};
use crate::{Checkpoint, GradientKind, TrainError};
use bruno_data::Sample;
use bruno_sim::Forward;

impl Trainer<'_> {
    /// The audit that the settings ask for before a step, and what follows from it.
    pub(crate) fn audit_in_training(
        &mut self,
        at: At,
        samples: &[usize],
    ) -> Result<Option<AuditLine>, TrainError> {
        let Some(asked) = self.run.config.audit_in_force() else {
            return Ok(None);
        };
        if asked.every_steps == 0 || !at.step.is_multiple_of(asked.every_steps) {
            return Ok(None);
        }
        let few: Vec<&Sample> = samples
            .iter()
            .take(asked.samples)
            .map(|s| &self.data.train[*s])
            .collect();
        let audit = match self.audit_at(at, &few, &[self.run.gradient], |_| {}) {
            // An audit that nobody asked for ends no run: the gradient in force may bear what the exact one does not.
            Err(TrainError::NotFinite(_)) if self.run.config.audit.is_none() => return Ok(None),
            audit => audit?,
        };
        let mut line = audit.line(at.step, &asked);
        if let Some(line) = &mut line
            && line.low
            && asked.reaction == AuditReaction::Switch
        {
            line.switched_to = self.better(at, &few, &asked)?;
            self.run.gradient = line.switched_to.unwrap_or(self.run.gradient);
        }
        Ok(line)
    }

    /// The cheapest gradient dearer than that in force that an audit on these samples finds good enough, or exact
    /// backpropagation; none where that is in force.
    fn better(
        &mut self,
        at: At,
        samples: &[&Sample],
        asked: &AuditConfig,
    ) -> Result<Option<GradientKind>, TrainError> {
        let dearer = self.run.gradient.dearer(self.run.description.recorder);
        let (exact, others): (Vec<_>, Vec<_>) =
            dearer.partition(|kind| *kind == GradientKind::Checkpointed);
        let exact = exact.first().copied();
        if others.is_empty() {
            return Ok(exact);
        }
        let audit = self.audit_at(at, samples, &others, |_| {})?;
        Ok(audit.good_enough(asked).or(exact))
    }

    /// Compares gradients with exact backpropagation on these samples, with the parameters at hand and, where device
    /// effects are sampled, on the virtual chips of the next step; `done` hears how many samples were
    /// finished.
    pub fn audit(
        &mut self,
        samples: &[&Sample],
        kinds: &[GradientKind],
        done: impl FnMut(u64),
    ) -> Result<Audit, TrainError> {
        self.audit_at(self.next(), samples, kinds, done)
    }

    fn audit_at(
        &mut self,
        at: At,
        samples: &[&Sample],
        kinds: &[GradientKind],
        mut done: impl FnMut(u64),
    ) -> Result<Audit, TrainError> {
        let all: Vec<GradientKind> = [GradientKind::Checkpointed]
            .iter()
            .chain(kinds)
            .copied()
            .collect();
        let mut outcomes = Vec::new();
        let parts = samples.chunks(self.models.len());
        for (part, samples) in parts.enumerate() {
            let at = At {
                sample: at.sample + part * self.models.len(),
                ..at
            };
            outcomes.extend(self.gradients(at, samples, &all)?);
            done(samples.len() as u64);
        }
        Ok(Audit::new(
            &self.chip()?,
            &self.run.parameters,
            kinds,
            &outcomes,
        ))
    }

    /// Every device parameter's slope of the mean loss on these samples, by backpropagation and by a central difference of
    /// `step` logits: what the surrogate makes of spikes, and what the chip does. The rate penalty and the objectives are left
    /// out of both.
    pub fn device_slopes(
        &mut self,
        samples: &[&Sample],
        step: f32,
    ) -> Result<Vec<DeviceSlope>, TrainError> {
        let config = self.run.config.clone();
        self.run.config.rate_penalty = 0.0;
        self.run.config.objectives = config.objectives.measures_only();
        let slopes = self.slopes(samples, step);
        self.run.config = config;
        slopes
    }

    fn slopes(&mut self, samples: &[&Sample], step: f32) -> Result<Vec<DeviceSlope>, TrainError> {
        let at = self.next();
        let exact = self.gradients(at, samples, &[GradientKind::Checkpointed])?;
        let parameters = self.run.parameters.clone();
        let mut slopes = Vec::new();
        for (index, layer) in self.run.description.layers.clone().iter().enumerate() {
            for (group, place) in parameters.device_labels(index, &layer.name) {
                let mut loss = |by: f32| {
                    self.run.parameters.values[place] = parameters.values[place] + by;
                    let found = self.gradients(at, samples, &[]);
                    self.run.parameters.values[place] = parameters.values[place];
                    found.map(|o| mean(o.iter().map(|(_, score)| score.mean_loss())))
                };
                let difference = (loss(step)? - loss(-step)?) / (2.0 * f64::from(step));
                slopes.push(DeviceSlope {
                    group,
                    backpropagation: mean(exact.iter().map(|(g, _)| f64::from(g[0][place]))),
                    finite_difference: difference,
                });
            }
        }
        Ok(slopes)
    }

    /// Gradients of these kinds and the score of every sample, with the parameters at hand; the first sample is `at`.
    fn gradients(
        &mut self,
        at: At,
        samples: &[&Sample],
        kinds: &[GradientKind],
    ) -> Result<Vec<(Vec<Gradient>, Score)>, TrainError> {
        let work =
            |model: &mut dyn Forward, run: &Checkpoint, in_force: &InForce, group: &[usize]| {
                let of = Of {
                    chip: &in_force.chip,
                    parameters: &run.parameters,
                    config: &run.config,
                };
                let samples: Vec<&Sample> = group.iter().map(|k| samples[*k]).collect();
                let one = |ran: Result<Ran, TrainError>| {
                    let ran = ran?;
                    let pass = ran.pass(in_force, of.parameters, of.config);
                    let gradients = kinds
                        .iter()
                        .map(|kind| pass.gradient(*kind, &ran.recording));
                    Ok((gradients.collect::<Result<Vec<_>, _>>()?, ran.found.score))
                };
                let ran = Ran::forward(model, of, &samples, kinds);
                ran.into_iter().map(one).collect()
            };
        let all: Vec<usize> = (0..samples.len()).collect();
        self.on_chips(at, &all, &work)
    }
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len().max(1) as f64;
    values.sum::<f64>() / count
}
