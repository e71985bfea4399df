//! The yardstick of sets of frames: logistic regression of every output of the next frame on the channels that are heard in the
//! last two.

use crate::{Dataset, Sample, Target};
use nalgebra::DMatrix;

/// Penalties of the mean loss of which validation chooses; each starts from the weights of the one before.
const PENALTIES: [f64; 3] = [1e-4, 1e-5, 1e-6];
/// Most steps of each.
const STEPS: usize = 200;
/// Frames that are looked at.
const FRAMES: usize = 2;

/// Frames with what is heard in them and what follows.
#[derive(Default)]
struct Frames {
    /// Columns that are 1, of each frame: channels of the frame, then those of the one before, then the bias.
    heard: Vec<Vec<usize>>,
    /// Outputs of the following frame.
    next: Vec<Vec<usize>>,
}

/// Multiplications of all penalties.
pub(super) fn multiplications(set: &Dataset) -> f64 {
    let ones = |samples: &[Sample]| {
        let frames = Frames::of(set, samples);
        frames.heard.iter().map(Vec::len).sum::<usize>() as f64
    };
    let steps = (PENALTIES.len() * STEPS) as f64;
    let scored = ones(&set.valid) + ones(&set.test);
    set.outputs as f64 * (2.0 * steps * ones(&set.train) + PENALTIES.len() as f64 * scored)
}

/// Cross-entropy of a test frame, nats (summed over the outputs), with the penalty that does best on the validation set (on the
/// test set, where there is none). `done` hears how many multiplications were done.
pub(super) fn tuned_nats(set: &Dataset, done: &mut dyn FnMut(f64)) -> f64 {
    let train = Frames::of(set, &set.train);
    let (valid, test) = (Frames::of(set, &set.valid), Frames::of(set, &set.test));
    let chosen_on = if set.valid.is_empty() { &test } else { &valid };
    // The Hessian of a frame's loss is at most 1/4 of its ones' product: of as many ones as the fullest frame has.
    let fullest = train.heard.iter().map(Vec::len).max().unwrap_or(1);
    let columns = FRAMES * set.channels + 1;
    let mut weights = DMatrix::zeros(set.outputs, columns);
    let mut best = (f64::INFINITY, f64::NAN);
    for lambda in PENALTIES {
        weights = minimised(&train, weights, 0.25 * fullest as f64, lambda, done);
        let found = chosen_on.nats(&weights);
        if found < best.0 {
            best = (found, test.nats(&weights));
        }
    }
    best.1
}

impl Frames {
    fn of(set: &Dataset, samples: &[Sample]) -> Self {
        let mut all = Self::default();
        for sample in samples {
            let Target::Frames { frame_us, next } = &sample.target else {
                continue;
            };
            let mut heard = vec![Vec::new(); next.len()];
            for event in &sample.events {
                if let Some(frame) = heard.get_mut((event.t_us / (*frame_us).max(1)) as usize) {
                    frame.push(event.channel as usize);
                }
            }
            for frame in &mut heard {
                frame.sort_unstable();
                frame.dedup();
            }
            for (k, next) in next.iter().enumerate() {
                let before = k.checked_sub(1).map_or(&[][..], |b| &heard[b]);
                let before = before.iter().map(|channel| set.channels + channel);
                let ones = heard[k].iter().copied().chain(before);
                all.heard
                    .push(ones.chain([FRAMES * set.channels]).collect());
                all.next
                    .push(next.iter().map(|output| *output as usize).collect());
            }
        }
        all
    }

    /// Scores of a frame, `[output]`.
    fn scores(&self, weights: &DMatrix<f64>, frame: usize, scores: &mut Vec<f64>) {
        scores.clear();
        scores.resize(weights.nrows(), 0.0);
        for column in &self.heard[frame] {
            for (score, weight) in scores.iter_mut().zip(weights.column(*column).iter()) {
                *score += weight;
            }
        }
    }

    /// Mean cross-entropy of a frame, nats.
    fn nats(&self, weights: &DMatrix<f64>) -> f64 {
        let mut scores = Vec::new();
        let mut sum = 0.0;
        for (frame, next) in self.next.iter().enumerate() {
            self.scores(weights, frame, &mut scores);
            // -ln(1 - p) of every output, and the score more of those that sound.
            sum += scores
                .iter()
                .map(|s| s.max(0.0) + (-s.abs()).exp().ln_1p())
                .sum::<f64>();
            sum -= next.iter().map(|output| scores[*output]).sum::<f64>();
        }
        sum / self.next.len().max(1) as f64
    }

    /// Gradient of the mean and of `lambda/2 |W|^2`, the bias left out of it.
    fn slope(&self, weights: &DMatrix<f64>, lambda: f64) -> DMatrix<f64> {
        let mut slope = weights * lambda;
        let last = slope.ncols() - 1;
        slope.column_mut(last).fill(0.0);
        let share = 1.0 / self.next.len().max(1) as f64;
        let mut scores = Vec::new();
        for (frame, next) in self.next.iter().enumerate() {
            self.scores(weights, frame, &mut scores);
            scores
                .iter_mut()
                .for_each(|s| *s = share / (1.0 + (-*s).exp()));
            next.iter().for_each(|output| scores[*output] -= share);
            for column in &self.heard[frame] {
                let mut column = slope.column_mut(*column);
                column
                    .iter_mut()
                    .zip(&scores)
                    .for_each(|(g, rest)| *g += rest);
            }
        }
        slope
    }
}

/// The minimum by Nesterov's accelerated gradient, which starts again where it goes uphill.
fn minimised(
    train: &Frames,
    start: DMatrix<f64>,
    curvature: f64,
    lambda: f64,
    done: &mut dyn FnMut(f64),
) -> DMatrix<f64> {
    let step = 1.0 / (curvature + lambda);
    let ones: usize = train.heard.iter().map(Vec::len).sum();
    let (mut now, mut ahead, mut momentum) = (start.clone(), start, 1.0f64);
    for _ in 0..STEPS {
        let slope = train.slope(&ahead, lambda);
        done(2.0 * (ones * slope.nrows()) as f64);
        let next = &ahead - &slope * step;
        let moved = &next - &now;
        if slope.dot(&moved) > 0.0 {
            momentum = 1.0;
        }
        let following = 0.5 * (1.0 + (1.0 + 4.0 * momentum * momentum).sqrt());
        ahead = &next + moved * ((momentum - 1.0) / following);
        (now, momentum) = (next, following);
    }
    now
}
