//! What goes into a chip: a batch of samples, from events or from counts.

use crate::arrays::taken;
use crate::failure::{Fault, detached, mismatch};
use bruno_sim::Stimulus;
use numpy::{PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::prelude::*;

/// Longest sample, ticks: times have 32 bits.
const LONGEST: u64 = 3_600_000_000;

/// A batch of samples.
#[pyclass(frozen, module = "bruno._bruno")]
pub struct Stimuli {
    /// The samples.
    pub samples: Vec<Stimulus>,
    /// Length of the longest, windows.
    pub windows: u32,
}

#[pymethods]
impl Stimuli {
    /// From spikes of each window and channel, `[sample, window, channel]`, spread evenly over windows of `window` ticks.
    #[staticmethod]
    fn of_counts(
        py: Python<'_>,
        counts: PyReadonlyArrayDyn<'_, i64>,
        window: u32,
    ) -> PyResult<Self> {
        let shape = counts.shape().to_vec();
        let counts = taken(py, "counts", &counts, &shape)?;
        detached(py, || spread(&counts, &shape, window))
    }

    /// From times (ticks) and channels of the events of all samples; those of sample `s` are from `offsets[s]` to before
    /// `offsets[s + 1]`, in any order; each lasts its number of windows. Equal events are one.
    #[staticmethod]
    fn of_events(
        py: Python<'_>,
        ticks: PyReadonlyArrayDyn<'_, i64>,
        channels: PyReadonlyArrayDyn<'_, i64>,
        offsets: Vec<usize>,
        windows: Vec<u32>,
    ) -> PyResult<Self> {
        let ticks = taken(py, "times", &ticks, &[ticks.len()])?;
        let channels = taken(py, "channels", &channels, &[ticks.len()])?;
        detached(py, || listed(&ticks, &channels, &offsets, &windows))
    }

    /// Samples of the batch.
    fn __len__(&self) -> usize {
        self.samples.len()
    }

    /// Length of the longest sample, windows.
    #[getter]
    fn windows(&self) -> u32 {
        self.windows
    }
}

fn spread(counts: &[i64], shape: &[usize], window: u32) -> Result<Stimuli, Fault> {
    let [batch, windows, channels] = *shape else {
        let axes = "[sample, window, channel]";
        return Err(mismatch(
            "the shape of `counts`",
            format!("{shape:?}"),
            axes,
        ));
    };
    let length = checked_windows(windows as u64, window)?;
    let mut samples = Vec::with_capacity(batch);
    for sample in 0..batch {
        let mut events = Vec::new();
        for place in 0..windows * channels {
            let count = counts[sample * windows * channels + place];
            let (at, channel) = (place / channels, place % channels);
            if !(0..=i64::from(window)).contains(&count) {
                return Err(mismatch(
                    format!("`counts[{sample}, {at}, {channel}]`"),
                    count,
                    format!("0..{window} spikes, at most one a tick"),
                ));
            }
            let (count, start) = (count as u64, at as u64 * u64::from(window));
            // In the middle of equal shares of the window.
            let tick = |k: u64| start + (2 * k + 1) * u64::from(window) / (2 * count);
            events.extend((0..count).map(|k| (tick(k) as u32, channel as u32)));
        }
        events.sort_unstable();
        samples.push(Stimulus {
            events,
            windows: length,
        });
    }
    Ok(Stimuli {
        samples,
        windows: length,
    })
}

fn listed(
    ticks: &[i64],
    channels: &[i64],
    offsets: &[usize],
    lengths: &[u32],
) -> Result<Stimuli, Fault> {
    let mut samples = Vec::new();
    for (sample, (ends, windows)) in offsets.windows(2).zip(lengths).enumerate() {
        let events = ticks
            .get(ends[0]..ends[1])
            .zip(channels.get(ends[0]..ends[1]));
        let (ticks, channels) = events.ok_or_else(|| {
            mismatch(
                "`offsets`",
                format!("{ends:?}"),
                "ascending places of events",
            )
        })?;
        let mut events = Vec::with_capacity(ticks.len());
        for (index, (tick, channel)) in ticks.iter().zip(channels).enumerate() {
            let fits = u32::try_from(*tick).ok().zip(u32::try_from(*channel).ok());
            events.push(fits.ok_or_else(|| {
                mismatch(
                    format!("event {index} of sample {sample}"),
                    format!("time {tick} us, channel {channel}"),
                    "times and channels from 0 on",
                )
            })?);
        }
        events.sort_unstable();
        events.dedup();
        samples.push(Stimulus {
            events,
            windows: *windows,
        });
    }
    let windows = lengths.iter().copied().max().unwrap_or(0);
    Ok(Stimuli { samples, windows })
}

fn checked_windows(windows: u64, ticks: u32) -> Result<u32, Fault> {
    match windows.saturating_mul(u64::from(ticks)) {
        length if length <= LONGEST => Ok(windows as u32),
        length => {
            let allowed = format!("up to {LONGEST} us");
            Err(mismatch(
                "the length of a sample",
                format!("{length} us"),
                allowed,
            ))
        }
    }
}
