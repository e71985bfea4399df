//! The search for the best point: Levenberg-Marquardt from the start and, where that ends in a local minimum, from the best
//! of a spread of points around it.

use super::problem::Problem;
use levenberg_marquardt::LevenbergMarquardt;
use nalgebra::DVector;

/// Points around the start that are looked at.
const CANDIDATES: usize = 64;

/// How far they lie from the start, in units of a parameter's steps (for a logarithm: factors of up to 1.65).
const REACH: f64 = 0.5;

/// How many of them a minimisation starts from.
const STARTS: usize = 3;

/// Relative change of sum of squares and parameters at which a minimisation ends: the solver's own error is 1e-7.
const CHANGE: f64 = 1e-7;

/// The point with the smallest sum of squares that was found. The search ends with the first minimum within `noise` (rms).
pub(super) fn best(problem: &Problem, noise: f64) -> Option<DVector<f64>> {
    let start = problem.point.clone();
    let mut best = minimise(problem, &start);
    if best.as_ref().is_some_and(|(_, rms)| *rms <= noise) {
        return best.map(|(point, _)| point);
    }
    let mut candidates: Vec<(f64, DVector<f64>)> = (1..=CANDIDATES)
        .map(|n| &start + offset(n, start.len()))
        .filter_map(|point| Some((rms(problem, &point)?, point)))
        .collect();
    candidates.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (_, point) in candidates.iter().take(STARTS) {
        let found = minimise(problem, point);
        if let Some((point, rms)) = found
            && best.as_ref().is_none_or(|b| rms < b.1)
        {
            best = Some((point, rms));
        }
        if best.as_ref().is_some_and(|(_, rms)| *rms <= noise) {
            break;
        }
    }
    best.map(|(point, _)| point)
}

fn minimise(problem: &Problem, from: &DVector<f64>) -> Option<(DVector<f64>, f64)> {
    let start = Problem {
        point: from.clone(),
        ..problem.clone()
    };
    let solver = LevenbergMarquardt::new()
        .with_ftol(CHANGE)
        .with_xtol(CHANGE)
        .with_patience(20);
    let (end, _) = solver.minimize(start);
    let rms = rms(problem, &end.point)?;
    Some((end.point, rms))
}

fn rms(problem: &Problem, point: &DVector<f64>) -> Option<f64> {
    let residuals = problem.residuals_at(point)?;
    Some(residuals.norm() / (residuals.len() as f64).sqrt())
}

/// Point n of a sequence that fills a cube evenly (M. Roberts' R_d: multiples of the powers of the root of
/// x^(d+1) = x + 1), centred at 0.
fn offset(n: usize, dimensions: usize) -> DVector<f64> {
    let mut root = 2.0f64;
    for _ in 0..60 {
        root = (1.0 + root).powf(1.0 / (dimensions + 1) as f64);
    }
    let fraction = |k: usize| (n as f64 * root.powi(-(k as i32 + 1)) + 0.5).fract();
    DVector::from_fn(dimensions, |k, _| REACH * (2.0 * fraction(k) - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_fill_the_cube() {
        for corner in 0..8 {
            let inside = |n: &usize| {
                let point = offset(*n, 3);
                (0..3).all(|k| (point[k] > 0.0) == (corner >> k & 1 == 1))
            };
            let count = (1..=CANDIDATES).filter(inside).count();
            assert!((4..=12).contains(&count), "{count} in corner {corner}");
        }
    }
}
