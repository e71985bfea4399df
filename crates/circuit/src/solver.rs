//! Radau IIA of order 5 with error control (Hairer and Wanner, Solving Ordinary Differential Equations II, IV.8), for
//! `M dy/dt = f(t, y)` with a diagonal mass matrix M; rows without mass are algebraic (index 1).
//!
//! Stiffly accurate and L-stable: switching rates of 1e27/s and a constraint for a voltage source are the same to it.

use crate::{CircuitError, Waveform};
use nalgebra::{DMatrix, DVector, Dyn, LU};

/// A system of N equations.
pub trait System<const N: usize> {
    /// Diagonal of the mass matrix: 1 for a differential, 0 for an algebraic row.
    fn mass(&self) -> [f64; N];
    /// Size of each unknown: below it, tolerance is absolute.
    fn scale(&self) -> [f64; N];
    /// Right-hand side at a time, s.
    fn rhs(&self, t_s: f64, y: &[f64; N]) -> [f64; N];
}

/// Derivatives of the right-hand side by forward differences, `[row][column]`.
pub fn jacobian<const N: usize, S: System<N>>(system: &S, t_s: f64, y: &[f64; N]) -> [[f64; N]; N] {
    let base = system.rhs(t_s, y);
    let scale = system.scale();
    let mut matrix = [[0.0; N]; N];
    for column in 0..N {
        let mut moved = *y;
        moved[column] += f64::EPSILON.sqrt() * y[column].abs().max(scale[column]);
        let step = moved[column] - y[column];
        let f = system.rhs(t_s, &moved);
        for row in 0..N {
            matrix[row][column] = (f[row] - base[row]) / step;
        }
    }
    matrix
}

const STAGES: usize = 3;
const SQRT_6: f64 = 2.449_489_742_783_178;
const C: [f64; STAGES] = [(4.0 - SQRT_6) / 10.0, (4.0 + SQRT_6) / 10.0, 1.0];
const A: [[f64; STAGES]; STAGES] = [
    [
        (88.0 - 7.0 * SQRT_6) / 360.0,
        (296.0 - 169.0 * SQRT_6) / 1800.0,
        (-2.0 + 3.0 * SQRT_6) / 225.0,
    ],
    [
        (296.0 + 169.0 * SQRT_6) / 1800.0,
        (88.0 + 7.0 * SQRT_6) / 360.0,
        (-2.0 - 3.0 * SQRT_6) / 225.0,
    ],
    [(16.0 - SQRT_6) / 36.0, (16.0 + SQRT_6) / 36.0, 1.0 / 9.0],
];
/// Weights of the stages in the embedded error estimate.
const ERROR: [f64; STAGES] = [
    -(13.0 + 7.0 * SQRT_6) / 3.0,
    (-13.0 + 7.0 * SQRT_6) / 3.0,
    -1.0 / 3.0,
];
/// Real eigenvalue of the inverse of A.
const GAMMA: f64 = 3.637_834_252_744_496;
const NEWTON_STEPS: usize = 10;
/// Error of the stages that Newton's method may leave, in units of the tolerance.
const NEWTON_ERROR: f64 = 1e-2;
/// A change of the stages, in units of the tolerance, from which on its rate is believed: the first change is mostly linear
/// and says nothing of how fast the rest will go.
const SMALL: f64 = 0.1;
/// A change of the stages, in units of the tolerance, that ends Newton's method without a look at its rate: at usual
/// tolerances not far above rounding.
const NEGLIGIBLE: f64 = 1e-4;

/// Steps that a run between so many stops may take: what takes more is stuck, or would take minutes.
pub fn most_steps(stops: usize) -> usize {
    400_000usize.saturating_add(stops.saturating_mul(200))
}

/// A factorised matrix, its rows scaled to one size first: a switching rate beside a constraint spans 60 decades, and the
/// choice of pivots must not see that.
struct Factors {
    lu: LU<f64, Dyn, Dyn>,
    rows: DVector<f64>,
}

impl Factors {
    fn new(mut matrix: DMatrix<f64>) -> Self {
        let largest = |row: usize| matrix.row(row).amax().max(f64::MIN_POSITIVE);
        let rows = DVector::from_fn(matrix.nrows(), |row, _| largest(row).recip());
        for (mut row, &scale) in matrix.row_iter_mut().zip(&rows) {
            row *= scale;
        }
        Self {
            lu: matrix.lu(),
            rows,
        }
    }

    fn solve(&self, right: &DVector<f64>) -> Option<DVector<f64>> {
        self.lu.solve(&right.component_mul(&self.rows))
    }
}

/// One accepted step: the collocation polynomial through its stages.
pub struct Step<const N: usize> {
    /// Begin, s.
    pub t_s: f64,
    /// Length, s.
    pub h_s: f64,
    start: [f64; N],
    stages: [[f64; N]; STAGES],
}

