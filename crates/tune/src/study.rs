//! A search: rounds of trials that run at once, spread over ranks and threads, each proposed from the rounds before it.

use crate::trial::own_fault;
use crate::{
    Journal, Outcome, Runner, Space, Trial, TuneConfig, TuneError, Validated, prune, sampler,
};
use bruno_ranks::{Ranks, collect_in_order, from_first};
use serde_json::Value;
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

/// A search over a description's fields.
pub struct Study<'a> {
    /// The description's JSON.
    pub description: &'a Value,
    /// What is varied.
    pub space: &'a Space,
    /// Settings of the search.
    pub config: &'a TuneConfig,
    /// What runs a trial.
    pub runner: &'a dyn Runner,
    /// Ranks that search together: they share the trials of a round, where it has several; else each trial.
    pub ranks: &'a dyn Ranks,
}

impl Study<'_> {
    /// Runs trials until the budget is spent, those of the journal at `path` included; `tell` hears each as it ends. All of
    /// them, by number.
    ///
    /// A trial's settings follow from seed, number and the trials of earlier rounds alone, and so does when it is stopped:
    /// neither threads nor interruptions change anything.
    ///
    /// # Errors
    /// Errors of the journal, and of training for reasons other than a trial's settings.
    pub fn run(
        &self,
        path: &Path,
        tell: &(dyn Fn(&Trial) + Sync),
    ) -> Result<Vec<Trial>, TuneError> {
        self.config.check()?;
        self.space.check(self.description)?;
        let open = || Journal::open(path, self.description, self.space, self.config);
        let journal = Journal::shared(self.ranks, open)?;
        let journal = Mutex::new(journal);
        let (start, budget) = (Instant::now(), &self.config.budget);
        for first in (0..budget.trials).step_by(self.config.parallel) {
            let done = locked(&journal).trials().to_vec();
            let earlier: Vec<Trial> = done.iter().filter(|t| t.number < first).cloned().collect();
            let is_new = |number: &usize| done.iter().all(|t| t.number != *number);
            let round = first..(first + self.config.parallel).min(budget.trials);
            let new: Vec<usize> = round.filter(is_new).collect();
            let epochs: usize = done.iter().map(|t| t.values.len()).sum();
            // One clock decides for all.
            let minutes = || Ok::<_, TuneError>(start.elapsed().as_secs_f64() / 60.0);
            let minutes = from_first(self.ranks, minutes)?;
            let spent = budget.epochs.is_some_and(|most| epochs >= most)
                || budget.minutes.is_some_and(|most| minutes >= most);
            if spent && !new.is_empty() {
                break;
            }
            self.round(&new, &earlier, &journal, tell)?;
        }
        locked(&journal).put_in_order()?;
        let trials = locked(&journal).trials().to_vec();
        match trials.first().map(|t| &t.outcome) {
            Some(Outcome::Failed(first)) if trials.iter().all(|t| t.goal().is_infinite()) => {
                Err(TuneError::AllFailed {
                    trials: trials.len(),
                    first: first.clone(),
                })
            }
            _ => Ok(trials),
        }
    }

    fn round(
        &self,
        numbers: &[usize],
        earlier: &[Trial],
        journal: &Mutex<Journal>,
        tell: &(dyn Fn(&Trial) + Sync),
    ) -> Result<(), TuneError> {
        let add = |trial: Trial| -> Result<(), TuneError> {
            tell(&trial);
            locked(journal).add(trial)
        };
        if !self.spreads_trials() {
            let one = |number| add(self.trial(number, earlier)?);
            // All are waited for, so that the others' trials are in the journal when one fails.
            return at_once(numbers, &one).into_iter().collect();
        }
        let own = self.ranks.share().items(numbers.len());
        let own: Vec<usize> = own.map(|k| numbers[k]).collect();
        let trials = at_once(&own, &|number| self.trial(number, earlier));
        let trials = collect_in_order(self.ranks, trials, numbers.len())?;
        trials.into_iter().try_for_each(add)
    }

    /// Whether ranks share the trials of a round.
    fn spreads_trials(&self) -> bool {
        self.config.parallel > 1 && self.ranks.size() > 1
    }

    fn trial(&self, number: usize, earlier: &[Trial]) -> Result<Trial, TuneError> {
        let point = sampler::point(self.space, self.config, number, earlier)?;
        let (mut values, mut silent, mut end) = (Vec::new(), 0, Outcome::Done);
        let mut after_epoch = |valid: Validated| {
            let value = valid.goal;
            if !value.is_finite() {
                end = Outcome::Failed(format!(
                    "the goal is {value} after epoch {}",
                    values.len() + 1
                ));
                return false;
            }
            values.push(value);
            silent = valid.silent;
            if self.config.prune && !prune::goes_on(&values, earlier, self.config.startup) {
                end = Outcome::Pruned;
            }
            end == Outcome::Done
        };
        let described = self
            .space
            .at(self.description, &point, &format!("trial {number}"));
        let ran = described.and_then(|d| self.runner.run(&d, &mut after_epoch));
        let outcome = match ran {
            Ok(()) => end,
            Err(error) => Outcome::Failed(own_fault(&error).ok_or(error)?),
        };
        Ok(Trial {
            number,
            point,
            values,
            silent,
            outcome,
        })
    }
}

/// Does the work on all numbers at once; results in their order.
fn at_once<T: Send>(numbers: &[usize], one: &(dyn Fn(usize) -> T + Sync)) -> Vec<T> {
    std::thread::scope(|scope| {
        let spawn = |number: &usize| {
            let number = *number;
            scope.spawn(move || one(number))
        };
        let running: Vec<_> = numbers.iter().map(spawn).collect();
        let join = |handle: std::thread::ScopedJoinHandle<'_, T>| match handle.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        running.into_iter().map(join).collect()
    })
}

fn locked<'a>(journal: &'a Mutex<Journal>) -> std::sync::MutexGuard<'a, Journal> {
    journal
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
