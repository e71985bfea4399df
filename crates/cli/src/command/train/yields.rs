//! The yield of a run of a sweep.

use super::Train;
use crate::command::eval::Split;
use crate::command::montecarlo::{DEFAULT_SEED, VirtualChips};
use crate::failure::Failure;
use crate::output;
use bruno_chip::{ChipError, Description, Problem};
use bruno_data::Dataset;
use bruno_device::Effects;
use bruno_montecarlo::{Summary, Yield};
use bruno_train::Checkpoint;
use std::path::Path;

/// Refuses a description without anything that differs between chips.
pub fn check(description: &Description, file: &str) -> Result<(), Failure> {
    if Effects::of(description).chips_differ() {
        return Ok(());
    }
    let problem = Problem {
        field: "--yield-chips".into(),
        value: "given".into(),
        allowed: "with `variability` in a layer or effects of `rram` in a synapse: without, all chips are one"
            .into(),
        remedy: "describe the spreads (docs/variability.md), or leave the yield out".into(),
    };
    Err(ChipError::Invalid {
        file: file.into(),
        problems: vec![problem],
    }
    .into())
}

/// The yield of a trained run on the test set, where `--yield-chips` asks for it; its chips are kept under `out`.
pub fn of(
    train: &Train,
    run: &Checkpoint,
    data: &Dataset,
    out: &Path,
) -> Result<Option<Yield>, Failure> {
    let Some(chips) = train.yield_chips else {
        return Ok(None);
    };
    let out = out.join("montecarlo");
    let _lock = output::lock(&out)?;
    let (_, results) = VirtualChips {
        run,
        description: &run.parameters.describe(&run.description),
        file: &train.chip.display().to_string(),
        data,
        split: Split::Test,
        samples: None,
        chips,
        seed: DEFAULT_SEED,
        shard: None,
        running: &train.running,
        out: &out,
        restart: train.restart,
    }
    .score()?;
    let chips = results.chips(chips as usize);
    let summary = Summary::new(&results.records[0], chips, train.yield_accuracy);
    Ok(summary.yield_)
}
