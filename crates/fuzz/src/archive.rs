//! NumPy archives of 64-bit integers, as `numpy.savez` writes them.

use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// An array.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// Its lengths.
    pub shape: Vec<usize>,
    /// Its values, the last index fastest.
    pub values: Vec<i64>,
}

impl Array {
    /// An array of one dimension.
    pub fn of(values: &[i64]) -> Self {
        let shape = vec![values.len()];
        Self {
            shape,
            values: values.to_vec(),
        }
    }

    /// The bytes of its `.npy` file.
    pub fn npy(&self) -> Vec<u8> {
        let lengths: String = self.shape.iter().map(|n| format!("{n}, ")).collect();
        let header = format!(
            "{{'descr': '<i8', 'fortran_order': False, 'shape': ({}), }}",
            lengths.trim_end()
        );
        let header = format!("{header:<117}\n");
        let mut bytes = b"\x93NUMPY\x01\0".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.bytes());
        bytes.extend(self.values.iter().flat_map(|v| v.to_le_bytes()));
        bytes
    }
}

/// The bytes of an archive.
pub fn archive(arrays: &[(&str, Array)]) -> Vec<u8> {
    let members: Vec<_> = arrays
        .iter()
        .map(|(name, array)| (format!("{name}.npy"), array.npy()))
        .collect();
    // Written to memory: nothing in it can fail.
    zipped(&members).unwrap_or_default()
}

/// Files of these names and contents as an archive, uncompressed.
pub fn zipped(members: &[(String, Vec<u8>)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in members {
        writer.start_file(name.as_str(), options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}
