//! Calibration: parameters of a card from measured traces, by least squares (Levenberg-Marquardt), with their standard
//! errors and a refusal where the data do not determine them.

mod certainty;
mod columns;
mod data;
mod levels;
mod parameters;
mod problem;
mod report;
mod search;
mod table;
mod unit;

pub use columns::Columns;
pub use data::{Measurement, Observed, Quantity, is_pulse_data};
pub use levels::{Level, Levels, Unit};

use crate::{CircuitError, FecapCard, Trace};
use certainty::Certainty;
use nalgebra::DVector;
use parameters::Fitted;
use problem::Problem;

/// What is fitted, and how sure it has to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The card at the start; parameters that are not fitted stay.
    pub start: FecapCard,
    /// Names of the fitted parameters.
    pub parameters: Vec<String>,
    /// Temperature, K.
    pub temperature_k: f64,
    /// Error of the measurement, share of a column's range, independent between rows: a fit that comes closer than that
    /// is not taken for more certain.
    pub noise: f64,
    /// Largest standard error of a parameter, share of its value (of the published value, where one that may be 0 is
    /// nearer to it).
    pub largest_error: f64,
}

/// A fitted parameter.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Estimate {
    /// Name.
    pub name: String,
    /// Unit.
    pub unit: String,
    /// Value at the start.
    pub start: f64,
    /// Fitted value.
    pub value: f64,
    /// Standard error, in the unit.
    pub standard_error: f64,
}

/// Measured and fitted values of one column.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// Measurement and column, e.g. `loop.csv: i_A`.
    pub name: String,
    /// The measurement alone.
    pub file: String,
    /// What was measured.
    pub quantity: Quantity,
    /// Times, s.
    pub times_s: Vec<f64>,
    /// Measured values.
    pub measured: Vec<f64>,
    /// Values of the fitted model.
    pub fitted: Vec<f64>,
    /// Root mean square of the difference, share of the measured range.
    pub rms: f64,
}

/// The result.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The fitted card.
    pub card: FecapCard,
    /// The fitted parameters.
    pub estimates: Vec<Estimate>,
    /// Correlation of the estimates, row by row.
    pub correlation: Vec<Vec<f64>>,
    /// Every measured column with the fitted one.
    pub compared: Vec<Compared>,
    /// Error of the measurement that was taken for granted, share of a column's range.
    pub noise: f64,
    /// What looks like a unit that is off by a prefix.
    pub notes: Vec<String>,
}

const REMEDY: &str = "remedy: measure loops that reach saturation, other amplitudes or times, or more columns (`p`); or fit \
                      fewer parameters and give the rest by --card";

/// What to say of a fit that is farther off than three times the measurement's error.
fn misfit(rms: f64, noise: f64) -> String {
    if rms <= 3.0 * noise {
        return String::new();
    }
    format!(
        "\nnote: the model is {:.1} % of the measured range off, with an error of measurement of {:.1} %: is a parameter wrong \
         that is not fitted (`area`), or the drive between the rows?",
        100.0 * rms,
        100.0 * noise
    )
}

fn lines(notes: &[String]) -> String {
    notes.iter().map(|note| format!("\nnote: {note}")).collect()
}

/// How near to a power of a thousand the ratio of two ranges must be to look like a prefix: a factor of two.
const NEAR: std::ops::Range<f64> = 0.5..2.0;

/// Columns whose range is about a thousand (or a million) times that of the card at the start, or a thousandth of it.
fn prefixes(measurements: &[Measurement], traces: &[Trace]) -> Vec<String> {
    let columns = measurements.iter().zip(traces).flat_map(|(m, trace)| {
        m.observed.iter().filter_map(move |observed| {
            let model = crate::trace::range(&observed.simulated(trace));
            let ratio = observed.scale() / model;
            let off = [1e-6, 1e-3, 1e3, 1e6];
            let off = off.into_iter().find(|power| NEAR.contains(&(ratio / power)))?;
            Some(format!(
                "{}: the range of `{}` is {ratio:.3e} times that of the card at the start: is its unit off by {off:e}, or the \
                 card's `area`?",
                m.name,
                observed.quantity.column()
            ))
        })
    });
    columns.collect()
}

