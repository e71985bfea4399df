//! Rows of unequal length in HDF5: each element of such a data set points into a global heap of the file (HDF5 file format
//! specification 3.0, III.E). The reader of the crate `hdf5-pure` shows them as bytes only.

use std::collections::HashMap;
use std::ops::Range;

/// Bytes of a reference beside its address: length and index.
const BESIDE: usize = 8;

/// The heaps of a file that were asked for.
pub(super) struct Heaps<'a> {
    bytes: &'a [u8],
    base: u64,
    /// Bytes of a length.
    length_size: usize,
    /// Of a heap by its address: where each object lies in the file, by index.
    known: HashMap<u64, HashMap<u32, Range<usize>>>,
}

impl<'a> Heaps<'a> {
    /// Those of a file whose addresses count from `base`.
    pub fn new(bytes: &'a [u8], base: u64, length_size: u8) -> Self {
        Self {
            bytes,
            base,
            length_size: usize::from(length_size),
            known: HashMap::new(),
        }
    }

    /// The bytes of one row by its reference (length, address, index); `None` where it leads nowhere. Rows have elements of
    /// `size` bytes.
    pub fn row(&mut self, reference: &[u8], size: usize) -> Option<&'a [u8]> {
        let address_size = reference.len().checked_sub(BESIDE)?;
        let length = number(reference.get(..4)?) as usize;
        if length == 0 {
            return Some(&[]);
        }
        let address = number(reference.get(4..4 + address_size)?);
        let index = number(reference.get(4 + address_size..)?) as u32;
        if !self.known.contains_key(&address) {
            let objects = self.objects(address)?;
            self.known.insert(address, objects);
        }
        let place = self.known.get(&address)?.get(&index)?;
        let row = self.bytes.get(place.clone())?;
        row.get(..length.checked_mul(size)?)
    }

    /// The objects of the heap at an address.
    fn objects(&self, address: u64) -> Option<HashMap<u32, Range<usize>>> {
        let start = usize::try_from(address.checked_add(self.base)?).ok()?;
        let head = self
            .bytes
            .get(start..start.checked_add(8 + self.length_size)?)?;
        if head.get(..4)? != b"GCOL" {
            return None;
        }
        let size = usize::try_from(number(head.get(8..)?)).ok()?;
        let end = start.checked_add(size)?.min(self.bytes.len());
        let mut at = start + 8 + self.length_size;
        let mut objects = HashMap::new();
        while let Some(head) = self.bytes.get(at..at.checked_add(8 + self.length_size)?) {
            let index = number(head.get(..2)?) as u32;
            let size = usize::try_from(number(head.get(8..)?)).ok()?;
            let from = at + 8 + self.length_size;
            let to = from.checked_add(size)?;
            // Index 0 is what is left of the heap.
            if index == 0 || to > end {
                break;
            }
            objects.insert(index, from..to);
            at = from.checked_add(size.checked_next_multiple_of(8)?)?;
        }
        Some(objects)
    }
}

/// A whole number, the least byte first.
fn number(bytes: &[u8]) -> u64 {
    let bytes = bytes.iter().take(8).rev();
    bytes.fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}
