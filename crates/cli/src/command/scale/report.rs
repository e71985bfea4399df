//! What was measured and predicted, as JSON and as tables.

use super::costs::{Costs, Step};
use super::measure::{Together, median};
use super::plan::Plan;
use serde::Serialize;
use std::fmt::Write;

/// Efficiency below which more ranks are said to be too many.
const WORTH: f64 = 0.5;

/// All figures.
#[derive(Serialize)]
pub struct Report {
    plan: Plan,
    costs: Costs,
    /// Steps on the ranks at hand, and what is predicted of them.
    measured: Together,
    predicted_s: f64,
    rows: Vec<Row>,
}

/// A prediction.
#[derive(Serialize)]
struct Row {
    ranks: usize,
    /// A step of the description's batch, s.
    step_s: Step,
    whole_s: f64,
    /// Speed by that of one rank, over the number of ranks.
    efficiency: f64,
    /// All epochs from the start on, without validation, s.
    run_s: f64,
    /// The same where the batch grows with the ranks.
    grown_batch: usize,
    grown_step_s: Step,
    grown_efficiency: f64,
}

impl Report {
    pub fn new(plan: Plan, costs: Costs, measured: Together, most: usize) -> Self {
        let one = costs.step(&plan, 1, plan.batch).whole();
        let steps = (plan.samples.div_ceil(plan.batch) * plan.epochs) as f64;
        let row = |ranks: usize| {
            let step = costs.step(&plan, ranks, plan.batch);
            let grown = costs.step(&plan, ranks, plan.batch * ranks);
            Row {
                ranks,
                step_s: step,
                whole_s: step.whole(),
                efficiency: one / step.whole() / ranks as f64,
                run_s: costs.start_s + steps * step.whole(),
                grown_batch: plan.batch * ranks,
                grown_step_s: grown,
                grown_efficiency: one / grown.whole(),
            }
        };
        let doubled = std::iter::successors(Some(1), |n| Some(n * 2));
        let rows = doubled.take_while(|n| *n <= most).map(row).collect();
        let same = |longest: &f64| costs.step_of(&plan, measured.ranks, plan.batch, *longest);
        let predicted_s = median(measured.longest.iter().map(|l| same(l).whole()));
        Self {
            plan,
            costs,
            measured,
            predicted_s,
            rows,
        }
    }

    pub fn text(&self) -> String {
        let mut text = self.parameters() + &self.measured() + &self.table();
        text += &self.limit("this batch", |r| (r.efficiency, r.step_s));
        text += &self.limit("a batch that grows", |r| {
            (r.grown_efficiency, r.grown_step_s)
        });
        text
    }

    fn parameters(&self) -> String {
        let (plan, costs) = (&self.plan, &self.costs);
        let network = &costs.network;
        let mut text = format!(
            "{} samples in batches of {}, {} parameters; ranks of {} threads, {} on a machine of {} cores\n",
            plan.samples,
            plan.batch,
            plan.parameters,
            plan.threads,
            plan.ranks_of_machine,
            plan.cores
        );
        for (samples, pass) in &costs.passes {
            let _ = writeln!(
                text,
                "passes of a simulated second, {samples} samples a thread: {:.2} ms",
                1e3 * pass
            );
        }
        let _ = writeln!(
            text,
            "repeated by every rank in a step: {:.3} ms",
            1e3 * costs.repeated_s
        );
        let _ = writeln!(
            text,
            "together ({}): round {:.1} us, score of a sample {:.2} us, gradients {:.3} ns a byte",
            network.origin,
            1e6 * network.round_s,
            1e6 * network.score_s,
            1e9 * network.byte_s
        );
        let _ = writeln!(
            text,
            "start, the model in the cache: {:.2} s",
            costs.start_s
        );
        text
    }

    fn measured(&self) -> String {
        let [median, least, most] = self.measured.step_s;
        format!(
            "\na step on {} ranks, ms: measured {:.2} ({:.2} .. {:.2}), predicted {:.2} ({:+.1} %)\n",
            self.measured.ranks,
            1e3 * median,
            1e3 * least,
            1e3 * most,
            1e3 * self.predicted_s,
            1e2 * (self.predicted_s / median - 1.0)
        )
    }

    fn table(&self) -> String {
        let mut text = format!(
            "\npredicted, ms a step{:>92}\n{:>6}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}{:>12}{:>10}{:>10}{:>10}{:>12}\n",
            "batch x ranks:",
            "ranks",
            "passes",
            "repeated",
            "rounds",
            "scores",
            "gradients",
            "step",
            "efficiency",
            "run, h",
            "batch",
            "step",
            "efficiency"
        );
        for row in &self.rows {
            let s = row.step_s;
            let parts = [
                s.passes,
                s.repeated,
                s.rounds,
                s.scores,
                s.gradients,
                s.whole(),
            ];
            let parts: String = parts.iter().map(|x| format!("{:>10.2}", 1e3 * x)).collect();
            let _ = writeln!(
                text,
                "{:>6}{parts}{:>10.1} %{:>10.3}{:>10}{:>10.2}{:>10.1} %",
                row.ranks,
                1e2 * row.efficiency,
                row.run_s / 3600.0,
                row.grown_batch,
                1e3 * row.grown_step_s.whole(),
                1e2 * row.grown_efficiency
            );
        }
        text
    }

    /// Where scaling ends, and of what.
    fn limit(&self, batch: &str, of: impl Fn(&Row) -> (f64, Step)) -> String {
        let end = self.rows.iter().find(|row| of(row).0 < WORTH);
        let Some(row) = end else {
            return format!(
                "with {batch}: above {:.0} % to the end of the table\n",
                1e2 * WORTH
            );
        };
        let step = of(row).1;
        let idle = self.plan.batch < row.ranks * self.plan.threads && row.efficiency == of(row).0;
        let why = match idle {
            true => format!(
                "it has {} samples for {} threads",
                self.plan.batch,
                row.ranks * self.plan.threads
            ),
            false => format!("most is lost to {}", step.most_lost()),
        };
        format!(
            "with {batch}: below {:.0} % from {} ranks on: {why}\n",
            1e2 * WORTH,
            row.ranks
        )
    }
}
