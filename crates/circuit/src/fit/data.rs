//! Measurements to fit to: traces in CSV files with a header of names that end in their unit.

#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

use super::FitError;
use super::columns::Columns;
use super::table::Table;
use crate::quantity::prefix;
use crate::trace::{check_times, range};
use crate::{CircuitError, Drive, Trace, Waveform};
use std::io::Read;
use std::path::Path;

/// Largest voltage of a trace, V: operating points are looked for within it.
const LARGEST_V: f64 = 50.0;
/// Largest current of a trace or a reading, A.
pub(super) const LARGEST_A: f64 = 1.0;
/// Largest charge of a trace, C.
const LARGEST_C: f64 = 1.0;
/// Largest time of a trace, s.
const LARGEST_S: f64 = 1e6;
/// Rows of a trace: a fit simulates each of them some hundred times.
const MOST_ROWS: usize = 100_000;

/// One measured trace: what the device was driven with, and what it answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// Name in reports: the file's, without its directories.
    pub name: String,
    /// Times of the rows, s.
    pub times_s: Vec<f64>,
    /// What was applied.
    pub drive: Drive,
    /// What was measured.
    pub observed: Vec<Observed>,
    /// How the columns of the file were understood.
    pub notes: Vec<String>,
}

/// One measured column.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// What it is.
    pub quantity: Quantity,
    /// One value a row, in the unit of [`Quantity::column`].
    pub values: Vec<f64>,
}

impl Observed {
    /// Range of the column: the unit of its residuals.
    pub fn scale(&self) -> f64 {
        range(&self.values)
    }

    /// The same quantity of a simulated trace. An instrument sets a charge's zero anywhere: it is compared from a zero that
    /// gives both the same mean, which is the one of least squares.
    pub fn simulated(&self, trace: &Trace) -> Vec<f64> {
        let simulated = self.quantity.of(trace);
        let zero = match self.quantity {
            Quantity::Charge => mean(&self.values) - mean(simulated),
            _ => 0.0,
        };
        simulated.iter().map(|value| value + zero).collect()
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Current into the top electrode.
    Current,
    /// Charge into the top electrode: what an instrument calls polarisation, times the area.
    Charge,
    /// Occupation of the down state.
    Occupation,
    /// Membrane voltage.
    Voltage,
}

impl Quantity {
    /// Its column in a file.
    pub fn column(self) -> &'static str {
        match self {
            Self::Current => "i_A",
            Self::Charge => "q_C",
            Self::Occupation => "p",
            Self::Voltage => "v_V",
        }
    }

    /// Its label in pictures for values of this size, and what they are divided by.
    pub fn label(self, size: f64) -> (String, f64) {
        let (name, unit) = match self {
            Self::Current => ("current", "A"),
            Self::Charge => ("charge", "C"),
            Self::Voltage => ("voltage", "V"),
            Self::Occupation => return ("occupation p".into(), 1.0),
        };
        let (prefix, power) = prefix(size);
        (format!("{name} ({prefix}{unit})"), power)
    }

    /// Its column of a simulated trace.
    pub fn of(self, trace: &Trace) -> &[f64] {
        match self {
            Self::Current => &trace.i_a,
            Self::Charge => &trace.q_c,
            Self::Occupation => &trace.p,
            Self::Voltage => &trace.v_v,
        }
    }
}

impl Measurement {
    /// Reads a trace. Columns by name, others are ignored: `t_s`; then either `v_drive_V`, the applied voltage, with one or
    /// more of `i_A`, `q_C` and `p` as what was measured (P-V loops, PUND and other voltage pulses); or `i_A`, the applied current, with `v_V` and
    /// perhaps `p` as what was measured (a membrane: device in parallel with `leak_s`, S). What else a column may be called,
    /// and in which units, says [`Columns`].
    ///
    /// # Errors
    /// A file that cannot be read, a missing column, a value that is no number, times that do not ascend, a constant column.
    pub fn read(path: &Path, leak_s: Option<f64>, columns: &Columns) -> Result<Self, FitError> {
        let name = path.file_name().unwrap_or(path.as_os_str());
        let measurement = Self::of(&Table::read(path, columns)?, leak_s)?;
        let name = name.to_string_lossy().into_owned();
        Ok(Self {
            name,
            ..measurement
        })
    }

