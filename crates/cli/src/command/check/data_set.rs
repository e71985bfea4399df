//! What `bruno check` says of the data set of a description.

use crate::data;
use crate::failure::Failure;
use bruno_device::{Chip, Finding};
use bruno_train::{TrainConfig, check_data};
use std::path::Path;

/// Looks at the data of a chip's training: those that are built in, and others where `path` says where they lie. Nothing is
/// said where the description names none.
///
/// # Errors
/// Settings of data that are bad, data that cannot be read, and data with which the chip cannot be trained: what `bruno
/// train` would refuse.
pub(super) fn findings(
    chip: &Chip,
    training: &TrainConfig,
    path: Option<&Path>,
) -> Result<Vec<Finding>, Failure> {
    if training.data.is_none() && path.is_none() {
        return Ok(Vec::new());
    }
    let (kind, _) = data::settings(training)?;
    if path.is_none() && !kind.is_built_in() {
        let text = "the data set was not looked at; with --data it is";
        return Ok(vec![Finding::fine(text.into())]);
    }
    let set = data::load(training, path)?;
    check_data(chip, &set)?;
    training.check_validation(&set)?;
    let summary = Finding::fine(format!("data set {}", set.summary()));
    let notes = set.notes().into_iter();
    let notes = notes.map(|note| Finding::look(format!("data: {note}"), DATA));
    Ok(std::iter::once(summary).chain(notes).collect())
}

/// What can be done about a note on data.
const DATA: &str = "the data, or their settings in `training.data`";
