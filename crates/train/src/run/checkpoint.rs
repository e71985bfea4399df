//! A run on disk: everything that continuing needs, written to a temporary file and renamed.

// Files of strangers are read here: nothing of them may end in a panic.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

pub(crate) mod door;

use crate::run::difference;
use crate::run::epoch::Unfinished;
use crate::run::stored::Stored;
use crate::{Adam, GradientKind, Parameters, Standing, TrainConfig, TrainError};
use bruno_chip::Description;
use bruno_data::{Dataset, Fingerprint};
use serde::{Deserialize, Serialize};
use std::io::{BufWriter, Write};
use std::path::Path;

/// Format of the file; a change of any field's meaning raises it.
pub(crate) const VERSION: u32 = 6;

/// State of a run after any step. One that was read was checked (`door.rs`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Checkpoint {
    /// Format of the file.
    pub version: u32,
    /// The description the run started from.
    pub description: Description,
    /// Its training settings.
    pub config: TrainConfig,
    /// What its data is; unknown to a run that was not yet shown any.
    #[serde(default)]
    pub data: Option<Fingerprint>,
    /// Gradient in force: that of the settings until an audit changed it.
    pub gradient: GradientKind,
    /// Epochs done.
    pub epoch: usize,
    /// The epoch at hand.
    pub unfinished: Unfinished,
    /// Parameters after them.
    pub parameters: Parameters,
    /// Optimiser.
    pub adam: Adam,
    /// What is known of the epochs done.
    pub standing: Standing,
}

impl Checkpoint {
    /// A fresh checkpoint.
    pub fn new(description: Description, config: TrainConfig, parameters: Parameters) -> Self {
        let adam = Adam::new(parameters.values.len());
        Self {
            version: VERSION,
            description,
            gradient: config.gradient,
            config,
            data: None,
            epoch: 0,
            unfinished: Unfinished::default(),
            parameters,
            adam,
            standing: Standing::default(),
        }
    }

    /// Writes the file; a crash leaves the old one or the new one.
    pub fn save(&self, path: &Path) -> Result<(), TrainError> {
        let failed = |what: String| TrainError::Checkpoint {
            path: path.display().to_string(),
            what,
        };
        bruno_host::replace_file(path, |file| {
            let mut buffered = BufWriter::new(file);
            serde_json::to_writer(&mut buffered, self)?;
            buffered.flush()
        })
        .map_err(|e| failed(format!("cannot be written: {e}")))
    }

    /// Reads a file.
    ///
    /// # Errors
    /// A file that cannot be read or is no checkpoint, one of another version, and one whose description, places, lengths
    /// or numbers are not those of a run.
    pub fn load(path: &Path) -> Result<Self, TrainError> {
        match Stored::load(path)? {
            Stored::Run(run) => Ok(*run),
            other => Err(TrainError::Checkpoint {
                path: path.display().to_string(),
                what: format!(
                    "is {other}, no checkpoint; `bruno train` writes one as checkpoint.json"
                ),
            }),
        }
    }

    /// One line a trained device parameter and layer: before and after.
    pub fn device_changes(&self) -> Vec<String> {
        let trained = self.parameters.describe(&self.description);
        let mut lines = Vec::new();
        for (before, after) in self.description.layers.iter().zip(&trained.layers) {
            for device in &self.config.device {
                let Some(parameter) = device.of(before) else {
                    continue;
                };
                lines.push(format!(
                    "{} of `{}`: {:.5} -> {:.5} {} (bounds {} .. {})",
                    device.parameter,
                    before.name,
                    parameter.of(before),
                    parameter.of(after),
                    parameter.unit(),
                    device.bounds.0,
                    device.bounds.1
                ));
            }
        }
        lines
    }

    /// The parts in which a data set is not that of the run, by name; none where the run does not know its data.
    pub fn data_differences(&self, set: &Dataset) -> Vec<&'static str> {
        let own = self.data.as_ref();
        own.map_or(Vec::new(), |own| own.differences(&Fingerprint::of(set)))
    }

    /// Refuses to continue on other data, saying which parts differ.
    ///
    /// # Errors
    /// The data differs from that of the run.
    pub fn check_data(&self, path: &Path, set: &Dataset) -> Result<(), TrainError> {
        let differences = self.data_differences(set);
        if differences.is_empty() {
            return Ok(());
        }
        Err(TrainError::Checkpoint {
            path: path.display().to_string(),
            what: format!(
                "the data differs from that of the run ({}); give the same, choose another --out, or start anew with --restart",
                differences.join(", ")
            ),
        })
    }

    /// Refuses data whose channels, outputs or classes are not those of the run: its outputs mean something else.
    ///
    /// # Errors
    /// Such data.
    pub fn check_layout(&self, path: &Path, set: &Dataset) -> Result<(), TrainError> {
        let own = self.data.as_ref();
        if own.is_none_or(|own| own.layout == Fingerprint::of(set).layout) {
            return Ok(());
        }
        Err(TrainError::Checkpoint {
            path: path.display().to_string(),
            what: format!(
                "the data differs from that of the run: other channels, outputs or classes (here {}: {}); give data of the same \
                 classes in the same order",
                set.class_names.len(),
                set.class_names.join(", ")
            ),
        })
    }

    /// Takes more epochs, with which training goes on. The learning rate's schedule is that of all epochs from here on: the
    /// run ends otherwise than one that was to have them from its start.
    ///
    /// # Errors
    /// Fewer epochs than the run was to have; anything else that differs, as [`Self::check`].
    pub fn extend(
        &mut self,
        path: &Path,
        description: &Description,
        config: &TrainConfig,
    ) -> Result<(), TrainError> {
        let epochs = self.config.epochs;
        let own = TrainConfig {
            epochs,
            ..config.clone()
        };
        self.check(path, description, &own)?;
        if config.epochs < epochs {
            let asked = config.epochs;
            return Err(TrainError::Checkpoint {
                path: path.display().to_string(),
                what: format!(
                    "is of a run of {epochs} epochs; `training.epochs` is {asked}; --extend takes as many or more"
                ),
            });
        }
        self.config.epochs = config.epochs;
        self.description = description.clone();
        Ok(())
    }

    /// Refuses to continue under another description, saying which fields differ.
    pub fn check(
        &self,
        path: &Path,
        description: &Description,
        config: &TrainConfig,
    ) -> Result<(), TrainError> {
        let untrained = |d: &Description| Description {
            training: None,
            ..d.clone()
        };
        let (own, other) = (untrained(&self.description), untrained(description));
        let mut differences = difference::lines("", &own, &other);
        // The learning rate's schedule depends on the number of epochs: another one is asked for by `extend`.
        differences.extend(difference::lines("training", &self.config, config));
        if differences.is_empty() {
            return Ok(());
        }
        Err(TrainError::Checkpoint {
            path: path.display().to_string(),
            what: format!(
                "was made with other settings: {}; restore them, choose another --out, or start anew with --restart \
                 (more epochs alone: --extend)",
                differences.join("; ")
            ),
        })
    }
}
