//! Data sets as arrays.

use crate::arrays::given;
use crate::failure::detached;
use bruno_chip::Description;
use bruno_data::{Sample, Target};
use bruno_train::TrainConfig;
use numpy::PyArrayDyn;
use pyo3::prelude::*;
use std::path::PathBuf;

/// A data set.
#[derive(IntoPyObject)]
struct Set {
    name: String,
    channels: usize,
    outputs: usize,
    class_names: Vec<String>,
    /// What to know of it before a figure is believed.
    notes: Vec<String>,
    train: Split,
    valid: Split,
    test: Split,
}

/// A part of it: events of all samples one after another, where each sample's begin, lengths (us), classes (-1 where a
/// sample has none), from where the outputs count (us), and of each sample of frames its frame (us) and keys.
#[derive(IntoPyObject)]
struct Split {
    times: Py<PyArrayDyn<u32>>,
    channels: Py<PyArrayDyn<u32>>,
    offsets: Vec<usize>,
    durations: Py<PyArrayDyn<u32>>,
    labels: Py<PyArrayDyn<i64>>,
    from_us: Py<PyArrayDyn<u32>>,
    frames: Vec<(u32, Vec<Vec<u32>>)>,
}

/// The data set of a description (JSON text), where it lies at `path` if it is not built in.
#[pyfunction]
pub fn data(py: Python<'_>, text: &str, file: &str, path: Option<PathBuf>) -> PyResult<Py<PyAny>> {
    let set = detached(py, || {
        let config = TrainConfig::of(&Description::parse(file, text)?)?;
        Ok(bruno_cli::load_data(&config, path.as_deref())?)
    })?;
    let set = Set {
        notes: set.notes(),
        train: split(py, &set.train)?,
        valid: split(py, &set.valid)?,
        test: split(py, &set.test)?,
        name: set.name,
        channels: set.channels,
        outputs: set.outputs,
        class_names: set.class_names,
    };
    Ok(set.into_pyobject(py)?.into_any().unbind())
}

fn split(py: Python<'_>, samples: &[Sample]) -> PyResult<Split> {
    let events = || samples.iter().flat_map(|s| &s.events);
    let row = |values: Vec<u32>| given(py, &[values.len()], values);
    let mut offsets = vec![0];
    for sample in samples {
        offsets.push(offsets[offsets.len() - 1] + sample.events.len());
    }
    let class = |sample: &Sample| match sample.target {
        Target::Class { class, from_us } => (class as i64, from_us),
        Target::Frames { .. } => (-1, 0),
    };
    let frames = samples.iter().filter_map(|sample| match &sample.target {
        Target::Class { .. } => None,
        Target::Frames { frame_us, next } => Some((*frame_us, next.clone())),
    });
    Ok(Split {
        times: row(events().map(|e| e.t_us).collect())?,
        channels: row(events().map(|e| e.channel).collect())?,
        offsets,
        durations: row(samples.iter().map(|s| s.duration_us).collect())?,
        labels: given(
            py,
            &[samples.len()],
            samples.iter().map(|s| class(s).0).collect(),
        )?,
        from_us: row(samples.iter().map(|s| class(s).1).collect())?,
        frames: frames.collect(),
    })
}

/// The order of so many samples in an epoch (from 1) of a run with this seed.
#[pyfunction]
pub fn order(seed: u64, epoch: usize, samples: usize) -> Vec<usize> {
    bruno_train::order(seed, epoch, samples)
}