impl<const N: usize> Step<N> {
    /// Unknowns at the end of the step.
    pub fn end(&self) -> [f64; N] {
        self.stages[STAGES - 1]
    }

    /// Integral over the step of a function of the unknowns, by the quadrature of the stages (order 5): what a further
    /// unknown with this derivative would gain.
    pub fn integral(&self, f: impl Fn(&[f64; N]) -> f64) -> f64 {
        let stages = self.stages.iter().zip(A[STAGES - 1]);
        self.h_s * stages.map(|(y, weight)| weight * f(y)).sum::<f64>()
    }

    /// Unknowns within the step, by Lagrange's polynomial through begin and stages.
    pub fn at(&self, t_s: f64) -> [f64; N] {
        let nodes = [0.0, C[0], C[1], C[2]];
        let x = (t_s - self.t_s) / self.h_s;
        let weight = |k: usize| {
            let others = (0..=STAGES).filter(|&j| j != k);
            others
                .map(|j| (x - nodes[j]) / (nodes[k] - nodes[j]))
                .product::<f64>()
        };
        let weights: [f64; STAGES + 1] = std::array::from_fn(weight);
        std::array::from_fn(|i| {
            let stages = (0..STAGES).map(|k| weights[k + 1] * self.stages[k][i]);
            weights[0] * self.start[i] + stages.sum::<f64>()
        })
    }
}

/// The integrator: takes steps from a state, each as long as the tolerance allows.
pub struct Radau<'a, const N: usize, S> {
    system: &'a S,
    tolerance: f64,
    t_s: f64,
    y: [f64; N],
    h_s: f64,
    steps: usize,
    /// Steps that it may take.
    most: usize,
}

impl<'a, const N: usize, S: System<N>> Radau<'a, N, S> {
    /// Starts at a state; `tolerance` is relative to the larger of an unknown and its scale.
    pub fn new(system: &'a S, tolerance: f64, t_s: f64, y: [f64; N]) -> Self {
        Self {
            system,
            tolerance,
            t_s,
            y,
            h_s: 0.0,
            steps: 0,
            most: usize::MAX,
        }
    }

