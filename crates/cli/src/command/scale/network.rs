//! What ranks send each other in a step, timed: the same calls as in training.

use super::costs::bytes;
use bruno_ranks::{Ranks, collect_in_order, on_threads, sum_in_order};
use bruno_train::Evaluation;
use serde::Serialize;
use std::time::Instant;

/// Repetitions of which a time is the median.
const TIMES: usize = 15;
/// What is sent where times of a score and of a byte are found, much more than takes no time: scores, and gradients of
/// each rank with their numbers.
const SCORES: usize = 512;
const ROWS: usize = 4;
const NUMBERS: usize = 1 << 18;
/// Where one process is asked and no network is named: 10 Gbit/s Ethernet.
const ETHERNET: Nominal = Nominal {
    latency_us: 30.0,
    gbit_s: 10.0,
};

/// A network by its own figures.
#[derive(Clone, Copy)]
pub struct Nominal {
    pub latency_us: f64,
    pub gbit_s: f64,
}

/// What ranks do together.
#[derive(Debug, Clone, Serialize)]
pub struct Network {
    /// A round of messages, s.
    pub round_s: f64,
    /// The score of one sample, which every rank is sent and adds, s.
    pub score_s: f64,
    /// A byte of gradients that a rank packs, sends and adds, s.
    pub byte_s: f64,
    /// Where the figures come from.
    pub origin: String,
}

/// Times of what ranks do together in a step, s.
struct Times {
    /// With nothing to send.
    rounds: f64,
    score: f64,
    byte: f64,
}

impl Network {
    /// Of the ranks at hand, or of a named network: what of it is no message is then timed between two threads.
    pub fn of(ranks: &dyn Ranks, nominal: Option<Nominal>, score: &Evaluation) -> Self {
        if nominal.is_none() && ranks.size() > 1 {
            let found = times(ranks, score);
            return Self {
                round_s: found.rounds / rounds(ranks.size()),
                score_s: found.score,
                byte_s: found.byte,
                origin: format!("measured between {} ranks", ranks.size()),
            };
        }
        let Nominal { latency_us, gbit_s } = nominal.unwrap_or(ETHERNET);
        let local = on_threads(2, |threads| times(threads, score));
        let local = local.first();
        let wire = 8e-9 / gbit_s;
        let score_bytes = serde_json::to_string(score).map_or(0, |text| text.len());
        Self {
            round_s: latency_us * 1e-6,
            score_s: local.map_or(0.0, |t| t.score) + score_bytes as f64 * wire,
            byte_s: local.map_or(0.0, |t| t.byte) + wire,
            origin: format!("messages of {latency_us} us, {gbit_s} Gbit/s a rank"),
        }
    }

    /// Rounds of messages of a step, s.
    pub fn rounds_s(&self, ranks: usize) -> f64 {
        self.round_s * rounds(ranks)
    }
}

/// Rounds of messages that follow each other in a step.
fn rounds(ranks: usize) -> f64 {
    (ranks - 1) as f64 + 5.0 * (ranks as f64).log2().ceil()
}

fn times(ranks: &dyn Ranks, score: &Evaluation) -> Times {
    let scores = |count: usize| {
        let own = ranks.share().items(count);
        let own = own.map(|_| Ok::<_, ()>(score.clone())).collect();
        drop(collect_in_order(ranks, own, count));
    };
    let rows = vec![vec![1.0; NUMBERS]; ROWS];
    let count = ROWS * ranks.size();
    let gradients = |width: usize| drop(sum_in_order(ranks, &rows, count, width, 1.0));
    let [no_scores, no_gradients] = [median(ranks, || scores(0)), median(ranks, || gradients(0))];
    let with_scores = median(ranks, || scores(SCORES)) - no_scores;
    let with_gradients = median(ranks, || gradients(NUMBERS)) - no_gradients;
    Times {
        rounds: no_scores + no_gradients,
        score: with_scores.max(0.0) / SCORES as f64,
        byte: with_gradients.max(0.0) / bytes(NUMBERS, ranks.size(), count),
    }
}

/// The median time of some work that all ranks begin together, s.
fn median(ranks: &dyn Ranks, work: impl Fn()) -> f64 {
    let time = |_| {
        ranks.gather(Vec::new());
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    let mut times: Vec<f64> = (0..TIMES).map(time).collect();
    times.sort_by(f64::total_cmp);
    times[TIMES / 2]
}
