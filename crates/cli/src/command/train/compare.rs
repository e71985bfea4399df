//! The before/after table of a run: the optimised chip beside the hand-chosen one, both through the same simulator.

use crate::failure::Failure;
use crate::output;
use crate::progress::Progress;
use crate::running::Running;
use bruno_data::Dataset;
use bruno_train::{Checkpoint, Comparison, Evaluation, Measured, Trainer};
use std::path::Path;

/// Measures what a run is compared with, writes comparison.json and returns the table; nothing where the run has neither
/// trained device parameters nor objectives nor a baseline. `test` is the run's own score on the test set.
pub fn table(
    trainer: &mut Trainer<'_>,
    set: &Dataset,
    test: &Evaluation,
    (baseline, running): (Option<&Path>, &Running),
    out: &Path,
) -> Result<Vec<String>, Failure> {
    let after = trainer.measured("the trained chip", test);
    let before = match baseline {
        Some(path) => measure(path, trainer, &after, set, running)?,
        None if !trainer.run.config.device.is_empty() => own_card(trainer, set)?,
        None => return Ok(Vec::new()),
    };
    let comparison = Comparison { before, after };
    let text = serde_json::to_string_pretty(&comparison).unwrap_or_default();
    output::write(&out.join("comparison.json"), &(text + "\n"))?;
    Ok(comparison.table())
}

/// The trained weights on the card that the run started from.
fn own_card(trainer: &mut Trainer<'_>, set: &Dataset) -> Result<Measured, Failure> {
    let mut progress = Progress::new("before", set.test.len() as u64, "samples");
    let found = trainer.evaluate_on_start_cards(&set.test, |n| progress.advance(n))?;
    let name =
        "the trained weights on the description's card (--baseline compares with another run)";
    Ok(trainer.measured_at_start(name, &found))
}

/// Another run on the same samples, with the constants of this run's measures.
fn measure(
    path: &Path,
    trainer: &Trainer<'_>,
    after: &Measured,
    set: &Dataset,
    running: &Running,
) -> Result<Measured, Failure> {
    let own = &trainer.run.config;
    let mut run = Checkpoint::load(path)?;
    let file = path.display().to_string();
    let differences = match run.config.data == own.data {
        true => run.data_differences(set),
        false => vec!["`training.data`"],
    };
    if !differences.is_empty() {
        return Err(Failure::Input {
            path: file,
            what: format!(
                "was trained on other data ({}); give a run on the same data as --baseline",
                differences.join(", ")
            ),
        });
    }
    run.config.objectives = own.objectives.measures_only();
    let chip = run.parameters.chip(&file, &run.description)?;
    let simulated = bruno_train::simulated(&chip, &run.config);
    let design = bruno_hdl::generate(&simulated)?;
    let factory = || running.model(&simulated, &design);
    let mut other = Trainer::new(&file, run, set, &factory, running.threads())?;
    let mut progress = Progress::new("baseline", set.test.len() as u64, "samples");
    let found = other.evaluate(&set.test, |n| progress.advance(n))?;
    let measured = other.measured(&file, &found);
    Ok(measured.with_parameters_of(after, &other.description()))
}