    /// As [`Measurement::read`], of a source that errors name `file`.
    ///
    /// # Errors
    /// Those of [`Measurement::read`].
    pub fn from(
        file: &str,
        source: impl Read,
        leak_s: Option<f64>,
        columns: &Columns,
    ) -> Result<Self, FitError> {
        Self::of(&Table::from(file, source, columns)?, leak_s)
    }

    fn of(table: &Table, leak_s: Option<f64>) -> Result<Self, FitError> {
        let limits = [
            ("t_s", LARGEST_S),
            ("v_drive_V", LARGEST_V),
            ("v_V", LARGEST_V),
            ("i_A", LARGEST_A),
            ("q_C", LARGEST_C),
        ];
        for (column, most) in limits {
            table.within(column, -most, most)?;
        }
        table.within("p", -0.5, 1.5)?;
        let times_s = table.need("t_s")?.to_vec();
        if times_s.len() > MOST_ROWS {
            let rows = times_s.len();
            return Err(table.error(&format!(
                "it has {rows} rows; allowed: at most {MOST_ROWS}; leave rows out, or split the trace"
            )));
        }
        check_times(&times_s).map_err(|e| table.error(&e.to_string()))?;
        let (driven, quantities) = match table.find("v_drive_V") {
            Some(values) => (
                values,
                vec![Quantity::Current, Quantity::Charge, Quantity::Occupation],
            ),
            None => (
                table.need("i_A")?,
                vec![Quantity::Voltage, Quantity::Occupation],
            ),
        };
        let points: Vec<(f64, f64)> = times_s
            .iter()
            .copied()
            .zip(driven.iter().copied())
            .collect();
        let waveform = Waveform::linear(&points).map_err(|e| table.error(&e.to_string()))?;
        let is_voltage = quantities.contains(&Quantity::Current);
        let drive = match (is_voltage, leak_s) {
            (true, _) => Drive::Voltage(waveform),
            (false, Some(leak_s)) => Drive::Current { waveform, leak_s },
            (false, None) => {
                return Err(table.error(
                    "a membrane trace (driven by `i_A`) needs the leak beside the device: give --leak-ohm, or call the \
                     applied voltage `v_drive_V`",
                ));
            }
        };
        let observed = quantities.into_iter().filter_map(|quantity| {
            let values = table.find(quantity.column())?.to_vec();
            Some(Observed { quantity, values })
        });
        let measurement = Self {
            name: table.file.clone(),
            times_s,
            drive,
            observed: observed.collect(),
            notes: table.notes.clone(),
        };
        measurement.check(table)?;
        Ok(measurement)
    }

    /// An error of a simulation under this measurement's drive, with the row where a solver stopped.
    pub fn blame(&self, error: CircuitError) -> CircuitError {
        let (column, waveform) = match &self.drive {
            Drive::Voltage(waveform) => ("v_drive_V", waveform),
            Drive::Current { waveform, .. } => ("i_A", waveform),
        };
        let points: Vec<(f64, f64)> = self.times_s.iter().map(|&t| (t, waveform.at(t))).collect();
        error.on_the_way(&self.name, column, &points)
    }

    fn check(&self, table: &Table) -> Result<(), FitError> {
        if self.observed.is_empty() {
            let needed = match self.drive {
                Drive::Voltage(_) => "`i_A`, `q_C` or `p`",
                Drive::Current { .. } => "`v_V` or `p`",
            };
            return Err(table.error(&format!("no measured column; needs {needed}")));
        }
        match self.observed.iter().find(|o| o.scale() <= 0.0) {
            None => Ok(()),
            Some(o) => Err(table.error(&format!(
                "column `{}` never changes: there is nothing to fit to; remove the column or measure a larger signal",
                o.quantity.column()
            ))),
        }
    }
}

