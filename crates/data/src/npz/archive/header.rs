//! The front of an `.npy` file: type, order and shape of the array behind it.

use super::Fault;
use ndarray_npy::npy::header::Header;
use std::io::Read;

/// Magic word and version.
const START: usize = 8;

/// Longest header, bytes: NumPy's own take 118 for any plain array, and the parser goes as deep as brackets do.
const LONGEST: usize = 1024;

/// What stands in the front.
pub(super) struct Front {
    /// Lengths of the array.
    pub shape: Vec<usize>,
    /// Whether the first index is the fastest.
    pub is_fortran: bool,
    /// Bytes of an element.
    pub bytes: usize,
    is_signed: bool,
    is_big_endian: bool,
}

/// Reads the front of a member.
pub(super) fn front(member: &mut impl Read) -> Result<Front, Fault> {
    let mut bytes = Vec::new();
    member.by_ref().take(START as u64).read_to_end(&mut bytes)?;
    // Version 1 has a length of two bytes, later ones of four.
    let width = if bytes.get(6) == Some(&1) { 2 } else { 4 };
    member.by_ref().take(width).read_to_end(&mut bytes)?;
    let digits = bytes.get(START..).unwrap_or_default();
    let length = digits
        .iter()
        .rev()
        .fold(0, |sum, b| 256 * sum + usize::from(*b));
    if length > LONGEST {
        return Err(Fault::Other(format!(
            "with a header of {length} bytes, more than {LONGEST}"
        )));
    }
    member
        .by_ref()
        .take(length as u64)
        .read_to_end(&mut bytes)?;
    let header = Header::from_reader(&mut &bytes[..]).map_err(|e| Fault::Other(e.to_string()))?;
    let descriptor = header.type_descriptor.as_string().cloned();
    let descriptor = descriptor.unwrap_or_else(|| header.type_descriptor.to_string());
    let element = element(&descriptor).ok_or(Fault::Type(descriptor))?;
    Ok(Front {
        shape: header.shape,
        is_fortran: header.layout.is_fortran(),
        ..element
    })
}

/// Integers of 1, 2, 4, 8 bytes and truth values, by NumPy's names such as `<i8`, `|u1`, `|b1`.
fn element(descriptor: &str) -> Option<Front> {
    let (order, kind) = descriptor.split_at_checked(1)?;
    let (kind, bytes) = kind.split_at_checked(1)?;
    let bytes = bytes.parse().ok().filter(|n| [1, 2, 4, 8].contains(n))?;
    let is_known = match kind {
        "i" | "u" => true,
        "b" => bytes == 1,
        _ => false,
    };
    (is_known && "<>=|".contains(order)).then_some(Front {
        shape: Vec::new(),
        is_fortran: false,
        bytes,
        is_signed: kind == "i",
        is_big_endian: order == ">",
    })
}

impl Front {
    /// Number of elements; `None` beyond 64 bits.
    pub fn count(&self) -> Option<u64> {
        self.shape
            .iter()
            .try_fold(1u64, |n, &length| n.checked_mul(length as u64))
    }

    /// An element's value; `None` where it is no `i64`.
    pub fn decode(&self, element: &[u8]) -> Option<i64> {
        let joined = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        let value = match self.is_big_endian {
            true => element.iter().fold(0, joined),
            false => element.iter().rev().fold(0, joined),
        };
        match self.is_signed {
            true => {
                let unused = 64 - 8 * self.bytes;
                Some((value << unused) as i64 >> unused)
            }
            false => i64::try_from(value).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(descriptor: &str, bytes: &[u8], expected: Option<i64>) {
        assert_eq!(
            element(descriptor).and_then(|e| e.decode(bytes)),
            expected,
            "{descriptor}"
        );
    }

    #[test]
    fn integers_of_every_length_sign_and_order() {
        check("|i1", &[0xff], Some(-1));
        check("|u1", &[0xff], Some(255));
        check("|b1", &[1], Some(1));
        check("<i2", &[0xfe, 0xff], Some(-2));
        check(">i2", &[1, 2], Some(258));
        check("<u4", &[1, 0, 0, 0x80], Some(0x8000_0001));
        check("<i8", &[0xff; 8], Some(-1));
        check("<u8", &[0xff; 8], None);
    }
    #[test]
    fn what_holds_no_integers() {
        for descriptor in ["<f8", "<U5", "|O", "|b2", "<i3", "<c16", "", "i", "é8"] {
            check(descriptor, &[], None);
        }
    }
}