    /// The same with a bound on its steps: what takes more is stuck.
    pub fn within(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// Steps taken, those that were too long included.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Time reached, s.
    pub fn t_s(&self) -> f64 {
        self.t_s
    }

    /// Goes on from another state at another time. The length of steps is kept: a method of one step has no history, and
    /// the error tells whether it still fits.
    pub fn restart(&mut self, t_s: f64, y: [f64; N]) {
        self.t_s = t_s;
        self.y = y;
    }

    /// Takes one step, at most to `end_s`.
    ///
    /// # Errors
    /// Steps became too short or too many.
    pub fn step(&mut self, end_s: f64) -> Result<Step<N>, CircuitError> {
        let left = end_s - self.t_s;
        // Two stops may be one rounding apart: a step from one to the other is none too short.
        let shortest = left.min(1e-15 * end_s.abs().max(left));
        let mut h = if self.h_s > 0.0 {
            self.h_s
        } else {
            1e-6 * left
        };
        loop {
            // Two equal steps rather than one and a crumb.
            let last = h >= left * (1.0 - 1e-9);
            h = if last {
                left
            } else if h > 0.5 * left {
                0.5 * left
            } else {
                h
            };
            self.steps += 1;
            // Not a number is no shorter, and no step either.
            if h.is_nan() || h < shortest || self.steps > self.most {
                return Err(CircuitError::Solver {
                    t_s: self.t_s,
                    reason: format!("steps of {h:.1e} s after {} steps", self.steps),
                });
            }
            let Some((step, error, newton)) = self.attempt(h) else {
                h *= 0.25;
                continue;
            };
            let safety = 0.9 * (2 * NEWTON_STEPS + 1) as f64 / (2 * NEWTON_STEPS + newton) as f64;
            let factor = (safety * error.powf(-0.25)).clamp(0.2, 8.0);
            if error >= 1.0 {
                h *= factor;
                continue;
            }
            self.t_s = if last { end_s } else { self.t_s + h };
            self.y = step.end();
            // A step cut by the end says nothing against longer ones.
            self.h_s = (h * factor).max(if last { self.h_s } else { 0.0 });
            return Ok(step);
        }
    }

    /// Solves the stages of a step; its error (1 = tolerance) and the number of Newton iterations. `None` where Newton's
    /// method does not converge.
    fn attempt(&self, h: f64) -> Option<(Step<N>, f64, usize)> {
        let start = jacobian(self.system, self.t_s, &self.y);
        let mut jacobians = [start; STAGES];
        let weights = self.weights();
        let mut stages = [self.y; STAGES];
        let mut before = f64::INFINITY;
        for iteration in 1..=NEWTON_STEPS {
            let change = self.newton(h, &stages, &jacobians)?;
            for (k, stage) in stages.iter_mut().enumerate() {
                for i in 0..N {
                    stage[i] += change[k * N + i];
                }
            }
            let size = norm(change.iter().zip(weights.iter().cycle()));
            if !size.is_finite() {
                return None;
            }
            let rate = size / before;
            let left = size * rate / (1.0 - rate);
            if size < NEGLIGIBLE || (size < SMALL && rate < 1.0 && left < NEWTON_ERROR) {
                // Filtered by the stiffness of the begin alone, a step that leaves a stiff region would hide its error.
                let end = &jacobians[STAGES - 1];
                let error = self.error(h, &stages, &start, &weights)?;
                let error = error.max(self.error(h, &stages, end, &weights)?);
                let step = Step {
                    t_s: self.t_s,
                    h_s: h,
                    start: self.y,
                    stages,
                };
                return Some((step, error, iteration));
            }
            before = size;
            jacobians =
                std::array::from_fn(|k| jacobian(self.system, self.t_s + C[k] * h, &stages[k]));
        }
        None
    }

    /// Newton's change of all stages. The derivatives are those of each stage as it stands: rates change by decades within a
    /// step, and with the derivatives of its begin a stage that is far off can look solved.
    fn newton(
        &self,
        h: f64,
        stages: &[[f64; N]; STAGES],
        jacobians: &[[[f64; N]; N]; STAGES],
    ) -> Option<DVector<f64>> {
        let mass = self.system.mass();
        let matrix = DMatrix::from_fn(STAGES * N, STAGES * N, |r, c| {
            let (stage, row, other, column) = (r / N, r % N, c / N, c % N);
            let diagonal = if r == c { mass[row] } else { 0.0 };
            diagonal - h * A[stage][other] * jacobians[other][row][column]
        });
        let f: [[f64; N]; STAGES] =
            std::array::from_fn(|k| self.system.rhs(self.t_s + C[k] * h, &stages[k]));
        let residual = DVector::from_fn(STAGES * N, |r, _| {
            let (stage, row) = (r / N, r % N);
            let flow: f64 = (0..STAGES).map(|k| A[stage][k] * f[k][row]).sum();
            h * flow - mass[row] * (stages[stage][row] - self.y[row])
        });
        Factors::new(matrix).solve(&residual)
    }

    /// Embedded error estimate, filtered so that stiff components do not count.
    fn error(
        &self,
        h: f64,
        stages: &[[f64; N]; STAGES],
        jacobian: &[[f64; N]; N],
        weights: &[f64; N],
    ) -> Option<f64> {
        let mass = self.system.mass();
        let matrix = DMatrix::from_fn(N, N, |r, c| {
            let diagonal = if r == c { GAMMA / h * mass[r] } else { 0.0 };
            diagonal - jacobian[r][c]
        });
        let factors = Factors::new(matrix);
        let weighted = |row: usize| {
            let parts = (0..STAGES).map(|k| ERROR[k] * (stages[k][row] - self.y[row]));
            mass[row] * parts.sum::<f64>() / h
        };
        let estimate = |at: &[f64; N]| {
            let f = self.system.rhs(self.t_s, at);
            factors.solve(&DVector::from_fn(N, |row, _| f[row] + weighted(row)))
        };
        let first = estimate(&self.y)?;
        let size = norm(first.iter().zip(weights));
        if size < 1.0 {
            return Some(size.max(1e-10));
        }
        let moved: [f64; N] = std::array::from_fn(|i| self.y[i] + first[i]);
        let second = estimate(&moved)?;
        let size = norm(second.iter().zip(weights));
        size.is_finite().then_some(size.max(1e-10))
    }

    fn weights(&self) -> [f64; N] {
        let scale = self.system.scale();
        std::array::from_fn(|i| 1.0 / (self.tolerance * self.y[i].abs().max(scale[i])))
    }
}

fn norm<'a>(pairs: impl Iterator<Item = (&'a f64, &'a f64)>) -> f64 {
    let (mut sum, mut n) = (0.0, 0usize);
    for (value, weight) in pairs {
        sum += (value * weight).powi(2);
        n += 1;
    }
    (sum / n as f64).sqrt()
}

/// Times at which a solver stops, the first left out: corners of the drive, where no step may pass, and the rows, since a
/// step's end is more accurate than its inside.
pub fn stops(waveform: &Waveform, times_s: &[f64]) -> Vec<f64> {
    let (Some(&start), Some(&end)) = (times_s.first(), times_s.last()) else {
        return Vec::new();
    };
    let corners = waveform.corners_s().filter(|t| *t > start && *t < end);
    let mut stops: Vec<f64> = times_s[1..].iter().copied().chain(corners).collect();
    stops.sort_by(f64::total_cmp);
    stops.dedup();
    stops
}

#[cfg(test)]
mod tests;