/// A fit that could not be done.
#[derive(Debug, thiserror::Error)]
pub enum FitError {
    /// A file that is no measurement.
    #[error("{file}: {text}")]
    Data {
        /// The file.
        file: String,
        /// What is wrong with it.
        text: String,
    },
    /// No parameter of a card.
    #[error("`{name}` is no parameter of the card; allowed: {allowed}")]
    Unknown {
        /// The name.
        name: String,
        /// All names.
        allowed: String,
    },
    /// Not what can be fitted.
    #[error("parameters to fit: {0}")]
    Parameters(String),
    /// The start cannot be simulated.
    #[error(transparent)]
    Circuit(#[from] CircuitError),
    /// No result that deserves the name.
    #[error("the data do not determine {}{}{}\n{REMEDY}", reasons.join("\n  nor "), misfit(*.rms, *.noise), lines(.notes))]
    Undetermined {
        /// A sentence for each parameter, beginning with its name.
        reasons: Vec<String>,
        /// RMS of the best fit's residuals, share of the columns' ranges.
        rms: f64,
        /// Error of the measurement, likewise.
        noise: f64,
        /// What looks like a unit that is off by a prefix.
        notes: Vec<String>,
    },
}

/// Fits a card to measurements.
///
/// # Errors
/// An unknown parameter, a start that cannot be simulated, or data that do not determine a parameter.
pub fn fit(settings: &Settings, measurements: &[Measurement]) -> Result<Fit, FitError> {
    if settings.parameters.is_empty() {
        return Err(FitError::Parameters(
            "none is given; e.g. p_s, w_b, d_e, e_off".into(),
        ));
    }
    let repeated = |(k, name): (usize, &String)| settings.parameters[..k].contains(name);
    if let Some(k) = settings.parameters.iter().enumerate().position(repeated) {
        return Err(FitError::Parameters(format!(
            "`{}` is given twice",
            settings.parameters[k]
        )));
    }
    let fitted = settings
        .parameters
        .iter()
        .map(|name| Fitted::new(name, &settings.start))
        .collect::<Result<Vec<_>, _>>()?;
    let start = fitted.iter().map(|f| f.start);
    let mut problem = Problem {
        settings,
        measurements,
        fitted: &fitted,
        point: DVector::from_iterator(
            fitted.len(),
            start.clone().zip(&fitted).map(|(v, f)| f.inward(v)),
        ),
        most_steps: usize::MAX,
    };
    problem.most_steps = 10_000 + 10 * problem.steps(&problem.point)?;
    let notes = prefixes(measurements, &problem.traces(&problem.point)?);
    let undetermined = |reasons, rms| FitError::Undetermined {
        reasons,
        rms,
        noise: settings.noise,
        notes: notes.clone(),
    };
    let unsolved = || {
        let reason = "anything: no card near the start can be simulated";
        undetermined(vec![reason.into()], 0.0)
    };
    let point = search::best(&problem, settings.noise).ok_or_else(unsolved)?;
    let jacobian = problem.jacobian_at(&point).ok_or_else(unsolved)?;
    let residuals = problem.residuals_at(&point).ok_or_else(unsolved)?;
    let columns = measurements.iter().flat_map(|m| &m.observed);
    let lengths: Vec<usize> = columns.map(|o| o.values.len()).collect();
    let rms = certainty::independent_rms(residuals.as_slice(), &lengths);
    let certainty = Certainty::new(&jacobian, rms.max(settings.noise));
    let refusals = certainty.refusals(settings, &fitted, &point);
    if !refusals.is_empty() {
        let rms = residuals.norm() / (residuals.len() as f64).sqrt();
        return Err(undetermined(refusals, rms));
    }
    let estimate = |(k, f): (usize, &Fitted)| {
        let value = f.outward(point[k]);
        Estimate {
            name: f.parameter.name.into(),
            unit: f.parameter.unit.into(),
            start: f.start,
            value,
            standard_error: f.difference(certainty.errors[k], value),
        }
    };
    Ok(Fit {
        card: problem.card(&point),
        estimates: fitted.iter().enumerate().map(estimate).collect(),
        correlation: certainty.correlation,
        compared: compare(measurements, &problem.traces(&point)?),
        noise: settings.noise,
        notes,
    })
}

fn compare(measurements: &[Measurement], traces: &[Trace]) -> Vec<Compared> {
    let columns = measurements.iter().zip(traces).flat_map(|(m, trace)| {
        m.observed.iter().map(move |observed| {
            let fitted = observed.simulated(trace);
            Compared {
                name: format!("{}: {}", m.name, observed.quantity.column()),
                file: m.name.clone(),
                quantity: observed.quantity,
                times_s: m.times_s.clone(),
                measured: observed.values.clone(),
                rms: crate::trace::rms(&fitted, &observed.values) / observed.scale(),
                fitted,
            }
        })
    });
    columns.collect()
}
