//! How sure the estimates are: standard errors and correlations from the Jacobian, and what is too uncertain to be given
//! out.

use super::Settings;
use super::parameters::Fitted;
use nalgebra::{DMatrix, DVector};

/// Singular values below this share of the largest are noise of the derivatives: directions in which nothing is known.
const SMALLEST_SINGULAR: f64 = 1e-9;

/// Root mean square of residuals, as large as if they were independent: for columns (of these lengths) of which the rows err
/// alike, larger by the root of the number of rows that do (the integrated autocorrelation time, up to the first negative
/// correlation).
pub(super) fn independent_rms(residuals: &[f64], lengths: &[usize]) -> f64 {
    let mut rest = residuals;
    let mut sum = 0.0;
    for &length in lengths {
        let (column, after) = rest.split_at(length);
        rest = after;
        let product =
            |lag: usize| -> f64 { column.iter().zip(&column[lag..]).map(|(a, b)| a * b).sum() };
        let correlated: f64 = (1..length).map(product).take_while(|p| *p > 0.0).sum();
        sum += product(0) + 2.0 * correlated;
    }
    (sum / residuals.len().max(1) as f64).sqrt()
}

/// Uncertainty of a point, in units of the parameters' steps.
pub(super) struct Certainty {
    /// Standard errors.
    pub errors: Vec<f64>,
    /// Correlations.
    pub correlation: Vec<Vec<f64>>,
}

impl Certainty {
    /// From the derivatives of the residuals, for independent errors of size `sigma` in every residual:
    /// covariance = sigma^2 (J^T J)^-1.
    pub fn new(jacobian: &DMatrix<f64>, sigma: f64) -> Self {
        let n = jacobian.ncols();
        let norms: Vec<f64> = jacobian.column_iter().map(|c| c.norm()).collect();
        let largest = norms.iter().copied().fold(0.0, f64::max);
        // Columns of equal length: what is left is how alike they are.
        let unit: Vec<f64> = norms
            .iter()
            .map(|norm| norm.max(SMALLEST_SINGULAR * largest).max(f64::MIN_POSITIVE))
            .collect();
        let scaled = DMatrix::from_fn(jacobian.nrows(), n, |r, c| jacobian[(r, c)] / unit[c]);
        let svd = scaled.svd(false, true);
        let top = svd.singular_values.max();
        let inverse = svd
            .singular_values
            .map(|s| 1.0 / s.max(SMALLEST_SINGULAR * top));
        let directions = svd.v_t.unwrap_or_else(|| DMatrix::identity(n, n));
        let covariance = |a: usize, b: usize| -> f64 {
            let along = |k: usize| inverse[k].powi(2) * directions[(k, a)] * directions[(k, b)];
            sigma * sigma * (0..n).map(along).sum::<f64>() / (unit[a] * unit[b])
        };
        let errors: Vec<f64> = (0..n).map(|k| covariance(k, k).sqrt()).collect();
        let row = |a: usize| {
            (0..n)
                .map(|b| covariance(a, b) / (errors[a] * errors[b]))
                .collect()
        };
        let correlation = (0..n).map(row).collect();
        Self {
            errors,
            correlation,
        }
    }

    /// A sentence for each parameter that is not determined, with the reason.
    pub fn refusals(
        &self,
        settings: &Settings,
        fitted: &[Fitted],
        point: &DVector<f64>,
    ) -> Vec<String> {
        let reason = |k: usize| {
            let name = fitted[k].parameter.name;
            let value = fitted[k].outward(point[k]);
            if fitted[k].at_bound(value) {
                let unit = fitted[k].parameter.unit;
                return Some(format!("`{name}`: it ends at its bound, {value:e} {unit}"));
            }
            let share = fitted[k].share(self.errors[k], value);
            if share <= settings.largest_error {
                return None;
            }
            Some(format!(
                "`{name}`: standard error {} of its value, more than {}{}",
                percent(share),
                percent(settings.largest_error),
                self.partner(fitted, k)
            ))
        };
        (0..fitted.len()).filter_map(reason).collect()
    }

    /// What a parameter is confused with.
    fn partner(&self, fitted: &[Fitted], k: usize) -> String {
        let others = (0..fitted.len()).filter(|&j| j != k);
        let size = |&j: &usize| self.correlation[k][j].abs();
        let strongest = others.max_by(|a, b| size(a).total_cmp(&size(b)));
        match strongest {
            Some(j) if size(&j) > 0.9 => format!(
                " (its effect looks like that of `{}`, correlation {:.3})",
                fitted[j].parameter.name, self.correlation[k][j]
            ),
            _ => String::new(),
        }
    }
}

fn percent(share: f64) -> String {
    if share < 10.0 {
        format!("{:.1} %", 100.0 * share)
    } else {
        "beyond 1000 %".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line through n points: the textbook's standard errors of intercept and slope.
    #[test]
    fn standard_errors_of_a_line() {
        let x = [0.0, 1.0, 2.0, 3.0, 4.0f64];
        let jacobian = DMatrix::from_fn(5, 2, |r, c| if c == 0 { 1.0 } else { x[r] });
        let certainty = Certainty::new(&jacobian, 0.3);
        let (mean, spread) = (2.0, 10.0f64);
        let slope = 0.3 / spread.sqrt();
        let intercept = 0.3 * (1.0 / 5.0 + mean * mean / spread).sqrt();
        assert!((certainty.errors[0] - intercept).abs() < 1e-12);
        assert!((certainty.errors[1] - slope).abs() < 1e-12);
        let correlation = -mean * 0.3f64.powi(2) / spread / (slope * intercept);
        assert!((certainty.correlation[0][1] - correlation).abs() < 1e-12);
    }

    fn check_independent(residuals: &[f64], expected: f64) {
        let got = independent_rms(residuals, &[residuals.len()]);
        assert!((got / expected - 1.0).abs() < 1e-12, "{got}");
    }

    #[test]
    fn rows_that_err_alike_count_once() {
        check_independent(&[1.0, -1.0, 1.0, -1.0], 1.0);
        // Pairs: each row has half a neighbour of its own sign, (4 + 2)/4.
        check_independent(&[1.0, 1.0, -1.0, -1.0], 1.5f64.sqrt());
        check_independent(&[2.0; 10], 2.0 * 10f64.sqrt());
    }

    #[test]
    fn what_nothing_depends_on_is_unknown() {
        let jacobian = DMatrix::from_fn(5, 2, |r, c| if c == 0 { r as f64 } else { 0.0 });
        let errors = Certainty::new(&jacobian, 0.01).errors;
        assert!(errors[0] < 0.01 && errors[1] > 1e4, "{errors:?}");
    }
}
