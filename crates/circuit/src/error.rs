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
    #[error("at {t_s} s: {reason}")]
    Solver {
        /// Time reached, s.
        t_s: f64,
        /// Why.
        reason: String,
    },
}

fn list(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
