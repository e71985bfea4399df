//! What can go wrong with a simulation.

use bruno_chip::Problem;

/// A simulation that could not be done.
#[derive(Debug, thiserror::Error)]
pub enum CircuitError {
    /// Values of a card out of their bounds.
    #[error("{}", list(.0))]
    Card(Vec<Problem>),
    /// A waveform that is no function of time.
    #[error("waveform: {0}")]
    Waveform(String),
    /// The solver stopped.
    #[error(
        "the model cannot be followed beyond {t_s} s: {reason}; give a drive and values that a real device bears, or less time"
    )]
    Solver {
        /// Time reached, s.
        t_s: f64,
        /// Why.
        reason: String,
    },
    /// The solver stopped on a drive that a file gives.
    #[error(
        "{file}: row {row} (t_s {t_s}): `{column}` is {value} after {before}, and the model cannot follow it ({reason}); \
         correct the row, or give the drive in more rows"
    )]
    Drive {
        /// The file.
        file: String,
        /// Its row, from 1, the header left out.
        row: usize,
        /// Time of the row, s.
        t_s: f64,
        /// Column of the drive.
        column: &'static str,
        /// Value of the row before.
        before: f64,
        /// Value of the row.
        value: f64,
        /// What the solver says.
        reason: String,
    },
}

impl CircuitError {
    /// The same error with the row of a file, where a solver stopped on the way to it; `points` are the times (s) and values
    /// of its rows.
    #[must_use]
    pub fn on_the_way(self, file: &str, column: &'static str, points: &[(f64, f64)]) -> Self {
        let Self::Solver { t_s, reason } = self else {
            return self;
        };
        let row = points.partition_point(|p| p.0 <= t_s);
        let last = points.len().saturating_sub(1);
        let Some(&(at_s, value)) = points.get(row.min(last)) else {
            return Self::Solver { t_s, reason };
        };
        let before = row.min(last).checked_sub(1).and_then(|k| points.get(k));
        Self::Drive {
            file: file.into(),
            row: row.min(last) + 1,
            t_s: at_s,
            column,
            before: before.map_or(value, |p| p.1),
            value,
            reason,
        }
    }
}

fn list(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(t_s: f64, expected: &str) {
        let reason = "steps of 1e-20 s".to_string();
        let error = CircuitError::Solver { t_s, reason };
        let points = [(0.0, 1.0), (1.0, 2.0), (2.0, 4096.0)];
        let told = error
            .on_the_way("loop.csv", "v_drive_V", &points)
            .to_string();
        assert!(told.starts_with(expected), "{told}");
    }

    #[test]
    fn the_row_on_the_way_is_blamed() {
        check(
            0.0,
            "loop.csv: row 2 (t_s 1): `v_drive_V` is 2 after 1, and the model cannot follow it",
        );
        check(1.5, "loop.csv: row 3 (t_s 2): `v_drive_V` is 4096 after 2");
        check(2.0, "loop.csv: row 3 (t_s 2): `v_drive_V` is 4096 after");
    }

    #[test]
    fn no_rows_are_not_blamed() {
        let reason = String::new();
        let error = CircuitError::Solver { t_s: 1.0, reason };
        assert!(matches!(
            error.on_the_way("", "i_A", &[]),
            CircuitError::Solver { .. }
        ));
    }
}
