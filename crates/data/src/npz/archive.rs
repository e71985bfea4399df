//! Integer arrays of a NumPy archive, by name. What an array declares is compared with what is stored before memory is
//! taken for it.

mod header;

use crate::DataError;
use crate::source::MOST_EVENTS;
use header::{Front, front};
use ndarray::{ArrayView, IxDyn, ShapeBuilder};
use std::collections::BTreeSet;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use zip::ZipArchive;
use zip::result::ZipError;

/// Numbers that any archive may declare, and those that it may declare for each of its bytes: compression makes zeros
/// small, not data.
const FREE: u64 = 16_000_000;
const PER_BYTE: u64 = 64;

/// An open archive.
pub(super) struct Archive<R> {
    file: String,
    zip: ZipArchive<R>,
    names: BTreeSet<String>,
    read: BTreeSet<String>,
    /// Numbers that may still be read.
    left: u64,
}

impl<R: Read + Seek> Archive<R> {
    /// Opens an archive, as `numpy.savez` and `numpy.savez_compressed` write them.
    pub fn open(file: &str, mut source: R) -> Result<Self, DataError> {
        let bytes = source.seek(SeekFrom::End(0));
        let bytes = bytes.map_err(|e| DataError::read(file, e, "give a file"))?;
        let zip = ZipArchive::new(source).map_err(|e| {
            let remedy = "write it with numpy.savez";
            DataError::value(file, "the file", e, "a NumPy archive", remedy)
        })?;
        let plain = |n: &str| n.strip_suffix(".npy").unwrap_or(n).to_string();
        Ok(Self {
            file: file.into(),
            names: zip.file_names().map(plain).collect(),
            zip,
            read: BTreeSet::new(),
            left: FREE
                .saturating_add(PER_BYTE.saturating_mul(bytes))
                .min(4 * MOST_EVENTS as u64),
        })
    }

    /// The file's name in errors.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Whether there is an array of a name.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// An array of one dimension.
    pub fn row(&mut self, name: &str) -> Result<Vec<i64>, DataError> {
        Ok(self.array::<1>(name, "[sample] or [event]")?.1)
    }

    /// An array of one dimension and a known length.
    pub fn row_of(&mut self, name: &str, length: usize) -> Result<Vec<i64>, DataError> {
        let row = self.row(name)?;
        if row.len() == length {
            return Ok(row);
        }
        let what = format!("the length of `{name}`");
        Err(self.bad(&what, row.len(), length, "let the arrays fit one another"))
    }

    /// The same, where there is one.
    pub fn optional_row(
        &mut self,
        name: &str,
        length: usize,
    ) -> Result<Option<Vec<i64>>, DataError> {
        match self.has(name) {
            true => self.row_of(name, length).map(Some),
            false => Ok(None),
        }
    }

    /// An array of three dimensions: its shape, and its values with the last index fastest.
    pub fn cube(&mut self, name: &str) -> Result<([usize; 3], Vec<i64>), DataError> {
        self.array(name, "[sample, bin, channel]")
    }

    /// Refuses arrays that nothing has read.
    pub fn nothing_else(&self) -> Result<(), DataError> {
        match self.names.difference(&self.read).next() {
            None => Ok(()),
            Some(name) => {
                let known = "`label`, `split`, `duration_us`, `from_us` and either `offset`, `t_us`, `channel` or `counts`";
                Err(self.bad("an array", format!("`{name}`"), known, "leave it out"))
            }
        }
    }

    /// Checks one value of an array, by its index in the array as stored.
    pub fn check(
        &self,
        name: &str,
        index: usize,
        value: i64,
        allowed: Range<i64>,
    ) -> Result<(), DataError> {
        if allowed.contains(&value) {
            return Ok(());
        }
        let last = allowed.end - 1;
        let allowed = match allowed.start == last {
            true => last.to_string(),
            false => format!("{}..{last}", allowed.start),
        };
        let what = format!("`{name}`[{index}]");
        Err(self.bad(&what, value, allowed, "see docs/data.md for the layout"))
    }

    /// Something bad in this file.
    pub fn bad(
        &self,
        what: &str,
        found: impl ToString,
        allowed: impl ToString,
        remedy: &str,
    ) -> DataError {
        DataError::value(&self.file, what, found, allowed, remedy)
    }

