//! Where a number stopped being one, and the batch in which it did.

// Files of strangers are read here: nothing of them may end in a panic.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod door;

use crate::{Checkpoint, TrainError};
use bruno_data::{Dataset, Sample};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io::{BufWriter, Write};
use std::path::Path;

/// A value that is infinite or no number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotFinite {
    /// What it belongs to, e.g. `adjoint of the membrane`.
    pub tensor: String,
    /// Layer.
    pub layer: Option<String>,
    /// Recorder window, from 0.
    pub window: Option<usize>,
    /// Neuron of the layer.
    pub neuron: Option<usize>,
    /// Index of the training sample.
    pub sample: Option<usize>,
    /// Epoch, from 1.
    pub epoch: Option<usize>,
    /// What it became: `inf`, `-inf` or `NaN`.
    pub value: String,
}

impl NotFinite {
    /// A value of a tensor that has no place in a layer.
    pub fn of(tensor: impl Into<String>, value: impl fmt::Display) -> Self {
        Self {
            tensor: tensor.into(),
            value: value.to_string(),
            ..Self::default()
        }
    }

    /// The first value of a row over a layer's neurons that is not finite.
    pub fn in_row(
        tensor: &str,
        layer: &str,
        window: usize,
        row: impl IntoIterator<Item = f64>,
    ) -> Option<Self> {
        let mut row = row.into_iter().enumerate();
        let (neuron, value) = row.find(|(_, value)| !value.is_finite())?;
        Some(Self {
            layer: Some(layer.into()),
            window: Some(window),
            neuron: Some(neuron),
            ..Self::of(tensor, value)
        })
    }
}

impl fmt::Display for NotFinite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers = [
            ("epoch", self.epoch),
            ("sample", self.sample),
            ("window", self.window),
            ("neuron", self.neuron),
        ];
        for (name, number) in numbers {
            if let Some(number) = number {
                write!(f, "{name} {number}, ")?;
            }
        }
        if let Some(layer) = &self.layer {
            write!(f, "layer `{layer}`: ")?;
        }
        write!(f, "{} is {}", self.tensor, self.value)
    }
}

impl From<NotFinite> for TrainError {
    fn from(found: NotFinite) -> Self {
        Self::NotFinite(Box::new(found))
    }
}

impl TrainError {
    /// The same error with the epoch and the training sample in which it occurred, where it has a place for them.
    pub(crate) fn at(mut self, epoch: usize, sample: Option<usize>) -> Self {
        if let Self::NotFinite(found) = &mut self {
            found.epoch = Some(epoch);
            found.sample = sample.or(found.sample);
        }
        self
    }
}

/// A step that failed, with all that repeating it needs. One that was read was checked (`door.rs`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct FailedBatch {
    /// What was found.
    pub fault: NotFinite,
    /// Step of the run, from 0.
    pub step: usize,
    /// Share of the run's steps before it, which the learning rate follows.
    pub progress: f64,
    /// Indices of the batch's training samples.
    pub samples: Vec<usize>,
    /// The samples.
    pub stimuli: Vec<Sample>,
    /// Names of the classes.
    pub class_names: Vec<String>,
    /// The run before the step.
    pub run: Checkpoint,
}

impl FailedBatch {
    /// Writes the file; a crash leaves the old one or the new one.
    pub fn save(&self, path: &Path) -> Result<(), TrainError> {
        bruno_host::replace_file(path, |file| {
            let mut buffered = BufWriter::new(file);
            serde_json::to_writer(&mut buffered, self)?;
            buffered.flush()
        })
        .map_err(|e| TrainError::Checkpoint {
            path: path.display().to_string(),
            what: format!("cannot be written: {e}"),
        })
    }

    /// The batch as a training set.
    pub fn data(&self) -> Dataset {
        let description = &self.run.description;
        Dataset {
            name: "the failed batch".into(),
            channels: description.inputs,
            outputs: description.readout.outputs,
            class_names: self.class_names.clone(),
            train: self.stimuli.clone(),
            ..Dataset::default()
        }
    }
}
