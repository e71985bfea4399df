//! Epochs of a run, step by step. What an epoch has summed so far is part of the checkpoint, so that a run can stop and
//! continue after any step.

use crate::gradient::audit::AuditLine;
use crate::measure::score::{Evaluation, Latency, LayerSummary, Score};
use crate::run::not_finite::FailedBatch;
use crate::run::step_report::{self, StepReport};
use crate::weights::weight_statistics::{WeightStatistics, weight_statistics};
use crate::{Adam, Footprint, GradientKind, Parameters, TrainError, Trainer};
use serde::{Deserialize, Serialize};

/// What an epoch did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EpochReport {
    /// Number of the epoch, from 1.
    pub epoch: usize,
    /// On the training set, while training.
    pub train: Score,
    /// On the validation set afterwards; empty without one.
    pub valid: Score,
    /// Hidden layers on the training set, while training.
    pub layers: Vec<LayerSummary>,
    /// Mean gradient norm before clipping.
    pub gradient_norm: f64,
    /// Time to decision on the training set, while training; none where nothing was classified rightly.
    pub latency: Option<Latency>,
    /// Area of the chip afterwards.
    pub area: Footprint,
    /// Audits of the gradient during the epoch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audits: Vec<AuditLine>,
    /// Latent weights of each projection after the epoch.
    pub weights: Vec<WeightStatistics>,
}

/// Sums over the steps of an epoch that is not finished.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Unfinished {
    /// Steps done.
    pub steps: usize,
    /// What was counted in them.
    pub train: Evaluation,
    /// Sum of the gradient norms before clipping.
    pub norms: f64,
    /// Audits made.
    pub audits: Vec<AuditLine>,
    /// Codes of every projection before the first step.
    pub codes: Vec<Vec<u8>>,
}

impl Trainer<'_> {
    /// One epoch, or what is left of it; `done` hears how many samples were finished.
    ///
    /// # Errors
    /// Those of [`Trainer::step`] and [`Trainer::end_epoch`].
    pub fn epoch(&mut self, mut done: impl FnMut(u64)) -> Result<EpochReport, TrainError> {
        while let Some(step) = self.step()? {
            done(step.samples as u64);
        }
        self.end_epoch(done)
    }

    /// Steps of an epoch.
    pub fn steps_per_epoch(&self) -> usize {
        self.data.train.len().div_ceil(self.run.config.batch)
    }

    /// Steps of the run that are done.
    pub fn steps_done(&self) -> usize {
        self.run.epoch * self.steps_per_epoch() + self.run.unfinished.steps
    }

    /// The next step of the epoch at hand; none where it has no more.
    ///
    /// # Errors
    /// Those of the simulators; a number that is not finite: the run is then as it was before the step, and
    /// [`Trainer::failed`] holds the batch.
    pub fn step(&mut self) -> Result<Option<StepReport>, TrainError> {
        let (epoch, step) = (self.run.epoch + 1, self.run.unfinished.steps);
        let order = self.order(epoch);
        let Some(samples) = order.chunks(self.run.config.batch).nth(step) else {
            return Ok(None);
        };
        let number = (epoch - 1) * self.steps_per_epoch() + step;
        let progress = number as f64 / (self.run.config.epochs * self.steps_per_epoch()) as f64;
        let before = self.changeable();
        match self.step_on(number, progress, samples) {
            Err(TrainError::NotFinite(fault)) => {
                self.restore(before);
                self.failed = Some(FailedBatch {
                    fault: (*fault).clone(),
                    step: number,
                    progress,
                    samples: samples.to_vec(),
                    stimuli: samples
                        .iter()
                        .map(|s| self.data.train[*s].clone())
                        .collect(),
                    class_names: self.data.class_names.clone(),
                    run: self.run.clone(),
                });
                Err(TrainError::NotFinite(fault))
            }
            other => other.map(Some),
        }
    }

    /// Repeats a failed batch, which the trainer's data holds, with a gradient; gives the gradient's norm. The run stays as it
    /// is.
    ///
    /// # Errors
    /// Those of [`Trainer::step`].
    pub fn repeat(&mut self, failed: &FailedBatch, kind: GradientKind) -> Result<f32, TrainError> {
        let before = self.changeable();
        self.run.gradient = kind;
        let samples: Vec<usize> = (0..failed.samples.len()).collect();
        let epoch = self.run.epoch + 1;
        let stepped = self.batch(self.at(epoch, failed.step), &samples);
        let stepped = stepped.and_then(|(gradient, _)| self.run.update(gradient, failed.progress));
        self.restore(before);
        let named = |error| match error {
            TrainError::NotFinite(mut fault) => {
                fault.epoch = Some(epoch);
                fault.sample = fault.sample.map(|k| failed.samples[k]);
                TrainError::NotFinite(fault)
            }
            other => other,
        };
        stepped.map(|(norm, _)| norm).map_err(named)
    }

    /// What a step changes.
    fn changeable(&self) -> (Parameters, Adam, GradientKind) {
        let run = &self.run;
        (run.parameters.clone(), run.adam.clone(), run.gradient)
    }

    fn restore(&mut self, before: (Parameters, Adam, GradientKind)) {
        let run = &mut self.run;
        (run.parameters, run.adam, run.gradient) = before;
    }

    fn step_on(
        &mut self,
        number: usize,
        progress: f64,
        samples: &[usize],
    ) -> Result<StepReport, TrainError> {
        let epoch = self.run.epoch + 1;
        let here = |e: TrainError| e.at(epoch, None);
        let at = self.at(epoch, number);
        let codes = self.run.parameters.codes();
        let audit = self.audit_in_training(at, samples).map_err(here)?;
        let (gradient, found) = self.batch(at, samples)?;
        let chip = self.chip()?;
        let groups = step_report::group_norms(&chip, &self.run.parameters, &gradient);
        let (norm, clipping) = self.run.update(gradient, progress).map_err(here)?;
        let report = StepReport {
            step: number + 1,
            epoch,
            samples: samples.len(),
            loss: found.score.mean_loss(),
            accuracy: found.score.accuracy(),
            saturations: found.score.saturations,
            gradient_norm: norm,
            clipping,
            groups,
            rates: step_report::rates(&found),
            codes: step_report::codes(&chip, &self.run.parameters),
            audit: audit.clone(),
        };
        let sums = &mut self.run.unfinished;
        if sums.steps == 0 {
            sums.codes = codes;
        }
        sums.steps += 1;
        sums.train.add(&found);
        sums.norms += f64::from(norm);
        sums.audits.extend(audit);
        Ok(report)
    }

    /// Ends an epoch whose steps are done: scores the validation set. `done` hears how many samples were finished.
    ///
    /// # Errors
    /// Those of the simulators; a layer that was silent in the whole epoch or on the whole validation set, and weights
    /// that all have one code.
    pub fn end_epoch(&mut self, done: impl FnMut(u64)) -> Result<EpochReport, TrainError> {
        self.check_alive(&self.run.unfinished.train)?;
        let valid = self.evaluate(&self.data.valid, done)?;
        let sums = std::mem::take(&mut self.run.unfinished);
        let report = EpochReport {
            epoch: self.run.epoch + 1,
            layers: sums.train.activity(),
            latency: sums.train.latency(),
            train: sums.train.score,
            valid: valid.score,
            gradient_norm: sums.norms / sums.steps.max(1) as f64,
            area: self.footprint(),
            audits: sums.audits,
            weights: weight_statistics(&self.chip()?, &self.run.parameters, &sums.codes),
        };
        self.run.ended(report.clone());
        Ok(report)
    }
}
