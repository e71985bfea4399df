//! Steps of training, timed: each rank for itself, and all together.

use super::plan::Plan;
use crate::failure::Failure;
use crate::progress::Progress;
use bruno_ranks::{Alone, Ranks, collect_in_order};
use bruno_train::{Evaluation, Spent, Trainer, Unfinished};
use serde::Serialize;
use std::time::Instant;

/// A trainer whose steps are timed.
pub struct Bed<'a> {
    trainer: Trainer<'a>,
    ranks: &'a dyn Ranks,
    steps: usize,
}

/// Steps on all ranks.
#[derive(Debug, Clone, Serialize)]
pub struct Together {
    pub ranks: usize,
    /// Time of a step, s: median, least, most.
    pub step_s: [f64; 3],
    /// Length of what the thread with most to do worked through in each step, s.
    #[serde(skip)]
    pub longest: Vec<f64>,
}

/// A step that was timed.
struct Timed {
    whole: f64,
    spent: Spent,
    /// Length of what the thread with most to do worked through, s.
    longest: f64,
}

impl<'a> Bed<'a> {
    pub fn new(trainer: Trainer<'a>, ranks: &'a dyn Ranks, steps: usize) -> Self {
        Self {
            trainer,
            ranks,
            steps,
        }
    }

    /// What one rank does for itself: passes of a simulated second by the samples of a thread, and what is repeated in a step.
    /// All ranks do so at the same time, and the slowest counts.
    pub fn alone(&mut self, plan: &Plan) -> Result<(Vec<(usize, f64)>, f64), Failure> {
        let most = plan.batch.div_ceil(plan.threads);
        let doubled = std::iter::successors(Some(1), |n| Some(n * 2));
        let counts: Vec<usize> = doubled.take_while(|n| *n < most).chain([most]).collect();
        let sharing = plan.sharing(self.ranks.size());
        let mut progress = Progress::new("each rank alone", counts.len() as u64, "batches");
        let (mut passes, mut repeated) = (Vec::new(), 0.0);
        for count in counts {
            let batch = (count * plan.threads).min(plan.batch);
            let timed = self.timed(plan, &Alone, batch)?;
            let pass = timed.iter().map(|t| t.spent.busiest / t.longest);
            passes.push((count, self.slowest(median(pass)) / sharing));
            let rest = |t: &Timed| t.whole - t.spent.busiest;
            repeated = self.slowest(median(timed.iter().map(rest))) / sharing;
            progress.advance(1);
        }
        Ok((passes, repeated))
    }

    /// Steps of the whole batch on all ranks.
    pub fn together(&mut self, plan: &Plan) -> Result<Together, Failure> {
        let timed = self.timed(plan, self.ranks, plan.batch)?;
        let mut whole: Vec<f64> = timed.iter().map(|t| t.whole).collect();
        whole.sort_by(f64::total_cmp);
        let last = whole.len() - 1;
        Ok(Together {
            ranks: self.ranks.size(),
            step_s: [whole.len() / 2, 0, last].map(|k| whole[k]),
            longest: timed.iter().map(|t| t.longest).collect(),
        })
    }

    /// The score of one sample, as ranks send it.
    pub fn score(&mut self, plan: &Plan) -> Result<Evaluation, Failure> {
        self.trainer.run.config.batch = 1;
        self.trainer.run.unfinished = Unfinished::default();
        self.trainer.work_with(&Alone);
        self.step(plan, &Alone, 1)?;
        Ok(self.trainer.run.unfinished.train.clone())
    }

    /// Steps of a batch of so many samples; one before them warms up.
    fn timed(
        &mut self,
        plan: &Plan,
        ranks: &'a dyn Ranks,
        batch: usize,
    ) -> Result<Vec<Timed>, Failure> {
        self.trainer.run.config.batch = batch;
        self.trainer.run.unfinished = Unfinished::default();
        self.trainer.work_with(ranks);
        let mut timed = Vec::new();
        for _ in 0..=self.steps {
            self.ranks.gather(Vec::new());
            timed.push(self.step(plan, ranks, batch)?);
        }
        Ok(timed.split_off(1))
    }

    fn step(&mut self, plan: &Plan, ranks: &dyn Ranks, batch: usize) -> Result<Timed, Failure> {
        if self.trainer.run.unfinished.steps == self.trainer.steps_per_epoch() {
            self.trainer.run.unfinished = Unfinished::default();
        }
        let from = self.trainer.run.unfinished.steps * batch;
        self.trainer.spent = Spent::default();
        let start = Instant::now();
        let count = self.trainer.step()?.map_or(0, |step| step.samples);
        Ok(Timed {
            whole: start.elapsed().as_secs_f64(),
            spent: self.trainer.spent,
            longest: plan.longest_of(from, count, ranks.size()),
        })
    }

    /// The largest of all ranks' values.
    fn slowest(&self, own: f64) -> f64 {
        let own = vec![Ok::<_, Failure>(own)];
        let all = collect_in_order(self.ranks, own, self.ranks.size());
        all.into_iter().flatten().fold(0.0, f64::max)
    }
}

pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
