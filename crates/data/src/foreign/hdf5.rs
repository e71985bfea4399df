//! HDF5 as the Heidelberg digits and the speech commands (SHD, SSC; Cramer et al., doi 10.1109/TNNLS.2020.3044364) have it:
//! `spikes/times` (s) and `spikes/units`, a row of its own length a sample; `labels`; names of the classes in `extra/keys`.

use super::heap::Heaps;
use super::number::decoded;
use super::{Recording, Recordings, TimeUnit};
use crate::DataError;
use crate::source::MOST_EVENTS;
use hdf5_pure::{Datatype, File, VlenStringReadOptions};
use std::io::Read;

/// Bytes of a file, at most: 16 an event of the largest set.
const MOST_BYTES: u64 = 16 * MOST_EVENTS as u64;
const LAYOUT: &str = "SHD and SSC have spikes/times, spikes/units and labels";

pub(super) fn read(place: &str, source: impl Read) -> Result<Recordings, DataError> {
    let mut bytes = Vec::new();
    let taken = source.take(MOST_BYTES + 1).read_to_end(&mut bytes);
    taken.map_err(|source| DataError::read(place, source, "give an HDF5 file"))?;
    if bytes.len() as u64 > MOST_BYTES {
        let allowed = format!("at most {} MB", MOST_BYTES / 1_000_000);
        return Err(DataError::value(
            place, "the file", "longer", allowed, "split it",
        ));
    }
    let file = File::from_bytes(bytes.clone()).map_err(|e| bad(place, "the file", e))?;
    let reader = Reader {
        place,
        file: &file,
        bytes: &bytes,
    };
    reader.recordings()
}

struct Reader<'a> {
    place: &'a str,
    file: &'a File,
    bytes: &'a [u8],
}

fn bad(place: &str, what: &str, error: impl ToString) -> DataError {
    DataError::value(
        place,
        what,
        error,
        LAYOUT,
        "give such a file, or convert it to a table (CSV)",
    )
}

impl Reader<'_> {
    fn recordings(&self) -> Result<Recordings, DataError> {
        let (times, half) = self.rows("spikes/times")?;
        let (units, _) = self.rows("spikes/units")?;
        let labels = match self.file.dataset("labels") {
            Ok(labels) => Some(
                labels
                    .read_i64()
                    .map_err(|e| bad(self.place, "`labels`", e))?,
            ),
            Err(_) => None,
        };
        if times.len() != units.len() || labels.as_ref().is_some_and(|l| l.len() != times.len()) {
            let found = format!("{} times, {} units", times.len(), units.len());
            return Err(bad(self.place, "the number of samples", found));
        }
        let mut samples = Vec::with_capacity(times.len());
        for (k, (times, units)) in times.into_iter().zip(units).enumerate() {
            let label = labels.as_ref().and_then(|l| l.get(k)).copied();
            samples.push(self.sample(k, times, &units, label)?);
        }
        let mut notes = Vec::new();
        if half {
            notes.push(
                "times have 16 bits: above 0.5 s they are whole multiples of 0.49 ms, above 1 s of 0.98 ms".into(),
            );
        }
        Ok(Recordings {
            kind: "HDF5 of spikes (SHD, SSC)".into(),
            samples,
            class_names: self.keys(),
            channels: None,
            unit: Some(TimeUnit::S),
            notes,
        })
    }

    fn sample(
        &self,
        k: usize,
        times: Vec<f64>,
        units: &[f64],
        label: Option<i64>,
    ) -> Result<Recording, DataError> {
        if times.len() != units.len() {
            let found = format!("{} times and {} units", times.len(), units.len());
            return Err(bad(self.place, &format!("sample {k}"), found));
        }
        let channel = |unit: &f64| {
            let whole = (0.0..f64::from(u32::MAX)).contains(unit) && unit.fract() == 0.0;
            whole
                .then_some(*unit as u32)
                .ok_or_else(|| bad(self.place, &format!("a unit of sample {k}"), unit))
        };
        let label = label.map(|l| {
            let class = usize::try_from(l).ok().filter(|l| *l < 4096);
            class.ok_or_else(|| bad(self.place, &format!("the label of sample {k}"), l))
        });
        Ok(Recording {
            channels: units.iter().map(channel).collect::<Result<_, _>>()?,
            times,
            label: label.transpose()?,
        })
    }

    /// The rows of a data set of unequal rows, and whether they have 16 bits.
    fn rows(&self, name: &str) -> Result<(Vec<Vec<f64>>, bool), DataError> {
        let failed = |e: String| bad(self.place, &format!("`{name}`"), e);
        let dataset = self.file.dataset(name).map_err(|e| failed(e.to_string()))?;
        let datatype = dataset.datatype().map_err(|e| failed(e.to_string()))?;
        let Datatype::VariableLength { base_type, .. } = &datatype else {
            return Err(failed("no rows of their own length".into()));
        };
        let shape = dataset.shape().map_err(|e| failed(e.to_string()))?;
        let count = shape.iter().product::<u64>().max(1) as usize;
        let references = dataset.read_raw().map_err(|e| failed(e.to_string()))?;
        let size = base_type.type_size() as usize;
        let superblock = self.file.superblock();
        let mut heaps = Heaps::new(
            self.bytes,
            superblock.base_address.get(),
            superblock.length_size,
        );
        let mut rows = Vec::new();
        for (k, reference) in references
            .chunks_exact((references.len() / count).max(1))
            .enumerate()
        {
            let row = heaps
                .row(reference, size)
                .and_then(|row| decoded(base_type, row));
            rows.push(row.ok_or_else(|| failed(format!("damaged at sample {k}, or no numbers")))?);
        }
        Ok((rows, size == 2))
    }

    /// Names of the classes; none where the file has none that can be read.
    fn keys(&self) -> Vec<String> {
        let keys = self.file.dataset("extra/keys");
        let strings = keys.and_then(|keys| {
            let options = VlenStringReadOptions::default().with_max_elements(4096);
            keys.read_vlen_strings(options)
                .or_else(|_| keys.read_string())
        });
        strings.unwrap_or_default()
    }
}
