//! A fit as text and as a picture.

use super::{Compared, Fit};
use crate::trace::range;
use bruno_plot::{Axis, Curve, Mark, Panel};
use std::fmt;

impl fmt::Display for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<14}{:>13}{:>13}{:>13}  {:<10}correlation",
            "parameter", "start", "value", "std. error", "unit"
        )?;
        for (estimate, row) in self.estimates.iter().zip(&self.correlation) {
            let correlation: Vec<String> = row.iter().map(|c| format!("{c:6.2}")).collect();
            writeln!(
                f,
                "{:<14}{:>13.4e}{:>13.4e}{:>13.1e}  {:<10}{}",
                estimate.name,
                estimate.start,
                estimate.value,
                estimate.standard_error,
                estimate.unit,
                correlation.join(" ")
            )?;
        }
        writeln!(f, "\nRMS of the difference, share of the measured range:")?;
        for column in &self.compared {
            let note = super::misfit(column.rms, self.noise);
            writeln!(f, "  {}  {:.3} %{note}", column.name, 100.0 * column.rms)?;
        }
        for note in &self.notes {
            writeln!(f, "note: {note}")?;
        }
        Ok(())
    }
}

impl Fit {
    /// Two panels a measured column: measured and fitted values over time, and their difference.
    pub fn panels(&self) -> Vec<Panel> {
        self.compared.iter().flat_map(panels).collect()
    }
}

fn panels(column: &Compared) -> [Panel; 2] {
    let times_ms: Vec<f64> = column.times_s.iter().map(|t| 1e3 * t).collect();
    let (label, scale) = column.quantity.label(range(&column.measured));
    let curve = |name: &str, mark: Mark, values: &[f64]| {
        let scaled = values.iter().map(|value| value / scale);
        Curve::new(name, mark, times_ms.iter().copied().zip(scaled))
    };
    let difference: Vec<f64> = column
        .fitted
        .iter()
        .zip(&column.measured)
        .map(|(a, b)| a - b)
        .collect();
    let panel = |y: &str, curves: Vec<Curve>| Panel {
        x: Axis::linear("t (ms)"),
        y: Axis::linear(y),
        curves,
    };
    let of = |name: &str| format!("{name}, {}", column.file);
    [
        panel(
            &label,
            vec![
                curve(&of("fitted"), Mark::Line, &column.fitted),
                curve(&of("measured"), Mark::Dashed, &column.measured),
            ],
        ),
        panel(
            &format!("difference of {label}"),
            vec![curve("", Mark::Line, &difference)],
        ),
    ]
}
