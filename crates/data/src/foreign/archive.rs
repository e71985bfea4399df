//! A data set as the NumPy archive that `"kind": "npz"` reads.

use crate::{Dataset, Sample, Target};
use ndarray::Array1;
use ndarray_npy::{NpzWriter, WriteNpzError};
use std::io::{Seek, Write};

/// Writes the archive.
///
/// # Errors
/// Those of the output.
pub fn write_npz(set: &Dataset, output: impl Write + Seek) -> Result<(), WriteNpzError> {
    let samples: Vec<&Sample> = set.samples().collect();
    let parts = [set.train.len(), set.valid.len(), set.test.len()];
    let split = (0u8..)
        .zip(parts)
        .flat_map(|(part, n)| std::iter::repeat_n(part, n));
    let label = samples.iter().map(|s| match s.target {
        Target::Class { class, .. } => class as u16,
        Target::Frames { .. } => 0,
    });
    let mut offset = vec![0u64];
    let mut end = 0;
    for sample in &samples {
        end += sample.events.len() as u64;
        offset.push(end);
    }
    let events = || samples.iter().flat_map(|s| &s.events);
    let mut archive = NpzWriter::new_compressed(output);
    archive.add_array("label", &label.collect::<Array1<u16>>())?;
    archive.add_array("split", &split.collect::<Array1<u8>>())?;
    archive.add_array("offset", &Array1::from(offset))?;
    archive.add_array("t_us", &events().map(|e| e.t_us).collect::<Array1<u32>>())?;
    archive.add_array(
        "channel",
        &events().map(|e| e.channel).collect::<Array1<u32>>(),
    )?;
    let durations = samples.iter().map(|s| s.duration_us);
    archive.add_array("duration_us", &durations.collect::<Array1<u32>>())?;
    archive.finish()?;
    Ok(())
}
