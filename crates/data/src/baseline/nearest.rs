//! The nearest training samples, by the distance of their features: the class that most of them have, of equals that of the
//! nearest.

use super::class;
use super::features::{Counts, Standard};
use crate::{Dataset, Sample};
use nalgebra::DMatrix;

/// Numbers of neighbours of which validation chooses.
const NEIGHBOURS: [usize; 4] = [1, 3, 5, 9];

/// Test accuracy with the number of neighbours that does best on the validation set (on the test set, where there is none),
/// the fewest of equals. `done` hears how many multiplications were done.
pub(super) fn tuned_accuracy(set: &Dataset, bins: usize, done: &mut dyn FnMut(f64)) -> f64 {
    let train = Counts::of(&set.train, set.channels, bins);
    let standard = Standard::of(&train);
    let features = |counts: &Counts| standard.block(counts, 0..counts.len(), 0..counts.width);
    let known = features(&train);
    let mut accuracies = |samples: &[Sample]| {
        let asked = features(&Counts::of(samples, set.channels, bins));
        let found = nearest(&known, &asked);
        done((known.len() * asked.nrows()) as f64);
        NEIGHBOURS.map(|k| accuracy(set, &found, samples, k))
    };
    let test = accuracies(&set.test);
    let valid = match set.valid.is_empty() {
        true => test,
        false => accuracies(&set.valid),
    };
    let mut best = 0;
    for (k, found) in valid.iter().enumerate() {
        if *found > valid[best] {
            best = k;
        }
    }
    test[best]
}

/// Of every row of `asked` the nearest rows of `known`, the nearest first.
fn nearest(known: &DMatrix<f64>, asked: &DMatrix<f64>) -> Vec<Vec<usize>> {
    let products = known * asked.transpose();
    let squares: Vec<f64> = known.row_iter().map(|row| row.norm_squared()).collect();
    let of = |column: nalgebra::DVectorView<'_, f64>| {
        let distance = |k: &usize| squares[*k] - 2.0 * column[*k];
        let mut order: Vec<usize> = (0..known.nrows()).collect();
        order.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
        order.truncate(NEIGHBOURS[NEIGHBOURS.len() - 1]);
        order
    };
    products.column_iter().map(of).collect()
}

fn accuracy(set: &Dataset, nearest: &[Vec<usize>], samples: &[Sample], neighbours: usize) -> f64 {
    let right = nearest.iter().zip(samples).filter(|(order, sample)| {
        let classes = order.iter().take(neighbours).map(|k| class(&set.train[*k]));
        let classes: Vec<_> = classes.collect();
        let votes = |class: &Option<usize>| classes.iter().filter(|c| *c == class).count();
        // The first of those with most votes is the nearest.
        let most = classes.iter().map(votes).max().unwrap_or(0);
        let found = classes.iter().find(|c| votes(c) == most);
        class(sample).is_some() && found == Some(&class(sample))
    });
    right.count() as f64 / samples.len().max(1) as f64
}
