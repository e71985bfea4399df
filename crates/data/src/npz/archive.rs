//! Integer arrays of a NumPy archive, by name.

use crate::DataError;
use ndarray::{Array, Dimension, Ix1, Ix3};
use ndarray_npy::{NpzReader, ReadNpyError, ReadNpzError};
use std::collections::BTreeSet;
use std::fs::File;
use std::ops::Range;
use std::path::Path;

/// An open archive.
pub(super) struct Archive {
    file: String,
    reader: NpzReader<File>,
    names: BTreeSet<String>,
    read: BTreeSet<String>,
}

impl Archive {
    /// Opens an archive, as `numpy.savez` and `numpy.savez_compressed` write them.
    pub fn open(path: &Path) -> Result<Self, DataError> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|source| {
            DataError::read(&name, source, "give an archive that numpy.savez wrote")
        })?;
        let not_npz = |e: ReadNpzError| {
            let remedy = "write it with numpy.savez";
            DataError::value(&name, "the file", e, "a NumPy archive", remedy)
        };
        let mut reader = NpzReader::new(file).map_err(not_npz)?;
        let names = reader.names().map_err(not_npz)?;
        let plain = |n: String| n.strip_suffix(".npy").map_or(n.clone(), String::from);
        Ok(Self {
            file: name,
            reader,
            names: names.into_iter().map(plain).collect(),
            read: BTreeSet::new(),
        })
    }

    /// Whether there is an array of a name.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// An array of one dimension.
    pub fn row(&mut self, name: &str) -> Result<Vec<i64>, DataError> {
        Ok(self.array::<Ix1>(name)?.into_iter().collect())
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
        let array = self.array::<Ix3>(name)?;
        let (a, b, c) = array.dim();
        Ok(([a, b, c], array.iter().copied().collect()))
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

    /// An array of any integer type.
    fn array<D: Dimension>(&mut self, name: &str) -> Result<Array<i64, D>, DataError> {
        if !self.has(name) {
            let found = format!("absent; there are {:?}", self.names);
            let remedy = "see docs/data.md for the layout";
            return Err(self.bad(&format!("`{name}`"), found, "an array of integers", remedy));
        }
        self.read.insert(name.into());
        // The file says which type it is; the wrong ones are refused at its header.
        let result = (self.typed::<i64, D>(name))
            .or_else(|| self.typed::<i32, D>(name))
            .or_else(|| self.typed::<i16, D>(name))
            .or_else(|| self.typed::<i8, D>(name))
            .or_else(|| self.typed::<u32, D>(name))
            .or_else(|| self.typed::<u16, D>(name))
            .or_else(|| self.typed::<u8, D>(name))
            .or_else(|| self.typed::<bool, D>(name));
        let allowed = format!(
            "{} dimension(s) of integers (int8..int64, uint8..uint32), bytes in this machine's order",
            D::NDIM.unwrap_or(0)
        );
        let remedy = "convert it with .astype(numpy.int64)";
        let what = format!("`{name}`");
        match result {
            Some(Ok(array)) => Ok(array),
            Some(Err(e)) => Err(self.bad(&what, e, allowed, remedy)),
            None => Err(self.bad(&what, "of another type", allowed, remedy)),
        }
    }

    /// The array if its elements are of this type.
    fn typed<T, D>(&mut self, name: &str) -> Option<Result<Array<i64, D>, ReadNpzError>>
    where
        T: ndarray_npy::ReadableElement + Copy + Into<i64>,
        D: Dimension,
    {
        match self.reader.by_name::<ndarray::OwnedRepr<T>, D>(name) {
            Err(ReadNpzError::Npy(ReadNpyError::WrongDescriptor(_))) => None,
            read => Some(read.map(|array| array.mapv(Into::into))),
        }
    }
}
