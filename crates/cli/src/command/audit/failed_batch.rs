//! A training step that failed, repeated with every gradient.

use crate::failure::Failure;
use crate::running::Running;
use bruno_train::{FailedBatch, GradientKind, NotFinite, TrainError, Trainer};
use serde::Serialize;

/// What a gradient makes of the batch.
#[derive(Serialize)]
struct Outcome {
    gradient: GradientKind,
    /// Norm of the batch's gradient; none where a number is not finite.
    norm: Option<f32>,
    fault: Option<NotFinite>,
}

/// Repeats the step of a failed batch with each of these gradients, or those that the recorder allows, and says which
/// numbers are finite.
pub fn repeat(
    file: &str,
    failed: &FailedBatch,
    kinds: &[GradientKind],
    running: &Running,
    json: bool,
) -> Result<(), Failure> {
    let run = failed.run.clone();
    let chip = run.parameters.chip(file, &run.description)?;
    let simulated = bruno_train::simulated(&chip, &failed.run.config);
    let design = bruno_hdl::generate(&simulated)?;
    let factory = || running.model(&simulated, &design);
    let in_force = run.gradient;
    let set = failed.data();
    let mut trainer = Trainer::new(file, run, &set, &factory, running.threads())?;
    let mut outcomes = Vec::new();
    for gradient in kinds {
        let (norm, fault) = match trainer.repeat(failed, *gradient) {
            Ok(norm) => (Some(norm), None),
            Err(TrainError::NotFinite(fault)) => (None, Some(*fault)),
            Err(other) => return Err(other.into()),
        };
        outcomes.push(Outcome {
            gradient: *gradient,
            norm,
            fault,
        });
    }
    if json {
        let result = serde_json::json!({
            "recorded": failed.fault, "gradient": in_force, "samples": failed.samples, "repeated": outcomes,
        });
        say!("{result}")?;
        return Ok(());
    }
    say!("recorded with `{}`: {}", in_force.name(), failed.fault)?;
    for outcome in &outcomes {
        let found = match (&outcome.norm, &outcome.fault) {
            (Some(norm), _) => format!("finite, norm {norm:.3e}"),
            (None, fault) => fault.as_ref().map(ToString::to_string).unwrap_or_default(),
        };
        say!("  {:<14}{found}", outcome.gradient.name())?;
    }
    Ok(())
}