/// Whether a file holds readings of programmed levels (`code` or `pulse`) rather than a trace.
///
/// # Errors
/// A file that cannot be read.
pub fn is_pulse_data(path: &Path, columns: &Columns) -> Result<bool, FitError> {
    let table = Table::read(path, columns)?;
    Ok(table.find("t_s").is_none() && ["code", "pulse"].iter().any(|k| table.find(k).is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, leak_s: Option<f64>) -> Result<Measurement, FitError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Measurement::read(file.path(), leak_s, &Columns::default())
    }

    fn check(text: &str, leak_s: Option<f64>, expected: &[Quantity]) {
        let measurement = read(text, leak_s).unwrap();
        let observed: Vec<Quantity> = measurement.observed.iter().map(|o| o.quantity).collect();
        assert_eq!(observed, expected);
        let is_voltage = matches!(measurement.drive, Drive::Voltage(_));
        assert_eq!(is_voltage, text.contains("v_drive_V"));
    }

    fn check_refused(text: &str, reason: &str) {
        let error = read(text, Some(1e-9)).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }

    #[test]
    fn columns_tell_what_was_measured() {
        use Quantity::{Current, Occupation, Voltage};
        check("t_s,v_drive_V,i_A\n0,0,0\n1,1,1\n", None, &[Current]);
        check(
            "# t_s, v_drive_V, p, i_A\n0,0,0,0\n1,1,1,1\n",
            None,
            &[Current, Occupation],
        );
        check("v_V,t_s,i_A\n0,0,0\n1,1,1\n", Some(1e-9), &[Voltage]);
        assert!(read("v_V,t_s,i_A\n0,0,0\n1,1,1\n", None).is_err());
    }

    #[test]
    fn a_trace_of_too_many_rows() {
        let rows: String = (0..=MOST_ROWS).map(|k| format!("{k},0,0\n")).collect();
        check_refused(
            &format!("t_s,v_drive_V,p\n{rows}"),
            "it has 100001 rows; allowed: at most 100000",
        );
    }

    #[test]
    fn values_that_no_device_bears_are_refused() {
        check_refused(
            "t_s,v_drive_V,p\n0,0,0\n1,4096,1\n",
            "line 3, column `v_drive_V`: 4096.0; allowed: -50..50; correct the row",
        );
        check_refused(
            "t_s,v_V,i_A\n0,0,0\n1,1,9e18\n",
            "line 3, column `i_A`: 9e18; allowed: -1..1",
        );
        check_refused(
            "t_s,v_drive_V,p\n0,0,0\n1,1,7\n",
            "line 3, column `p`: 7.0; allowed: -0.5..1.5",
        );
        check_refused(
            "t_s,v_drive_V,p\n0,0,0\n1e9,1,1\n",
            "line 3, column `t_s`: 1000000000.0",
        );
    }

    #[test]
    fn what_is_no_measurement_is_refused() {
        check_refused(
            "v_drive_V,i_A\n0,0\n",
            "column `t_s` is missing; it has v_drive_V, i_A",
        );
        check_refused("t_s,v_drive_V,i_A\n0,0,x\n", "line 2, column `i_A`: `x`");
        check_refused("t_s,v_drive_V,i_A\n0,0,nan\n", "`nan` is no finite number");
        check_refused("t_s,v_drive_V,i_A\n1,0,0\n1,0,1\n", "times must ascend");
        check_refused("t_s,v_drive_V,i_A\n0,0,0\n1,0,0\n", "never changes");
        check_refused("t_s,v_drive_V\n0,0\n1,0\n", "needs `i_A`, `q_C` or `p`");
        check_refused("t_s,i_A\n0,0\n1,0\n", "needs `v_V` or `p`");
        check_refused("t_s,v_drive_V,i_A\n", "no rows");
        check_refused("t_s,v_drive_V,i_A\n0,0\n", "2 fields");
    }
}