    /// An array of N dimensions and of any integer type: its shape, and its values with the last index fastest.
    fn array<const N: usize>(
        &mut self,
        name: &str,
        layout: &str,
    ) -> Result<([usize; N], Vec<i64>), DataError> {
        let what = format!("`{name}`");
        if !self.has(name) {
            let found = format!("absent; there are {:?}", self.names);
            let remedy = "see docs/data.md for the layout";
            return Err(self.bad(&what, found, "an array of integers", remedy));
        }
        self.read.insert(name.into());
        let (zip, left) = (&mut self.zip, self.left);
        let member = match zip.index_for_name(&format!("{name}.npy")) {
            Some(index) => zip.by_index(index),
            None => zip.by_name(name),
        };
        let read = member.map_err(Fault::from).and_then(|m| read(m, left));
        let fault = match read {
            Ok((front, values)) => {
                self.left = self.left.saturating_sub(values.len() as u64);
                match <[usize; N]>::try_from(&front.shape[..]) {
                    Ok(shape) if front.is_fortran => {
                        return Ok((shape, last_fastest(&shape, &values)));
                    }
                    Ok(shape) => return Ok((shape, values)),
                    Err(_) => {
                        let found = format!("an array of {} dimension(s)", front.shape.len());
                        let remedy = "give it that shape: .reshape(...)";
                        return Err(self.bad(&what, found, format!("{N}: {layout}"), remedy));
                    }
                }
            }
            Err(fault) => fault,
        };
        Err(self.fault(name, fault))
    }

    fn fault(&self, name: &str, fault: Fault) -> DataError {
        let what = format!("`{name}`");
        match fault {
            Fault::Type(descriptor) => {
                let found = format!("of type {descriptor}");
                let allowed = "integers (int8..int64, uint8..uint64, bool)";
                self.bad(&what, found, allowed, conversion(name, &descriptor))
            }
            Fault::Declared(count, allowed) => {
                let found = format!("declared as {count} numbers");
                let allowed = format!("at most {allowed} more in a file of this length");
                let remedy = "write it again if it is damaged; give events in place of counts that are mostly 0";
                self.bad(&what, found, allowed, remedy)
            }
            Fault::Other(text) => self.bad(
                &what,
                text,
                "an array that numpy.savez wrote",
                "write it again",
            ),
        }
    }
}

/// What can be wrong with a member of the archive.
pub(super) enum Fault {
    /// Elements of another type, by NumPy's name.
    Type(String),
    /// More numbers than may still be read.
    Declared(String, u64),
    /// Anything else.
    Other(String),
}

impl From<ZipError> for Fault {
    fn from(error: ZipError) -> Self {
        Self::Other(error.to_string())
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Other(error.to_string())
    }
}

/// How many numbers are decoded at once.
const BLOCK: usize = 8192;

/// The numbers of a member, of which at most `left` may be declared.
fn read(mut member: impl Read, left: u64) -> Result<(Front, Vec<i64>), Fault> {
    let front = front(&mut member)?;
    let count = front.count().filter(|n| *n <= left);
    let Some(count) = count else {
        let shape: Vec<String> = front.shape.iter().map(ToString::to_string).collect();
        return Err(Fault::Declared(shape.join(" x "), left));
    };
    let mut values = Vec::new();
    let mut bytes = Vec::new();
    while (values.len() as u64) < count {
        let block = (count - values.len() as u64).min(BLOCK as u64) * front.bytes as u64;
        bytes.clear();
        member.by_ref().take(block).read_to_end(&mut bytes)?;
        if (bytes.len() as u64) < block {
            return Err(Fault::Other(format!(
                "shorter than the {count} numbers that it declares"
            )));
        }
        for element in bytes.chunks_exact(front.bytes) {
            let value = front.decode(element);
            values.push(value.ok_or_else(|| Fault::Other("a number beyond 63 bits".into()))?);
        }
    }
    match member.read(&mut [0])? {
        0 => Ok((front, values)),
        _ => Err(Fault::Other(format!(
            "longer than the {count} numbers that it declares"
        ))),
    }
}

/// From NumPy's order with the first index fastest to that with the last.
fn last_fastest(shape: &[usize], values: &[i64]) -> Vec<i64> {
    let array = ArrayView::from_shape(IxDyn(shape).f(), values);
    array.map_or_else(|_| values.to_vec(), |a| a.iter().copied().collect())
}

/// How to make integers of an array.
fn conversion(name: &str, descriptor: &str) -> &'static str {
    let is = |kinds: &str| descriptor.contains(|c| kinds.contains(c));
    match name {
        "t_us" | "duration_us" | "from_us" if is("f") => {
            "give whole microseconds: (seconds * 1e6).round().astype(numpy.int64), or (ms * 1e3) where it holds ms"
        }
        "counts" if is("f") => {
            "give whole spikes a bin: counts.round().astype(numpy.int64); rates times the length of a bin before that"
        }
        "label" if is("USO") => {
            "number the classes: names, label = numpy.unique(label, return_inverse=True); name them in `training.data.class_names`"
        }
        _ => "convert it with .astype(numpy.int64), if all of its numbers are whole",
    }
}
