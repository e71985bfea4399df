//! The least-squares problem: residuals of all measured columns, in shares of their ranges, and their derivatives.

use super::parameters::Fitted;
use super::{Measurement, Settings};
use crate::fecap::Fecap;
use crate::simulate::simulate_within;
use crate::{CircuitError, FecapCard, Trace};
use levenberg_marquardt::LeastSquaresProblem;
use nalgebra::storage::Owned;
use nalgebra::{DMatrix, DVector, Dyn};

/// Tolerance of the solver: its error is far below the differences that [`STEP`] makes.
const TOLERANCE: f64 = 1e-7;

/// Step of the central differences, in units of a parameter's steps.
const STEP: f64 = 1e-3;

/// Parameters as a point in units of their steps, with what the model has to meet.
#[derive(Clone)]
pub(super) struct Problem<'a> {
    pub settings: &'a Settings,
    pub measurements: &'a [Measurement],
    pub fitted: &'a [Fitted],
    pub point: DVector<f64>,
    /// Steps that a simulation may take: a card far from any that fits must not hold up the search.
    pub most_steps: usize,
}

impl Problem<'_> {
    /// The card at a point.
    pub fn card(&self, point: &DVector<f64>) -> FecapCard {
        let mut card = self.settings.start;
        for (fitted, &x) in self.fitted.iter().zip(point) {
            if let Some(value) = card.get_mut(fitted.parameter.name) {
                *value = fitted.outward(x);
            }
        }
        card
    }

    /// Simulated traces at a point, one a measurement.
    pub fn traces(&self, point: &DVector<f64>) -> Result<Vec<Trace>, CircuitError> {
        let simulated = self.simulated(point)?;
        Ok(simulated.into_iter().map(|(trace, _)| trace).collect())
    }

    /// Steps of the longest simulation at a point.
    pub fn steps(&self, point: &DVector<f64>) -> Result<usize, CircuitError> {
        let simulated = self.simulated(point)?;
        Ok(simulated
            .into_iter()
            .map(|(_, steps)| steps)
            .max()
            .unwrap_or(0))
    }

    fn simulated(&self, point: &DVector<f64>) -> Result<Vec<(Trace, usize)>, CircuitError> {
        let fecap = Fecap::new(&self.card(point), self.settings.temperature_k)?;
        let simulated = |m: &Measurement| {
            simulate_within(fecap, &m.drive, &m.times_s, TOLERANCE, self.most_steps)
                .map_err(|e| m.blame(e))
        };
        self.measurements.iter().map(simulated).collect()
    }

    /// Differences of model and measurement in shares of each column's range, row by row; `None` where the model cannot be
    /// simulated.
    pub fn residuals_at(&self, point: &DVector<f64>) -> Option<DVector<f64>> {
        let traces = self.traces(point).ok()?;
        let mut all = Vec::new();
        for (measurement, trace) in self.measurements.iter().zip(&traces) {
            for observed in &measurement.observed {
                let scale = observed.scale();
                let pairs = observed.simulated(trace).into_iter().zip(&observed.values);
                all.extend(pairs.map(|(model, measured)| (model - measured) / scale));
            }
        }
        let finite = all.iter().all(|r: &f64| r.is_finite());
        finite.then(|| DVector::from_vec(all))
    }

    /// Derivatives of the residuals, one column a parameter.
    pub fn jacobian_at(&self, point: &DVector<f64>) -> Option<DMatrix<f64>> {
        let column = |k: usize| {
            let moved = |step: f64| {
                let mut moved = point.clone();
                moved[k] += step;
                self.residuals_at(&moved)
            };
            Some((moved(STEP)? - moved(-STEP)?) / (2.0 * STEP))
        };
        let columns: Option<Vec<DVector<f64>>> = (0..point.len()).map(column).collect();
        Some(DMatrix::from_columns(&columns?))
    }
}

impl LeastSquaresProblem<f64, Dyn, Dyn> for Problem<'_> {
    type ResidualStorage = Owned<f64, Dyn>;
    type JacobianStorage = Owned<f64, Dyn, Dyn>;
    type ParameterStorage = Owned<f64, Dyn>;

    fn set_params(&mut self, point: &DVector<f64>) {
        self.point = point.clone();
    }

    fn params(&self) -> DVector<f64> {
        self.point.clone()
    }

    fn residuals(&self) -> Option<DVector<f64>> {
        self.residuals_at(&self.point)
    }

    fn jacobian(&self) -> Option<DMatrix<f64>> {
        self.jacobian_at(&self.point)
    }
}
