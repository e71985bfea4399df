//! One trial: a description trained epoch by epoch, until it is done or stopped.

use crate::{Goal, TuneError};
use bruno_chip::Description;
use bruno_data::Dataset;
use bruno_device::Chip;
use bruno_ranks::{Ranks, first_of_node};
use bruno_sim::Forward;
use bruno_train::{Checkpoint, Parameters, TrainConfig, TrainError, Trainer};

/// What the validation set says after an epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Validated {
    /// The goal; the smaller the better.
    pub goal: f64,
    /// Samples for which the last hidden layer was silent: output biases alone decide them.
    pub silent: u64,
}

/// What runs a trial.
pub trait Runner: Sync {
    /// Trains a description; `after_epoch` hears of the validation set and says whether to go on.
    ///
    /// # Errors
    /// Those of its settings, which are the trial's own fault, and others, which end the search.
    fn run(
        &self,
        description: &Description,
        after_epoch: &mut dyn FnMut(Validated) -> bool,
    ) -> Result<(), TuneError>;
}

/// Makes a simulator of a chip; called once a thread and trial.
pub type Simulators<'a> = dyn Fn(&Chip) -> Result<Box<dyn Forward>, TuneError> + Sync + 'a;

/// Trials that are runs of training.
pub struct Training<'a> {
    /// The description's file, for errors.
    pub file: &'a str,
    /// Data of all trials.
    pub data: &'a Dataset,
    /// What simulates a trial's chip.
    pub simulators: &'a Simulators<'a>,
    /// What trials are judged by.
    pub goal: Goal,
    /// Threads of one trial.
    pub threads: usize,
    /// Ranks that train each trial together.
    pub ranks: &'a dyn Ranks,
}

impl Runner for Training<'_> {
    fn run(
        &self,
        description: &Description,
        after_epoch: &mut dyn FnMut(Validated) -> bool,
    ) -> Result<(), TuneError> {
        let config = TrainConfig::of(description)?;
        config.check_validation(self.data)?;
        let chip = Chip::resolve(self.file, description)?;
        let parameters = Parameters::new(&chip, &config);
        let simulated = bruno_train::simulated(&chip, &config);
        let run = Checkpoint::new(description.clone(), config, parameters);
        let model = |_| (self.simulators)(&simulated);
        let models = || (0..self.threads.max(1)).map(model).collect();
        let models: Vec<_> = first_of_node::<_, TuneError>(self.ranks, models)?;
        let models = std::sync::Mutex::new(models);
        let factory = || {
            let mut left = models
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            // As many were made as the trainer asks for.
            left.pop().ok_or_else(|| bruno_sim::SimError::Mismatch {
                what: "number of simulators".into(),
                found: "one more".into(),
                expected: self.threads.to_string(),
            })
        };
        let trainer = Trainer::new(self.file, run, self.data, &factory, self.threads)?;
        let mut trainer = trainer.over(self.ranks);
        trainer.start_biases();
        while !trainer.run.is_done() {
            let valid = trainer.epoch(|_| {})?.valid;
            let goal = match self.goal {
                Goal::Loss => valid.mean_loss(),
                Goal::Error => 1.0 - valid.accuracy(),
            };
            let silent = valid.silent;
            if !after_epoch(Validated { goal, silent }) {
                break;
            }
        }
        Ok(())
    }
}

/// Why a trial failed, if its own settings are to blame.
pub(crate) fn own_fault(error: &TuneError) -> Option<String> {
    match error {
        TuneError::Chip(_)
        | TuneError::Train(
            TrainError::Setting(_)
            | TrainError::Chip(_)
            | TrainError::Data(_)
            | TrainError::NotFinite { .. }
            | TrainError::Dead { .. },
        ) => Some(error.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(error: TrainError, own: bool) {
        assert_eq!(own_fault(&TuneError::Train(error)).is_some(), own);
    }

    #[test]
    fn a_silent_layer_is_the_trials_own_fault() {
        let error = TrainError::Dead {
            layer: "hidden".into(),
            what: "silent".into(),
            remedy: "raise the weights",
        };
        check(error, true);
    }
    #[test]
    fn a_file_is_not() {
        let error = TrainError::Checkpoint {
            path: "a".into(),
            what: "cannot be read".into(),
        };
        check(error, false);
    }
}
