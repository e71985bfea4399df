//! What a step of training costs on any number of ranks.
//!
//! A step is the passes of the thread with most to do; what every rank repeats for itself (programs loaded, the optimiser,
//! reports); and what ranks do together: rounds of messages that wait for each other, scores that every rank is sent, and
//! gradients, of which every rank is sent and sends samples / ranks, and one sum.

use super::network::Network;
use super::plan::Plan;
use serde::Serialize;

/// Measured, or of a network that was named.
#[derive(Debug, Clone, Serialize)]
pub struct Costs {
    /// Both passes of a simulated second, s, by the samples that a thread works through in a step (fewest first): some chips
    /// run several at once.
    pub passes: Vec<(usize, f64)>,
    /// What each rank repeats in a step, s.
    pub repeated_s: f64,
    pub network: Network,
    /// From the command to the first step, the model in the cache, s.
    pub start_s: f64,
}

/// Time of a step by what it goes to, s.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Step {
    pub passes: f64,
    pub repeated: f64,
    pub rounds: f64,
    pub scores: f64,
    pub gradients: f64,
}

impl Step {
    pub fn whole(&self) -> f64 {
        self.passes + self.repeated + self.rounds + self.scores + self.gradients
    }

    /// The largest of what is not passes, by name.
    pub fn most_lost(&self) -> &'static str {
        let parts = [
            ("what every rank repeats", self.repeated),
            ("rounds of messages", self.rounds),
            ("scores of all samples on every rank", self.scores),
            ("gradients on the network", self.gradients),
        ];
        let most = parts.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        most.map_or("", |part| part.0)
    }
}

impl Costs {
    /// A step of a batch on so many ranks, mean over some.
    pub fn step(&self, plan: &Plan, ranks: usize, batch: usize) -> Step {
        self.step_of(plan, ranks, batch, plan.longest(ranks, batch))
    }

    /// A step in which the thread with most to do works through samples of this length, s.
    pub fn step_of(&self, plan: &Plan, ranks: usize, batch: usize, longest: f64) -> Step {
        let sharing = plan.sharing(ranks);
        let alone = Step {
            passes: self.pass(plan.samples_of_thread(ranks, batch)) * longest * sharing,
            repeated: self.repeated_s * sharing,
            ..Step::default()
        };
        if ranks == 1 {
            return alone;
        }
        Step {
            rounds: self.network.rounds_s(ranks),
            scores: self.network.score_s * batch as f64,
            gradients: self.network.byte_s * bytes(plan.parameters, ranks, batch),
            ..alone
        }
    }

    /// Both passes of a simulated second where a thread works through so many samples.
    fn pass(&self, samples: usize) -> f64 {
        let above = self.passes.iter().position(|(n, _)| *n >= samples);
        let k = above.unwrap_or(self.passes.len().saturating_sub(1));
        let at = |k: usize| self.passes.get(k).copied().unwrap_or((1, f64::NAN));
        let ((below, slow), (here, fast)) = (at(k.saturating_sub(1)), at(k));
        if here == below || samples >= here {
            return fast;
        }
        let share = (samples - below) as f64 / (here - below) as f64;
        slow + share * (fast - slow)
    }
}

/// Bytes that a rank sends in a step, as many as it is sent: the gradients of its samples, and its slice of the sum to all.
pub fn bytes(parameters: usize, ranks: usize, batch: usize) -> f64 {
    (batch.div_ceil(ranks) + 1) as f64 * 4.0 * parameters as f64
}

#[cfg(test)]
pub mod tests {
    use super::super::plan::tests::plan;
    use super::*;

    pub fn costs() -> Costs {
        Costs {
            passes: vec![(1, 0.2), (2, 0.1)],
            repeated_s: 0.01,
            network: Network {
                round_s: 1e-3,
                score_s: 2e-3,
                byte_s: 1e-6,
                origin: "a test".into(),
            },
            start_s: 1.0,
        }
    }

    fn check(ranks: usize, longest: f64, expected: [f64; 5]) {
        let step = costs().step_of(&plan(), ranks, 4, longest);
        let found = [
            step.passes,
            step.repeated,
            step.rounds,
            step.scores,
            step.gradients,
        ];
        let near = found
            .iter()
            .zip(expected)
            .all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(near, "{found:?}");
        assert!((step.whole() - expected.iter().sum::<f64>()).abs() < 1e-12);
    }

    /// Two samples a thread; nothing is sent.
    #[test]
    fn one_rank() {
        check(1, 5.5, [0.55, 0.01, 0.0, 0.0, 0.0]);
    }
    /// One sample a thread, two threads a core; three rows of 4000 bytes.
    #[test]
    fn two_ranks_that_share_cores() {
        let rounds = costs().network.rounds_s(2);
        check(2, 4.5, [0.2 * 4.5 * 2.0, 0.02, rounds, 8e-3, 12e-3]);
    }
    #[test]
    fn between_two_measured_numbers_of_samples() {
        let costs = Costs {
            passes: vec![(1, 0.5), (5, 0.25)],
            ..costs()
        };
        assert_eq!(
            [1, 2, 5, 9].map(|n| costs.pass(n)),
            [0.5, 0.4375, 0.25, 0.25]
        );
    }
    #[test]
    fn what_is_lost_most() {
        assert_eq!(
            costs().step(&plan(), 2, 4).most_lost(),
            "what every rank repeats"
        );
    }
}
